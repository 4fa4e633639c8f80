package handoff_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
)

// closedBy is a case that somebody claimed, answered and closed.
func (h *helpdesk) closedBy(t *testing.T, conv string, by handoff.Actor) handoff.Case {
	t.Helper()
	c := h.escalate(t, handoff.NewCase{Conversation: conv})
	_, err := h.Claim(t.Context(), c.ID, by)
	must(t, err)
	_, _, err = h.Reply(t.Context(), c.ID, by, handoff.Text{Text: "hello"})
	must(t, err)
	c, err = h.Resolve(t.Context(), c.ID, by, "", handoff.OutcomeVolunteer, "")
	must(t, err)
	return c
}

// reopen opens a closed case again as the router does.
func (h *helpdesk) reopen(t *testing.T, c handoff.Case) handoff.Case {
	t.Helper()
	seat, err := h.SeatFor(t.Context(), c)
	must(t, err)
	again, guards, ops := h.Reopen(c, seat)
	h.apply(t, ops, guards...)
	return again
}

func TestACaseGoesBackToWhoClosedIt(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	c := h.reopen(t, h.closedBy(t, "a", anna))
	got, ok, err := h.ByConversation(ctx, "a")
	must(t, err)
	if !ok || got.ID != c.ID || got.State != handoff.Claimed || got.Holder.ID != anna.ID || got.Unread != 1 || got.WaitingSince.IsZero() {
		t.Fatalf("opened again: %+v", got)
	}
	mine, err := h.List(ctx, "mine", anna.ID)
	if err != nil || len(mine) != 1 {
		t.Errorf("Anna holds %v, %v", mine, err)
	}
	// Nothing done in time: the queue has it, at the place of the moment it was opened again.
	h.clock.pass(time.Minute)
	later := h.escalate(t, handoff.NewCase{Conversation: "b"})
	h.clock.pass(9 * time.Minute)
	must(t, h.Tick(ctx, c.ID))
	waiting, err := h.List(ctx, "waiting", "")
	must(t, err)
	if len(waiting) != 2 || waiting[0].ID != c.ID || waiting[1].ID != later.ID {
		t.Errorf("waiting: %+v", waiting)
	}
	if d := cmp.Diff([]string{"claimed", "reply", "resolved", "expired"}, h.mail.kinds(t, "a")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

func TestACaseGoesToTheQueueWhenNobodyHasASeatForIt(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	for conv, by := range map[string]handoff.Actor{"away": person("Away"), "gone": person("Gone")} {
		if c := h.reopen(t, h.closedBy(t, conv, by)); c.State != handoff.Waiting || c.Holder != nil {
			t.Errorf("%s: %+v", conv, c)
		}
	}
	withdrawn := h.escalate(t, handoff.NewCase{Conversation: "withdrawn"})
	closed, ops := h.Withdraw(withdrawn)
	h.apply(t, ops, h.Guard(withdrawn))
	closed, err := h.Get(ctx, closed.ID)
	must(t, err)
	if c := h.reopen(t, closed); c.State != handoff.Waiting {
		t.Errorf("withdrawn: %+v", c)
	}
	anna := person("Anna")
	full := h.closedBy(t, "full", anna)
	for _, conv := range []string{"1", "2", "3", "4", "5"} {
		c := h.escalate(t, handoff.NewCase{Conversation: conv})
		_, err := h.Claim(ctx, c.ID, anna)
		must(t, err)
	}
	if c := h.reopen(t, full); c.State != handoff.Waiting {
		t.Errorf("Anna holds five and got a sixth: %+v", c)
	}
}

// TestACaseDoesNotGoBackToWhoIsNotThere: a seat is for who gave a sign of life lately,
// by an action or by a page before them, and did not go away after it.
func TestACaseDoesNotGoBackToWhoIsNotThere(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	state := func(conv string, want handoff.State) {
		t.Helper()
		c := h.closedBy(t, conv, anna)
		h.clock.pass(14 * time.Minute)
		if conv == "locked her phone" {
			h.clock.pass(2 * time.Minute)
		}
		switch conv {
		case "reads the list", "went away":
			must(t, h.Here(ctx, anna.ID, ""))
			h.clock.pass(14 * time.Minute)
		}
		if conv == "went away" {
			must(t, h.ReleaseAll(ctx, anna))
		}
		if again := h.reopen(t, c); again.State != want {
			t.Errorf("%s: %s, want %s", conv, again.State, want)
		}
	}
	state("closed it just now", handoff.Claimed)
	state("locked her phone", handoff.Waiting)
	state("reads the list", handoff.Claimed)
	state("went away", handoff.Waiting)
}

// TestGoingAwayReturnsOpenCases to their old places, and says so to the newcomers.
func TestGoingAwayReturnsOpenCases(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna, ben := person("Anna"), person("Ben")
	var want []string
	for _, conv := range []string{"first", "second", "third"} {
		c := h.escalate(t, handoff.NewCase{Conversation: conv})
		want = append(want, c.ID)
		by := anna
		if conv == "second" {
			by = ben
		}
		_, err := h.Claim(ctx, c.ID, by)
		must(t, err)
		h.clock.pass(time.Minute)
	}
	between := h.escalate(t, handoff.NewCase{Conversation: "later"})
	must(t, h.ReleaseAll(ctx, anna))
	waiting, err := h.List(ctx, "waiting", "")
	must(t, err)
	var got []string
	for _, c := range waiting {
		got = append(got, c.ID)
	}
	if d := cmp.Diff([]string{want[0], want[2], between.ID}, got); d != "" {
		t.Errorf("waiting (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"claimed", "released"}, h.mail.kinds(t, "first")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	if c, err := h.Get(ctx, want[1]); err != nil || c.Holder == nil || c.Holder.ID != ben.ID {
		t.Errorf("Ben's case: %+v, %v", c, err)
	}
}

// TestTheLastSeatIsGivenOnce lets two cases come back to one seat at once.
func TestTheLastSeatIsGivenOnce(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	one, two := h.closedBy(t, "a", anna), h.closedBy(t, "b", anna)
	for _, conv := range []string{"1", "2", "3", "4"} {
		c := h.escalate(t, handoff.NewCase{Conversation: conv})
		_, err := h.Claim(ctx, c.ID, anna)
		must(t, err)
	}
	seat, err := h.SeatFor(ctx, two)
	must(t, err)
	h.reopen(t, one)
	_, guards, ops := h.Reopen(two, seat)
	if err := h.s.Apply(ctx, store.Tx{Head: h.s.Key("test"), Guards: guards, Ops: ops}); err == nil {
		t.Error("a seat that was taken meanwhile was given again")
	}
	if c := h.reopen(t, two); c.State != handoff.Waiting {
		t.Errorf("asked again, it got %+v", c)
	}
}
