package handoff

import (
	"errors"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// State is where a case stands.
type State string

// The states of a case; the package comment draws how they follow each other.
const (
	Waiting  State = "waiting"
	Claimed  State = "claimed"
	Resolved State = "resolved"
)

// Outcomes of a resolved case. Volunteers may also write one of their own.
const (
	OutcomeArticle   = "article"   // answered by an article
	OutcomeVolunteer = "volunteer" // answered by a volunteer
	OutcomeReferred  = "referred"  // sent on to another organisation
	OutcomeNone      = "none"      // no answer exists
	OutcomeWithdrawn = "withdrawn" // the newcomer needs it no more
	OutcomeBarred    = "barred"    // a coordinator shut the person out
)

// WishWoman is the wish that a woman answers.
const WishWoman = "woman"

// Holder is the volunteer who holds a case.
type Holder struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Case is one request for a person. Everything a newcomer wrote is sealed where it
// is kept.
type Case struct {
	ID           string
	Conversation string
	State        State
	Channel      bots.Kind
	// Lang is a BCP 47 tag, Topic an article's id or "".
	Lang, Topic string
	// Urgent is the kind of urgency ("violence"), "" for none.
	Urgent string
	// Alias stands for the person's name and is stable for the conversation.
	Alias string
	// Preview is what was asked, personal data masked by the caller.
	Preview string
	// Wishes are what the newcomer asked of the person who helps ([WishWoman]).
	Wishes []string
	// Opened is the moment of escalation; the place in the queue follows it.
	Opened time.Time
	// WaitingSince is since when the newcomer waits for a word of a person; zero
	// when the last word was a volunteer's.
	WaitingSince time.Time
	// Due is when the first response is due, counted within office hours; zero
	// when the helpdesk has none.
	Due time.Time
	// Queued is when the case last came into the queue, or became urgent there.
	Queued time.Time
	// Claimed is when Holder took it, Touched the last action of Holder.
	Claimed, Touched time.Time
	Holder           *Holder
	// Lapsed is the volunteer whose claim ended by itself: a late reply of theirs
	// claims the case again if nobody else has.
	Lapsed string
	// Nobody says that the newcomer has been told that nobody was free yet.
	Nobody bool
	// Recalled says that the volunteers were called a second time to somebody in danger.
	Recalled bool
	// Answered is the moment of the first reply.
	Answered time.Time
	// Barred says that a coordinator shut the person out on this occasion.
	Barred bool
	// Unread counts what the newcomer wrote since the holder last looked.
	Unread int
	// Closed is when it was resolved, ClosedBy by whom ("" by the newcomer).
	Closed            time.Time
	ClosedBy, Outcome string

	version string
}

// Open reports whether the case is waiting or claimed.
func (c Case) Open() bool { return c.State == Waiting || c.State == Claimed }

// Actor is a volunteer who does something.
type Actor struct {
	ID, Name    string
	Coordinator bool
	// Capacity is how many cases the volunteer holds at most; 0 is no limit.
	Capacity int
	// Untrained volunteers take and read no urgent cases, because others of this
	// helpdesk are trained for them.
	Untrained bool
}

// MayRead reports whether the volunteer may read a case in full: urgent ones are for
// who is trained for them, and for who holds or closed it.
func (a Actor) MayRead(c Case) bool {
	return c.Urgent == "" || !a.Untrained || c.holderID() == a.ID || c.ClosedBy == a.ID
}

func (a Actor) holder() *Holder { return &Holder{ID: a.ID, Name: a.Name} }

// Kinds of [Event].
const (
	EventClaimed     = "claimed"     // By took the case
	EventReply       = "reply"       // By, who holds the case now at the latest, says Text
	EventReleased    = "released"    // By gave it back to the queue
	EventTransferred = "transferred" // By handed it to To
	EventTakeover    = "takeover"    // coordinator By took it from another volunteer
	EventResolved    = "resolved"    // By closed it
	EventBarred      = "barred"      // coordinator By shut the person out for [BarredFor], and closed it
	EventAdmitted    = "admitted"    // coordinator By took that back
	EventExpired     = "expired"     // the claim ended by itself; the case waits again
	EventNobody      = "nobody"      // nobody took it for a while; comes once
	EventUnanswered  = "unanswered"  // nobody took a case of danger in time; comes once, instead of nobody
)

// Event tells the router what happened to a case.
type Event struct {
	Kind string `json:"kind"`
	Case string `json:"case"`
	// By and ByName are the volunteer; empty for what happens by itself.
	By     string `json:"by,omitempty"`
	ByName string `json:"by_name,omitempty"`
	// To and ToName are who has the case after a transfer.
	To     string `json:"to,omitempty"`
	ToName string `json:"to_name,omitempty"`
	// Text is a volunteer's reply as it was typed: Markdown where an article was put
	// in, and every line break is meant. It stands in the transcript already, as the
	// entry MessageID: the router only sends it, under that id.
	Text      string `json:"text,omitempty"`
	MessageID string `json:"message_id,omitempty"`
	// Article and Revision name the article that Text was taken from, if it was.
	Article  string `json:"article,omitempty"`
	Revision string `json:"revision,omitempty"`
	Topic    string `json:"topic,omitempty"`
	Outcome  string `json:"outcome,omitempty"`
	// Urgent is the case's urgency: a rating is never asked after one.
	Urgent string    `json:"urgent,omitempty"`
	At     time.Time `json:"at"`
}

var (
	// ErrUnknown is returned for a case, volunteer, link or token that does not exist.
	ErrUnknown = errors.New("unknown")
	// ErrClaimed is returned when another volunteer holds the case; the error is a
	// *[ClaimedError] that says who.
	ErrClaimed = errors.New("another volunteer holds the case")
	// ErrNotHolder is returned for what only the holder may do, when nobody holds
	// the case.
	ErrNotHolder = errors.New("the case must be claimed first")
	// ErrResolved is returned for what cannot be done to a closed case.
	ErrResolved = errors.New("the case is resolved")
	// ErrCapacity is returned when the volunteer already holds as many cases as agreed.
	ErrCapacity = errors.New("the volunteer holds as many cases as agreed")
	// ErrNotAllowed is returned for what only a coordinator may do.
	ErrNotAllowed = errors.New("only a coordinator may do this")
	// ErrUntrained is returned for an urgent case and a volunteer who is not trained for
	// such cases while others are.
	ErrUntrained = errors.New("urgent cases are for those who are trained for them")
	// ErrEmpty is returned for a reply or a note without text.
	ErrEmpty = errors.New("the text is empty")
)

// ClaimedError says who holds the case.
type ClaimedError struct{ Holder Holder }

func (e *ClaimedError) Error() string { return fmt.Sprintf("volunteer %s holds the case", e.Holder.ID) }

// Is makes errors.Is(err, ErrClaimed) hold.
func (e *ClaimedError) Is(target error) bool { return target == ErrClaimed }
