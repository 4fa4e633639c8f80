package store_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

func TestApplyHappensAtOnceOrNotAtAll(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	head, list := s.Key("head"), s.Key("list")
	write := store.Tx{ID: "a", Head: head, Guards: []store.Guard{{Key: head, Field: "v", Want: ""}},
		Ops: []store.Op{store.Do("HSET", head, "v", 1), store.Do("RPUSH", list, "x")}}
	for range 2 { // the second is a repeat
		if err := s.Apply(ctx, write); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Cmd().LLen(ctx, list).Val(); n != 1 {
		t.Fatalf("the list has %d entries, want 1", n)
	}
	write.ID = "b"
	var guard *store.GuardError
	if err := s.Apply(ctx, write); !errors.As(err, &guard) || guard.Index != 0 {
		t.Fatalf("a broken guard: %v", err)
	}
	write = store.Tx{ID: "c", Head: head, Ops: []store.Op{store.Do("HSET", head, "w", 1), store.Do("HSET", list, "f", 1)}}
	if err := s.Apply(ctx, write); !errors.Is(err, store.ErrWrongType) {
		t.Fatalf("a key of the wrong type: %v", err)
	}
	if s.Cmd().HExists(ctx, head, "w").Val() {
		t.Error("half of a transaction was written")
	}
}

func TestLeasedWorkIsHeldOnceAndComesBack(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	q := s.Queue("work")
	head := s.Key("head")
	if err := s.Apply(ctx, store.Tx{Head: head, Ops: []store.Op{store.Wake(q.Due, q.Leases, head, "m", 0)}}); err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	var wg sync.WaitGroup
	for _, who := range []string{"a", "b", "c", "d"} {
		wg.Go(func() {
			leases, _, err := s.Take(ctx, q, who, 10, time.Hour)
			if err != nil {
				t.Error(err)
			}
			taken.Add(int32(len(leases)))
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Fatalf("taken %d times, want once", taken.Load())
	}
	if err := s.Recover(ctx, q); err != nil {
		t.Fatal(err)
	}
	if short, _, err := s.Take(ctx, q, "a", 10, 50*time.Millisecond); err != nil || len(short) != 1 {
		t.Fatalf("after recovery: %v, %v", short, err)
	}
	var again []store.Lease
	patience.Until(t, "the lease ends, the work comes back", func() bool {
		var err error
		if again, _, err = s.Take(ctx, q, "a", 10, time.Hour); err != nil {
			t.Fatal(err)
		}
		return len(again) == 1
	})
	// What is woken under a lease is due after it.
	if err := s.Apply(ctx, store.Tx{Head: head, Ops: []store.Op{
		store.Do("RPUSH", s.Key("list"), "event"), store.Wake(q.Due, q.Leases, head, "m", 0)}}); err != nil {
		t.Fatal(err)
	}
	if more, _, err := s.Take(ctx, q, "b", 10, time.Hour); err != nil || len(more) != 0 {
		t.Fatalf("taken from under a lease: %v, %v", more, err)
	}
	rest := store.Tx{ID: "r", Head: head, Guards: []store.Guard{again[0].Guard()},
		Ops: []store.Op{store.Rest(q.Due, q.Leases, head, s.Key("list"), "m", time.Time{})}}
	if err := s.Apply(ctx, rest); err != nil {
		t.Fatal(err)
	}
	if more, _, err := s.Take(ctx, q, "b", 10, time.Minute); err != nil || len(more) != 1 {
		t.Fatalf("after the lease was given back: %v, %v", more, err)
	}
	rest.ID = "s"
	var guard *store.GuardError
	if err := s.Apply(ctx, rest); !errors.As(err, &guard) {
		t.Fatalf("an old lease wrote: %v", err)
	}
	if err := s.Recover(ctx, q); err != nil {
		t.Fatal(err)
	}
	if more, _, err := s.Take(ctx, q, "a", 10, time.Minute); err != nil || len(more) != 1 {
		t.Fatalf("after recovery: %v, %v", more, err)
	}
}

func TestWhatIsHandedOverWaitsForWhatWasThereBefore(t *testing.T) {
	s := storetest.Open(t)
	q := s.Queue("work")
	list := s.Key("list")
	w := store.NewWorker(slog.New(slog.DiscardHandler), s, store.NewBell(s), "work", time.Minute, 8)
	done := make(chan string, 3)
	finish := func(ctx context.Context, lease store.Lease, how string) {
		err := s.Apply(ctx, store.Tx{Head: s.Key("head"), Guards: []store.Guard{lease.Guard()},
			Ops: []store.Op{store.Do("LTRIM", list, 1, -1), store.Next(q.Due, q.Leases, list, lease.Member, 0)}})
		if err != nil {
			t.Error(err)
		}
		done <- how
	}
	begun, first := make(chan struct{}), make(chan struct{})
	put := func(id string, wait <-chan struct{}) store.Tx {
		hand := w.Hand(list, "m", 1, 0, func(ctx context.Context, lease store.Lease) {
			begun <- struct{}{}
			<-wait
			finish(ctx, lease, "handed")
		})
		return store.Tx{ID: id, Head: s.Key("head"), Ops: []store.Op{store.Do("RPUSH", list, id), hand}}
	}
	apply := func(tx store.Tx) {
		t.Helper()
		if err := s.Apply(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
	}
	apply(put("a", nil)) // a worker that does not run is handed nothing: it finds it later
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- w.Run(ctx, func(ctx context.Context, lease store.Lease) { finish(ctx, lease, "taken") })
	}()
	if how := <-done; how != "taken" {
		t.Errorf("the first was %s, want taken", how)
	}
	tx := put("b", first)
	apply(tx)
	<-begun
	apply(put("c", nil)) // waits behind b
	if n := s.Cmd().LLen(t.Context(), list).Val(); n != 2 {
		t.Errorf("%d wait while the one handed over is worked on, want 2", n)
	}
	close(first)
	for _, want := range []string{"handed", "taken"} {
		if how := <-done; how != want {
			t.Errorf("it was %s, want %s", how, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestARepeatIsHandedTheSameWork(t *testing.T) {
	s := storetest.Open(t)
	w := store.NewWorker(slog.New(slog.DiscardHandler), s, store.NewBell(s), "work", time.Minute, 8)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, func(context.Context, store.Lease) { t.Error("taken from the queue") }) }()
	patience.Until(t, "the worker is at work", func() bool { _, idle := w.Offer("m"); return idle })
	given := make(chan string, 2)
	hand := w.Hand(s.Key("list"), "m", 1, 0, func(_ context.Context, lease store.Lease) { given <- lease.ID() })
	tx := store.Tx{ID: "a", Head: s.Key("head"), Ops: []store.Op{store.Do("RPUSH", s.Key("list"), "x"), hand}}
	for range 2 { // as if the first answer was lost on its way
		if err := s.Apply(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := <-given, <-given; a != b {
		t.Error("the repeat got another lease")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTakeSaysHowLongToWait(t *testing.T) {
	s := storetest.Open(t)
	q := s.Queue("work")
	if _, wait, err := s.Take(t.Context(), q, "a", 1, time.Second); err != nil || wait >= 0 {
		t.Fatalf("nothing waits: %v, %v", wait, err)
	}
	head := s.Key("head")
	if err := s.Apply(t.Context(), store.Tx{Head: head, Ops: []store.Op{store.Wake(q.Due, q.Leases, head, "m", time.Minute)}}); err != nil {
		t.Fatal(err)
	}
	if _, wait, err := s.Take(t.Context(), q, "a", 1, time.Second); err != nil || wait < time.Second || wait > time.Minute {
		t.Fatalf("due in a minute: %v, %v", wait, err)
	}
}

func TestBellRingsEveryListenerOfATopic(t *testing.T) {
	s := storetest.Open(t)
	bell := store.NewBell(s)
	one, endOne := bell.Listen("desk")
	defer endOne()
	two, endTwo := bell.Listen("desk")
	defer endTwo()
	other, endOther := bell.Listen("web")
	defer endOther()
	done := make(chan error, 1)
	go func() { done <- bell.Run(t.Context()) }()
	t.Cleanup(func() { <-done })
	// The subscription stands: whoever listens may have missed something before.
	for _, ear := range []<-chan string{one, two, other} {
		if note := <-ear; note != "" {
			t.Fatalf("heard %q before anything was rung", note)
		}
	}
	if err := s.Apply(t.Context(), store.Tx{Head: s.Key("head"), Ops: []store.Op{s.Ring("desk", "case 1")}}); err != nil {
		t.Fatal(err)
	}
	for _, ear := range []<-chan string{one, two} {
		if note := <-ear; note != "case 1" {
			t.Errorf("heard %q", note)
		}
	}
	if len(other) != 0 {
		t.Error("a listener of another topic was woken")
	}
	// The connection breaks, and what is rung until it is there again is not heard.
	if err := s.Client().ClientKillByFilter(t.Context(), "TYPE", "pubsub").Err(); err != nil {
		t.Fatal(err)
	}
	if note := <-other; note != "" {
		t.Errorf("after a broken connection: %q", note)
	}
}

func TestOnlyOneProcessHolds(t *testing.T) {
	s := storetest.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	var holders atomic.Int32
	var most atomic.Int32
	turns := make(chan struct{}, 10)
	hold := func(ctx context.Context) error {
		most.Store(max(most.Load(), holders.Add(1)))
		defer holders.Add(-1)
		turns <- struct{}{}
		<-ctx.Done()
		return nil
	}
	first, stopFirst := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Hold(first, "telegram", hold); err != nil {
			t.Error(err)
		}
	})
	<-turns
	wg.Go(func() {
		if err := s.Hold(ctx, "telegram", hold); err != nil {
			t.Error(err)
		}
	})
	stopFirst()
	<-turns // the second took over
	cancel()
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d held at once", most.Load())
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	box := func() *seal.Box {
		b, err := seal.New(seal.NewKey())
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	desk, right := "k"+store.NewID(), box()
	for _, try := range []struct {
		box  *seal.Box
		want error
	}{{right, nil}, {box(), store.ErrOtherKey}, {right, nil}} {
		s, err := store.Open(t.Context(), storetest.URL(t), desk, try.box)
		if !errors.Is(err, try.want) {
			t.Errorf("open: %v, want %v", err, try.want)
		}
		if err == nil {
			s.Close()
		}
	}
}

func BenchmarkApply(b *testing.B) {
	s := storetest.Open(b)
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		head := s.Key("head", store.NewID())
		for pb.Next() {
			if err := s.Apply(b.Context(), store.Tx{ID: "x", Head: head, Ops: []store.Op{store.Do("HSET", head, "v", "1", "op", "")}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestWhatWasDeletedIsSoonGoneFromTheDisk(t *testing.T) {
	s := storetest.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	rdb := s.Client()
	if err := rdb.ConfigSet(ctx, "appendonly", "yes").Err(); err != nil {
		t.Fatal(err)
	}
	defer rdb.ConfigSet(t.Context(), "appendonly", "no")
	dir := rdb.ConfigGet(ctx, "dir").Val()["dir"]
	key, secret := s.Key("person"), "what a person wants to be gone"
	onDisk := func() (found bool) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil // a file that a rewrite has just replaced
			}
			raw, _ := os.ReadFile(path)
			found = found || bytes.Contains(raw, []byte(secret))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if err := s.Apply(ctx, store.Tx{Head: s.Key("h"), Ops: []store.Op{store.Do("SET", key, secret)}}); err != nil {
		t.Fatal(err)
	}
	patience.Until(t, "the secret is written", onDisk)
	if err := s.Apply(ctx, store.Tx{Head: s.Key("h"), Ops: []store.Op{store.Do("DEL", key), s.Forgotten()}}); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { s.RunRewrites(ctx, slog.New(slog.DiscardHandler), 10*time.Millisecond) })
	defer func() { cancel(); running.Wait() }()
	patience.Until(t, "the secret goes", func() bool { return !onDisk() })
	patience.Until(t, "the wish is fulfilled", func() bool { return s.Cmd().Exists(t.Context(), s.Key("rewrite")).Val() == 0 })
}
