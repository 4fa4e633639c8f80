package bots

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"golang.org/x/time/rate"

	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	// sendLease is how long a dead sender's work waits to be taken over; a send may
	// take sendTime of it.
	sendLease = 15 * time.Second
	sendTime  = 12 * time.Second
	// sending is how many sends of one channel may be under way at once.
	sending = 256
	// patience is how often a send that may succeed later is tried: with the
	// back-off about six hours.
	patience = 30
)

// Observer hears what delivery does, for metrics.
type Observer interface {
	Sent(channel Kind, took time.Duration)
	Failed(channel Kind, reason Reason)
}

// Delivery sends the parts of one channel: in order for each conversation, many
// conversations at once, at the pace the network allows. A conversation that waits
// delays no other.
type Delivery struct {
	log     *slog.Logger
	outbox  *Outbox
	channel Channel
	worker  *store.Worker
	see     Observer
	// parked returns the writes that tell the conversation of a failed reply.
	parked func(conversation string, p Parked) []store.Op
	pace   *rate.Limiter
}

// NewDelivery makes the sender of a channel. The writes of parked happen together
// with the removal of the failed parts.
func NewDelivery(log *slog.Logger, s *store.Store, o *Outbox, bell *store.Bell, c Channel, see Observer,
	parked func(conversation string, p Parked) []store.Op) *Delivery {
	pace := rate.NewLimiter(rate.Inf, 0)
	if per := c.Limits().PerSecond; per > 0 {
		pace = rate.NewLimiter(rate.Limit(per), max(1, int(per)))
	}
	d := &Delivery{log: log, outbox: o, channel: c, see: see, parked: parked, pace: pace,
		worker: store.NewWorker(log, s, bell, outQueue(c.Kind()), sendLease, sending)}
	o.senders.Store(c.Kind(), d)
	return d
}

// Run sends until ctx ends, lets what is under way finish, and returns nil.
func (d *Delivery) Run(ctx context.Context) error { return d.worker.Run(ctx, d.one) }

// hand is the write that makes parts due which are put into an outbox just now. If
// nothing waits there, the first is sent without reading it back.
func (d *Delivery) hand(out, box string, parts []Part, delay time.Duration) store.Op {
	first := &waiting{part: parts[0], more: len(parts) > 1}
	return d.worker.Hand(out, box, len(parts), delay, func(ctx context.Context, lease store.Lease) { d.send(ctx, lease, first) })
}

// one sends the next part of one conversation.
func (d *Delivery) one(ctx context.Context, lease store.Lease) {
	w, err := d.outbox.head(ctx, lease.Member)
	if err != nil {
		d.log.Error("delivery: read outbox", "channel", d.channel.Kind(), "conversation", lease.Member, "err", err)
		return // due again after the lease
	}
	if w == nil {
		d.settle(d.channel.Kind(), lease, d.outbox.finish(ctx, d.channel.Kind(), lease, 0))
		return
	}
	d.send(ctx, lease, w)
}

// send sends a part and notes the result.
func (d *Delivery) send(ctx context.Context, lease store.Lease, w *waiting) {
	kind := d.channel.Kind()
	sending, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if !w.part.Urgent {
		if err := d.pace.Wait(sending); err != nil {
			d.settle(kind, lease, d.outbox.finish(ctx, kind, lease, time.Second))
			return
		}
	}
	start := time.Now()
	receipt, err := d.channel.Send(sending, w.part)
	if err == nil {
		d.see.Sent(kind, time.Since(start))
		gap := d.channel.Limits().Gap
		d.settle(kind, lease, d.outbox.sent(ctx, kind, lease, w, receipt, gap))
		if w.more {
			d.worker.WakeAt(time.Now().Add(gap))
		}
		return
	}
	d.settle(kind, lease, d.failed(ctx, lease, w, err))
}

func (d *Delivery) failed(ctx context.Context, lease store.Lease, w *waiting, err error) error {
	kind := d.channel.Kind()
	var fail *SendError
	if !errors.As(err, &fail) {
		fail = &SendError{Reason: Retry, Err: err}
	}
	d.see.Failed(kind, fail.Reason)
	tries, err := d.outbox.tries(ctx, lease.Member)
	if err != nil {
		return err
	}
	d.log.Warn("delivery: not sent", "channel", kind, "conversation", lease.Member, "part", w.part.ID,
		"reason", fail.Reason, "try", tries+1, "wait", fail.RetryAfter)
	passing := fail.Reason == Retry || fail.Reason == RateLimited
	if passing && tries+1 < patience {
		return d.outbox.later(ctx, kind, lease, max(fail.RetryAfter, backoff(tries)))
	}
	parked := Parked{Reply: replyOf(w.part.ID), Reason: fail.Reason}
	return d.outbox.park(ctx, kind, lease, w, fail.Reason, d.parked(conversationOf(lease.Member), parked))
}

// backoff grows from half a second to fifteen minutes, with a little chance in it
// so that those who failed together do not come back together.
func backoff(tries int) time.Duration {
	wait := 500 * time.Millisecond << min(tries, 11)
	return min(wait, 15*time.Minute) + rand.N(250*time.Millisecond)
}

// settle handles the error of the write that ends a send: the network has the
// message, so the most that can happen is one repeat after the lease.
func (d *Delivery) settle(kind Kind, lease store.Lease, err error) {
	var lost *store.GuardError
	switch {
	case err == nil:
	case errors.As(err, &lost):
		d.log.Warn("delivery: the lease ended before the send did", "channel", kind, "conversation", lease.Member)
	default:
		d.log.Error("delivery: note the result", "channel", kind, "conversation", lease.Member, "err", err)
	}
}
