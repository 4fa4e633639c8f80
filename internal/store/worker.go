package store

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Worker takes what is due from a queue and works on many members at once, in one
// process of many.
type Worker struct {
	// Lease is how long one piece of work may take; AtOnce is how many are under
	// way at the same time.
	Lease  time.Duration
	AtOnce int

	log   *slog.Logger
	store *Store
	queue Queue
	name  string
	bell  *Bell
	topic string

	mu    sync.Mutex
	alarm time.Time // when Run looks again; zero while it is looking
	kick  chan struct{}
}

// NewWorker makes a worker on the queue of this name, which is also the topic whose
// rings wake it.
func NewWorker(log *slog.Logger, s *Store, bell *Bell, queue string, lease time.Duration, atOnce int) *Worker {
	return &Worker{Lease: lease, AtOnce: atOnce, log: log, store: s, queue: s.Queue(queue), bell: bell, topic: queue,
		name: queue + "-" + NewID(), kick: make(chan struct{}, 1)}
}

// Run calls do for everything that is due until ctx ends, lets what is under way
// finish, and returns nil. The context of do outlives ctx, for Lease at most.
func (w *Worker) Run(ctx context.Context, do func(ctx context.Context, lease Lease)) error {
	rings, end := w.bell.Listen(w.topic)
	defer end()
	free := make(chan struct{}, w.AtOnce)
	for range w.AtOnce {
		free <- struct{}{}
	}
	defer func() {
		for range w.AtOnce {
			<-free
		}
	}()
	for ctx.Err() == nil {
		n := reserve(ctx, free)
		w.setAlarm(time.Time{})
		leases, wait, err := w.store.Take(ctx, w.queue, w.name, n, w.Lease)
		for range n - len(leases) {
			free <- struct{}{}
		}
		if err != nil {
			if ctx.Err() == nil {
				w.log.Warn("Redis is away", "work", w.topic, "err", err)
			}
			wait = time.Second
		}
		for _, lease := range leases {
			go func() {
				defer func() { free <- struct{}{} }()
				working, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease-w.Lease/8)
				defer cancel()
				do(working, lease)
			}()
		}
		if len(leases) == 0 {
			w.sleep(ctx, wait, rings)
		}
	}
	return nil
}

// reserve takes all free places, at least one unless ctx ends.
func reserve(ctx context.Context, free chan struct{}) int {
	select {
	case <-ctx.Done():
		return 0
	case <-free:
	}
	n := 1
	for {
		select {
		case <-free:
			n++
		default:
			return n
		}
	}
}

// WakeAt makes Run look at t, if it would sleep longer: for work that this process
// knows of.
func (w *Worker) WakeAt(t time.Time) {
	w.mu.Lock()
	early := w.alarm.IsZero() || t.Before(w.alarm)
	if early && !w.alarm.IsZero() {
		w.alarm = t
	}
	w.mu.Unlock()
	if early {
		select {
		case w.kick <- struct{}{}:
		default:
		}
	}
}

func (w *Worker) setAlarm(t time.Time) {
	w.mu.Lock()
	w.alarm = t
	w.mu.Unlock()
}

// sleep waits until something is due, at most a second: rings and kicks only shorten
// the wait.
func (w *Worker) sleep(ctx context.Context, wait time.Duration, rings <-chan string) {
	if wait < 0 || wait > time.Second {
		wait = time.Second
	}
	w.setAlarm(time.Now().Add(wait))
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-rings:
	case <-w.kick:
	}
}
