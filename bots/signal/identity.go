package signal

import (
	"context"
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
