package bots

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Outbox holds the parts that wait to be sent, in a list for each conversation,
// scheduled in one sorted set for each channel.
//
//	due:out-<channel>, leases:out-<channel>  boxes by due time, and who sends for them
//	conv:<box>:out       list of sealed parts in the order they are sent; expires likewise
//	conv:<box>:delivery  hash: p:<part id> → state [reason], n:<network id> → part id,
//	                     tries; expires with the transcript
//
// A conversation has two boxes: one of its own name, and one with a "!" for urgent
// parts, which go before all others of the channel and wait for nothing that failed.
type Outbox struct {
	store *store.Store
	keep  time.Duration
	// senders are those of this process, by channel: they need no bell.
	senders sync.Map // Kind → *Delivery
}

// NewOutbox keeps delivery states for the time given after the last part.
func NewOutbox(s *store.Store, keep time.Duration) *Outbox {
	return &Outbox{store: s, keep: keep}
}

func outKey(s *store.Store, box string) string      { return s.Key("conv", box, "out") }
func deliveryKey(s *store.Store, box string) string { return s.Key("conv", box, "delivery") }

// outQueue names the queue of a channel's sender, and the topic that wakes it.
func outQueue(channel Kind) string { return "out-" + string(channel) }

func (o *Outbox) queue(channel Kind) store.Queue { return o.store.Queue(outQueue(channel)) }

// boxes are the names of a conversation's two boxes.
func boxes(conversation string) [2]string { return [2]string{conversation, conversation + "!"} }

// conversationOf is the conversation of a box.
func conversationOf(box string) string { return strings.TrimSuffix(box, "!") }

// Put is the writes that queue parts, all for the same contact and all urgent or
// none, behind what waits already. A sender of this process begins at once.
func (o *Outbox) Put(conversation string, parts []Part) []store.Op {
	if len(parts) == 0 {
		return nil
	}
	box, delay := boxes(conversation)[0], time.Duration(0)
	if parts[0].Urgent {
		box, delay = boxes(conversation)[1], -24*time.Hour // long overdue sorts first
	}
	out, delivery := outKey(o.store, box), deliveryKey(o.store, box)
	q := o.queue(parts[0].To.Channel)
	states := make([]any, 0, 2*len(parts))
	sealed := make([]any, 0, len(parts))
	for _, p := range parts {
		states = append(states, "p:"+p.ID, DeliveryQueued)
		sealed = append(sealed, o.store.SealJSON(out, p))
	}
	ops := []store.Op{
		store.Do("HSET", delivery, states...),
		store.Do("RPUSH", out, sealed...),
		store.Do("PEXPIRE", out, o.keep.Milliseconds()), // a channel may be off for good
		store.Do("PEXPIRE", delivery, o.keep.Milliseconds()),
	}
	if sender, here := o.senders.Load(parts[0].To.Channel); here {
		return append(ops, sender.(*Delivery).hand(out, box, parts, delay))
	}
	return append(ops, store.Wake(q.Due, q.Leases, "", box, delay), o.store.Ring(outQueue(parts[0].To.Channel), ""))
}

// waiting is the head of a box.
type waiting struct {
	part Part
	more bool // other parts wait behind it
}

// head returns the next part of a box, or nil when nothing waits.
func (o *Outbox) head(ctx context.Context, box string) (*waiting, error) {
	out := outKey(o.store, box)
	first, err := o.store.Cmd().LRange(ctx, out, 0, 1).Result()
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	if len(first) == 0 {
		return nil, nil
	}
	w := &waiting{more: len(first) > 1}
	if err := o.open(out, first[0], &w.part); err != nil {
		return nil, err
	}
	return w, nil
}

// tries is how often the head of a box failed.
func (o *Outbox) tries(ctx context.Context, box string) (int, error) {
	n, err := o.store.Cmd().HGet(ctx, deliveryKey(o.store, box), "tries").Int()
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
	box := lease.Member
	out, delivery := outKey(o.store, box), deliveryKey(o.store, box)
	q := o.queue(channel)
	ops = append(ops, store.Next(q.Due, q.Leases, out, box, delay))
	// Without an ID: a repeat finds no lease, and what has expired must not come back.
	return o.store.Apply(ctx, store.Tx{Head: delivery, Guards: []store.Guard{lease.Guard()}, Ops: ops})
}

// sent notes that the network took the head.
func (o *Outbox) sent(ctx context.Context, channel Kind, lease store.Lease, w *waiting, r Receipt, gap time.Duration) error {
	delivery := deliveryKey(o.store, lease.Member)
	fields := []any{"p:" + w.part.ID, DeliverySent}
	if r.ID != "" {
		fields = append(fields, "n:"+r.ID, w.part.ID)
	}
	return o.finish(ctx, channel, lease, gap,
		store.Do("LTRIM", outKey(o.store, lease.Member), 1, -1),
		store.Do("HSET", delivery, fields...),
		store.Do("HDEL", delivery, "tries"))
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
	for _, box := range boxes(conversation) {
		delivery := deliveryKey(o.store, box)
		part, err := o.store.Cmd().HGet(ctx, delivery, "n:"+networkID).Result()
		if store.Missing(err) {
			continue
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
		value := strings.TrimSpace(state + " " + reason)
		return replyOf(part), []store.Op{store.Do("HSET", delivery, "p:"+part, value)}, nil
	}
	return "", nil, nil
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
	var ops []store.Op
	for _, box := range boxes(conversation) {
		ops = append(ops,
			store.Do("DEL", outKey(o.store, box)),
			store.Do("DEL", deliveryKey(o.store, box)),
			store.Do("ZREM", q.Due, box),
			store.Do("HDEL", q.Leases, box))
	}
	return ops
}

// Last is the writes that let a conversation's outbox and delivery states go soon: it
// was erased, and what was put since are its last words.
func (o *Outbox) Last(conversation string) []store.Op {
	var ops []store.Op
	for _, box := range boxes(conversation) {
		for _, key := range []string{outKey(o.store, box), deliveryKey(o.store, box)} {
			ops = append(ops, store.Do("PEXPIRE", key, time.Hour.Milliseconds()))
		}
	}
	return ops
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
