package whatsapp

import (
	"context"
	"database/sql"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/brug-helpdesk/brug/bots"
)

// Problems as a coordinator reads them.
var (
	ProblemUnlinked = problemUnlinked.text
	ProblemAway     = problemAway.text
	ProblemStore    = problemStore.text
	ProblemReplaced = problemReplaced.text
	ProblemCopy     = problemCopy.text
	ProblemOutdated = problemOutdated.text
	ProblemLocked   = problemLocked.text
	ProblemBanned   = problemBanned.text
	ProblemRemoved  = problemRemoved.text
)

// What somebody did instead of writing.
const (
	KindViewOnce = kindViewOnce
	KindCall     = kindCall
)

// MessageID is WhatsApp's identifier for a part.
func MessageID(part string) string { return messageID(part) }

// SetClock replaces the clock. Before Run.
func (c *Channel) SetClock(now func() time.Time) { c.now = now }

// SetWaits replaces the waits: after a failure at least and at most, after a refusal
// that stays, and for a message that could not be decrypted. Before Run.
func (c *Channel) SetWaits(least, most, long, unread time.Duration) {
	c.minWait, c.maxWait, c.longWait, c.unreadAfter = least, most, long, unread
	c.tick = 5 * time.Millisecond
}

// Tell hands an event to the present connection, as the library does.
func (c *Channel) Tell(evt any) {
	if s := c.current(); s != nil {
		s.handle(evt)
	}
}

// ProblemSilent is the problem of a connection that does not answer.
var ProblemSilent = problemSilent.text

// DB is the database of the keys.
func (c *Channel) DB() *sql.DB { return c.db }

// DropSent forgets what is too old.
func (c *Channel) DropSent(ctx context.Context) error { return c.dropSent(ctx) }

// Convert converts an event.
func Convert(e *events.Message, contact bots.Address) (m bots.Message, keep bool, timer *time.Duration) {
	got := convert(e, contact)
	return got.Message, got.keep, got.timer
}
