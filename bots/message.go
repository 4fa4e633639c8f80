package bots

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"
)

// Kind names a network: "telegram", "whatsapp", "signal" or "web".
type Kind string

// The networks brug speaks with.
const (
	Telegram Kind = "telegram"
	WhatsApp Kind = "whatsapp"
	Signal   Kind = "signal"
	Web      Kind = "web"
)

// Address is where a contact is reached on one network. It is personal data: it
// prints as a short hash wherever it is logged or formatted.
type Address struct {
	Channel Kind `json:"channel"`
	// ID is the network's own identifier, as the channel's Send wants it.
	ID string `json:"id"`
	// Alt are other identifiers of the same contact (a phone number beside a
	// WhatsApp LID). A conversation is found by any of them.
	Alt []string `json:"alt,omitempty"`
}

// String returns the channel and a short hash, never the identifier.
func (a Address) String() string {
	sum := sha256.Sum256([]byte(string(a.Channel) + "\x00" + a.ID))
	return string(a.Channel) + ":" + hex.EncodeToString(sum[:4])
}

// GoString keeps the identifier out of %#v.
func (a Address) GoString() string { return a.String() }

// LogValue keeps the identifier out of logs.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Action says what a message does.
type Action string

// What a message can do. The zero value is an ordinary new message.
const (
	New       Action = ""
	Tap       Action = "tap"       // a button: Choice
	Edit      Action = "edit"      // Target has this text now
	Delete    Action = "delete"    // Target was withdrawn by its sender
	React     Action = "react"     // Text is the emoji put on Target, "" when taken away
	Delivered Action = "delivered" // Target, one of ours, reached the phone
	Read      Action = "read"      // Target, one of ours, was read
	Failed    Action = "failed"    // Target, one of ours, was refused later; Text is a [Reason]
	Operator  Action = "operator"  // a volunteer wrote on the linked phone itself
	Blocked   Action = "blocked"   // the contact blocked us
	Unblocked Action = "unblocked" // and let us back in
	Unread    Action = "unread"    // something came that nobody could decrypt
)

// Message is one event of a contact, as a network delivered it. A network may
// deliver it more than once: Channel, Contact and ID together name it.
type Message struct {
	Channel Kind    `json:"channel"`
	ID      string  `json:"id"`
	Contact Address `json:"contact"`
	// At is when the contact sent it by the network's clock.
	At     time.Time `json:"at"`
	Action Action    `json:"action,omitempty"`
	// Target is the network's identifier of the message this one edits,
	// withdraws, reacts to, confirms or answers.
	Target string `json:"target,omitempty"`
	// Choice is the identifier of a tapped [Choice].
	Choice string `json:"choice,omitempty"`
	// Text is what was written: a message, a caption, a command. Channels hand
	// it on as valid UTF-8 and leave cleaning to [CleanText].
	Text string `json:"text,omitempty"`
	// Media are the attachments, by the network's reference.
	Media    []Media   `json:"media,omitempty"`
	Location *Location `json:"location,omitempty"`
	// Unsupported is the network's name for a kind brug does not understand
	// ("poll", "payment"). Such a message is answered kindly, never dropped.
	Unsupported string `json:"unsupported,omitempty"`
	// LangHint is the language of the contact's app, where the network tells.
	// It is only a hint: a phone set to Russian says nothing about a Ukrainian.
	LangHint string `json:"lang_hint,omitempty"`
	// Cut says that Text was longer than what is kept.
	Cut bool `json:"cut,omitempty"`
	// Expires is the contact's disappearing-message timer; zero is none.
	Expires time.Duration `json:"expires,omitempty"`
}

// MediaKind names a kind of attachment.
type MediaKind string

// The attachments a message can carry.
const (
	Image       MediaKind = "image"
	Voice       MediaKind = "voice"
	Audio       MediaKind = "audio"
	Video       MediaKind = "video"
	Document    MediaKind = "document"
	Sticker     MediaKind = "sticker"
	ContactCard MediaKind = "contact"
)

// Media is an attachment, kept by the network's own reference and fetched when a
// volunteer opens it.
type Media struct {
	Kind MediaKind `json:"kind"`
	// Ref is what the channel needs to fetch it again.
	Ref  string `json:"ref,omitempty"`
	MIME string `json:"mime,omitempty"`
	Name string `json:"name,omitempty"`
	// Size is in bytes, 0 when unknown.
	Size int64 `json:"size,omitempty"`
}

// Location is a shared place, in degrees.
type Location struct {
	Lat  float64 `json:"lat"`
	Lon  float64 `json:"lon"`
	Name string  `json:"name,omitempty"`
}
