package signal

import (
	"context"
	"errors"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// Somebody with a new phone, or who installed Signal anew, has another safety number.
// The daemon then neither shows what they write nor sends to them until the number is
// trusted. A newcomer cannot know that, so that we trust it and tell the coordinator.

// noteKeys is how long a coordinator is told of new safety numbers.
const noteKeys = 24 * time.Hour

// trust accepts a contact's new key. The daemon then hands over by itself, within a
// minute, what it held back (manager/helper/ReceiveHelper.java,
// retryFailedReceivedMessages).
func (c *Channel) trust(ctx context.Context, to string) error {
	if err := c.do(ctx, "trust", map[string]any{"recipient": to, "trustAllKnownKeys": true}, nil); err != nil {
		return err
	}
	c.log.Info("a new safety number was trusted")
	c.change(func() { c.newKey = c.now() })
	return nil
}

// trustOrNote trusts the sender of something that could not be read. If that fails,
// the message is at least known to have come.
func (s *session) trustOrNote(m bots.Message) {
	trusted := s.aside(func(ctx context.Context) {
		if err := s.c.trust(ctx, m.Contact.ID); err != nil && ctx.Err() == nil {
			s.c.log.Warn("a new safety number cannot be trusted", "error", err)
			s.store(m)
		}
	})
	if !trusted {
		s.store(m)
	}
}

// maxEdits bounds the memory of edits.
const maxEdits = 4096

// original finds the first version of a message of the contact's: Signal's apps let
// an edit name the version before it.
func (c *Channel) original(m *bots.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	target, known := c.edits[keyOf(bots.Part{ID: m.Target, To: m.Contact})]
	if known {
		m.Target = target
	}
	if m.Action != bots.Edit {
		return
	}
	key := keyOf(bots.Part{ID: m.ID, To: m.Contact})
	if _, seen := c.edits[key]; seen {
		return
	}
	if len(c.editOrder) == maxEdits {
		delete(c.edits, c.editOrder[0])
		c.editOrder = c.editOrder[1:]
	}
	c.edits[key] = m.Target
	c.editOrder = append(c.editOrder, key)
}

// setChallenge notes that Signal wants a captcha solved.
func (c *Channel) setChallenge(token, to string) {
	c.change(func() { c.challenge = challenge{token: token, to: to, at: c.now()} })
}

// challenge is a captcha that waits to be solved.
type challenge struct {
	token string
	to    string // whom we could not write to; "" for no challenge
	at    time.Time
}

// challengeTime is how long a captcha that is not asked for again stays on show, and
// how long only the contact it was about proves that it is solved.
const (
	challengeTime = 24 * time.Hour
	challengeMine = time.Hour
)

// sendWorked takes a solved captcha off the show. Contacts we know already can be
// written to all the while, so that at first they prove nothing.
func (c *Channel) sendWorked(to string) {
	c.mu.Lock()
	solved := c.challenge.to != "" && (c.challenge.to == to || c.now().Sub(c.challenge.at) > challengeMine)
	c.mu.Unlock()
	if solved {
		c.change(func() { c.challenge = challenge{} })
	}
}

// errNoAccount is an account that the daemon does not have; problem says it to a
// coordinator.
type errNoAccount struct{ problem string }

func (e *errNoAccount) Error() string { return "signal-cli does not have the account" }

var errSilent = errors.New("signal-cli says nothing any more")
