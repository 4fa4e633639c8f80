// Package privacy serves /privacy: in every language of the helpdesk, what is kept of
// the people who write, for how long, who reads it, which company sees what, and how
// they use their rights in the chat.
//
// words/ holds the texts, one file a language. Each is a small HTML template, so that a
// number of days or a name stands where a language wants it; in Arabic, what is written
// in Latin letters stands in <bdi>. The words to type in the chat (word_…) are such as
// the router understands; a test reads router/wishes.yaml.
//
// The page promises only what the program does. Who changes what is kept, or who sees
// it, changes the texts too.
package privacy
