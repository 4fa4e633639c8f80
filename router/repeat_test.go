package router

import (
	"testing"

	"github.com/brug-helpdesk/brug/bots"
)

// TestTheSameTextAgainIsAnsweredOnce: a flood of one text makes one answer and one word on
// where it is, one line in the transcript and one thing to read, and what is no repeat is
// heard.
func TestTheSameTextAgainIsAnsweredOnce(t *testing.T) {
	d := newDesk(t)
	wantText(t, d.say("a", "Як отримати БСН?"), "BSN")
	wantText(t, d.say("a", "як отримати  БСН?"), "вище") // it did not help: a way on
	before := len(d.transcript("a"))
	for range 20 {
		d.say("a", "як  отримати БСН?")
	}
	if got := d.transcript("a")[before:]; len(got) != 0 {
		t.Errorf("said again: %s", said(got))
	}
	wantText(t, d.say("b", "Як отримати БСН?"), "BSN") // somebody else asks for the first time
	d.clock.set(d.clock.Now().Add(repeatWithin))
	wantText(t, d.say("a", "Як отримати БСН?"), "BSN") // it may have been missed

	d.say("c", unanswerable)
	for range 20 {
		d.say("c", unanswerable)
	}
	if c := d.wantCase("c"); c.Unread > 2 {
		t.Errorf("%d things to read of one text", c.Unread)
	}
	d.say("c", "ще одне питання про те саме")
	unread := d.wantCase("c").Unread
	if d.say("c", unanswerable); d.wantCase("c").Unread != unread+1 {
		t.Error("a text is a repeat although something else was said since")
	}

	// Danger is heard every time.
	d.say("e", "Чоловік мене б'є")
	before, unread = len(d.transcript("e")), d.wantCase("e").Unread
	d.say("e", "Чоловік мене б'є")
	if len(d.transcript("e")) == before || d.wantCase("e").Unread == unread {
		t.Error("danger was taken for a repeat")
	}
	// So is a plea.
	wantText(t, d.say("h", "допоможіть!"), "112")
	wantText(t, d.say("h", "допоможіть!"), "112")
	// Thanks need no second answer, and no word on where the first one is.
	d.say("i", "дякую")
	before = len(d.transcript("i"))
	if d.say("i", "дякую"); len(d.transcript("i")) != before {
		t.Errorf("thanks again: %s", said(d.transcript("i")[before:]))
	}
	// What a volunteer reads is heard every time too.
	d.say("f", "хочу поговорити з людиною")
	d.claim("f")
	unread = d.wantCase("f").Unread
	d.say("f", "алло")
	d.say("f", "алло")
	if got := d.wantCase("f").Unread; got != unread+2 {
		t.Errorf("the volunteer hears %d of 2", got-unread)
	}
	// A message taken back and sent again is a new one.
	d.send("g", bots.Message{ID: "1", Text: "Як отримати БСН?"})
	d.send("g", bots.Message{Action: bots.Delete, Target: "1"})
	wantText(t, d.say("g", "Як отримати БСН?"), "BSN")
}

func TestOneTextSentFiveTimesAtOnceIsOne(t *testing.T) {
	var same []bots.Message
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		same = append(same, bots.Message{ID: id, Text: "Як отримати БСН?"})
	}
	_, e := together(t, State{}, same...)
	if len(e.log) != 1 || len(e.read) != 5 {
		t.Errorf("%d lines, %d read", len(e.log), len(e.read))
	}
}
