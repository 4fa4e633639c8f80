package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	// turnLease is how long a turn may take before another process tries it.
	turnLease = 10 * time.Second
	// atOnce is how many conversations are worked on at the same time.
	atOnce = 256
	// GiveUp is the failure after which a turn is dead: see [Turn.Failures].
	GiveUp = 3
)

// Turn is everything that waits for one conversation.
type Turn struct {
	Conversation string
	// Version is the conversation's; the commit is refused when it was raised.
	Version int64
	// Events are in the order they came; none when a timer is due.
	Events []Event
	// State is what the last turn left, nil for a new conversation.
	State []byte
	// Dropped is how many messages came above what may wait.
	Dropped int
	// Failures is how often this turn failed. From [GiveUp] on the handler must
	// not look at the events again: it opens a case and tells the person.
	Failures int
}

// Result is what a turn changes.
type Result struct {
	State []byte
	// Owner is who has the conversation: "bot", "waiting" or "volunteer".
	Owner string
	// Timer is when the conversation wants a turn by itself; zero is never.
	Timer time.Time
	// Guards and Ops are written together with the rest.
	Guards []store.Guard
	Ops    []store.Op
	// Gone says that Ops erase the conversation; nothing else is written.
	Gone bool
	// Open keeps the conversation and its contacts without expiry.
	Open bool
	// Contacts are whom the conversation is with, by every address.
	Contacts []bots.Address
}

// Handler decides a turn. It is called for one turn of a conversation at a time. Its
// effects are only in the result.
type Handler func(ctx context.Context, t Turn) (Result, error)

// Run hands out turns until ctx ends, lets those under way finish, and returns nil.
func (m *Mailbox) Run(ctx context.Context, handle Handler) error {
	m.handle = handle
	return m.worker.Run(ctx, func(ctx context.Context, lease store.Lease) { m.turn(ctx, lease, nil) })
}

// turn works on one conversation under a lease; waits is what load.lua returned, nil if
// it was not read yet. A failure leaves the events where they are, to be tried again a
// little later.
func (m *Mailbox) turn(ctx context.Context, lease store.Lease, waits []string) {
	err := m.try(ctx, lease, waits)
	var lost *store.GuardError
	switch {
	case err == nil:
		return
	case errors.As(err, &lost) && lost.Index == 0:
		return // the lease ended: somebody else has the turn
	case errors.As(err, &lost):
		err = m.release(ctx, lease, 0, false) // the conversation changed: decide again
	default:
		m.log.Error("mailbox: turn failed", "conversation", lease.Member, "err", err)
		err = m.release(ctx, lease, m.retry, true)
	}
	if err != nil && !errors.As(err, &lost) {
		m.log.Error("mailbox: give a turn back", "conversation", lease.Member, "err", err)
	}
	m.worker.WakeAt(time.Now())
}

// release gives the lease back with the events untouched.
func (m *Mailbox) release(ctx context.Context, lease store.Lease, delay time.Duration, failed bool) error {
	head := m.headKey(lease.Member)
	ops := []store.Op{
		store.Do("HDEL", head, "want"),
		store.Wake(m.queue.Due, m.queue.Leases, head, lease.Member, delay),
		store.Rest(m.queue.Due, m.queue.Leases, head, "", lease.Member, time.Time{}),
	}
	if failed {
		ops = append(ops, store.Do("HINCRBY", head, "tries", 1))
	}
	return m.store.Apply(ctx, store.Tx{ID: lease.ID() + "-back", Head: head, Guards: []store.Guard{lease.Guard()}, Ops: ops})
}

func (m *Mailbox) try(ctx context.Context, lease store.Lease, waits []string) error {
	var t Turn
	var err error
	if waits == nil {
		t, err = m.load(ctx, lease.Member)
	} else {
		t, err = m.open(lease.Member, waits)
	}
	if err != nil {
		return err
	}
	if m.o.Quiet == 0 && len(t.Events) > 0 {
		t.Events = t.Events[:single(t.Events)]
	}
	r, err := safely(ctx, m.handle, t)
	if err != nil {
		return err
	}
	return m.commit(ctx, lease, t, r)
}

