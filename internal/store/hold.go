package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// holdLease is how long a holder may be silent before another process takes over;
// it renews three times as often.
const holdLease = 12 * time.Second

// Hold runs run in one process of a helpdesk at a time: for what allows only one
// connection. It waits until nobody holds name, and ends the context of run when
// the lease cannot be renewed. It returns run's error, or nil when ctx ends.
func (s *Store) Hold(ctx context.Context, name string, run func(ctx context.Context) error) error {
	q := s.holdQueue(name)
	me := "hold-" + name + "-" + NewID()
	for ctx.Err() == nil {
		lease, err := s.tryHold(ctx, q, name, me)
		if err != nil || lease == nil {
			wait(ctx, time.Second)
			continue
		}
		done, err := s.held(ctx, q, *lease, run)
		if done {
			return err
		}
	}
	return nil
}

func (s *Store) holdQueue(name string) Queue { return s.Queue("hold-" + name) }

func (s *Store) tryHold(ctx context.Context, q Queue, name, me string) (*Lease, error) {
	if err := s.Cmd().ZAddNX(ctx, q.Due, redis.Z{Member: name}).Err(); err != nil {
		return nil, fmt.Errorf("offer %s: %w", name, err)
	}
	leases, _, err := s.Take(ctx, q, me, 1, holdLease)
	if err != nil || len(leases) == 0 {
		return nil, err
	}
	return &leases[0], nil
}

// held runs run under a lease; done is false when the lease was lost and the caller
// should try for it again.
func (s *Store) held(ctx context.Context, q Queue, lease Lease, run func(ctx context.Context) error) (done bool, err error) {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- run(running) }()
	tick := time.NewTicker(holdLease / 3)
	defer tick.Stop()
	renewed := time.Now()
	for {
		select {
		case err := <-ended:
			s.letGo(q, lease)
			return true, err
		case <-tick.C:
			err := s.renew(ctx, q, lease)
			var lost *GuardError
			switch {
			case err == nil:
				renewed = time.Now()
			case errors.As(err, &lost), time.Since(renewed) > holdLease-holdLease/3:
				cancel()
				<-ended
				return ctx.Err() != nil, nil
			}
		}
	}
}

func (s *Store) renew(ctx context.Context, q Queue, lease Lease) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	return s.Apply(ctx, Tx{Head: q.Leases, Guards: []Guard{lease.Guard()},
		Ops: []Op{Do("ZADD", q.Due, now.Add(holdLease).UnixMilli(), lease.Member)}})
}

// letGo gives the lease back, so that another process need not wait for its end. An
// error only makes it wait.
func (s *Store) letGo(q Queue, lease Lease) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s.Apply(ctx, Tx{Head: q.Leases, Guards: []Guard{lease.Guard()},
		Ops: []Op{Do("ZADD", q.Due, 0, lease.Member), Do("HDEL", q.Leases, lease.Member)}})
}

// RecoverHold lets go what a dead process held. Only a process that knows itself to
// be alone may call it.
func (s *Store) RecoverHold(ctx context.Context, name string) error {
	return s.Recover(ctx, s.holdQueue(name))
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
