package bottest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// faults: each way to fail has its reason, and the next send works.
func faults(t *testing.T, h Harness) {
	for _, f := range h.Faults {
		if !slices.Contains([]Fault{LostRequest, LostReply, BadGateway, TooMany, Refused, Forbidden, Slow}, f) {
			t.Fatalf("the harness claims an unknown fault %q", f)
		}
	}
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	for _, f := range h.Faults {
		before := len(p.Inbox())
		part := s.part("fault "+string(f), p.Address(), "after "+string(f))
		h.Network.Fail(f, 1)
		ctx, cancel := context.WithCancel(context.Background())
		if f == Slow {
			ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
		}
		began := time.Now()
		se := s.failSend(ctx, part)
		cancel()
		checkFault(t, f, se, time.Since(began))
		if f == LostReply {
			s.arrives(p, before+1)
			before++
		}
		if f == LostReply && !h.has(Idempotent) && !se.Maybe {
			t.Errorf("%s: Maybe is false, though the message arrived", f)
		}
		if f == Slow {
			continue // whether it arrives is open
		}
		s.send(part)
		want := before + 1
		if f == LostReply && h.has(Idempotent) {
			want = before
		}
		s.arrives(p, want)
	}
}

func checkFault(t *testing.T, f Fault, se *bots.SendError, took time.Duration) {
	t.Helper()
	want := map[Fault]bots.Reason{
		LostRequest: bots.Retry,
		LostReply:   bots.Retry,
		BadGateway:  bots.Retry,
		Slow:        bots.Retry,
		TooMany:     bots.RateLimited,
		Refused:     bots.Rejected,
		Forbidden:   bots.NotAllowed,
	}[f]
	if se.Reason != want {
		t.Errorf("%s: %v, want %s", f, se, want)
	}
	if f == TooMany && se.RetryAfter != Wait {
		t.Errorf("%s: RetryAfter is %v, want %v", f, se.RetryAfter, Wait)
	}
	if f == Slow && took > 3*time.Second {
		t.Errorf("%s: Send took %v after its context ended", f, took)
	}
	if se.Err == nil {
		t.Errorf("%s: the error has no cause", f)
	}
}
