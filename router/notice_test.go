package router

import (
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
)

// unanswered lets the clock of the queue pass until nobody came to somebody in danger.
func (d *desk) unanswered(who string) {
	d.t.Helper()
	c := d.wantCase(who)
	_, ops := d.queue.Update(c, handoff.Change{})
	ev := handoff.Event{Kind: handoff.EventUnanswered, Case: c.ID, Urgent: c.Urgent, At: d.clock.Now()}
	ops = append(ops, d.mailbox.Post(c.Conversation, "desk", ev)...)
	if err := d.store.Apply(d.t.Context(), store.Tx{Head: d.store.Key("test"), Guards: []store.Guard{d.queue.Guard(c)}, Ops: ops}); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
}

func TestDangerThatNobodyAnswers(t *testing.T) {
	d := newDesk(t)
	d.say("a", "we have nowhere to sleep tonight, they put us on the street")
	if c := d.wantCase("a"); c.Urgent != "housing" {
		t.Fatalf("%+v", c)
	}
	d.unanswered("a")
	wantText(t, d.last("a").Text, "No volunteer has been able", "**112**", "0800-8020")

	// A quiet conversation hears nothing unasked, but an honest word when it writes.
	d.say("b", "чоловік мене б'є")
	before := len(d.transcript("b"))
	d.unanswered("b")
	if got := d.transcript("b"); len(got) != before {
		t.Fatalf("said unasked: %s", said(got[before:]))
	}
	wantText(t, d.say("b", unanswerable), "ніхто з волонтерів не зміг", "**112**", "**0800-2000**")
	if got := d.say("b", unanswerable+" і ще одне"); strings.Contains(got, "ніхто з волонтерів") {
		t.Errorf("said twice: %s", got)
	}
	// Nobody is woken; in the morning it is told if it still holds.
	d.say("c", "we have nowhere to sleep tonight, they put us on the street")
	d.clock.set(time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC))
	before = len(d.transcript("c"))
	d.unanswered("c")
	if got := d.transcript("c"); len(got) != before {
		t.Errorf("woken: %s", said(got[before:]))
	}
}

// pass lets a turn of the clock happen, as when a timer is due.
func pass(w world, s State, by time.Duration) (world, State, effects) {
	w.now = w.now.Add(by)
	if due := s.timer(); due.IsZero() || w.now.Before(due) {
		return w, s, effects{}
	}
	s, e := decide(w, s, []step{{kind: toldTime}})
	return w, s, e
}

func TestABetterPlaceIsToldAfterAnHour(t *testing.T) {
	d := newDesk(t)
	m := newMind(t, d.clock.Now)
	w := m.world(m.ears(), handoff.DefaultHours())
	w.place = 5
	s, e := decide(w, State{Lang: "en"}, []step{{kind: heardTap, choice: "person"}})
	wantText(t, texts(e), "number 5 in line", "Our volunteers answer")
	w.hasCase, s.Case = true, "c"
	for _, step := range []struct {
		by    time.Duration
		place int
		want  string
	}{
		{30 * time.Minute, 2, ""},
		{30 * time.Minute, 4, "number 4 in line"},
		{time.Hour, 4, ""}, // no better
		{time.Hour, 6, ""}, // worse: somebody in danger came
		{time.Hour, 1, "next in line"},
		{time.Hour, 1, ""}, // it gets no better than that
	} {
		w.place = step.place
		w, s, e = pass(w, s, step.by)
		if got := texts(e); !strings.Contains(got, step.want) || (got == "") != (step.want == "") {
			t.Errorf("place %d after %s: said %q, want %q", step.place, step.by, got, step.want)
		}
	}
	if !s.timer().IsZero() {
		t.Errorf("there is nothing to wait for, and a turn comes at %v", s.timer())
	}
	w.place, w.now = 5, time.Date(2026, 11, 24, 20, 30, 0, 0, time.UTC)
	s, _ = decide(w, s, []step{{kind: heardTap, choice: "place"}})
	w.place = 2
	if w, s, e = pass(w, s, time.Hour); len(e.said) != 0 { // 22:30 in Amsterdam
		t.Errorf("woken: %s", texts(e))
	}
	if w, s, e = pass(w, s, 9*time.Hour); len(e.said) != 0 { // 7:30
		t.Errorf("woken: %s", texts(e))
	}
	if _, _, e = pass(w, s, time.Hour); !strings.Contains(texts(e), "number 2") {
		t.Errorf("in the morning: %q", texts(e))
	}
	s.Place, s.PlaceAt, s.Quiet = 5, w.now, true
	if !s.timer().IsZero() {
		t.Error("a quiet conversation is told its place")
	}
}

// TestEveryNewsIsToldOnce walks one case through everything that the newcomer hears of it.
func TestEveryNewsIsToldOnce(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	w.place, w.wait = 3, 20*time.Minute
	s, e := decide(w, State{Lang: "en"}, []step{{kind: heardTap, choice: "person"}})
	wantText(t, texts(e), "asked our volunteers", "number 3", "half an hour", "Our volunteers answer")
	w.hasCase, s.Case = true, "c"
	closed := w
	closed.now = tuesday.Add(12 * time.Hour)
	_, e = decide(closed, s, []step{{kind: heardTap, choice: "place"}})
	wantText(t, texts(e), "away now", "The next time is", "**112**")
	for _, news := range []struct {
		ev   handoff.Event
		want string
	}{
		{handoff.Event{Kind: handoff.EventNobody}, "Nobody has been able"},
		{handoff.Event{Kind: handoff.EventClaimed, ByName: "Olha Koval"}, "Olha from our team"},
		{handoff.Event{Kind: handoff.EventTransferred, ByName: "Olha Koval", ToName: "Ben"}, "Ben will help you further"},
		{handoff.Event{Kind: handoff.EventExpired}, "in line again"},
		{handoff.Event{Kind: handoff.EventClaimed, ByName: "Ben"}, "Ben from our team"},
		{handoff.Event{Kind: handoff.EventTakeover, ByName: "Boss"}, "Boss will help you further"},
		{handoff.Event{Kind: handoff.EventResolved}, "closed, and the automatic helpdesk answers here again"},
	} {
		news.ev.Case = "c"
		s, e = decide(w, s, []step{{kind: toldByDesk, event: news.ev}})
		if len(e.said) != 1 || !strings.Contains(e.said[0].Text, news.want) {
			t.Errorf("%s: said %q, want once %q", news.ev.Kind, texts(e), news.want)
		}
		if _, e = decide(w, s, []step{{kind: toldTime}}); len(e.said) != 0 {
			t.Errorf("%s: a moment later %q", news.ev.Kind, texts(e))
		}
	}
	if s.Owner != Bot || !s.timer().IsZero() {
		t.Errorf("after closing: %s, next turn %v", s.Owner, s.timer())
	}
}
