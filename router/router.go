package router

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/router/mailbox"
)

// Options are what a router needs from the outside.
type Options struct {
	// Limits of a channel.
	Limits func(bots.Kind) bots.Limits
	// Speaks says whether any volunteer writes a language.
	Speaks func(ctx context.Context, lang string) (bool, error)
	// Mask hides personal numbers in what stands in lists.
	Mask func(text string) string
	// MaskForGood hides the numbers that are never kept longer than a case of danger.
	MaskForGood func(text string) string
	// Forget erases what a channel keeps about a contact by itself.
	Forget func(ctx context.Context, contact bots.Address) error
	// Decided hears what was decided, for metrics; took is the time since the
	// oldest event of the turn was stored.
	Decided func(what string, took time.Duration)
	// MarkRead tells a contact that messages were read. It must not block.
	MarkRead func(to bots.Address, ids []string)
}

// Router decides turns. It is safe for concurrent use.
type Router struct {
	log        *slog.Logger
	store      *store.Store
	mailbox    *mailbox.Mailbox
	outbox     *bots.Outbox
	transcript *bots.Transcript
	queue      *handoff.Queue
	mind       *Mind
	renders    *renders
	options    Options
}

// New makes a router.
func New(log *slog.Logger, s *store.Store, m *mailbox.Mailbox, o *bots.Outbox, t *bots.Transcript,
	q *handoff.Queue, mind *Mind, options Options) *Router {
	return &Router{log: log, store: s, mailbox: m, outbox: o, transcript: t, queue: q, mind: mind,
		renders: newRenders(), options: options}
}

func (r *Router) now() time.Time { return r.mind.options.Now() }

func (r *Router) limits(k bots.Kind) bots.Limits { return r.options.Limits(k) }

// Handle decides one turn; it is a [mailbox.Handler].
func (r *Router) Handle(ctx context.Context, t mailbox.Turn) (mailbox.Result, error) {
	s, err := readState(t.State)
	if err != nil {
		return mailbox.Result{}, err
	}
	ears := r.mind.ears()
	var steps []step
	if t.Failures >= mailbox.GiveUp {
		steps = deadTurn(t)
	} else if steps, err = ears.steps(t, s); err != nil {
		return mailbox.Result{}, err
	}
	w := r.mind.world(ears, r.queue.Hours())
	c, err := r.look(ctx, t, s, steps, &w)
	if err != nil {
		return mailbox.Result{}, err
	}
	before := s
	s, e := decide(w, s, steps)
	result, err := r.carryOut(ctx, t, w, before, s, e, c)
	if err != nil {
		return result, err
	}
	status, err := r.receipts(ctx, t)
	if err != nil {
		return result, err
	}
	if !result.Gone {
		result.Ops = append(result.Ops, status...)
	}
	r.observe(t, before, s, e)
	return result, nil
}

// deadTurn keeps what can be kept of a turn that failed too often: that somebody
// wrote, where they are, and what volunteers did. If that fails as well, it is left out.
func deadTurn(t mailbox.Turn) []step {
	var steps []step
	failed := step{kind: toldFailed}
	for _, ev := range t.Events {
		switch {
		case ev.Message != nil:
			failed.messages = append(failed.messages, *ev.Message)
		case ev.Kind == eventDesk && t.Failures < 2*mailbox.GiveUp:
			st := step{kind: toldByDesk}
			if json.Unmarshal(ev.Data, &st.event) == nil {
				steps = append(steps, st)
			}
		}
	}
	return append(steps, failed)
}

// receipts are the writes of delivery notices: they change no state.
func (r *Router) receipts(ctx context.Context, t mailbox.Turn) ([]store.Op, error) {
	var ops []store.Op
	for _, ev := range t.Events {
		if ev.Message == nil {
			continue
		}
		state, reason := "", ""
		switch ev.Message.Action {
		case bots.Delivered:
			state = bots.DeliveryDelivered
		case bots.Read:
			state = bots.DeliveryRead
		case bots.Failed:
			state, reason = bots.DeliveryFailed, ev.Message.Text
		default:
			continue
		}
		_, more, err := r.outbox.Status(ctx, t.Conversation, ev.Message.Target, state, reason)
		if err != nil {
			return nil, fmt.Errorf("note delivery: %w", err)
		}
		ops = append(ops, more...)
	}
	return ops, nil
}

// observe reports a decided turn. A commit that is refused and decided again is
// counted twice: a rare and harmless error of the metrics.
func (r *Router) observe(t mailbox.Turn, before, after State, e effects) {
	var took time.Duration
	if len(t.Events) > 0 {
		took = time.Since(t.Events[0].At)
	}
	for _, what := range e.counts {
		r.options.Decided(what, took)
	}
	if len(e.read) > 0 && before.Owner != Volunteer && after.Address.ID != "" {
		r.options.MarkRead(after.Address, e.read)
	}
}
