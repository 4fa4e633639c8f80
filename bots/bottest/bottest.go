package bottest

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// Feature is something a network can do.
type Feature string

// The features the suite asks for. The comment says what a network must offer and,
// where that needs more than [Phone], which interface its phones implement.
const (
	Edits            Feature = "edits"             // contacts edit what they sent ([Editor])
	Deletions        Feature = "deletions"         // contacts withdraw what they sent ([Deleter])
	Buttons          Feature = "buttons"           // choices are buttons ([Tapper])
	Reactions        Feature = "reactions"         // contacts react to our messages ([Reactor])
	Quotes           Feature = "quotes"            // our parts may answer a certain message
	Attachments      Feature = "attachments"       // contacts send files ([Sender]); the channel is a [bots.Fetcher]
	Locations        Feature = "locations"         // contacts share a place ([Locator])
	Unknowns         Feature = "unknowns"          // contacts send kinds brug does not know ([Surpriser])
	Blocks           Feature = "blocks"            // contacts block us and let us in again ([Blocker])
	Typing           Feature = "typing"            // the channel is a [bots.TypingSender] ([TypingWatcher])
	HearsTyping      Feature = "hears typing"      // the channel is a [bots.TypingReporter] ([Typist])
	ReadReceipts     Feature = "read receipts"     // the channel is a [bots.ReadMarker] ([ReadWatcher])
	DeliveryReceipts Feature = "delivery receipts" // we hear what reached the phone and was read ([Confirmer])
	Idempotent       Feature = "idempotent"        // a part sent again is the same message
	HardLimit        Feature = "hard limit"        // a text above Limits().Text is refused
	Redelivers       Feature = "redelivers"        // what was not accepted comes again, also to the next process
	Repeats          Feature = "repeats"           // the network may deliver twice ([Network].Again works)
	Garbage          Feature = "garbage"           // the network may deliver nonsense ([Network].Garbage works)
	Outages          Feature = "outages"           // the network can be away and keeps what is written meanwhile
	LangHints        Feature = "lang hints"        // messages tell the language of the contact's app
)

// Fault is a way in which a send goes wrong.
type Fault string

// The faults and what a channel's Send says to each.
const (
	LostRequest Fault = "lost request" // the connection ends before the network has the message: Retry
	LostReply   Fault = "lost reply"   // the network takes it, then the connection ends: Retry, Maybe
	BadGateway  Fault = "bad gateway"  // a proxy's error page: Retry
	TooMany     Fault = "too many"     // the rate limit, with [Wait]: RateLimited, RetryAfter
	Refused     Fault = "refused"      // the network refuses this very message: Rejected
	Forbidden   Fault = "forbidden"    // our account may not send: NotAllowed
	Slow        Fault = "slow"         // no answer for minutes: Retry as soon as the caller's context ends
)

// Wait is how long a network under [TooMany] asks to wait.
const Wait = 7 * time.Second

// Harness is a network with one account of ours on it, made anew for every test.
// Its cleanup is the test's.
type Harness struct {
	// Open makes the channel for the account as a newly started process would. It is
	// called again, after Run of the former channel has ended, where a test plays a
	// restart.
	Open    func(t *testing.T, log *slog.Logger) bots.Channel
	Network Network
	// Features and Faults are what this network has; the others' tests are left out
	// or replaced by a test of the fallback.
	Features []Feature
	Faults   []Fault
	// Secrets must be in no log, error or health report: tokens, keys.
	Secrets []string
}

func (h Harness) has(f Feature) bool { return slices.Contains(h.Features, f) }

// Network is the other side of a channel.
type Network interface {
	// Phone is the nth newcomer's, from 0. The suite uses three.
	Phone(n int) Phone
	// Fail lets the next n sends of the channel go wrong.
	Fail(f Fault, n int)
	// Again delivers the event that a phone made under this id once more.
	Again(id string)
	// Garbage delivers something no client understands.
	Garbage()
	// Leave makes the network unreachable, Return ends that.
	Leave()
	Return()
}

// Phone is a newcomer with the network's app. Each method that makes an event
// returns the identifier by which [bots.Message] names it: ID, or Target of later
// events.
type Phone interface {
	// Address is what the channel must call this contact.
	Address() bots.Address
	// Write sends a text.
	Write(text string) (id string)
	// Inbox is what arrived from us, oldest first.
	Inbox() []Received
}

