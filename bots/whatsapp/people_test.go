package whatsapp_test

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	fake "github.com/brug-helpdesk/brug/internal/fake/whatsapp"
)

// TestWhoWrites: a contact is known by LID, number or both, as far as WhatsApp says,
// and can be answered in each case.
func TestWhoWrites(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	seen := 0
	check := func(p *phone, how fake.Shown, want bots.Address) {
		t.Helper()
		p.account.Show(how)
		id := p.Write("where is the doctor?")
		seen++
		got := d.wait(seen)[seen-1]
		expect(t, got, bots.Message{ID: id, Contact: want, Text: "where is the doctor?"})
		before := len(p.Inbox())
		d.send("to "+id, got.Contact, "round the corner")
		eventually(t, "the answer arrives", func() bool { return len(p.Inbox()) == before+1 })
	}
	lid := func(p *phone) string { return p.account.LID().String() }
	number := func(p *phone) string { return p.account.Number().String() }

	hidden := n.phone(0) // no number at all (usernames)
	check(hidden, fake.OnlyLID, bots.Address{Channel: bots.WhatsApp, ID: lid(hidden)})
	check(hidden, fake.ByLID, bots.Address{Channel: bots.WhatsApp, ID: lid(hidden), Alt: []string{number(hidden)}})
	// What was learned stays known.
	check(hidden, fake.OnlyLID, bots.Address{Channel: bots.WhatsApp, ID: lid(hidden), Alt: []string{number(hidden)}})

	early := n.phone(1) // not moved to LIDs yet
	check(early, fake.OnlyNumber, bots.Address{Channel: bots.WhatsApp, ID: number(early)})
	check(early, fake.ByNumber, bots.Address{Channel: bots.WhatsApp, ID: lid(early), Alt: []string{number(early)}})
	check(early, fake.OnlyNumber, bots.Address{Channel: bots.WhatsApp, ID: lid(early), Alt: []string{number(early)}})
	check(early, fake.ByLID, bots.Address{Channel: bots.WhatsApp, ID: lid(early), Alt: []string{number(early)}})
	eventually(t, "all is confirmed", func() bool { return n.desk.Waiting() == 0 })
}

// TestOnlyPeople: groups, lists, status and channels are confirmed and left alone.
func TestOnlyPeople(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	p := n.phone(0)
	enc := waBinary.Node{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": "skmsg"}, Content: []byte{0x33, 1, 2, 3}}
	member := p.account.Number()
	n.desk.Plain(types.NewJID("120363000000000001", types.GroupServer), member, enc)
	n.desk.Plain(types.NewJID("1700000000", types.BroadcastServer), member, enc)
	n.desk.Plain(types.StatusBroadcastJID, member, enc)
	n.desk.Plain(types.NewJID("120363000000000002", types.NewsletterServer), types.EmptyJID,
		waBinary.Node{Tag: "plaintext", Content: []byte{0x0a, 2, 'h', 'i'}})
	p.Write("only me")
	expect(t, d.wait(1)[0], bots.Message{ID: d.wait(1)[0].ID, Contact: p.Address(), Text: "only me"})
	eventually(t, "all is confirmed", func() bool { return n.desk.Waiting() == 0 })
	d.wait(1)
}

// TestOperator: what a volunteer types on the phone itself, and not what the phone
// notes for itself.
func TestOperator(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	p := n.phone(0)
	p.on()
	app, err := n.desk.Phone(p.account, "us")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Close)
	self, err := n.s.Account("31699999999").Phone(n.desk, "a stranger")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(self.Close)
	d := run(t, n.open(t, quiet())).connected()
	id := app.Write("Good morning, this is Anna")
	expect(t, d.wait(1)[0], bots.Message{ID: id, Contact: p.Address(), Action: bots.Operator, Text: "Good morning, this is Anna"})
	app.Edit(id, "Good morning, Anna here")
	got := d.wait(2)[1]
	expect(t, got, bots.Message{ID: got.ID, Contact: p.Address(), Action: bots.Operator, Target: id, Text: "Good morning, Anna here"})
	app.React(id, "👍")
	app.Delete(id)
	p.Write("hello Anna")
	if got := d.wait(3)[2]; got.Action != bots.New || got.Text != "hello Anna" {
		t.Errorf("after the volunteer: %+v", got)
	}
}

// TestTimer: messages that disappear at the contact's disappear here, and our answers
// do too, also after a restart.
func TestTimer(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	p := n.phone(0)
	arrived := 0
	answer := func(want uint32) {
		t.Helper()
		d.send("part "+string(rune('a'+arrived)), p.Address(), "an answer")
		arrived++
		eventually(t, "the answer arrives", func() bool { return len(p.on().Inbox()) == arrived })
		if got := p.on().Inbox()[arrived-1].Expires; got != want {
			t.Errorf("answer %d disappears after %d s, want %d", arrived, got, want)
		}
	}
	p.Write("kept")
	if got := d.wait(1)[0].Expires; got != 0 {
		t.Errorf("Expires is %v, want none", got)
	}
	answer(0)
	p.on().Timer(86400)
	p.Write("gone tomorrow")
	if got := d.wait(2)[1].Expires; got != 24*time.Hour {
		t.Errorf("Expires is %v, want a day", got)
	}
	answer(86400)
	d.stop()
	d = run(t, n.open(t, quiet())).connected()
	answer(86400)
	p.on().Timer(0)
	p.Write("kept again")
	d.wait(1)
	answer(0)
}

// TestCall: nobody can answer a call on a linked device, so it is named.
func TestCall(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	p := n.phone(0)
	n.s.Send("call", waBinary.Attrs{"id": "1", "t": time.Now().Unix(), "from": p.account.LID(), "platform": "android", "version": "2"},
		[]waBinary.Node{{Tag: "offer", Attrs: waBinary.Attrs{"call-id": "C1", "call-creator": p.account.LID(), "caller_pn": p.account.Number()}}})
	expect(t, d.wait(1)[0], bots.Message{ID: "call-C1", Contact: p.Address(), Unsupported: whatsapp.KindCall})
}
