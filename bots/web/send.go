package web

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// Send keeps a part for the visitor's pages. A part sent again is the same message.
func (c *Channel) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	visitor, ok := parseAddress(p.To)
	if !ok {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Unreachable, Err: errors.New("not a visitor of the web chat")}
	}
	now := time.Now().UTC()
	from := p.From
	if from != bots.FromVolunteer && from != bots.FromSystem {
		from = bots.FromBot
	}
	err := c.keep(ctx, visitor, event{ID: p.ID, From: from, Text: p.Text, HTML: p.Body, Lang: p.Lang,
		Choices: p.Choices, Article: p.Article, Revision: p.Revision, At: now})
	if err != nil {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Retry, Err: err}
	}
	return bots.Receipt{ID: p.ID, At: now}, nil
}

// What the bell says to pages besides "look". Behind typing stands when that was, in
// ms since 1970 by the clock of Redis, which also dates the events.
const (
	noteTyping = "typing"
	noteErased = "erased"
)

// Typing shows "typing…" on the visitor's open pages.
func (c *Channel) Typing(ctx context.Context, to bots.Address) error {
	visitor, ok := parseAddress(to)
	if !ok {
		return errors.New("web: not a visitor of the web chat")
	}
	now, err := c.store.Now(ctx)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	return c.tell(ctx, visitor, noteTyping+" "+strconv.FormatInt(now.UnixMilli(), 10))
}

// Forget erases what is kept of a visitor, also from the open pages.
func (c *Channel) Forget(ctx context.Context, contact bots.Address) error {
	visitor, ok := parseAddress(contact)
	if !ok {
		return errors.New("web: not a visitor of the web chat")
	}
	ops, err := c.forgetPhotos(ctx, visitor)
	if err != nil {
		return err
	}
	return c.tell(ctx, visitor, noteErased, append(ops,
		store.Do("DEL", c.eventsKey(visitor)), store.Do("DEL", c.idsKey(visitor)), store.Do("DEL", c.recentKey(visitor)))...)
}
