package router

import (
	"testing"
	"time"
)

func TestWhoWaitsAndKnocksHearsTheirPlaceOnceAnHour(t *testing.T) {
	d := newDesk(t)
	d.say("a", "I want to talk to a person")
	if got := d.say("a", "hello"); got == "" {
		t.Error("a greeting of somebody who waits was met with silence")
	}
	if got := d.say("a", "???"); got != "" {
		t.Errorf("told twice within the hour: %s", got)
	}
	d.clock.set(d.clock.Now().Add(time.Hour + time.Minute))
	wantText(t, d.say("a", "???"), "You are next in line.")
}

// Who first asks for a person and then says what it is about stands in the list with
// that, also if an article answers it; a question after it does not take its place.
func TestACaseIsAboutWhatIsAskedAfterTheWish(t *testing.T) {
	d := newDesk(t)
	d.say("a", "I want to talk to a person")
	wantText(t, d.say("a", "How do I get a BSN?"), "BSN")
	c := d.wantCase("a")
	if c.Preview != "How do I get a BSN?" || c.Topic != "bsn-get" {
		t.Errorf("the case is about %q, topic %q", c.Preview, c.Topic)
	}
	d.say("a", "Where is the nearest ice rink for my dog?")
	d.say("a", "How do I get a BSN?")
	if c := d.wantCase("a"); c.Preview != "Where is the nearest ice rink for my dog?" {
		t.Errorf("the question that waits is now %q", c.Preview)
	}
}

func TestTheHoursAreToldToWhoAsks(t *testing.T) {
	d := newDesk(t)
	hours := "Monday–Friday 09:00–17:00"
	wantText(t, d.say("a", "When are you open?"), hours)
	d.say("a", "I want to talk to a person")
	got := d.say("a", "are you working now?")
	wantText(t, got, hours)
	wantText(t, got, "You are next in line.")
}

// A question in line is taken back in plain words, as with the button; after danger at
// home only with the button, for somebody else may hold the phone.
func TestAQuestionInLineIsTakenBackInWords(t *testing.T) {
	d := newDesk(t)
	d.say("a", "I want to talk to a person")
	wantText(t, d.say("a", "never mind, thanks"), "taken your question out of line")
	if c, ok := d.open("a"); ok {
		t.Errorf("the case is still there: %+v", c)
	}
	d.say("b", beaten["en"])
	d.say("b", "cancel it")
	d.wantCase("b")
}

func TestThanksOpenNoCase(t *testing.T) {
	d := newDesk(t)
	for _, text := range []string{"спасибо большое вам", "дякую дуже", "thank u so much"} {
		d.say("a", "How do I get a BSN?")
		if got := d.say("a", text); got == "" {
			t.Errorf("%q was met with silence", text)
		}
		if _, ok := d.open("a"); ok {
			t.Fatalf("%q opened a case", text)
		}
	}
}
