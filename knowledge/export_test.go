package knowledge

// PollEvery is the time between two looks at the folder.
const PollEvery = pollEvery
