package handoff

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	// timerLease is how long looking after one case may take.
	timerLease = 15 * time.Second
	// sweepEvery is how often what has expired is taken out of lists, and how long
	// a change of the office hours may take to be seen everywhere.
	sweepEvery = 30 * time.Second
)

// Run does what happens by itself (claims that end, "nobody yet") until ctx ends,
// and then returns nil. Any number of processes may run it.
func (q *Queue) Run(ctx context.Context) error {
	taker := "cases-" + store.NewID()
	var swept time.Time
	for ctx.Err() == nil {
		if time.Since(swept) >= sweepEvery {
			if err := q.sweep(ctx); err != nil {
				q.complain(ctx, "sweep", err)
			}
			swept = time.Now()
		}
		n, wait, err := q.fireDue(ctx, taker)
		if err != nil {
			q.complain(ctx, "timers", err)
			wait = time.Second
		}
		if n > 0 {
			continue
		}
		if wait < 0 || wait > time.Second {
			wait = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

func (q *Queue) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		q.log.Warn("cases: Redis is away", "during", what, "err", err)
	}
}

// fireDue looks after the cases whose time has come.
func (q *Queue) fireDue(ctx context.Context, taker string) (n int, wait time.Duration, err error) {
	leases, wait, err := q.store.Take(ctx, q.store.Queue("cases"), taker, 20, timerLease)
	if err != nil {
		return 0, 0, err
	}
	for _, lease := range leases {
		if err := q.fire(ctx, lease); err != nil {
			// It is due again after the lease.
			q.log.Error("cases: timer", "case", lease.Member, "err", err)
		}
	}
	return len(leases), wait, nil
}

// fire does what is due for one case and sets the next time.
func (q *Queue) fire(ctx context.Context, lease store.Lease) error {
	id := lease.Member
	due := q.store.Queue("cases")
	rest := []store.Op{store.Do("HDEL", due.Leases, id), store.Do("ZREM", due.Due, id)}
	for range attempts {
		c, err := q.load(ctx, id)
		if errors.Is(err, ErrUnknown) {
			return ignoreLost(q.store.Apply(ctx, store.Tx{Head: due.Leases, Guards: []store.Guard{lease.Guard()}, Ops: rest}))
		}
		if err != nil {
			return err
		}
		now := q.now()
		ops := rest
		s, ok := q.timing().tick(c, now)
		if ok {
			ops = append(ops[:len(ops):len(ops)], q.effects(c, s, Actor{})...)
		} else {
			s.next = c
			if next := q.timing().next(c); !next.IsZero() {
				ops = append(ops[:len(ops):len(ops)], store.Wake(due.Due, due.Leases, q.keys.caseOf(id), id, max(0, next.Sub(now))))
			}
		}
		// An action that keeps a claim does not raise the version.
		touched := store.Guard{Key: q.keys.caseOf(id), Field: "touched", Want: strconv.FormatInt(millis(c.Touched), 10)}
		err = q.commit(ctx, c, s, []store.Guard{lease.Guard(), touched}, ops)
		var broken *store.GuardError
		if !errors.As(err, &broken) {
			return err
		}
		if broken.Guard == lease.Guard() {
			return nil // another process looks after it
		}
	}
	return fmt.Errorf("case %s: others were faster %d times", id, attempts)
}

func ignoreLost(err error) error {
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return nil
	}
	return err
}

// sweep takes out of the lists what has expired, and reads the office hours.
func (q *Queue) sweep(ctx context.Context) error {
	if err := q.readHours(ctx); err != nil {
		return err
	}
	old := strconv.FormatInt(q.now().Add(-q.opts.Keep).UnixMilli(), 10)
	if err := q.store.Cmd().ZRemRangeByScore(ctx, q.keys.resolved(), "-inf", "("+old).Err(); err != nil {
		return fmt.Errorf("sweep resolved cases: %w", err)
	}
	return q.sweepAudit(ctx)
}
