package bots

import (
	"context"
	"io"
	"time"
)

// Channel is one number or bot, connected to its network.
type Channel interface {
	Kind() Kind
	// Limits tells how replies are rendered, split and paced for this network.
	Limits() Limits
	// Run receives until ctx ends and then returns nil. It reconnects by itself;
	// an error means that only a person can help (a revoked token).
	Run(ctx context.Context, accept AcceptFunc) error
	// Send sends one part and returns the network's receipt. Its errors are
	// *[SendError]. It may be called before Run is connected and from several
	// goroutines.
	Send(ctx context.Context, p Part) (Receipt, error)
}

// AcceptFunc stores m. The channel confirms m to its network only after nil; on an
// error it leaves m unconfirmed, so that the network delivers it again.
type AcceptFunc func(ctx context.Context, m Message) error

// Receipt is the network's answer to a part it took.
type Receipt struct {
	// ID is the network's identifier, by which taps, reactions, edits and
	// delivery notices name the message later.
	ID string
	At time.Time
}

// TypingSender is a channel that can show "typing…" to a contact. Errors are not
// worth a retry.
type TypingSender interface {
	Typing(ctx context.Context, to Address) error
}

// TypingReporter is a channel that hears when a contact is typing. What it hears never
// becomes a [Message].
type TypingReporter interface {
	// OnTyping names who is told. It is called before Run.
	OnTyping(heard TypingFunc)
}

// TypingFunc is told that a contact is typing, and for how long that holds without
// further news; 0 says that they have stopped. It returns at once.
type TypingFunc func(contact Address, lasts time.Duration)

// ReadMarker is a channel that can tell a contact that messages were read.
type ReadMarker interface {
	MarkRead(ctx context.Context, to Address, ids []string) error
}

// Fetcher is a channel that can fetch an attachment. The caller closes the reader.
type Fetcher interface {
	Fetch(ctx context.Context, m Media) (io.ReadCloser, error)
}

// Forgetter is a channel that keeps something about a contact by itself and can
// erase it.
type Forgetter interface {
	Forget(ctx context.Context, contact Address) error
}

// HealthReporter is a channel that knows how its connection is.
type HealthReporter interface {
	Health() Health
}

// Health is the state of a channel's connection.
type Health struct {
	// Connected is whether messages arrive now.
	Connected bool
	// Since is when Connected last changed.
	Since time.Time
	// Problem says in words a coordinator understands what is wrong and what to
	// do; "" when nothing is. It holds no personal data and no secret. It is English.
	Problem string
	// Code names the problem for those who have words for it in other languages, as
	// "telegram_token"; "" for one that nobody has. Arg is what stands in these words
	// for {}: a time, a number, a command.
	Code, Arg string
}

// Unit is what a network counts the length of a text in.
type Unit int

// Units of text length.
const (
	UTF16 Unit = iota // UTF-16 code units (Telegram, WhatsApp)
	Bytes             // bytes of UTF-8 (Signal)
)

// Format is the markup a network's messages are written in.
type Format string

// The forms [Render] writes.
const (
	HTML     Format = "html"    // Telegram's HTML subset
	Markers  Format = "markers" // WhatsApp: *bold* _italic_
	Styles   Format = "styles"  // Signal: plain text and style ranges
	Page     Format = "page"    // HTML of our own web chat
	PlainSMS Format = "plain"   // no markup at all
)

// Limits is what a network allows. The comment of each channel's Limits names its
// source.
type Limits struct {
	Format Format
	// Text is the longest message in Unit.
	Text int
	Unit Unit
	// Choices is how many buttons one message may carry; 0 means none, and a
	// numbered list stands in.
	Choices int
	// Label is the longest button label, in runes; 0 is no limit.
	Label int
	// PerSecond is how many messages the whole channel may send in a second, 0
	// for no limit.
	PerSecond float64
	// Gap is the least time between two messages to one contact.
	Gap time.Duration
	// ChoosesID says that the network takes our part ID as its own, so that a
	// repeat of a send after a crash is the same message.
	ChoosesID bool
	// Media is the largest attachment that can be fetched, in bytes.
	Media int64
}
