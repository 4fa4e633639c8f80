package bottest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// answerTexts: what is sent arrives as it was written.
func answerTexts(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	for i, text := range texts {
		if strings.Contains(text, "\u2066") {
			// Isolates and marks are the renderer's business; some networks drop them.
			continue
		}
		before := len(p.Inbox())
		r := s.send(s.part(fmt.Sprintf("r%d-0", i), p.Address(), text))
		got := s.arrives(p, before+1)[before]
		if got.Text != text {
			t.Errorf("on the phone is %+q, want %+q", got.Text, text)
		}
		if got.ID != r.ID {
			t.Errorf("the receipt says %q, the phone %q", r.ID, got.ID)
		}
		if r.At.IsZero() {
			t.Error("the receipt has no time")
		}
	}
}

// rendered: what the renderer makes for this network arrives as it says it will be
// read, in both directions, over several parts, with all choices in reach.
func rendered(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	l := s.channel.Limits()
	long := strings.Repeat("Речення про *житло* та **допомогу**.\n\n", min(max(l.Text, 2000), 20000)/30)
	for i, r := range []bots.Reply{
		{Lang: "uk", Text: "**BSN** отримують у *gemeente* за адресою Spui 70:\n\n1. запис\n2. паспорт < & >\n\nДзвоніть 0800-2000."},
		{Lang: "ar", Text: "اتصل بالرقم **0800-2000** في أي وقت.\n\n- خذ جواز السفر (BSN)\n- الموعد 12-03-2026", Choices: choices[:2]},
		{Lang: "uk", Text: long, Choices: choices[:2]},
	} {
		r.ID = fmt.Sprintf("r%d", i)
		before := len(p.Inbox())
		parts := bots.Render(r, l, p.Address())
		if len(parts) == 0 {
			t.Fatal("the renderer made nothing")
		}
		for _, part := range parts {
			s.canary.watch(part.Text)
			s.send(part)
		}
		got := s.arrives(p, before+len(parts))[before:]
		for n, part := range parts {
			if got[n].Text != strings.TrimSpace(part.Text) {
				t.Errorf("part %s reads %+q, want %+q", part.ID, clip(got[n].Text), clip(part.Text))
			}
		}
		last := got[len(got)-1]
		for _, c := range r.Choices {
			if h.has(Buttons) {
				if !slices.ContainsFunc(last.Choices, func(x bots.Choice) bool { return x.ID == c.ID }) {
					t.Errorf("the choice %s has no button", c.ID)
				}
			} else if !strings.Contains(last.Text, c.Label) {
				t.Errorf("the choice %s is not in the text", c.ID)
			}
		}
	}
}

func limits(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	l := s.channel.Limits()
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	for i, extra := range []int{-1, 0} {
		text := filler(l, extra)
		if size(l, text) != l.Text+extra {
			t.Fatalf("the suite made a text of %d, want %d", size(l, text), l.Text+extra)
		}
		s.send(s.part(fmt.Sprintf("r%d-0", i), p.Address(), text))
		if got := s.arrives(p, i+1)[i].Text; got != text {
			t.Errorf("a text of %d units arrives with %d", l.Text+extra, size(l, got))
		}
	}
	if !h.has(HardLimit) {
		return
	}
	se := s.failSend(context.Background(), s.part("r2-0", p.Address(), filler(l, +1)))
	if se.Reason != bots.Rejected {
		t.Errorf("Send above the limit: %v, want %s", se, bots.Rejected)
	}
	s.arrives(p, 2)
}

