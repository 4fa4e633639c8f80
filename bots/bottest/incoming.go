package bottest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
)

// texts are hard to keep whole: right to left, joined and decomposed letters, emoji of
// several code points, and what is markup somewhere.
var texts = []string{
	"Добрий день! Де мені отримати BSN, їжачку?",
	"السَّلامُ عَلَيْكُم، كيف أحصل على BSN رقم 112 في أمستردام؟",
	"שלום, ትግርኛ ኣማርኛ, سلام علیکم (می\u200cخواهم)",
	"👩🏽‍👩🏿‍👧🏻‍👦 🇺🇦🇳🇱 ❤️ 🏳️‍🌈 1️⃣",
	"cafe\u0301 и\u0306 Z\u0351\u036b\u0343ä\u0308",
	"<b>not bold</b> &amp; *stars* _lines_ `ticks` [a](http://b.example) \\ ~ | #",
	"first line\n\nthird line\n  indented",
	"\u200fעברית\u200e 0800-2000 \u2066isolated\u2069",
}

func receive(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	began := time.Now()
	id := s.write(p, "Привіт, допоможіть")
	m := s.store.wait(t, 1)[0]
	want := bots.Message{
		Channel: s.channel.Kind(),
		ID:      id,
		Contact: p.Address(),
		Text:    "Привіт, допоможіть",
		At:      m.At, LangHint: m.LangHint, // below
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("the message (-want +got):\n%s", diff)
	}
	// Networks tell whole seconds.
	if m.At.Before(began.Add(-2*time.Second)) || m.At.After(time.Now().Add(2*time.Second)) {
		t.Errorf("At is %v, want about now", m.At)
	}
	if h.has(LangHints) == (m.LangHint == "") {
		t.Errorf("LangHint is %q", m.LangHint)
	}
}

func keepTexts(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	long := append(slices.Clone(texts), filler(s.channel.Limits(), 0), filler(s.channel.Limits(), -1))
	for i, text := range long {
		s.write(p, text)
		if got := s.store.wait(t, i+1)[i].Text; got != text {
			t.Errorf("Text is %+q, want %+q", clip(got), clip(text))
		}
	}
}

