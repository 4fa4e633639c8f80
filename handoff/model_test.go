package handoff_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// modelPerson is a volunteer of the model; the last two are not trained for danger.
func modelPerson(n int) handoff.Actor {
	a := person(fmt.Sprint("p", n))
	a.Capacity, a.Untrained = modelCapacity, n >= 6
	return a
}

// untrained says that a volunteer of the model is not trained for danger.
func untrained(id string) bool { return id == "vp6" || id == "vp7" }

// modelCapacity is how many cases a volunteer of the model holds at most.
const modelCapacity = 3

// TestNobodySharesAndNothingIsLost lets volunteers, newcomers and the clock do
// random things at once, over a connection that drops answers, and then reads from
// the mailboxes what happened: everything committed stands there in order, so a
// simple model can follow it.
func TestNobodySharesAndNothingIsLost(t *testing.T) {
	plain := storetest.Open(t)
	rough := openRough(t, plain)
	c := &clock{t: monday}
	steady, h := openOn(t, plain, c), openOn(t, rough, c)
	const conversations, volunteers, rounds = 10, 8, 180

	var mu sync.Mutex
	accepted := map[string]int{} // replies the desk said yes to
	var wg sync.WaitGroup
	turns := make(chan struct{})
	for n := range volunteers {
		rnd := rand.New(rand.NewPCG(7, uint64(n)))
		wg.Go(func() {
			me := modelPerson(n)
			for i := range rounds {
				turns <- struct{}{}
				list := []string{"open", "waiting", "mine", "mine", "mine", "mine"}[rnd.IntN(6)]
				cases, err := h.List(t.Context(), list, me.ID)
				if err != nil || len(cases) == 0 {
					continue // no case yet, or the answer was dropped
				}
				id := cases[rnd.IntN(len(cases))].ID
				text := fmt.Sprintf("r-%d-%d", n, i)
				if replied := h.random(t, rnd, id, me, text); replied {
					mu.Lock()
					accepted[text]++
					mu.Unlock()
				}
			}
		})
	}
	// Newcomers and the clock move on with every few actions of the volunteers.
	rnd := rand.New(rand.NewPCG(7, 99))
	go func() {
		wg.Wait()
		close(turns)
	}()
	for turn := 0; ; turn++ {
		if _, more := <-turns; !more {
			break
		}
		if turn%4 != 0 {
			continue
		}
		for conv := range conversations {
			steady.newcomer(t, rnd, fmt.Sprint("c", conv))
		}
		c.pass(time.Duration(rnd.IntN(150)) * time.Second)
		cases, err := steady.List(t.Context(), "open", "")
		must(t, err)
		for _, cs := range cases {
			must(t, steady.Tick(t.Context(), cs.ID))
		}
	}

	replies := map[string]int{}
	holding, calm := map[string]int{}, map[string]int{}
	kinds := map[string]int{}
	for conv := range conversations {
		conv := fmt.Sprint("c", conv)
		current, holder := follow(t, conv, steady.mail.events(t, conv), replies, kinds)
		got, ok, err := steady.ByConversation(t.Context(), conv)
		must(t, err)
		if got.ID != current {
			t.Errorf("%s: the open case is %q, by the events %q", conv, got.ID, current)
		}
		held := ""
		if got.Holder != nil {
			held = got.Holder.ID
			holding[held]++
			if got.Urgent == "" {
				calm[held]++ // nobody in danger waits for a number
			}
		}
		if ok && held != holder {
			t.Errorf("%s: held by %q, by the events %q", conv, held, holder)
		}
		checkIndexes(t, steady, got, ok)
	}
	for text, n := range replies {
		if n != 1 {
			t.Errorf("reply %s was sent %d times", text, n)
		}
	}
	for text := range accepted {
		if replies[text] == 0 {
			t.Errorf("reply %s was accepted and never sent", text)
		}
	}
	load, err := steady.Load(t.Context())
	must(t, err)
	for id, n := range load {
		if n != holding[id] || calm[id] > modelCapacity {
			t.Errorf("%s counts %d cases and holds %d", id, n, holding[id])
		}
	}
	for _, kind := range []string{"claimed", "reply", "released", "transferred", "resolved", "expired", "nobody", "reopened", "returned", "unanswered"} {
		if kinds[kind] == 0 {
			t.Errorf("nothing was %s: the test tests too little", kind)
		}
	}
	t.Logf("events: %v, answers dropped: %d", kinds, dropped.Load())
	if dropped.Load() == 0 {
		t.Error("no answer was dropped")
	}
}

