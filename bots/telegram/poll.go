package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"golang.org/x/sync/errgroup"

	"github.com/brug-helpdesk/brug/bots"
)

const (
	// pollTime is how long Telegram holds a request that has nothing to give; it
	// allows 50 s at most.
	pollTime = 50 * time.Second
	// pollSlack is how much later than that an answer may come.
	pollSlack = 15 * time.Second
	// asideTime bounds an answer to a tap or a notice in a group, asideLimit is how
	// many may be under way.
	asideTime  = 5 * time.Second
	asideLimit = 8
)

// poll receives until ctx ends. The offset moves past an update only after it was
// accepted, and what is accepted before a stop is confirmed.
func (c *Channel) poll(ctx context.Context, accept bots.AcceptFunc) error {
	if err := c.insist(ctx, func() error { return c.deleteWebhook(ctx) }); err != nil {
		return err
	}
	a := newAsides(ctx, c)
	defer a.wait()

	var at place
	defer func() { c.confirm(ctx, at) }()
	wait, held := c.minWait, time.Duration(0)
	for {
		at.told, at.toldAt = at.offset, time.Now()
		updates, err := c.getUpdates(ctx, at.offset, held)
		if err == nil {
			at.confirmed = at.offset
			held = pollTime
			var next int64
			if next, err = c.takeAll(ctx, updates, accept, a); next != 0 {
				// Also when it is below the old offset: after a week without
				// updates Telegram begins anywhere.
				at.offset = next
				wait = c.minWait
			}
			if err == nil {
				c.setHealth(true, "")
			}
			if err == nil && (next != 0 || len(updates) == 0) {
				continue
			}
		}
		if err != nil {
			if err := c.trouble(ctx, err); err != nil {
				return err
			}
			c.evictWebhook(ctx, err)
			held = 0 // the next answer tells soon that it works again
		}
		if !sleep(ctx, max(wait, retryAfter(err))) {
			return ctx.Err()
		}
		wait = min(2*wait, c.maxWait)
	}
}

// place is where we are in Telegram's row of updates.
type place struct {
	offset    int64 // the next update we want
	confirmed int64 // what Telegram surely knows of that
	// told is what the last request said, and when.
	told   int64
	toldAt time.Time
}

// takeAll takes updates in their order up to the first that was not accepted. next
// is the offset behind the last one taken, 0 when there is none.
func (c *Channel) takeAll(ctx context.Context, updates []json.RawMessage, accept bots.AcceptFunc, a *asides) (next int64, err error) {
	for _, raw := range updates {
		e, err := convert(raw, c.now())
		if err != nil {
			c.log.Warn("an update cannot be read", "update_id", e.id, "error", err)
		}
		if e.message != nil {
			if err := accept(ctx, *e.message); err != nil {
				return next, err
			}
		}
		if e.id != 0 {
			next = max(next, e.id+1)
		}
		a.start(e)
	}
	return next, nil
}

// getUpdates asks for what came from offset on, and waits up to hold for it.
func (c *Channel) getUpdates(ctx context.Context, offset int64, hold time.Duration) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, hold+pollSlack)
	defer cancel()
	params := tgbotapi.Params{"allowed_updates": allowedUpdates}
	params.AddNonZero64("offset", offset)
	params.AddNonZero("timeout", int(hold/time.Second))
	var updates []json.RawMessage
	return updates, c.api.call(ctx, "getUpdates", params, &updates)
}

// confirm tells Telegram at a stop what was accepted since the last answer, so that
// the next process does not get it again. A request that was stopped while it waited
// has told it already, unless it was only on its way.
func (c *Channel) confirm(ctx context.Context, at place) {
	wait := c.stopTime
	if at.told == at.offset {
		wait /= 4 // Telegram obeys at once but holds its answer
		if time.Since(at.toldAt) > c.stopTime {
			return
		}
	}
	if at.offset == at.confirmed {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer cancel()
	params := tgbotapi.Params{"offset": strconv.FormatInt(at.offset, 10), "limit": "1"}
	if err := c.api.call(ctx, "getUpdates", params, nil); err != nil {
		c.log.Debug("the last updates may come again", "error", err)
	}
}

// deleteWebhook makes polling possible; what waits at Telegram stays there.
func (c *Channel) deleteWebhook(ctx context.Context) error {
	return c.api.call(ctx, "deleteWebhook", tgbotapi.Params{"drop_pending_updates": "false"}, nil)
}

// evictWebhook takes away a webhook that somebody set while we were polling.
func (c *Channel) evictWebhook(ctx context.Context, err error) {
	var ce *callError
	if !errors.As(err, &ce) || ce.code != http.StatusConflict || !ce.has("webhook") {
		return
	}
	if err := c.deleteWebhook(ctx); err != nil {
		c.log.Warn("the webhook stays", "error", err)
	}
}

// asides are the small requests nobody waits for: the answers to taps, so that the
// button stops turning, and the notice in a group.
type asides struct {
	channel *Channel
	ctx     context.Context
	cancel  context.CancelFunc
	group   errgroup.Group
}

func newAsides(ctx context.Context, c *Channel) *asides {
	a := &asides{channel: c}
	// They outlive the stop by a moment: a tap that is confirmed is answered.
	a.ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	a.group.SetLimit(asideLimit)
	return a
}

// start makes the requests an event asks for.
func (a *asides) start(e event) {
	method, params := a.channel.aside(e)
	if method == "" {
		return
	}
	a.group.Go(func() error {
		ctx, cancel := context.WithTimeout(a.ctx, asideTime)
		defer cancel()
		if err := a.channel.api.call(ctx, method, params, nil); err != nil {
			// "query is too old" among them: the tap itself was accepted.
			a.channel.log.Debug("a small request failed", "error", err)
		}
		return nil
	})
}

func (a *asides) wait() {
	t := time.AfterFunc(a.channel.stopTime, a.cancel)
	defer t.Stop()
	_ = a.group.Wait()
	a.cancel()
}

// aside is the request an event asks for besides being accepted, "" for none.
func (c *Channel) aside(e event) (method string, params tgbotapi.Params) {
	if e.tap != "" {
		return "answerCallbackQuery", tgbotapi.Params{"callback_query_id": e.tap}
	}
	if e.group != nil {
		if params := c.groupNotice(e.group); params != nil {
			return "sendMessage", params
		}
	}
	return "", nil
}
