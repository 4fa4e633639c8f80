package bots

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Outbox holds the parts that wait to be sent, in a list for each conversation,
// scheduled in one sorted set for each channel.
//
//	due:out-<channel>, leases:out-<channel>  conversations by due time, and who sends for them
//	conv:<id>:out       list of sealed parts in the order they are sent
//	conv:<id>:delivery  hash: p:<part id> → state [reason], n:<network id> → part id,
//	                    tries, want, op; expires with the transcript
type Outbox struct {
	store *store.Store
	keep  time.Duration
}

// NewOutbox keeps delivery states for the time given after the last part.
func NewOutbox(s *store.Store, keep time.Duration) *Outbox {
	return &Outbox{store: s, keep: keep}
}

func outKey(s *store.Store, conversation string) string { return s.Key("conv", conversation, "out") }
func deliveryKey(s *store.Store, conversation string) string {
	return s.Key("conv", conversation, "delivery")
}

// outQueue names the queue of a channel's sender, and the topic that wakes it.
func outQueue(channel Kind) string { return "out-" + string(channel) }

func (o *Outbox) queue(channel Kind) store.Queue { return o.store.Queue(outQueue(channel)) }

// Put is the writes that queue parts, all for the same contact, behind what waits
// already; urgent parts go before it.
func (o *Outbox) Put(conversation string, parts []Part) []store.Op {
	if len(parts) == 0 {
		return nil
	}
	out, delivery := outKey(o.store, conversation), deliveryKey(o.store, conversation)
	q := o.queue(parts[0].To.Channel)
	states := make([]any, 0, 2*len(parts))
	sealed := make([]any, 0, len(parts))
	for _, p := range parts {
		states = append(states, "p:"+p.ID, DeliveryQueued)
		sealed = append(sealed, o.seal(out, p))
	}
	push, delay := "RPUSH", time.Duration(0)
	if parts[0].Urgent {
		// Long overdue sorts first in the channel; LPUSH turns the order round.
		push, delay = "LPUSH", -24*time.Hour
		for i, j := 0, len(sealed)-1; i < j; i, j = i+1, j-1 {
			sealed[i], sealed[j] = sealed[j], sealed[i]
		}
	}
	return []store.Op{
		store.Do("HSET", delivery, states...),
		store.Do(push, out, sealed...),
		store.Do("PEXPIRE", delivery, o.keep.Milliseconds()),
		store.Wake(q.Due, q.Leases, delivery, conversation, delay),
		o.store.Ring(outQueue(parts[0].To.Channel), ""),
	}
}

func (o *Outbox) seal(key string, p Part) []byte {
	plain, err := json.Marshal(p)
	if err != nil {
		panic(err) // a Part is plain data
	}
	return o.store.Seal(key, plain)
}

// waiting is the head of a conversation's list.
type waiting struct {
	part Part
	raw  string
	more bool // other parts wait behind it
}

// head returns the next part of a conversation, or nil when nothing waits.
func (o *Outbox) head(ctx context.Context, conversation string) (*waiting, error) {
	out := outKey(o.store, conversation)
	first, err := o.store.Cmd().LRange(ctx, out, 0, 1).Result()
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	if len(first) == 0 {
		return nil, nil
	}
	w := &waiting{raw: first[0], more: len(first) > 1}
	if err := o.open(out, w.raw, &w.part); err != nil {
		return nil, err
	}
	return w, nil
}

// tries is how often the head of a conversation failed.
func (o *Outbox) tries(ctx context.Context, conversation string) (int, error) {
	n, err := o.store.Cmd().HGet(ctx, deliveryKey(o.store, conversation), "tries").Int()
	if err != nil && !store.Missing(err) {
		return 0, fmt.Errorf("read tries: %w", err)
	}
	return n, nil
}

func (o *Outbox) open(key, raw string, p *Part) error {
	plain, err := o.store.Open(key, []byte(raw))
	if err == nil {
		err = json.Unmarshal(plain, p)
	}
	if err != nil {
		return fmt.Errorf("read outbox: %w", err)
	}
	return nil
}

// finish ends the work under a lease: its writes, then the next due time, which is
// after the delay if something still waits.
func (o *Outbox) finish(ctx context.Context, channel Kind, lease store.Lease, delay time.Duration, ops ...store.Op) error {
	conversation := lease.Member
	out, delivery := outKey(o.store, conversation), deliveryKey(o.store, conversation)
	q := o.queue(channel)
	ops = append(ops,
		store.Do("HDEL", delivery, "want"),
		store.Wake(q.Due, q.Leases, delivery, conversation, delay),
		store.Rest(q.Due, q.Leases, delivery, out, conversation, time.Time{}))
	return o.store.Apply(ctx, store.Tx{
		ID: lease.ID(), Head: delivery,
		Guards: []store.Guard{lease.Guard()},
		Ops:    ops,
	})
}

