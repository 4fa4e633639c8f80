package signal

import "encoding/json"

// The shapes of signal-cli's json/*.java, as far as we read them. Profile names are
// left out on purpose. What may change its form is decoded later, so that one strange
// field does not take the whole message with it.

// notification is the params of "receive": the event itself, or, for subscribeReceive,
// around it.
type notification struct {
	Envelope     json.RawMessage `json:"envelope"`
	Exception    *exception      `json:"exception"`
	Account      string          `json:"account"`
	Subscription *int64          `json:"subscription"`
	Result       *notification   `json:"result"`
}

type exception struct {
	Type string `json:"type"`
}

type envelope struct {
	Source     string          `json:"source"` // number or UUID, of old versions
	Number     string          `json:"sourceNumber"`
	UUID       string          `json:"sourceUuid"`
	Timestamp  int64           `json:"timestamp"`
	ServerTime int64           `json:"serverReceivedTimestamp"`
	Data       json.RawMessage `json:"dataMessage"`
	Edit       *editMessage    `json:"editMessage"`
	Sync       *syncMessage    `json:"syncMessage"`
	Receipt    *receiptMessage `json:"receiptMessage"`
	Call       *callMessage    `json:"callMessage"`
	Typing     *typingMessage  `json:"typingMessage"`
	// storyMessage is not for us.
}

type dataMessage struct {
	Timestamp   int64           `json:"timestamp"`
	Message     string          `json:"message"`
	Expires     int64           `json:"expiresInSeconds"`
	TimerOnly   bool            `json:"isExpirationUpdate"`
	Reaction    *reaction       `json:"reaction"`
	Quote       *quote          `json:"quote"`
	Mentions    []mention       `json:"mentions"`
	Attachments []attachment    `json:"attachments"`
	Sticker     *sticker        `json:"sticker"`
	Delete      *remoteDelete   `json:"remoteDelete"`
	Contacts    []sharedContact `json:"contacts"`
	Group       *groupInfo      `json:"groupInfo"`
}

type editMessage struct {
	Target int64           `json:"targetSentTimestamp"`
	Data   json.RawMessage `json:"dataMessage"`
}

type syncMessage struct {
	// Sent is a dataMessage with where it went.
	Sent json.RawMessage `json:"sentMessage"`
}

type sentMessage struct {
	Destination string       `json:"destination"`
	Number      string       `json:"destinationNumber"`
	UUID        string       `json:"destinationUuid"`
	Edit        *editMessage `json:"editMessage"`
}

type receiptMessage struct {
	Delivery   bool    `json:"isDelivery"`
	Read       bool    `json:"isRead"`
	Viewed     bool    `json:"isViewed"`
	Timestamps []int64 `json:"timestamps"`
}

type typingMessage struct {
	Action string `json:"action"` // STARTED or STOPPED
	Group  string `json:"groupId"`
}

type callMessage struct {
	Offer json.RawMessage `json:"offerMessage"`
}

type reaction struct {
	Emoji        string `json:"emoji"`
	AuthorNumber string `json:"targetAuthorNumber"`
	AuthorUUID   string `json:"targetAuthorUuid"`
	Target       int64  `json:"targetSentTimestamp"`
	Remove       bool   `json:"isRemove"`
}

type quote struct {
	ID           int64  `json:"id"`
	AuthorNumber string `json:"authorNumber"`
	AuthorUUID   string `json:"authorUuid"`
}

type mention struct {
	Number string `json:"number"`
	UUID   string `json:"uuid"`
}

type attachment struct {
	ID       string `json:"id"`
	MIME     string `json:"contentType"`
	Filename string `json:"filename"`
	Size     int64  `json:"size"`
}

type sticker struct {
	Pack string `json:"packId"`
	ID   int64  `json:"stickerId"`
}

type remoteDelete struct {
	Timestamp int64 `json:"timestamp"`
}

type groupInfo struct {
	ID string `json:"groupId"`
}

// sharedContact is a contact card. It belongs to what was said, unlike a profile name.
type sharedContact struct {
	Name struct {
		Given  string `json:"given"`
		Middle string `json:"middle"`
		Family string `json:"family"`
	} `json:"name"`
	Phones       []cardValue `json:"phone"`
	Emails       []cardValue `json:"email"`
	Organization string      `json:"organization"`
}

type cardValue struct {
	Value string `json:"value"`
}
