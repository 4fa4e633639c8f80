package bots

// Reply is what the helpdesk says to a contact, before it takes the form of a
// network.
type Reply struct {
	// ID names the reply; its parts are ID-0, ID-1, …
	ID string
	// Text is Markdown: paragraphs, **bold**, *italic*, lists, links.
	Text string
	// Lang is the BCP 47 tag of Text; it decides the direction.
	Lang string
	// Choices are the buttons under the last part.
	Choices []Choice
	// ReplyTo is the network's identifier of the message this answers, set when
	// newer ones have come since.
	ReplyTo string
	// Urgent replies go out before all others of the channel.
	Urgent bool
	// From is who speaks: "bot", "volunteer" or "system". The web chat shows it.
	From string
	// Article and Revision name the article the text is taken from.
	Article, Revision string
}

// Choice is a button. ID is at most 64 bytes of [A-Za-z0-9:_-], the least any
// network gives (Telegram's callback_data).
type Choice struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	// URL makes the button a link instead (a tel: or https: address), where a
	// network has such buttons.
	URL string `json:"url,omitempty"`
}

// Part is one message of a rendered reply, ready for one network.
type Part struct {
	// ID is ours and never changes over retries.
	ID string  `json:"id"`
	To Address `json:"to"`
	// Body is the text in the channel's own markup.
	Body string `json:"body"`
	// Text is what the contact sees, without markup.
	Text string `json:"text"`
	// Ranges are the styles of Body where the format is [Styles].
	Ranges  []Range  `json:"ranges,omitempty"`
	Lang    string   `json:"lang,omitempty"`
	Choices []Choice `json:"choices,omitempty"`
	ReplyTo string   `json:"reply_to,omitempty"`
	Urgent  bool     `json:"urgent,omitempty"`
	From    string   `json:"from,omitempty"`
	// Last says that the contact was erased and this is the last word. A channel that
	// must know something of whom it writes to forgets it again after the send.
	Last    bool   `json:"last,omitempty"`
	Article string `json:"article,omitempty"`
	// Revision is the article's revision.
	Revision string `json:"revision,omitempty"`
}

// Range is a style over part of a text, in UTF-16 code units.
type Range struct {
	Start int `json:"start"`
	Len   int `json:"len"`
	// Style is BOLD or ITALIC.
	Style string `json:"style"`
}