func keepOrder(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	const each = 20
	want := make(map[string][]string)
	for i := range each {
		for n := range 3 {
			p := s.phone(n)
			text := fmt.Sprintf("message %d of %d", i, n)
			s.write(p, text)
			want[p.Address().ID] = append(want[p.Address().ID], text)
		}
	}
	got := make(map[string][]string)
	for _, m := range s.store.wait(t, 3*each) {
		got[m.Contact.ID] = append(got[m.Contact.ID], m.Text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order within the contacts (-want +got):\n%s", diff)
	}
}

func edits(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	id := s.write(p, "where is the dokter")
	s.store.wait(t, 1)
	ability[Editor](t, p, Edits).Edit(id, "where is the doctor")
	ability[Editor](t, p, Edits).Edit(id, "where is the dentist")
	got := s.store.wait(t, 3)
	for i, text := range []string{"where is the doctor", "where is the dentist"} {
		expect(t, got[i+1], bots.Message{Action: bots.Edit, Target: id, Text: text})
	}
	if got[0].ID == got[1].ID || got[1].ID == got[2].ID {
		t.Error("a text and its edits share an ID, so that one would be taken for the other")
	}
}

func deletions(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	id := s.write(p, "this was too private")
	s.store.wait(t, 1)
	ability[Deleter](t, p, Deletions).Delete(id)
	expect(t, s.store.wait(t, 2)[1], bots.Message{Action: bots.Delete, Target: id})
}

func reactions(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	r := s.send(s.part("r1-0", p.Address(), "Is that so?"))
	s.arrives(p, 1)
	ability[Reactor](t, p, Reactions).React(r.ID, "👍")
	expect(t, s.store.wait(t, 2)[1], bots.Message{Action: bots.React, Target: r.ID, Text: "👍"})
	ability[Reactor](t, p, Reactions).React(r.ID, "")
	expect(t, s.store.wait(t, 3)[2], bots.Message{Action: bots.React, Target: r.ID, Text: ""})
}

func attachments(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	fetcher, ok := s.channel.(bots.Fetcher)
	if !ok {
		t.Fatal("the channel is no bots.Fetcher")
	}
	p := s.phone(0)
	s.canary.watch("brief van de IND.pdf")
	files := []File{
		{Kind: bots.Image, MIME: "image/jpeg", Caption: "what does this letter say?", Data: []byte("\xff\xd8\xff picture")},
		{Kind: bots.Voice, MIME: "audio/ogg", Data: []byte("OggS voice")},
		{Kind: bots.Document, MIME: "application/pdf", Name: "brief van de IND.pdf", Data: []byte("%PDF-1.7 letter")},
	}
	for i, f := range files {
		id := ability[Sender](t, p, Attachments).SendFile(f)
		m := s.store.wait(t, i+1)[i]
		expect(t, m, bots.Message{ID: id, Text: f.Caption})
		if len(m.Media) != 1 {
			t.Fatalf("%s: %d attachments, want 1", f.Kind, len(m.Media))
		}
		got := m.Media[0]
		// Some networks add a parameter (codecs=opus), some tell no size.
		if got.Kind != f.Kind || got.Name != f.Name || !strings.HasPrefix(got.MIME, f.MIME) || got.Ref == "" ||
			got.Size != 0 && got.Size != int64(len(f.Data)) {
			t.Errorf("%s: the attachment is %+v", f.Kind, got)
		}
		r, err := fetcher.Fetch(context.Background(), got)
		if err != nil {
			t.Fatalf("fetch %s: %v", f.Kind, err)
		}
		data, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(data) != string(f.Data) {
			t.Errorf("fetch %s: %q, %v", f.Kind, data, err)
		}
	}
	if r, err := fetcher.Fetch(context.Background(), bots.Media{Kind: bots.Document, Ref: "nothing-is-here"}); err == nil {
		r.Close()
		t.Error("an attachment that does not exist is fetched without an error")
	} else {
		s.canary.write("error", err.Error())
	}
}

func locations(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	id := ability[Locator](t, p, Locations).SendPlace(52.0705, 4.3007)
	m := s.store.wait(t, 1)[0]
	expect(t, m, bots.Message{ID: id, Location: m.Location})
	if m.Location == nil || m.Location.Lat != 52.0705 || m.Location.Lon != 4.3007 {
		t.Errorf("Location is %+v", m.Location)
	}
}

// unknowns: what nobody understands is answered kindly, never dropped.
func unknowns(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	id, kind := ability[Surpriser](t, p, Unknowns).Surprise()
	expect(t, s.store.wait(t, 1)[0], bots.Message{ID: id, Unsupported: kind})
}

func blocks(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "hello there")
	s.store.wait(t, 1)
	ability[Blocker](t, p, Blocks).Block()
	expect(t, s.store.wait(t, 2)[1], bots.Message{Action: bots.Blocked})
	if se := s.failSend(context.Background(), s.part("r1-0", p.Address(), "are you there?")); se.Reason != bots.Unreachable {
		t.Errorf("Send to a contact who blocked us: %v, want %s", se, bots.Unreachable)
	}
	ability[Blocker](t, p, Blocks).Unblock()
	expect(t, s.store.wait(t, 3)[2], bots.Message{Action: bots.Unblocked})
	s.send(s.part("r2-0", p.Address(), "good to see you"))
	s.arrives(p, 1)
}

// garbage: nonsense neither stops the channel nor takes its neighbours away.
func garbage(t *testing.T, h Harness) {
	s := start(t, h, newStore())
	p := s.phone(0)
	s.write(p, "before the nonsense")
	h.Network.Garbage()
	s.write(p, "between the nonsense")
	h.Network.Garbage()
	s.write(p, "after the nonsense")
	got := s.store.wait(t, 3)
	for i, text := range []string{"before the nonsense", "between the nonsense", "after the nonsense"} {
		expect(t, got[i], bots.Message{Text: text})
	}
}

// expect compares what the suite decides; ID only where want has one.
func expect(t *testing.T, got, want bots.Message) {
	t.Helper()
	if want.ID == "" {
		want.ID = got.ID
	}
	want.Channel, want.Contact, want.At, want.LangHint = got.Channel, got.Contact, got.At, got.LangHint
	want.Media = got.Media
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the message (-want +got):\n%s", diff)
	}
	if got.ID == "" || got.Contact.ID == "" {
		t.Errorf("the message has no ID or no contact")
	}
}

// filler is a text as long as the limit allows, plus extra units; it ends with a
// letter outside the basic plane where that fits exactly.
func filler(l bots.Limits, extra int) string {
	n := l.Text + extra
	if l.Unit == bots.Bytes {
		return strings.Repeat("ї", (n-4)/2) + strings.Repeat("x", (n-4)%2) + "😀"
	}
	return strings.Repeat("слово ", (n-2)/6) + strings.Repeat("x", (n-2)%6) + "😀"
}

// size is the length of s in a channel's unit.
func size(l bots.Limits, s string) int {
	if l.Unit == bots.Bytes {
		return len(s)
	}
	return len(utf16.Encode([]rune(s)))
}

// clip keeps a failure readable.
func clip(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