// sent notes that the network took the head.
func (o *Outbox) sent(ctx context.Context, channel Kind, lease store.Lease, w *waiting, r Receipt, gap time.Duration) error {
	delivery := deliveryKey(o.store, lease.Member)
	fields := []any{"p:" + w.part.ID, DeliverySent}
	if r.ID != "" {
		fields = append(fields, "n:"+r.ID, w.part.ID)
	}
	return o.finish(ctx, channel, lease, gap,
		store.Do("LREM", outKey(o.store, lease.Member), 1, w.raw),
		store.Do("HSET", delivery, fields...),
		store.Do("HDEL", delivery, "tries"),
		store.Do("PEXPIRE", delivery, o.keep.Milliseconds()))
}

// later keeps the head for another try.
func (o *Outbox) later(ctx context.Context, channel Kind, lease store.Lease, delay time.Duration) error {
	return o.finish(ctx, channel, lease, delay,
		store.Do("HINCRBY", deliveryKey(o.store, lease.Member), "tries", 1))
}

// Parked is a reply that could not be sent: its part that failed and those behind
// it are taken out of the outbox, so that nothing is said in the wrong order.
type Parked struct {
	Reply  string `json:"reply"`
	Reason Reason `json:"reason"`
}

// park gives up on the head and the rest of its reply, and adds what the caller
// wants to write about it.
func (o *Outbox) park(ctx context.Context, channel Kind, lease store.Lease, w *waiting, reason Reason, more []store.Op) error {
	out, delivery := outKey(o.store, lease.Member), deliveryKey(o.store, lease.Member)
	all, err := o.store.Cmd().LRange(ctx, out, 0, -1).Result()
	if err != nil {
		return fmt.Errorf("read outbox: %w", err)
	}
	ops := []store.Op{store.Do("HDEL", delivery, "tries")}
	for _, raw := range all {
		var p Part
		if err := o.open(out, raw, &p); err != nil {
			return err
		}
		if replyOf(p.ID) == replyOf(w.part.ID) {
			ops = append(ops, store.Do("LREM", out, 1, raw),
				store.Do("HSET", delivery, "p:"+p.ID, DeliveryFailed+" "+string(reason)))
		}
	}
	return o.finish(ctx, channel, lease, 0, append(ops, more...)...)
}

// Status is the writes that note what the network said about a message of ours
// later, and the reply it belongs to ("" when it is none of ours). A state only
// moves forward.
func (o *Outbox) Status(ctx context.Context, conversation, networkID, state, reason string) (reply string, ops []store.Op, err error) {
	delivery := deliveryKey(o.store, conversation)
	part, err := o.store.Cmd().HGet(ctx, delivery, "n:"+networkID).Result()
	if store.Missing(err) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("find message: %w", err)
	}
	now, err := o.store.Cmd().HGet(ctx, delivery, "p:"+part).Result()
	if err != nil && !store.Missing(err) {
		return "", nil, fmt.Errorf("read delivery: %w", err)
	}
	rank := map[string]int{DeliverySent: 1, DeliveryDelivered: 2, DeliveryRead: 3, DeliveryFailed: 4}
	if rank[state] <= rank[now] {
		return replyOf(part), nil, nil
	}
	value := state
	if reason != "" {
		value += " " + reason
	}
	return replyOf(part), []store.Op{store.Do("HSET", delivery, "p:"+part, value)}, nil
}

// replyOf cuts the part's number off its ID.
func replyOf(part string) string {
	for i := len(part) - 1; i >= 0; i-- {
		if part[i] == '-' {
			return part[:i]
		}
	}
	return part
}

// Erase is the writes that delete what waits for a contact, and what is known of its
// delivery.
func (o *Outbox) Erase(conversation string, channel Kind) []store.Op {
	q := o.queue(channel)
	return []store.Op{
		store.Do("DEL", outKey(o.store, conversation)),
		store.Do("DEL", deliveryKey(o.store, conversation)),
		store.Do("ZREM", q.Due, conversation),
		store.Do("HDEL", q.Leases, conversation),
	}
}

// Last is the writes that let the delivery states of a conversation go soon: it was
// erased, and what was put since are its last words.
func (o *Outbox) Last(conversation string) []store.Op {
	return []store.Op{store.Do("PEXPIRE", deliveryKey(o.store, conversation), time.Hour.Milliseconds())}
}

// Depth is how many conversations wait for each channel's sender.
func (o *Outbox) Depth(ctx context.Context, channel Kind) (int64, error) {
	return o.store.Cmd().ZCard(ctx, o.queue(channel).Due).Result()
}

// Recover makes what a dead process was sending due at once. Only a process that
// knows itself to be alone may call it.
func (o *Outbox) Recover(ctx context.Context, channel Kind) error {
	return o.store.Recover(ctx, o.queue(channel))
}
