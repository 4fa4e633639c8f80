package router

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/router/mailbox"
)

func choices(e bots.Entry) string {
	var ids []string
	for _, c := range e.Choices {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

func TestTheUsualWaitIsTold(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		wait time.Duration
		want string
	}{{20 * time.Minute, "half an hour"}, {time.Hour, "within an hour"}, {3 * time.Hour, "few hours"}, {20 * time.Hour, "working day"}} {
		w := newMind(t, d.clock.Now).world(newMind(t, d.clock.Now).ears(), handoff.DefaultHours())
		w.wait = c.wait
		_, e := decide(w, State{Lang: "en"}, []step{{kind: heardTap, choice: "person"}})
		wantText(t, e.said[0].Text, c.want)
		w.now = tuesday.Add(12 * time.Hour)
		_, e = decide(w, State{Lang: "en"}, []step{{kind: heardTap, choice: "person"}})
		if strings.Contains(e.said[0].Text, c.want) {
			t.Errorf("promised while closed: %s", e.said[0].Text)
		}
	}
}

// together are messages that were written in one go.
func together(t *testing.T, s State, messages ...bots.Message) (State, effects) {
	t.Helper()
	m := newMind(t, func() time.Time { return tuesday })
	ears := m.ears()
	var steps []step
	for _, msg := range messages {
		msg.Contact = bots.Address{Channel: bots.Telegram, ID: "1"}
		steps = addMessage(steps, msg, nil)
	}
	for i := range steps {
		ears.listen(&steps[i], s)
	}
	return decide(m.world(ears, handoff.DefaultHours()), s, steps)
}

func texts(e effects) string {
	var all []string
	for _, r := range e.said {
		all = append(all, r.Text)
	}
	return strings.Join(all, "\n--\n")
}

func TestMessagesInOneGo(t *testing.T) {
	_, e := together(t, State{}, bots.Message{Text: "Доброго дня"}, bots.Message{Text: "хочу поговорити з людиною"})
	if e.open == nil {
		t.Errorf("a wish behind a greeting: %s", texts(e))
	}
	_, e = together(t, State{}, bots.Message{Text: "Доброго дня"}, bots.Message{Media: []bots.Media{{Kind: bots.Voice}}})
	if e.open == nil {
		t.Errorf("a voice message behind a greeting: %s", texts(e))
	}
	_, e = together(t, State{}, bots.Message{Media: []bots.Media{{Kind: bots.Voice}}}, bots.Message{Text: "Як отримати БСН?"})
	if e.open == nil || e.said[0].Article != "bsn-get" {
		t.Errorf("a voice message before a question: %s", texts(e))
	}
	_, e = together(t, State{}, bots.Message{Text: "Доброго дня"}, bots.Message{Text: "Як отримати БСН?"}, bots.Message{Text: "чоловік мене б'є"})
	wantText(t, texts(e), "0800-2000")
	_, e = together(t, State{}, bots.Message{Text: "Do I need Dutch health insurance?"}, bots.Message{Text: "can I get care allowance zorgtoeslag"})
	if n := strings.Count(texts(e), "depends on your situation"); n != 1 {
		t.Errorf("asked %d times who asks: %s", n, texts(e))
	}
}

func TestDangerIsAskedAboutOnce(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	s, e := decide(w, State{Lang: "en", Danger: "violence", Question: "How do I get a BSN?"},
		[]step{{kind: heardTap, choice: dangerNo, found: finding{clear: []answer{{article: "bsn-get"}}}}})
	if len(e.said) != 1 || e.said[0].Article != "bsn-get" {
		t.Errorf("the question was lost: %s", texts(e))
	}
	_, e = decide(w, s, []step{{kind: heardTap, choice: dangerYes}}) // the old button, after all
	wantText(t, texts(e), "112")
	if e.open == nil || e.open.Urgent == "" {
		t.Errorf("no urgent case: %+v", e.open)
	}
}

func TestTheMorningNotice(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	w.hasCase = true
	at := func(clock string) {
		local, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-"+clock, w.hours.Local(tuesday).Location())
		if err != nil {
			t.Fatal(err)
		}
		w.now = local
	}
	claimed := step{kind: toldByDesk, event: handoff.Event{Kind: handoff.EventClaimed, Case: "c", ByName: "Olha"}}
	lapsed := step{kind: toldByDesk, event: handoff.Event{Kind: handoff.EventExpired, Case: "c"}}
	waiting := State{Lang: "en", Owner: Waiting, Case: "c"}

	at("24 23:30")
	s, e := decide(w, waiting, []step{claimed})
	if len(e.said) != 0 || s.timer().IsZero() {
		t.Fatalf("at night: %s, next turn %v", texts(e), s.timer())
	}
	at("25 07:59")
	if s, e = decide(w, s, []step{{kind: toldTime}}); len(e.said) != 0 {
		t.Errorf("before eight: %s", texts(e))
	}
	at("25 08:00")
	s, e = decide(w, s, []step{{kind: toldTime}})
	wantText(t, texts(e), "Olha")
	if _, e = decide(w, s, []step{{kind: toldTime}}); len(e.said) != 0 || !s.timer().IsZero() {
		t.Errorf("twice: %s", texts(e))
	}
	at("24 23:30")
	if s, e = decide(w, waiting, []step{claimed, lapsed}); len(e.said) != 0 || !s.timer().IsZero() || s.Owner != Waiting {
		t.Errorf("claimed and given up in one night: %s, %+v", texts(e), s)
	}
}

func TestWhatTheDeskSaysAboutALeftCase(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	w.hasCase = true
	s, e := decide(w, State{Lang: "en", Owner: Waiting, Case: "c"}, []step{
		{kind: heardTap, choice: "withdraw"},
		{kind: toldByDesk, event: handoff.Event{Kind: handoff.EventClaimed, Case: "c", ByName: "Olha"}},
		{kind: toldByDesk, event: handoff.Event{Kind: handoff.EventReply, Case: "c", ByName: "Olha", Text: "Go to the desk", MessageID: "m"}},
	})
	if s.Owner != Bot || s.Case != "" || strings.Contains(texts(e), "reading your question") {
		t.Errorf("a left case has taken the conversation: %+v, %s", s, texts(e))
	}
	wantText(t, texts(e), "Go to the desk")
}

func TestUnclearTwiceIsForAPerson(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	unclear := step{kind: heardText, text: "papers", lang: "en", found: finding{maybe: []string{"bsn-get", "digid"}}}
	s, e := decide(w, State{}, []step{unclear})
	if e.open != nil || !strings.Contains(choicesOf(e), "article:bsn-get") {
		t.Fatalf("not offered: %s", texts(e))
	}
	if _, e = decide(w, s, []step{unclear}); e.open == nil {
		t.Errorf("offered twice: %s", texts(e))
	}
	chosen, _ := decide(w, s, []step{{kind: heardTap, choice: "article:bsn-get"}})
	if _, e = decide(w, chosen, []step{unclear}); e.open != nil {
		t.Error("a new question after an answer gets no titles")
	}
	none, e := decide(w, s, []step{{kind: heardTap, choice: "none"}})
	if e.open == nil {
		t.Error("none of these brings nobody")
	}
	w.hasCase, w.place, none.Case = true, 1, "c"
	if _, e = decide(w, none, []step{{kind: heardTap, choice: "none"}}); e.open != nil || len(e.said) != 1 {
		t.Errorf("none of these, twice: %s", texts(e))
	}
}

func choicesOf(e effects) string {
	if len(e.said) == 0 {
		return ""
	}
	return choices(bots.Entry{Choices: e.said[len(e.said)-1].Choices})
}

func TestAMessageThatCrossesTheClosing(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	s, e := decide(w, State{Lang: "en", Owner: Volunteer, Case: "c", Holder: "Olha"}, []step{
		{kind: heardText, text: "and one thing more", lang: "en"},
		{kind: toldByDesk, event: handoff.Event{Kind: handoff.EventResolved, Case: "c"}},
	})
	if s.Owner != Waiting || e.open == nil || e.open.Preview != "and one thing more" {
		t.Errorf("nobody will read it: %+v, %s", s, texts(e))
	}
}

func TestADeadTurnKeepsTheVolunteersWords(t *testing.T) {
	reply, err := json.Marshal(handoff.Event{Kind: handoff.EventReply, Case: "c", ByName: "Olha", Text: "Go to the desk", MessageID: "m"})
	if err != nil {
		t.Fatal(err)
	}
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	w.hasCase = true
	turn := mailbox.Turn{Failures: mailbox.GiveUp, Events: []mailbox.Event{
		{Kind: "message", Message: &bots.Message{Text: "poison"}}, {Kind: eventDesk, Data: reply},
	}}
	s, e := decide(w, State{Lang: "en", Owner: Waiting, Case: "c"}, deadTurn(turn))
	wantText(t, texts(e), "Go to the desk", "Something went wrong")
	if s.Owner != Volunteer {
		t.Errorf("the bot would talk over the volunteer: %+v", s)
	}
	turn.Failures = 2 * mailbox.GiveUp
	if _, e = decide(w, State{Lang: "en"}, deadTurn(turn)); strings.Contains(texts(e), "desk") {
		t.Error("a reply that fails for ever holds the conversation")
	}
}

func TestWordsBeforeAClaimAreTheVolunteers(t *testing.T) {
	claim := step{kind: toldByDesk, event: handoff.Event{Kind: handoff.EventClaimed, Case: "c", ByName: "Olha"}}
	words := step{kind: heardText, text: "and one more thing", messages: []bots.Message{{ID: "1", Text: "and one more thing"}}}
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	w.hasCase = true
	after, e := decide(w, State{Owner: Waiting, Lang: "en", Case: "c", Greeted: true, Added: true}, []step{words, claim})
	if after.Owner != Volunteer || len(e.said) != 1 || e.change == nil || !e.change.Message {
		t.Errorf("owner %s, said %d things, change %+v", after.Owner, len(e.said), e.change)
	}
}