// Received is one of our messages on a newcomer's phone.
type Received struct {
	// ID is what the channel's receipt said.
	ID string
	// Text is what is on the screen, without markup.
	Text string
	// Choices are the buttons under it.
	Choices []bots.Choice
	// ReplyTo is the identifier of the message it quotes, "" for none.
	ReplyTo string
}

// File is an attachment.
type File struct {
	Kind    bots.MediaKind
	Name    string // where the kind has one: a document
	MIME    string
	Caption string
	Data    []byte
}

// The further abilities of phones; [Feature] says which belong to what.
type (
	// Editor changes a text it wrote.
	Editor interface{ Edit(id, text string) }
	// Deleter withdraws a text it wrote.
	Deleter interface{ Delete(id string) }
	// Tapper taps the button with this choice under our message.
	Tapper interface{ Tap(id, choice string) }
	// Reactor puts an emoji on our message; "" takes it away.
	Reactor interface{ React(id, emoji string) }
	// Sender sends a file.
	Sender interface{ SendFile(f File) (id string) }
	// Locator shares a place, in degrees.
	Locator interface {
		SendPlace(lat, lon float64) (id string)
	}
	// Surpriser sends something of a kind brug does not know, and says the
	// network's name of it.
	Surpriser interface{ Surprise() (id, kind string) }
	// Blocker blocks us and lets us in again.
	Blocker interface {
		Block()
		Unblock()
	}
	// TypingWatcher counts how often "typing…" was shown.
	TypingWatcher interface{ TypingSeen() int }
	// Typist types, and sends nothing yet.
	Typist interface{ Type() }
	// ReadWatcher lists the messages we said we have read.
	ReadWatcher interface{ ReadSeen() []string }
	// Confirmer says that our message reached the phone, or was read.
	Confirmer interface{ Confirm(id string, read bool) }
)

// Run holds a channel to the contract. open makes a network with an account of ours;
// it is called for each test, and the tests run side by side.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	tests := []struct {
		name string
		// only and without say which networks the test is for.
		only, without Feature
		run           func(t *testing.T, h Harness)
	}{
		{name: "receive", run: receive},
		{name: "texts stay whole", run: keepTexts},
		{name: "order", run: keepOrder},
		{name: "edits", only: Edits, run: edits},
		{name: "deletions", only: Deletions, run: deletions},
		{name: "reactions", only: Reactions, run: reactions},
		{name: "attachments", only: Attachments, run: attachments},
		{name: "locations", only: Locations, run: locations},
		{name: "unknown kinds", only: Unknowns, run: unknowns},
		{name: "blocks", only: Blocks, run: blocks},
		{name: "garbage", only: Garbage, run: garbage},

		{name: "refuse, then store", only: Redelivers, run: refuseThenStore},
		{name: "store, then fail", only: Redelivers, run: storeThenFail},
		{name: "crash", only: Redelivers, run: crash},
		{name: "stop and go", only: Outages, run: stopAndGo},
		{name: "repeats", only: Repeats, run: repeats},
		{name: "outage", only: Outages, run: outage},
		{name: "stop while busy", run: stopWhileBusy},

		{name: "answers", run: answerTexts},
		{name: "rendered replies", run: rendered},
		{name: "limits", run: limits},
		{name: "order of answers", run: orderOut},
		{name: "buttons", only: Buttons, run: buttons},
		{name: "no buttons", without: Buttons, run: noButtons},
		{name: "quotes", run: quotes},
		{name: "typing", run: typing},
		{name: "hears typing", run: hearsTyping},
		{name: "read receipts", run: readReceipts},
		{name: "delivery receipts", only: DeliveryReceipts, run: deliveryReceipts},
		{name: "stranger", run: stranger},
		{name: "faults", run: faults},
		{name: "slow network", run: slow},
		{name: "table of features", run: table},
	}
	what := open(t) // only to learn the features
	for _, tt := range tests {
		if tt.only != "" && !what.has(tt.only) || tt.without != "" && what.has(tt.without) {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, open(t))
		})
	}
}
