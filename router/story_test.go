package router

import (
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

var olha = handoff.Actor{ID: "v1", Name: "Olha"}

func TestAQuestionGetsItsArticle(t *testing.T) {
	d := newDesk(t)
	got := d.say("a", "Доброго дня! Як отримати БСН?")
	wantText(t, got, "BSN", "редактор", "https://")
	entries := d.transcript("a")
	last := entries[len(entries)-1]
	if last.Article != "bsn-get" || last.Lang != "uk" || last.Revision == "" {
		t.Errorf("article %q in %q, revision %q", last.Article, last.Lang, last.Revision)
	}
	if len(last.Choices) != 3 || !strings.HasPrefix(last.Choices[0].ID, "helped:") || last.Choices[2].ID != "person" {
		t.Errorf("buttons %v", last.Choices)
	}
	if again := d.say("a", "وين بطلع BSN"); !strings.Contains(again, "BSN") || d.transcript("a")[len(d.transcript("a"))-1].Lang != "uk" {
		t.Logf("a short Arabic message does not switch the conversation: %s", again)
	}
	wantText(t, d.say("b", "وين بطلع BSN"), "gemeente")
}

func TestWhatNoArticleAnswersGetsAPerson(t *testing.T) {
	d := newDesk(t)
	got := d.say("a", "мій сусід грає на трубі щоночі і розводить бджіл на балконі")
	if c, ok := d.open("a"); !ok || c.Lang != "uk" || c.Channel != bots.Telegram {
		if !strings.Contains(got, "Про що") { // offered titles first
			t.Fatalf("case %+v, %v; said %s", c, ok, got)
		}
		got = d.tap("a", "none")
	}
	wantText(t, got, "волонтер")
	c, ok := d.open("a")
	if !ok || c.State != handoff.Waiting {
		t.Fatalf("case %+v, %v", c, ok)
	}
	ctx := t.Context()
	if _, err := d.queue.Claim(ctx, c.ID, olha); err != nil {
		t.Fatal(err)
	}
	d.settle()
	wantText(t, said(d.transcript("a")), "Olha")
	before := len(d.transcript("a"))
	if got := d.say("a", "Як отримати БСН?"); got != "" {
		t.Errorf("the bot talks over a volunteer: %s", got)
	}
	if n := len(d.transcript("a")); n != before+1 {
		t.Errorf("%d entries more, want the newcomer's only", n-before)
	}
	if _, _, err := d.queue.Reply(ctx, c.ID, olha, handoff.Text{Text: "Зверніться до муніципалітету"}); err != nil {
		t.Fatal(err)
	}
	d.settle()
	entries := d.transcript("a")
	if last := entries[len(entries)-1]; last.From != bots.FromVolunteer || last.Delivery != bots.DeliveryQueued {
		t.Errorf("the reply: %+v", last)
	}
	if _, err := d.queue.Resolve(ctx, c.ID, olha, "", handoff.OutcomeVolunteer, ""); err != nil {
		t.Fatal(err)
	}
	d.settle()
	entries = d.transcript("a")
	if last := entries[len(entries)-1]; len(last.Choices) != 2 || last.Choices[0].ID != "good" {
		t.Errorf("not asked whether it helped: %+v", last)
	}
	d.tap("a", "good")
	wantText(t, d.say("a", "Як отримати БСН?"), "BSN")
}

func TestDangerIsAnsweredInEveryState(t *testing.T) {
	d := newDesk(t)
	wantText(t, d.say("bot", "Чоловік мене б'є"), "112", "0800-2000")
	wantText(t, d.say("arabic", "ما بقى بدي عيش"), "112")
	c, ok := d.open("bot")
	if !ok || c.Urgent != "violence" {
		t.Fatalf("case %+v, %v", c, ok)
	}
	if place, _, err := d.queue.Place(t.Context(), c.ID); err != nil || place > 2 {
		t.Errorf("place %d, %v", place, err)
	}
	d.say("volunteer", "хочу поговорити з людиною")
	v, _ := d.open("volunteer")
	if _, err := d.queue.Claim(t.Context(), v.ID, olha); err != nil {
		t.Fatal(err)
	}
	d.settle()
	wantText(t, d.say("volunteer", "чоловік мене б'є"), "112")
	if v, _ = d.open("volunteer"); v.Urgent != "violence" {
		t.Errorf("the case is not urgent: %+v", v)
	}
}

func TestAQuietConversationHearsNothingUnasked(t *testing.T) {
	d := newDesk(t)
	d.say("a", "чоловік мене б'є")
	c, _ := d.open("a")
	before := said(d.transcript("a"))
	if _, err := d.queue.Claim(t.Context(), c.ID, olha); err != nil {
		t.Fatal(err)
	}
	if _, err := d.queue.Resolve(t.Context(), c.ID, olha, "", "", ""); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if after := said(d.transcript("a")); after != before {
		t.Errorf("said unasked: %s", strings.TrimPrefix(after, before))
	}
}

func TestNobodyIsWokenAtNight(t *testing.T) {
	d := newDesk(t)
	d.say("a", "I want to talk to a person")
	c, _ := d.open("a")
	d.clock.set(time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC)) // 23:30 in Amsterdam
	before := said(d.transcript("a"))
	if _, err := d.queue.Claim(t.Context(), c.ID, olha); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if after := said(d.transcript("a")); after != before {
		t.Errorf("woken: %s", strings.TrimPrefix(after, before))
	}
	ok, later := unasked(State{}, time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC))
	if want := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC); ok || !later.Equal(want) {
		t.Errorf("unasked: %v, %v, want %v", ok, later, want)
	}
}