// random does one thing as a volunteer who repeats what gets no answer, and
// reports whether a reply was accepted.
func (h *helpdesk) random(t *testing.T, rnd *rand.Rand, id string, me handoff.Actor, text string) (replied bool) {
	ctx := t.Context()
	other := modelPerson(rnd.IntN(8))
	what := rnd.IntN(12)
	for range 20 {
		var err error
		switch what {
		case 0, 1, 2, 3:
			_, err = h.Claim(ctx, id, me)
		case 4, 5, 6:
			_, _, err = h.Reply(ctx, id, me, handoff.Text{Key: text, Text: text})
			replied = err == nil
		case 7:
			_, err = h.Release(ctx, id, me, "")
		case 8:
			_, err = h.Transfer(ctx, id, me, other, "")
		case 9:
			_, err = h.Resolve(ctx, id, me, "", handoff.OutcomeNone, "")
		case 10:
			err = h.Touch(ctx, id, me)
		default:
			_, _, err = h.Note(ctx, id, me, handoff.Text{Key: text, Text: text})
		}
		known := false
		for _, e := range []error{nil, handoff.ErrClaimed, handoff.ErrNotHolder, handoff.ErrResolved, handoff.ErrCapacity, handoff.ErrUntrained} {
			known = known || errors.Is(err, e)
		}
		if known {
			return replied
		}
	}
	t.Errorf("no answer 20 times")
	return replied
}

// newcomer writes, or withdraws, as the router would commit it, and notes both
// among the events.
func (h *helpdesk) newcomer(t *testing.T, rnd *rand.Rand, conv string) {
	ctx := t.Context()
	c, ok, err := h.ByConversation(ctx, conv)
	if err != nil {
		t.Error(err)
		return
	}
	var guards []store.Guard
	var ops []store.Op
	switch n := rnd.IntN(60); {
	case !ok && n < 20:
		last, closed, err := h.Last(ctx, conv)
		must(t, err)
		if !closed {
			return
		}
		seat, err := h.SeatFor(ctx, last)
		must(t, err)
		var again handoff.Case
		again, guards, ops = h.Reopen(last, seat)
		e := handoff.Event{Kind: "reopened", Case: again.ID, Urgent: again.Urgent}
		if seat != nil {
			e.Kind, e.To = "returned", seat.ID
		}
		ops = append(ops, h.mail.Post(conv, "desk", e)...)
	case !ok && n < 40:
		n := handoff.NewCase{Conversation: conv, Channel: bots.Web, Lang: "uk"}
		if rnd.IntN(4) == 0 {
			n.Urgent = "violence"
		}
		opened, more := h.Open(n)
		guards, ops = append(guards, h.GuardNone(conv)), append(more, h.mail.Post(conv, "desk", handoff.Event{Kind: "opened", Case: opened.ID})...)
	case ok && n == 0:
		_, ops = h.Withdraw(c)
		guards, ops = append(guards, h.Guard(c)), append(ops, h.mail.Post(conv, "desk", handoff.Event{Kind: "withdrawn", Case: c.ID})...)
	case ok && n == 1:
		_, ops = h.Update(c, handoff.Change{Message: true, Urgent: "medical"})
		guards = append(guards, h.Guard(c))
	case ok && n < 7:
		_, ops = h.Update(c, handoff.Change{Message: true})
		guards = append(guards, h.Guard(c))
	default:
		return
	}
	err = h.s.Apply(ctx, store.Tx{Head: h.s.Key("test", conv), Guards: guards, Ops: ops})
	var broken *store.GuardError
	if err != nil && !errors.As(err, &broken) {
		t.Error(err)
	}
}

