package signal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// Send sends one part. When ctx ends before the daemon has answered, the answer is not
// lost: a retry of the same part gets it. After a connection that broke the contact
// may get the part twice; the error then says Maybe.
func (c *Channel) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	to, ok := recipient(p.To)
	if !ok {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Unreachable, Err: errors.New("not an address on signal")}
	}
	key := keyOf(p)
	s, first := c.sends.join(key, c.now())
	if first {
		t, err := c.ready(ctx)
		if err != nil {
			c.sends.finish(key, s, bots.Receipt{}, err)
		} else {
			t.post("send", c.sendParams(to, p), func(raw json.RawMessage, err error) {
				var timestamp int64
				if err == nil {
					timestamp, err = readSent(raw)
				}
				c.sends.finish(key, s, bots.Receipt{ID: ownID(timestamp), At: at(timestamp)}, err)
			})
		}
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		err := &callError{method: "send", cause: ctx.Err(), sent: true}
		return bots.Receipt{}, sendError(err)
	}
	if s.err != nil {
		c.sendFailed(ctx, to, s.err)
		return bots.Receipt{}, sendError(s.err)
	}
	c.sendWorked(to)
	if p.Last {
		if err := c.Forget(ctx, p.To); err != nil {
			c.log.Warn("whom the last word went to is not forgotten", "error", err)
		}
	}
	return s.receipt, nil
}

func (c *Channel) sendParams(to string, p bots.Part) map[string]any {
	params := c.params(map[string]any{"recipient": []string{to}, "message": p.Body})
	var styles []string
	for _, r := range p.Ranges {
		if r.Len > 0 {
			styles = append(styles, fmt.Sprintf("%d:%d:%s", r.Start, r.Len, r.Style))
		}
	}
	if styles != nil {
		params["textStyle"] = styles
	}
	// The contact's app shows the words of the quoted message from its own memory, so
	// that we need not keep them.
	if timestamp, own, ok := parseID(p.ReplyTo); ok {
		author := to
		if own {
			author = c.self().number
		}
		if author != "" {
			params["quoteTimestamp"], params["quoteAuthor"] = timestamp, author
		}
	}
	return params
}

// params adds our account, which a daemon with several wants to know.
func (c *Channel) params(p map[string]any) map[string]any {
	if number := c.self().number; number != "" {
		p["account"] = number
	}
	return p
}

// sendFailed does what a failed send asks for besides being tried again.
func (c *Channel) sendFailed(ctx context.Context, to string, err error) {
	var ce *callError
	if !errors.As(err, &ce) {
		return
	}
	switch f := ce.failure(); {
	case untrusted(err):
		if err := c.trust(ctx, to); err != nil {
			c.log.Warn("a new safety number cannot be trusted", "error", err)
		}
	case f.Type == typeRateLimit && f.Token != "":
		c.log.Warn("signal wants a captcha solved before it sends")
		c.setChallenge(f.Token, to)
	case sendError(err).Reason == bots.RateLimited:
		c.change(func() { c.limited = c.now().Add(sendError(err).RetryAfter) })
	case sendError(err).Reason == bots.NotAllowed:
		select {
		case c.suspect <- struct{}{}:
		default:
		}
	}
}

// ready waits a moment for a connection that can send.
func (c *Channel) ready(ctx context.Context) (transport, error) {
	c.mu.Lock()
	wait := c.readyTime - c.now().Sub(c.since)
	c.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		c.mu.Lock()
		t, refused, changed := c.live, c.refused, c.changed
		c.mu.Unlock()
		switch {
		case t != nil:
			return t, nil
		case refused:
			return nil, &callError{method: "send", code: codeAccount, message: "the account is not linked"}
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil, &callError{method: "send", cause: errors.New("signal-cli is away")}
		case <-ctx.Done():
			return nil, &callError{method: "send", cause: ctx.Err()}
		}
	}
}

// do makes a call of our account and waits for its answer.
func (c *Channel) do(ctx context.Context, method string, params map[string]any, into any) error {
	t, err := c.ready(ctx)
	if err != nil {
		return err
	}
	return call(ctx, t, method, c.params(params), into)
}

// Typing shows "typing…" to a contact for 15 seconds.
func (c *Channel) Typing(ctx context.Context, to bots.Address) error {
	who, ok := recipient(to)
	if !ok {
		return errors.New("signal: not an address on signal")
	}
	return c.do(ctx, "sendTyping", map[string]any{"recipient": []string{who}}, nil)
}

// MarkRead tells a contact that messages were read. Identifiers that are not messages
// of the contact's are left out.
func (c *Channel) MarkRead(ctx context.Context, to bots.Address, ids []string) error {
	who, ok := recipient(to)
	if !ok {
		return errors.New("signal: not an address on signal")
	}
	var targets []int64
	for _, id := range ids {
		if timestamp, own, ok := parseID(id); ok && !own {
			targets = append(targets, timestamp)
		}
	}
	if targets == nil {
		return nil
	}
	return c.do(ctx, "sendReceipt", map[string]any{"recipient": who, "type": "read", "targetTimestamp": targets}, nil)
}