// single is how many events make a turn when every message is one of its own: one
// message, and what happened since that is no message, for it has happened.
func single(events []Event) int {
	for i, e := range events {
		if e.Kind != "message" {
			return i + 1
		}
	}
	return 1
}

// safely turns a panic of the handler into an error: one strange message must not
// take the helpdesk down.
func safely(ctx context.Context, handle Handler, t Turn) (r Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic of type %T at %s", p, debug.Stack()) // the value may hold text
		}
	}()
	return handle(ctx, t)
}

// Peek is all that waits for a conversation and what its last turn left, for whoever
// must know without deciding. Nothing is kept of a conversation that nobody has.
func (m *Mailbox) Peek(ctx context.Context, conversation string) (Turn, error) {
	return m.load(ctx, conversation)
}

// Guard holds while the conversation has the version that was read.
func (m *Mailbox) Guard(t Turn) store.Guard {
	want := ""
	if t.Version > 0 {
		want = strconv.FormatInt(t.Version, 10)
	}
	return store.Guard{Key: m.headKey(t.Conversation), Field: "v", Want: want}
}

// load reads all that waits.
func (m *Mailbox) load(ctx context.Context, conversation string) (Turn, error) {
	waits, err := m.store.Run(ctx, loadScript, []string{m.headKey(conversation), m.eventsKey(conversation)}).StringSlice()
	if err != nil {
		return Turn{}, fmt.Errorf("load turn: %w", err)
	}
	return m.open(conversation, waits)
}

// open makes a turn of what load.lua returned.
func (m *Mailbox) open(conversation string, waits []string) (Turn, error) {
	head, events := m.headKey(conversation), m.eventsKey(conversation)
	t := Turn{Conversation: conversation}
	t.Version, _ = strconv.ParseInt(waits[0], 10, 64) // absent is version 0
	t.Dropped, _ = strconv.Atoi(waits[2])
	t.Failures, _ = strconv.Atoi(waits[3])
	if sealed := waits[1]; sealed != "" {
		plain, err := m.store.Open(head, []byte(sealed))
		if err != nil {
			return Turn{}, fmt.Errorf("load state: %w", err)
		}
		t.State = plain
	}
	for _, sealed := range waits[4:] {
		plain, err := m.store.Open(events, []byte(sealed))
		if err != nil {
			return Turn{}, fmt.Errorf("load event: %w", err)
		}
		var e Event
		if err := json.Unmarshal(plain, &e); err != nil {
			return Turn{}, fmt.Errorf("load event: %w", err)
		}
		t.Events = append(t.Events, e)
	}
	return t, nil
}

func (m *Mailbox) commit(ctx context.Context, lease store.Lease, t Turn, r Result) error {
	head, events := m.headKey(t.Conversation), m.eventsKey(t.Conversation)
	tx := store.Tx{
		ID: lease.ID(), Head: head,
		Guards: append([]store.Guard{lease.Guard(), m.Guard(t)}, r.Guards...),
	}
	if r.Gone {
		tx.ID = "" // the head that would remember it is erased
		tx.Ops = r.Ops
		return m.store.Apply(ctx, tx)
	}
	tx.Ops = append([]store.Op{
		store.Do("HSET", head, "v", t.Version+1, "owner", r.Owner, "state", m.store.Seal(head, r.State)),
		store.Do("LTRIM", events, len(t.Events), -1),
	}, r.Ops...)
	if t.Dropped > 0 {
		tx.Ops = append(tx.Ops, store.Do("HINCRBY", head, "dropped", -t.Dropped))
	}
	kept := append(m.allContactKeys(r.Contacts), head)
	for _, key := range kept {
		if r.Open {
			tx.Ops = append(tx.Ops, store.Do("PERSIST", key))
		} else {
			tx.Ops = append(tx.Ops, store.Do("PEXPIRE", key, m.o.Keep.Milliseconds()))
		}
	}
	rest := store.Rest(m.queue.Due, m.queue.Leases, head, events, t.Conversation, r.Timer, "tries", "first", "hot")
	tx.Ops = append(tx.Ops, rest.Then(func(more bool) {
		if more { // what came while the turn was decided waits for its quiet time
			m.worker.WakeAt(time.Now().Add(m.o.Quiet))
		}
	}))
	return m.store.Apply(ctx, tx)
}