// follow is the model: it knows the open case and who holds it from the events alone.
func follow(t *testing.T, conv string, events []handoff.Event, replies, kinds map[string]int) (current, holder string) {
	lapsed, closed, closedBy := "", "", ""
	nobody, unanswered := map[string]int{}, map[string]int{}
	for i, e := range events {
		kinds[e.Kind]++
		bad := func(why string) {
			t.Errorf("%s: event %d (%s by %q): %s, held by %q", conv, i, e.Kind, e.By, why, holder)
		}
		opens := e.Kind == "opened" || e.Kind == "reopened" || e.Kind == "returned"
		if opens && current != "" {
			bad("a second case while one is open")
		}
		if !opens && e.Case != current {
			bad("this is not the open case")
		}
		takes := map[string]string{"claimed": e.By, "transferred": e.To, "returned": e.To}[e.Kind]
		if e.Urgent != "" && untrained(takes) {
			bad("danger is given to somebody who is not trained for it")
		}
		switch e.Kind {
		case "opened":
			current, holder, lapsed = e.Case, "", ""
		case "reopened", "returned":
			if e.Case != closed || e.To != "" && (e.To != closedBy || e.To == "vp0") {
				bad("opened again, but not the last case, or not for who closed it, or for who is away")
			}
			current, holder, lapsed = e.Case, e.To, ""
			nobody[e.Case], unanswered[e.Case] = 0, 0
		case "claimed":
			if holder != "" {
				bad("claimed although it is held")
			}
			holder = e.By
		case "reply":
			if holder != e.By && (holder != "" || lapsed != e.By) {
				bad("somebody else replies")
			}
			holder = e.By
			replies[e.Text]++
		case "released", "transferred", "expired", "resolved":
			if holder == "" || e.Kind != "expired" && holder != e.By {
				bad("not the holder")
			}
			lapsed = ""
			if e.Kind == "expired" {
				lapsed = holder
			}
			holder = e.To
			if e.Kind == "resolved" {
				current, closed, closedBy = "", e.Case, e.By
			}
		case "nobody":
			if nobody[e.Case]++; nobody[e.Case] > 1 || holder != "" || e.Urgent != "" {
				bad("said twice, or while somebody is there, or of danger")
			}
		case "unanswered":
			if unanswered[e.Case]++; unanswered[e.Case] > 1 || holder != "" || e.Urgent == "" {
				bad("called twice, or while somebody is there, or not of danger")
			}
		case "withdrawn":
			current, holder, closed, closedBy = "", "", e.Case, ""
		}
		if holder != "" {
			lapsed = ""
		}
	}
	return current, holder
}

// checkIndexes looks whether a case stands in exactly the lists it belongs to.
func checkIndexes(t *testing.T, h *helpdesk, c handoff.Case, open bool) {
	t.Helper()
	if !open {
		return
	}
	for list, want := range map[string]bool{"waiting": c.State == handoff.Waiting, "open": true, "resolved": false} {
		cases, err := h.List(t.Context(), list, "")
		must(t, err)
		n := 0
		for _, x := range cases {
			if x.ID == c.ID {
				n++
			}
		}
		if (n == 1) != want || n > 1 {
			t.Errorf("case %s (%s) stands %d times under %s", c.ID, c.State, n, list)
		}
	}
}

var dropped atomic.Int64

// openRough is a second connection to the same helpdesk that now and then breaks
// after Redis did what it was told and before the answer arrives.
func openRough(t *testing.T, s *store.Store) *store.Store {
	u, err := url.Parse(storetest.URL(t))
	must(t, err)
	path := filepath.Join(t.TempDir(), "rough")
	l, err := net.Listen("unix", path)
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			down, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("unix", u.Path)
			if err != nil {
				down.Close()
				return
			}
			go func() {
				defer up.Close()
				io.Copy(up, down)
			}()
			go func() {
				defer down.Close()
				defer up.Close()
				buf := make([]byte, 64<<10)
				for {
					n, err := up.Read(buf)
					if err != nil {
						return
					}
					if rand.IntN(60) == 0 {
						dropped.Add(1)
						return
					}
					if _, err := down.Write(buf[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	prefix := s.Key("")
	desk := prefix[len("brug:{") : len(prefix)-len("}:")]
	var rough *store.Store
	for range 50 { // the first answers may be dropped as well
		if rough, err = store.Open(context.Background(), "unix://"+path+"?min_retry_backoff=1ms&max_retry_backoff=2ms", desk, s.Box); err == nil {
			t.Cleanup(func() { rough.Close() })
			return rough
		}
	}
	t.Fatal(err)
	return nil
}
