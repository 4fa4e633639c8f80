package handoff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// Mailbox is where the router hears what happened.
type Mailbox interface {
	// Post returns all writes that put an event into the conversation's mailbox
	// and raise the conversation's version, so that a decision of the router that
	// did not know of it is refused.
	Post(conversation, kind string, data any) []store.Op
}

// Transcript is what was said in a conversation.
type Transcript interface {
	Read(ctx context.Context, conversation string) ([]bots.Entry, error)
	Append(conversation string, e bots.Entry) []store.Op
	// Hold is the writes that keep it as long as a case is open.
	Hold(conversation string) []store.Op
}

// Options are the times of a helpdesk. Zero values take the default.
type Options struct {
	// Now is the business clock; time.Now when nil.
	Now func() time.Time
	// Lease is how long a claim lasts without an action while the newcomer waits;
	// 10 minutes. Warn is when the desk warns of it; 8 minutes.
	Lease, Warn time.Duration
	// Nobody is after how many minutes of office hours the newcomer hears that
	// nobody was free yet; 15.
	Nobody time.Duration
	// Again is after how long the volunteers are called again to somebody in danger, at
	// any hour; 10 minutes.
	Again time.Duration
	// FirstResponse is within what time of office hours a first response is due;
	// 1 hour.
	FirstResponse time.Duration
	// Keep is how long a resolved case is kept; 30 days.
	Keep time.Duration
	// Free returns a volunteer and whether a case may be given to them unasked, or
	// [ErrUnknown]. Nobody is free when it is nil.
	Free func(ctx context.Context, volunteer string) (a Actor, free bool, err error)
}

// Queue is the cases of one helpdesk. It is safe for concurrent use, also by many
// processes on one Redis.
type Queue struct {
	log        *slog.Logger
	store      *store.Store
	keys       keys
	mailbox    Mailbox
	transcript Transcript
	opts       Options
	now        func() time.Time
	office     atomic.Pointer[Hours]
}

// New makes the queue. [Queue.Run] must run in at least one process.
func New(log *slog.Logger, s *store.Store, m Mailbox, t Transcript, o Options) *Queue {
	def := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	def(&o.Lease, 10*time.Minute)
	def(&o.Warn, o.Lease*8/10)
	def(&o.Nobody, 15*time.Minute)
	def(&o.Again, 10*time.Minute)
	def(&o.FirstResponse, time.Hour)
	def(&o.Keep, 30*24*time.Hour)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Free == nil {
		o.Free = func(context.Context, string) (Actor, bool, error) { return Actor{}, false, nil }
	}
	q := &Queue{log: log, store: s, keys: keys{s}, mailbox: m, transcript: t, opts: o}
	// Redis keeps milliseconds; what is computed must equal what is read back.
	q.now = func() time.Time { return o.Now().UTC().Truncate(time.Millisecond) }
	q.office.Store(DefaultHours().ready())
	return q
}

func (q *Queue) timing() timing {
	return timing{lease: q.opts.Lease, nobody: q.opts.Nobody, again: q.opts.Again, hours: q.Hours()}
}

// Expires is when the holder's claim ends by itself and when the desk warns of it;
// both zero when it does not.
func (q *Queue) Expires(c Case) (at, warn time.Time) {
	at = q.timing().expires(c)
	if at.IsZero() {
		return at, at
	}
	return at, at.Add(q.opts.Warn - q.opts.Lease)
}

// Get returns a case, or [ErrUnknown].
func (q *Queue) Get(ctx context.Context, id string) (Case, error) { return q.load(ctx, id) }

// ByConversation returns the open case of a conversation; ok is false when there
// is none.
func (q *Queue) ByConversation(ctx context.Context, conversation string) (c Case, ok bool, err error) {
	return q.linked(ctx, conversation, "open")
}

// Last returns the case of a conversation that was resolved last; ok is false when
// there is none.
func (q *Queue) Last(ctx context.Context, conversation string) (c Case, ok bool, err error) {
	return q.linked(ctx, conversation, "last")
}

