package bottest

import (
	"bytes"
	"context"
	"errors"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/patience"
)

var errFull = errors.New("the disk is full")

// refuseThenStore: what could not be stored comes again, in order, under the same
// name, and its neighbours too.
func refuseThenStore(t *testing.T, h Harness) {
	st := newStore()
	var refusals atomic.Int32
	var refused atomic.Value
	st.before = func(_ context.Context, m bots.Message) error {
		if m.Text == "second text" && refusals.Add(1) <= 2 {
			refused.Store(key(m))
			return errFull
		}
		return nil
	}
	s := start(t, h, st)
	p := s.phone(0)
	for _, text := range []string{"first text", "second text", "third text"} {
		s.write(p, text)
	}
	got := st.wait(t, 3)
	for i, text := range []string{"first text", "second text", "third text"} {
		if got[i].Text != text {
			t.Errorf("message %d is %q, want %q", i, got[i].Text, text)
		}
	}
	if refused.Load() != key(got[1]) {
		t.Error("the message came again under another name")
	}
}

// storeThenFail: the store kept the message and could not say so. The repeat has the
// same name.
func storeThenFail(t *testing.T, h Harness) {
	st := newStore()
	var failed atomic.Bool
	st.before = func(_ context.Context, m bots.Message) error {
		if !failed.Swap(true) {
			st.keep(m)
			return errFull
		}
		return nil
	}
	s := start(t, h, st)
	p := s.phone(0)
	s.write(p, "are you there?")
	s.eventually("the message comes again", func() bool {
		return st.count(st.wait(t, 1)[0]) >= 2
	})
	s.write(p, "one more")
	st.wait(t, 2)
}

// crash: the process ends between storing and confirming, and before storing. The
// next one gets both messages.
func crash(t *testing.T, h Harness) {
	st := newStore()
	reached := make(chan struct{}, 10)
	st.before = func(ctx context.Context, m bots.Message) error {
		st.keep(m)
		reached <- struct{}{}
		<-ctx.Done() // the process dies here
		return ctx.Err()
	}
	s := start(t, h, st)
	p := s.phone(0)
	first := s.write(p, "stored, not confirmed")
	select {
	case <-reached:
	case <-time.After(patience.Limit):
		t.Fatal("the message does not arrive")
	}
	second := s.write(p, "never seen")

	next := newStore()
	s.restart(next)
	got := next.wait(t, 2)
	if got[0].ID != first || got[1].ID != second {
		t.Errorf("the next process got %q and %q, want %q and %q", got[0].ID, got[1].ID, first, second)
	}
}

// stopAndGo: after a normal stop nothing comes twice, and nothing is missed.
func stopAndGo(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "before the stop")
	m := s.store.wait(t, 1)[0]
	if err := s.stop(); err != nil {
		t.Fatalf("Run: %v, want nil after a normal stop", err)
	}
	s.write(p, "while we were away")
	next := newStore()
	s.restart(next)
	got := next.wait(t, 1)
	expect(t, got[0], bots.Message{Text: "while we were away"})
	if next.count(m) != 0 {
		t.Error("a message that was accepted before a normal stop came again")
	}
}

func repeats(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	id := s.write(p, "did this arrive?")
	m := s.store.wait(t, 1)[0]
	h.Network.Again(id)
	s.write(p, "and this?")
	h.Network.Again(id)
	s.eventually("the message comes three times under one name", func() bool { return s.store.count(m) == 3 })
	s.store.wait(t, 2)
}

// outage: the network goes away and comes back; the channel says so and goes on.
func outage(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	health, reports := s.channel.(bots.HealthReporter)
	if !reports {
		t.Fatal("the channel is no bots.HealthReporter")
	}
	p := s.phone(0)
	s.write(p, "before the outage")
	s.store.wait(t, 1)
	s.eventually("the channel says it is connected", func() bool { return health.Health().Connected })
	h.Network.Leave()
	s.eventually("the channel notices that the network is away", func() bool {
		got := health.Health()
		return !got.Connected && got.Problem != ""
	})
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // some wait for the connection
	defer cancel()
	se := s.failSend(ctx, s.part("r1-0", p.Address(), "into the void"))
	if se.Reason != bots.Retry {
		t.Errorf("Send while the network is away: %v, want %s", se, bots.Retry)
	}
	s.write(p, "during the outage")
	h.Network.Return()
	expect(t, s.store.wait(t, 2)[1], bots.Message{Text: "during the outage"})
	s.eventually("the channel says it is connected again", func() bool {
		got := health.Health()
		return got.Connected && got.Problem == ""
	})
	s.send(s.part("r1-0", p.Address(), "here we are"))
	s.arrives(p, 1)
}

// stopWhileBusy: Run ends while the store hangs, and leaves no goroutine behind.
func stopWhileBusy(t *testing.T, h Harness) {
	st := newStore()
	reached := make(chan struct{}, 10)
	st.before = func(ctx context.Context, m bots.Message) error {
		reached <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}
	s := start(t, h, st)
	s.write(s.phone(0), "this is never stored")
	select {
	case <-reached:
	case <-time.After(patience.Limit):
		t.Fatal("the message does not arrive")
	}
	if err := s.stop(); err != nil {
		t.Errorf("Run: %v, want nil after a normal stop", err)
	}
	left := ""
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("these goroutines were left:\n%s", left)
		}
	})
	s.eventually("no goroutine is left behind", func() bool {
		left = goroutines(s.label)
		return left == ""
	})
}

// goroutines are the stacks of those with the label.
func goroutines(label string) string {
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return err.Error()
	}
	var out []string
	for _, stack := range strings.Split(b.String(), "\n\n") {
		if strings.Contains(stack, `"bottest":"`+label+`"`) {
			out = append(out, stack)
		}
	}
	return strings.Join(out, "\n\n")
}