func TestWishesInPlainWords(t *testing.T) {
	d := newDesk(t)
	wantText(t, d.say("a", "привіт"), "запитання")
	if got := d.say("a", "хочу поговорити з людиною"); !strings.Contains(got, "волонтер") {
		t.Errorf("a person: %s", got)
	}
	wantText(t, d.sent("a", func() { d.say("a", "що ви знаєте про мене") })[0].Text, "хочу поговорити з людиною")
	d.say("a", "/delete")
	wantText(t, d.tap("a", "delete:no"), "")
	d.say("a", "видалити все")
	id := d.conversation("a")
	d.tap("a", "delete:yes")
	if got := d.conversation("a"); got != "" {
		t.Errorf("the contact is still known: %s", got)
	}
	iter := d.store.Client().Scan(t.Context(), 0, d.store.Key("*"+id+"*"), 0).Iterator()
	for iter.Next(t.Context()) {
		key := iter.Val()
		if strings.HasSuffix(key, ":out") || strings.HasSuffix(key, ":delivery") {
			continue // the last words, not sent yet
		}
		t.Errorf("left behind: %s", key)
	}
	if _, ok := d.open("a"); ok {
		t.Error("the case is still open")
	}
}

func TestATypedNumberIsATap(t *testing.T) {
	d := newDesk(t)
	d.say("a", "How do I get a BSN?")
	d.say("a", "3") // ask a person
	if _, ok := d.open("a"); !ok {
		t.Error("the third button was not understood")
	}
	d.say("b", "How do I get a BSN?")
	d.say("b", "Ask a person")
	if _, ok := d.open("b"); !ok {
		t.Error("the title of a button was not understood")
	}
}

func TestWhoAsksIsAskedOnce(t *testing.T) {
	d := newDesk(t)
	got := d.say("a", "Do I need Dutch health insurance?")
	entries := d.transcript("a")
	choices := entries[len(entries)-1].Choices
	if len(choices) < 3 || choices[0].ID != "audience:ukraine" {
		t.Fatalf("not asked who asks: %s %v", got, choices)
	}
	wantText(t, d.tap("a", "audience:ukraine"), "RMO")
	entries = d.transcript("a")
	if last := entries[len(entries)-1]; last.Article != "health-insurance" {
		t.Fatalf("not answered: %+v", last)
	}
	d.say("a", "can I get care allowance zorgtoeslag")
	entries = d.transcript("a")
	if last := entries[len(entries)-1]; last.Article != "care-allowance" {
		t.Errorf("asked again, or not found: %+v", last)
	}
}

func TestMediaGoesToAPerson(t *testing.T) {
	d := newDesk(t)
	d.say("a", "привіт")
	got := said(d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Voice, Ref: "f1"}}}))
	wantText(t, got, "волонтер")
	if _, ok := d.open("a"); !ok {
		t.Error("no case")
	}
	entries := d.transcript("a")
	found := false
	for _, e := range entries {
		found = found || len(e.Media) == 1 && e.Media[0].Ref == "f1"
	}
	if !found {
		t.Error("the voice message is not in the transcript")
	}
}

func TestUkrainianIsNeverAnsweredInRussian(t *testing.T) {
	d := newDesk(t)
	d.say("a", "Скажіть будь ласка, де мені зареєструватися")
	d.say("a", "спасибо")
	d.say("a", "адрес")
	for _, e := range d.transcript("a") {
		if e.From == bots.FromBot && e.Lang == "ru" {
			t.Errorf("answered in Russian: %s", e.Text)
		}
		for _, c := range e.Choices {
			if c.ID == "lang:ru" {
				t.Error("Russian was offered")
			}
		}
	}
}

func TestADecisionIsPure(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	for _, text := range []string{"Як отримати БСН?", "допоможіть!", "чоловік мене б'є", "asdf qwer", "👍", ""} {
		one, two := m.Ask(text, "", false), m.Ask(text, "", false)
		if one.Text != two.Text || one.Decision != two.Decision {
			t.Errorf("%q is decided differently: %+v, %+v", text, one, two)
		}
	}
}
