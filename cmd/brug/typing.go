package main

import (
	"context"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// read are messages that were read.
type read struct {
	to  bots.Address
	ids []string
}

// typing is a newcomer at the keys; lasts is 0 when they have stopped.
type typing struct {
	who   bots.Address
	lasts time.Duration
}

// typing and markRead never wait: what does not fit is not worth it.
func (c channels) typing(to bots.Address) {
	select {
	case c.show <- to:
	default:
	}
}

func (c channels) markRead(to bots.Address, ids []string) {
	select {
	case c.notice <- read{to, ids}:
	default:
	}
}

// hears passes on that a newcomer is typing, or has stopped; it never waits either.
func (c channels) hears(who bots.Address, lasts time.Duration) {
	select {
	case c.heard <- typing{who, lasts}:
	default:
	}
}

// runTyping shows what typing and markRead asked for, until ctx ends.
func (c channels) runTyping(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case to := <-c.show:
			if t, ok := c.of(to.Channel).(bots.TypingSender); ok {
				brief(ctx, func(ctx context.Context) { t.Typing(ctx, to) })
			}
		case n := <-c.notice:
			if r, ok := c.of(n.to.Channel).(bots.ReadMarker); ok {
				brief(ctx, func(ctx context.Context) { r.MarkRead(ctx, n.to, n.ids) })
			}
		}
	}
}

// brief gives something that is nice to have two seconds.
func brief(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	do(ctx)
}

// runHeard tells the desk which newcomers are typing until ctx ends. It does not go
// through the mailbox: nothing is decided by it, and nothing waits for it.
func (h *helpdesk) runHeard(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-h.channels.heard:
			brief(ctx, func(ctx context.Context) {
				conversation, err := h.mailbox.Find(ctx, t.who)
				if err == nil && conversation != "" {
					err = h.queue.Typing(ctx, conversation, t.lasts)
				}
				if err != nil && ctx.Err() == nil {
					h.log.Debug("typing is not shown", "err", err)
				}
			})
		}
	}
}
