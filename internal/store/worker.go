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

	running bool // Run takes work
	busy    int  // places in use
	freed   chan struct{}
}

// NewWorker makes a worker on the queue of this name, which is also the topic whose
// rings wake it.
func NewWorker(log *slog.Logger, s *Store, bell *Bell, queue string, lease time.Duration, atOnce int) *Worker {
	return &Worker{Lease: lease, AtOnce: atOnce, log: log, store: s, queue: s.Queue(queue), bell: bell, topic: queue,
		name: queue + "-" + NewID(), kick: make(chan struct{}, 1), freed: make(chan struct{}, 1)}
}

// Run calls do for everything that is due until ctx ends, lets what is under way
// finish, and returns nil. The context of do outlives ctx, for Lease at most.
func (w *Worker) Run(ctx context.Context, do func(ctx context.Context, lease Lease)) error {
	rings, end := w.bell.Listen(w.topic)
	defer end()
	w.open()
	defer w.close()
	for {
		n := w.room(ctx)
		if n == 0 {
			return nil
		}
		w.setAlarm(time.Time{})
		leases, wait, err := w.store.Take(ctx, w.queue, w.name, n, w.Lease)
		w.use(len(leases))
		if err != nil {
			if ctx.Err() == nil {
				w.log.Warn("Redis is away", "work", w.topic, "err", err)
			}
			wait = time.Second
		}
		for _, lease := range leases {
			go w.work(lease, do)
		}
		if len(leases) == 0 {
			w.sleep(ctx, wait, rings)
		}
	}
}

// work calls do, which may take nearly as long as the lease, in a place in use.
func (w *Worker) work(lease Lease, do func(ctx context.Context, lease Lease)) {
	defer w.use(-1)
	ctx, cancel := context.WithTimeout(context.Background(), w.Lease-w.Lease/8)
	defer cancel()
	do(ctx, lease)
}

// Hand is the write that makes member due after delay. When nothing waits in list but
// what was written just now, this worker calls do with the lease at once, without
// looking into the queue: unless it does not run or has much to do.
func (w *Worker) Hand(list, member string, written int, delay time.Duration, do func(ctx context.Context, lease Lease)) Op {
	op := Wake(w.queue.Due, w.queue.Leases, "", member, delay)
	lease, idle := w.Offer(member)
	if idle {
		op = Op{Cmd: "HAND", Key: w.queue.Due, keys: []string{w.queue.Leases, list},
			Args: []any{member, written, delay.Milliseconds(), lease.token, w.Lease.Milliseconds()}}
	}
	return op.Then(func(given bool) {
		if !given || !w.Begin(lease, do) {
			w.WakeAt(time.Now())
		}
	})
}

// Offer is the lease under which this worker would do at once what a script gives it;
// false when it does not run or has much to do. Those who have just asked may all get
// it: a little above AtOnce is in use then.
func (w *Worker) Offer(member string) (Lease, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Lease{Member: member, token: NewID(), leases: w.queue.Leases}, w.running && w.busy < w.AtOnce/2
}

// Begin calls do with a lease that was offered and given. It returns false when Run has
// ended meanwhile; then the lease ends by itself.
func (w *Worker) Begin(lease Lease, do func(ctx context.Context, lease Lease)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running {
		w.busy++
		go w.work(lease, do)
	}
	return w.running
}

func (w *Worker) open() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = true
}

// close takes nothing more and waits for what is under way.
func (w *Worker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.running = false; w.busy > 0; {
		w.mu.Unlock()
		<-w.freed
		w.mu.Lock()
	}
}

// room waits for free places and says how many there are, 0 when ctx ends.
func (w *Worker) room(ctx context.Context) int {
	for ctx.Err() == nil {
		w.mu.Lock()
		n := w.AtOnce - w.busy
		w.mu.Unlock()
		if n > 0 {
			return n
		}
		select {
		case <-ctx.Done():
		case <-w.freed:
		}
	}
	return 0
}

// use takes places, or gives back.
func (w *Worker) use(n int) {
	w.mu.Lock()
	w.busy += n
	w.mu.Unlock()
	if n < 0 {
		select {
		case w.freed <- struct{}{}:
		default:
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
