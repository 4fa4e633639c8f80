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
		if f == Slow {
			continue // below
		}
		before := len(p.Inbox())
		part := s.part("fault "+string(f), p.Address(), "after "+string(f))
		h.Network.Fail(f, 1)
		se := s.failSend(context.Background(), part)
		checkFault(t, f, se)
		if f == LostReply {
			s.arrives(p, before+1)
			before++
		}
		if f == LostReply && !h.has(Idempotent) && !se.Maybe {
			t.Errorf("%s: Maybe is false, though the message arrived", f)
		}
		s.send(part)
		want := before + 1
		if f == LostReply && h.has(Idempotent) {
			want = before
		}
		s.arrives(p, want)
	}
}

// slow: Send ends with its context; whether the part arrives is open. It has a network
// of its own: a context may also end before the network was asked, and then the fault
// waits there for the next send.
func slow(t *testing.T, h Harness) {
	if !slices.Contains(h.Faults, Slow) {
		return
	}
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	h.Network.Fail(Slow, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	checkFault(t, Slow, s.failSend(ctx, s.part("fault "+string(Slow), p.Address(), "after "+string(Slow))))
}

func checkFault(t *testing.T, f Fault, se *bots.SendError) {
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
	if se.Err == nil {
		t.Errorf("%s: the error has no cause", f)
	}
}
