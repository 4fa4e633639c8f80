package handoff_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/handoff"
)

func TestUrgentCasesStandFirst(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	var ids []string
	for _, n := range []handoff.NewCase{{Conversation: "a"}, {Conversation: "b", Urgent: "housing"}, {Conversation: "c"}, {Conversation: "d", Urgent: "violence"}} {
		ids = append(ids, h.escalate(t, n).ID)
		h.clock.pass(time.Minute)
	}
	if next, err := h.NextPlace(ctx, true); err != nil || next != 3 {
		t.Errorf("the next urgent case gets place %d, %v", next, err)
	}
	h.says(t, ids[2], handoff.Change{Urgent: "medical"})
	order := func(state string) (got []string) {
		cases, err := h.List(ctx, state, "")
		must(t, err)
		for _, c := range cases {
			got = append(got, c.Conversation)
		}
		return got
	}
	if d := cmp.Diff([]string{"b", "c", "d", "a"}, order("waiting")); d != "" {
		t.Errorf("queue (-want +got):\n%s", d)
	}
	_, err := h.Claim(ctx, ids[1], person("Anna"))
	must(t, err)
	if d := cmp.Diff([]string{"b", "c", "d", "a"}, order("open")); d != "" {
		t.Errorf("open (-want +got):\n%s", d)
	}
	f, err := h.Figures(ctx)
	must(t, err)
	if want := (handoff.Figures{Waiting: 3, Claimed: 1, Urgent: 2, Oldest: 4 * time.Minute}); f != want {
		t.Errorf("figures %+v, want %+v", f, want)
	}
}

func TestDangerCallsAgainAtAnyHour(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.clock.t = time.Date(2026, time.June, 6, 23, 0, 0, 0, time.UTC) // the night to Sunday
	c := h.escalate(t, handoff.NewCase{Conversation: "a", Urgent: "violence"})
	raised := h.escalate(t, handoff.NewCase{Conversation: "b"})
	h.clock.pass(9 * time.Minute)
	h.says(t, raised.ID, handoff.Change{Message: true, Urgent: "medical"})
	must(t, h.Tick(ctx, c.ID))
	if kinds := h.mail.kinds(t, "a"); len(kinds) != 0 {
		t.Fatalf("after nine minutes: %v", kinds)
	}
	h.clock.pass(time.Minute)
	for range 3 {
		must(t, h.Tick(ctx, c.ID))
		must(t, h.Tick(ctx, raised.ID))
		h.clock.pass(time.Minute)
	}
	if d := cmp.Diff([]string{"unanswered"}, h.mail.kinds(t, "a")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	if kinds := h.mail.kinds(t, "b"); len(kinds) != 0 {
		t.Errorf("three minutes after it became urgent: %v", kinds)
	}
	h.clock.pass(72 * time.Hour)
	for _, id := range []string{c.ID, raised.ID} {
		must(t, h.Tick(ctx, id))
		must(t, h.Tick(ctx, id))
	}
	for _, conv := range []string{"a", "b"} {
		if d := cmp.Diff([]string{"unanswered"}, h.mail.kinds(t, conv)); d != "" {
			t.Errorf("%s: events (-want +got):\n%s", conv, d)
		}
	}
	got, err := h.Get(ctx, c.ID)
	if err != nil || !got.Recalled {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDangerIsForWhoIsTrainedForIt(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna, ben := person("Anna"), person("Ben")
	ben.Untrained = true
	c := h.escalate(t, handoff.NewCase{Conversation: "a", Urgent: "violence"})
	_, err := h.Claim(ctx, c.ID, ben)
	if !errors.Is(err, handoff.ErrUntrained) {
		t.Errorf("claimed: %v", err)
	}
	if _, _, err := h.Note(ctx, c.ID, ben, handoff.Text{Text: "x"}); !errors.Is(err, handoff.ErrUntrained) {
		t.Errorf("a note: %v", err)
	}
	_, err = h.Claim(ctx, c.ID, anna)
	must(t, err)
	if _, err := h.Transfer(ctx, c.ID, anna, ben, ""); !errors.Is(err, handoff.ErrUntrained) {
		t.Errorf("handed over: %v", err)
	}
	// A case that becomes urgent stays with who holds it.
	mine := h.escalate(t, handoff.NewCase{Conversation: "b"})
	_, err = h.Claim(ctx, mine.ID, ben)
	must(t, err)
	held := h.says(t, mine.ID, handoff.Change{Message: true, Urgent: "violence"})
	if !ben.MayRead(held) {
		t.Error("the holder may not read the case any more")
	}
	_, _, err = h.Reply(ctx, mine.ID, ben, handoff.Text{Text: "are you safe?"})
	must(t, err)
	_, err = h.Transfer(ctx, mine.ID, ben, anna, "")
	must(t, err)
	if c, err = h.Get(ctx, mine.ID); err != nil || ben.MayRead(c) {
		t.Errorf("handed over, Ben may still read it: %v", err)
	}
}

func TestCapacityHoldsButNotForTheUrgent(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	anna.Capacity = 2
	var ids []string
	for _, conv := range []string{"a", "b", "c"} {
		ids = append(ids, h.escalate(t, handoff.NewCase{Conversation: conv}).ID)
	}
	for i, want := range []error{nil, nil, handoff.ErrCapacity} {
		if _, err := h.Claim(ctx, ids[i], anna); !errors.Is(err, want) {
			t.Fatalf("claim %d: %v, want %v", i, err, want)
		}
	}
	urgent := h.escalate(t, handoff.NewCase{Conversation: "d", Urgent: "suicide"})
	_, err := h.Claim(ctx, urgent.ID, anna)
	must(t, err)
	must(t, h.ReleaseAll(ctx, anna))
	load, err := h.Load(ctx)
	must(t, err)
	if load[anna.ID] != 0 {
		t.Errorf("after giving all back Anna holds %d", load[anna.ID])
	}
	_, err = h.Claim(ctx, ids[2], anna)
	must(t, err)
}
