package handoff_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

// TestCasesOfOneMomentKeepTheirOrder escalates while the clock stands still: who
// came first stands first, in every list.
func TestCasesOfOneMomentKeepTheirOrder(t *testing.T) {
	h := open(t)
	var want []string
	for i := range 20 {
		want = append(want, h.escalate(t, handoff.NewCase{Conversation: fmt.Sprintf("conv%d", i), Channel: bots.Web, Lang: "uk"}).ID)
	}
	_, err := h.Claim(t.Context(), want[9], person("Anna"))
	must(t, err)
	for state, want := range map[string][]string{"open": want, "waiting": slices.Concat(want[:9], want[10:])} {
		cases, err := h.List(t.Context(), state, "")
		must(t, err)
		var got []string
		for _, c := range cases {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}

func TestAWholeCase(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna, ben := person("Anna"), person("Ben")
	c := h.escalate(t, handoff.NewCase{Conversation: "conv1", Channel: bots.Telegram, Lang: "uk", Topic: "bsn-get", Preview: "Де мій БСН?"})

	got, ok, err := h.ByConversation(ctx, "conv1")
	must(t, err)
	if !ok || got.ID != c.ID || got.Preview != "Де мій БСН?" || got.Alias == "" || !got.Due.Equal(monday.Add(time.Hour)) {
		t.Fatalf("the open case reads %+v", got)
	}
	if place, waiting, err := h.Place(ctx, c.ID); err != nil || place != 1 || waiting != 1 {
		t.Fatalf("place %d of %d, %v", place, waiting, err)
	}
	_, err = h.Claim(ctx, c.ID, anna)
	must(t, err)
	_, err = h.Claim(ctx, c.ID, anna) // a second press
	must(t, err)
	var claimed *handoff.ClaimedError
	if _, err := h.Claim(ctx, c.ID, ben); !errors.As(err, &claimed) || claimed.Holder.Name != "Anna" {
		t.Fatalf("a second claim: %v", err)
	}
	if _, _, err := h.Reply(ctx, c.ID, ben, handoff.Text{Text: "hi"}); !errors.Is(err, handoff.ErrClaimed) {
		t.Fatalf("a reply of another: %v", err)
	}
	h.clock.pass(4 * time.Minute)
	for range 2 {
		_, _, err := h.Reply(ctx, c.ID, anna, handoff.Text{Key: "k1", Text: "Добрий день"})
		must(t, err)
	}
	h.says(t, c.ID, handoff.Change{Message: true, Preview: "Дякую, а DigiD?"})
	_, _, err = h.Note(ctx, c.ID, anna, handoff.Text{Text: "check the municipality"})
	must(t, err)
	_, err = h.Transfer(ctx, c.ID, anna, ben, "you know DigiD")
	must(t, err)
	got, err = h.Resolve(ctx, c.ID, ben, "digid-get", handoff.OutcomeVolunteer, "")
	must(t, err)
	if got.State != handoff.Resolved || got.Topic != "digid-get" || got.Holder != nil {
		t.Fatalf("the resolved case reads %+v", got)
	}
	if _, ok, _ := h.ByConversation(ctx, "conv1"); ok {
		t.Error("the conversation still has an open case")
	}
	want := []string{"claimed", "reply", "transferred", "resolved"}
	if d := cmp.Diff(want, h.mail.kinds(t, "conv1")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	entries, err := bots.NewTranscript(h.s, time.Hour, 10).Read(ctx, "conv1")
	must(t, err)
	var said []string
	for _, e := range entries {
		said = append(said, e.From+" "+e.By+": "+e.Text)
	}
	if d := cmp.Diff([]string{"volunteer Anna: Добрий день", "note Anna: check the municipality", "note Anna: you know DigiD"}, said); d != "" {
		t.Errorf("transcript (-want +got):\n%s", d)
	}
	if id := h.mail.events(t, "conv1")[1].MessageID; id != entries[0].ID {
		t.Errorf("the event names message %q, the transcript %q", id, entries[0].ID)
	}
	first, err := h.FirstResponses(ctx, monday)
	if want := (handoff.Response{N: 1, P50: 4 * time.Minute, P90: 4 * time.Minute}); err != nil || first[""] != want {
		t.Errorf("first responses %+v, %v", first, err)
	}
}

func TestAClaimWithoutActionGoesBackToItsPlace(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna, ben := person("Anna"), person("Ben")
	first := h.escalate(t, handoff.NewCase{Conversation: "a"})
	h.clock.pass(time.Minute)
	h.escalate(t, handoff.NewCase{Conversation: "b"})
	_, err := h.Claim(ctx, first.ID, anna)
	must(t, err)
	h.clock.pass(9 * time.Minute)
	must(t, h.Touch(ctx, first.ID, anna)) // typing keeps it
	h.clock.pass(9 * time.Minute)
	must(t, h.Tick(ctx, first.ID))
	if c, _ := h.Get(ctx, first.ID); c.State != handoff.Claimed {
		t.Fatalf("the claim ended although something was typed: %+v", c)
	}
	h.clock.pass(time.Minute)
	must(t, h.Tick(ctx, first.ID))
	must(t, h.Tick(ctx, first.ID))
	if place, _, err := h.Place(ctx, first.ID); err != nil || place != 1 {
		t.Fatalf("back at place %d, %v", place, err)
	}
	if d := cmp.Diff([]string{"claimed", "expired"}, h.mail.kinds(t, "a")); d != "" {
		t.Fatalf("events (-want +got):\n%s", d)
	}
	if err := h.Touch(ctx, first.ID, anna); !errors.Is(err, handoff.ErrNotHolder) {
		t.Errorf("touching a lost claim: %v", err)
	}
	if _, _, err := h.Reply(ctx, first.ID, ben, handoff.Text{Text: "x"}); !errors.Is(err, handoff.ErrNotHolder) {
		t.Errorf("a reply without holding: %v", err)
	}
	// What Anna typed is not lost: her late reply claims again.
	c, _, err := h.Reply(ctx, first.ID, anna, handoff.Text{Text: "x"})
	must(t, err)
	if c.Holder == nil || c.Holder.ID != anna.ID {
		t.Errorf("after a late reply %+v holds it", c.Holder)
	}
	// Answered: nobody waits, so nothing ends.
	h.clock.pass(24 * time.Hour)
	must(t, h.Tick(ctx, first.ID))
	if c, _ := h.Get(ctx, first.ID); c.State != handoff.Claimed {
		t.Error("an answered case went back to the queue")
	}
	// A new question starts the time anew.
	h.says(t, first.ID, handoff.Change{Message: true})
	h.clock.pass(9 * time.Minute)
	must(t, h.Tick(ctx, first.ID))
	if c, _ := h.Get(ctx, first.ID); c.State != handoff.Claimed {
		t.Error("the claim ended 9 minutes after a new question")
	}
	h.clock.pass(time.Minute)
	must(t, h.Tick(ctx, first.ID))
	if c, _ := h.Get(ctx, first.ID); c.State != handoff.Waiting {
		t.Error("the claim did not end")
	}
}

func TestNobodyIsSaidOnceAndInOfficeHours(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	h.clock.t = time.Date(2026, time.June, 5, 14, 50, 0, 0, time.UTC) // Friday, 16:50 in Amsterdam
	c := h.escalate(t, handoff.NewCase{Conversation: "a"})
	monday := time.Date(2026, time.June, 8, 7, 0, 0, 0, time.UTC)
	if want := monday.Add(50 * time.Minute); !c.Due.Equal(want) {
		t.Errorf("due %v, want %v", c.Due, want)
	}
	for _, at := range []time.Time{h.clock.t.Add(15 * time.Minute), monday.Add(4 * time.Minute)} {
		h.clock.t = at
		must(t, h.Tick(ctx, c.ID))
		if kinds := h.mail.kinds(t, "a"); len(kinds) != 0 {
			t.Fatalf("at %v: %v", at, kinds)
		}
	}
	h.clock.t = monday.Add(5 * time.Minute)
	for range 3 {
		must(t, h.Tick(ctx, c.ID))
		h.clock.pass(time.Hour)
	}
	if d := cmp.Diff([]string{"nobody"}, h.mail.kinds(t, "a")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

func TestOnlyCoordinatorsTakeOver(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	boss := handoff.Actor{ID: "vboss", Name: "Boss", Coordinator: true}
	c := h.escalate(t, handoff.NewCase{Conversation: "a"})
	_, err := h.Claim(ctx, c.ID, person("Anna"))
	must(t, err)
	if _, err := h.TakeOver(ctx, c.ID, person("Ben")); !errors.Is(err, handoff.ErrNotAllowed) {
		t.Errorf("a volunteer took over: %v", err)
	}
	got, err := h.TakeOver(ctx, c.ID, boss)
	must(t, err)
	if got.Holder.ID != boss.ID {
		t.Errorf("held by %+v", got.Holder)
	}
	log, err := h.Audit(ctx, 10)
	must(t, err)
	if len(log) != 2 || log[0].Action != "took over" || log[0].ByName != "Boss" || log[1].Action != "claimed" {
		t.Errorf("audit log: %+v", log)
	}
}

func TestReopenWithdrawForget(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	c := h.escalate(t, handoff.NewCase{Conversation: "a", Preview: "secret"})
	_, err := h.Claim(ctx, c.ID, anna)
	must(t, err)
	c, err = h.Resolve(ctx, c.ID, anna, "", handoff.OutcomeNone, "")
	must(t, err)
	last, ok, err := h.Last(ctx, "a")
	must(t, err)
	if !ok || last.ID != c.ID {
		t.Fatalf("the last case is %+v", last)
	}
	again, guards, ops := h.Reopen(last, nil)
	h.apply(t, ops, guards...)
	if got, ok, _ := h.ByConversation(ctx, "a"); !ok || got.ID != again.ID || got.State != handoff.Waiting {
		t.Fatalf("reopened: %+v", got)
	}
	if past, _ := h.Earlier(ctx, "a"); len(past) != 0 {
		t.Errorf("an open case stands among the earlier ones: %v", past)
	}
	_, err = h.Claim(ctx, c.ID, anna)
	must(t, err)
	must(t, h.Want(ctx, handoff.Wanted{Case: c.ID, Question: "secret"}))
	h.apply(t, h.Missing(handoff.Wanted{Case: "another", Question: "of somebody else"}))
	guards, ops, err = h.Forget(ctx, "a")
	must(t, err)
	h.apply(t, ops, guards...)
	if wanted, err := h.Wanted(ctx); err != nil || len(wanted) != 1 || wanted[0].Case != "another" {
		t.Errorf("wanted articles after forgetting: %+v, %v", wanted, err)
	}
	if _, err := h.Get(ctx, c.ID); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("a forgotten case: %v", err)
	}
	for _, state := range []string{"waiting", "open", "resolved"} {
		if cases, err := h.List(ctx, state, ""); err != nil || len(cases) != 0 {
			t.Errorf("%s after forgetting: %v, %v", state, cases, err)
		}
	}
	if load, _ := h.Load(ctx); load[anna.ID] != 0 {
		t.Errorf("Anna holds %d forgotten cases", load[anna.ID])
	}
}

func TestEveryKeyOfAClosedCaseExpires(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	for _, conv := range []string{"opened", "closed"} {
		c := h.escalate(t, handoff.NewCase{Conversation: conv, Preview: "canary text"})
		_, err := h.Claim(ctx, c.ID, anna)
		must(t, err)
		must(t, h.Opened(ctx, anna, c.ID))
		_, _, err = h.Note(ctx, c.ID, anna, handoff.Text{Text: "canary note"})
		must(t, err)
		if conv == "closed" {
			_, err := h.Resolve(ctx, c.ID, anna, "", "referred to canary", "")
			must(t, err)
			_, _, err = h.Note(ctx, c.ID, anna, handoff.Text{Text: "canary after closing"})
			must(t, err)
		}
	}
	open, _, err := h.ByConversation(ctx, "opened")
	must(t, err)
	lasting := map[string]bool{
		"schema": true, "keycheck": true, "cases:claimed": true, "cases:resolved": true, "cases:held:vAnna": true, "holding": true,
		"due:cases": true, "alerts": true, "due:alerts": true, "case:" + open.ID: true, "case:" + open.ID + ":done": true, "cases:conv:opened": true, "conv:opened:log": true,
		"test:opened": true, "test:closed": true, "test:opened:mail": true, "test:closed:mail": true,
	}
	prefix := h.s.Key("")
	iter := h.s.Client().Scan(ctx, 0, prefix+"*", 1000).Iterator()
	for iter.Next(ctx) {
		key := iter.Val()
		ttl, err := h.s.Client().PTTL(ctx, key).Result()
		must(t, err)
		name := key[len(prefix):]
		if expires := ttl > 0; expires == lasting[name] {
			t.Errorf("%s: expires %v, want %v", name, expires, !lasting[name])
		}
		dump, err := h.s.Client().Dump(ctx, key).Result()
		must(t, err)
		if !lasting[name] && strings.Contains(dump, "canary") {
			t.Errorf("%s holds readable text", name)
		}
	}
	must(t, iter.Err())
	h.clock.pass(31 * 24 * time.Hour)
	must(t, h.Sweep(ctx))
	if cases, err := h.List(ctx, "resolved", ""); err != nil || len(cases) != 0 {
		t.Errorf("swept: %v, %v", cases, err)
	}
}

// TestAnActionAtTheLastMomentKeepsTheClaim lets the clock and the holder race.
func TestAnActionAtTheLastMomentKeepsTheClaim(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	kept := 0
	for n := range 150 {
		c := h.escalate(t, handoff.NewCase{Conversation: fmt.Sprint("c", n)})
		_, err := h.Claim(ctx, c.ID, anna)
		must(t, err)
		h.clock.pass(10 * time.Minute)
		var wg sync.WaitGroup
		var touched error
		wg.Go(func() {
			for range n % 6 { // come at every moment of what the clock does
				if _, err := h.Get(ctx, c.ID); err != nil {
					t.Error(err)
				}
			}
			touched = h.Touch(ctx, c.ID, anna)
		})
		wg.Go(func() {
			if err := h.Tick(ctx, c.ID); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		got, err := h.Get(ctx, c.ID)
		must(t, err)
		if held := got.State == handoff.Claimed; held != (touched == nil) {
			t.Fatalf("the holder was told %v, the case is %s", touched, got.State)
		}
		if touched == nil {
			kept++
			_, err = h.Release(ctx, c.ID, anna, "")
			must(t, err)
		}
	}
	if kept == 0 || kept == 150 {
		t.Errorf("the holder won %d of 150 times: there was no race", kept)
	}
}