// orderOut: parts sent one after another arrive in this order.
func orderOut(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	var want, got []string
	for i := range 5 {
		text := fmt.Sprintf("part number %d", i)
		s.send(s.part(fmt.Sprintf("r1-%d", i), p.Address(), text))
		want = append(want, text)
	}
	for _, r := range s.arrives(p, len(want)) {
		got = append(got, r.Text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("on the phone (-want +got):\n%s", diff)
	}
}

var choices = []bots.Choice{
	{ID: "lang:uk", Label: "Українська"},
	{ID: "lang:ar", Label: "العربية"},
	{ID: strings.Repeat("x", 64), Label: "An identifier as long as may be"},
}

func buttons(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	part := s.part("r1-0", p.Address(), "Which language?")
	part.Choices = choices
	r := s.send(part)
	got := s.arrives(p, 1)[0]
	if diff := cmp.Diff(choices, got.Choices); diff != "" {
		t.Errorf("the buttons (-want +got):\n%s", diff)
	}
	for i, c := range choices {
		ability[Tapper](t, p, Buttons).Tap(r.ID, c.ID)
		expect(t, s.store.wait(t, i+2)[i+1], bots.Message{Action: bots.Tap, Target: r.ID, Choice: c.ID})
	}
	// The same button once more is another event.
	ability[Tapper](t, p, Buttons).Tap(r.ID, choices[0].ID)
	s.store.wait(t, len(choices)+2)
}

// noButtons: without buttons the choices are in the text already, as the renderer
// wrote them. The part arrives, and an answer with a number is a text.
func noButtons(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	if n := s.channel.Limits().Choices; n != 0 {
		t.Errorf("Limits().Choices is %d without the feature %q", n, Buttons)
	}
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	list := "Which language?\n\n1. Українська\n2. العربية"
	part := s.part("r1-0", p.Address(), list)
	part.Choices = choices[:2]
	s.send(part)
	if got := s.arrives(p, 1)[0]; got.Text != list || len(got.Choices) != 0 {
		t.Errorf("on the phone are %q and %d buttons", got.Text, len(got.Choices))
	}
	s.write(p, "2")
	expect(t, s.store.wait(t, 2)[1], bots.Message{Text: "2"})
}

func quotes(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	id := s.write(p, "where is the town hall?")
	s.store.wait(t, 1)
	part := s.part("r1-0", p.Address(), "It is in the centre.")
	if part.ReplyTo = id; !h.has(Quotes) {
		id = "" // then the part arrives without
	}
	s.send(part)
	if got := s.arrives(p, 1)[0].ReplyTo; got != id {
		t.Errorf("the part answers %q, want %q", got, id)
	}
	// What it answers may be gone.
	part = s.part("r2-0", p.Address(), "The post office too.")
	part.ReplyTo = "1"
	s.send(part)
	s.arrives(p, 2)
}

func typing(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	sender, ok := s.channel.(bots.TypingSender)
	if ok != h.has(Typing) {
		t.Fatalf("the channel is a bots.TypingSender: %v; the harness claims %v", ok, h.has(Typing))
	}
	if !ok {
		return
	}
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	if err := sender.Typing(context.Background(), p.Address()); err != nil {
		t.Fatalf("Typing: %v", err)
	}
	w := ability[TypingWatcher](t, p, Typing)
	s.eventually("the phone shows typing", func() bool { return w.TypingSeen() > 0 })
}

// hearsTyping: that somebody types is told at once, and is no message.
func hearsTyping(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	_, ok := s.channel.(bots.TypingReporter)
	if ok != h.has(HearsTyping) {
		t.Fatalf("the channel is a bots.TypingReporter: %v; the harness claims %v", ok, h.has(HearsTyping))
	}
	if !ok {
		return
	}
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	if sender, ok := s.channel.(bots.TypingSender); ok {
		// A network may tell of others only to who was seen to type.
		if err := sender.Typing(context.Background(), p.Address()); err != nil {
			t.Fatalf("Typing: %v", err)
		}
	}
	begins := typed{p.Address().ID, true}
	ability[Typist](t, p, HearsTyping).Type()
	s.eventually("it is told that the contact types", func() bool { return slices.Equal(s.heard(), []typed{begins}) })
	s.write(p, "one more thing")
	if got := s.store.wait(t, 2); got[1].Text != "one more thing" {
		t.Errorf("typing was taken for a message: %+v", got)
	}
}

func readReceipts(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	marker, ok := s.channel.(bots.ReadMarker)
	if ok != h.has(ReadReceipts) {
		t.Fatalf("the channel is a bots.ReadMarker: %v; the harness claims %v", ok, h.has(ReadReceipts))
	}
	if !ok {
		return
	}
	p := s.phone(0)
	id := s.write(p, "hello there")
	s.store.wait(t, 1)
	if err := marker.MarkRead(context.Background(), p.Address(), []string{id}); err != nil {
		t.Fatalf("MarkRead: %v", err)
	}
	w := ability[ReadWatcher](t, p, ReadReceipts)
	s.eventually("the phone shows the message as read", func() bool {
		seen := w.ReadSeen()
		return len(seen) == 1 && seen[0] == id
	})
}

func deliveryReceipts(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	r := s.send(s.part("r1-0", p.Address(), "good morning"))
	s.arrives(p, 1)
	c := ability[Confirmer](t, p, DeliveryReceipts)
	c.Confirm(r.ID, false)
	expect(t, s.store.wait(t, 2)[1], bots.Message{Action: bots.Delivered, Target: r.ID})
	c.Confirm(r.ID, true)
	expect(t, s.store.wait(t, 3)[2], bots.Message{Action: bots.Read, Target: r.ID})
}

// stranger: an address that nobody has is not retried for ever.
func stranger(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	part := s.part("r1-0", bots.Address{Channel: s.channel.Kind(), ID: "not an address"}, "hello?")
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit)
	defer cancel()
	if se := s.failSend(ctx, part); se.Reason != bots.Unreachable && se.Reason != bots.Rejected {
		t.Errorf("Send to nobody: %v, want %s or %s", se, bots.Unreachable, bots.Rejected)
	}
}