func (q *Queue) linked(ctx context.Context, conversation, field string) (Case, bool, error) {
	for range attempts {
		id, err := q.store.Cmd().HGet(ctx, q.keys.conv(conversation), field).Result()
		if store.Missing(err) {
			return Case{}, false, nil
		}
		if err != nil {
			return Case{}, false, fmt.Errorf("find case: %w", err)
		}
		c, err := q.load(ctx, id)
		switch {
		case errors.Is(err, ErrUnknown):
			return Case{}, false, nil
		case err != nil:
			return Case{}, false, err
		case field == "last":
			return c, c.State == Resolved, nil // reopened cases are not over
		case c.Open():
			return c, true, nil
		}
		// It was resolved between the two reads: look again.
	}
	return Case{}, false, fmt.Errorf("find case: others were faster %d times", attempts)
}

// Earlier returns the resolved cases of a conversation, newest first.
func (q *Queue) Earlier(ctx context.Context, conversation string) ([]Case, error) {
	ids, err := q.store.Cmd().LRange(ctx, q.keys.past(conversation), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("find earlier cases: %w", err)
	}
	return q.loadAll(ctx, ids)
}

// Place is a waiting case's place in the line, from 1, and how many wait. The
// place is 0 for a case that does not wait.
func (q *Queue) Place(ctx context.Context, id string) (place, waiting int, err error) {
	pipe := q.store.Client().Pipeline()
	rank := pipe.ZRank(ctx, q.keys.waiting(), id)
	card := pipe.ZCard(ctx, q.keys.waiting())
	if _, err := pipe.Exec(ctx); err != nil && !store.Missing(err) {
		return 0, 0, fmt.Errorf("find place: %w", err)
	}
	if rank.Err() == nil {
		place = int(rank.Val()) + 1
	}
	return place, int(card.Val()), nil
}

// NextPlace is the place that a case opened now will have.
func (q *Queue) NextPlace(ctx context.Context, urgent bool) (int, error) {
	until := "+inf"
	if urgent {
		until = "0" // all others count from 1970
	}
	n, err := q.store.Cmd().ZCount(ctx, q.keys.waiting(), "-inf", until).Result()
	if err != nil {
		return 0, fmt.Errorf("find place: %w", err)
	}
	return int(n) + 1, nil
}

// MaxList is how many cases a list holds at most.
const MaxList = 1000

// List returns cases in the queue's order: "waiting", "mine" (what holder holds),
// "open" (waiting and claimed), or "resolved" (newest first).
func (q *Queue) List(ctx context.Context, state, holder string) ([]Case, error) {
	var ids []string
	var err error
	cmd := q.store.Cmd()
	switch state {
	case "waiting":
		ids, err = cmd.ZRange(ctx, q.keys.waiting(), 0, MaxList-1).Result()
	case "mine":
		ids, err = cmd.ZRange(ctx, q.keys.held(holder), 0, MaxList-1).Result()
	case "resolved":
		ids, err = cmd.ZRevRange(ctx, q.keys.resolved(), 0, 99).Result()
	case "open":
		var more []string
		if ids, err = cmd.ZRange(ctx, q.keys.waiting(), 0, MaxList-1).Result(); err == nil {
			more, err = cmd.ZRange(ctx, q.keys.claimed(), 0, MaxList-1).Result()
		}
		ids = append(ids, more...)
	default:
		return nil, fmt.Errorf("list cases: %w", ErrUnknown)
	}
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	cases, err := q.loadAll(ctx, ids)
	if state == "open" {
		slices.SortFunc(cases, func(a, b Case) int {
			return cmp.Or(cmp.Compare(a.order(), b.order()), strings.Compare(a.ID, b.ID))
		})
	}
	return cases, err
}

// loadAll reads cases in one round trip and leaves out those that are gone.
func (q *Queue) loadAll(ctx context.Context, ids []string) ([]Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := q.store.Client().Pipeline()
	for _, id := range ids {
		pipe.HGetAll(ctx, q.keys.caseOf(id))
	}
	got, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	cases := make([]Case, 0, len(ids))
	for i, cmd := range got {
		c, err := q.decode(ids[i], cmd.(interface{ Val() map[string]string }).Val())
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}
