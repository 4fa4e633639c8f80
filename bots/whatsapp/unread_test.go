package whatsapp_test

import (
	"errors"
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
)

// TestRetried: a message that could not be decrypted is asked for again and comes
// once, also when it is the first of somebody unknown.
func TestRetried(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	c := n.open(t, quiet())
	d := run(t, c).connected()
	p := n.phone(0)
	for i := range 2 {
		n.desk.Garble(1)
		id := p.Write("hello")
		expect(t, d.wait(i + 1)[i], bots.Message{ID: id, Contact: p.Address(), Text: "hello"})
	}
	eventually(t, "no notice of an unread message is left", func() bool {
		var notices int
		return c.DB().QueryRow(`SELECT count(*) FROM brug_notices`).Scan(&notices) == nil && notices == 0
	})
}

// TestUnread: a message that never comes readable is told once, after the wait and
// not before, also when brug was restarted meanwhile; and the store may fail.
func TestUnread(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	p := n.phone(0)
	d := run(t, n.open(t, quiet())).connected()
	p.Write("hello")
	d.wait(1)
	n.desk.Garble(1000)
	id := p.Write("nobody can read this")
	p.on().Sleep() // so that it is not sent again
	eventually(t, "the message is confirmed", func() bool { return n.desk.Waiting() == 0 })
	d.wait(1)
	d.stop()
	n.desk.Garble(0)

	c := n.open(t, quiet())
	c.SetClock(func() time.Time { return time.Now().Add(time.Minute) })
	d = run(t, c)
	refused := 0
	d.onAccept(func(bots.Message) error {
		if refused++; refused <= 2 {
			return errors.New("the disk is full")
		}
		return nil
	})
	expect(t, d.wait(1)[0], bots.Message{ID: "unread-" + id, Contact: p.Address(), Action: bots.Unread, Target: id})
	n.phone(1).Write("and this?")
	if got := d.wait(2)[1].Text; got != "and this?" {
		t.Errorf("then came %q", got)
	}
}

// TestViewOnce: linked devices never get these; they are named at once.
func TestViewOnce(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	p := n.phone(0)
	id := n.desk.Plain(p.account.Number(), p.account.Number().ToNonAD(), waBinary.Node{Tag: "unavailable", Attrs: waBinary.Attrs{"type": "view_once"}})
	expect(t, d.wait(1)[0], bots.Message{ID: id, Contact: bots.Address{Channel: bots.WhatsApp, ID: p.account.Number().String()},
		Unsupported: whatsapp.KindViewOnce})
}

// TestAskedAgain: a phone that cannot decrypt our message gets it again, also from a
// new process, which has nothing of it in memory.
func TestAskedAgain(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	p := n.phone(0)
	d := run(t, n.open(t, quiet())).connected()
	p.Write("hello")
	d.wait(1)
	p.account.Garble(1)
	d.send("r1-0", p.Address(), "at once")
	eventually(t, "the message arrives after all", func() bool { return len(p.Inbox()) == 1 })

	p.account.Garble(1)
	p.on().Sleep() // its question comes when we are another process
	d.send("r2-0", p.Address(), "later")
	d.stop()
	d = run(t, n.open(t, quiet())).connected()
	if err := p.on().Wake(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the message arrives from a new process", func() bool { return len(p.Inbox()) == 2 })
	if got := p.Inbox()[1].Text; got != "later" {
		t.Errorf("it reads %q", got)
	}

	// Sealed, and not for ever.
	var rows int
	count := func() int {
		t.Helper()
		if err := d.c.DB().QueryRow(`SELECT count(*) FROM brug_sent WHERE instr(body, 'later') = 0`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if count() != 2 {
		t.Errorf("%d sealed messages are kept, want 2", rows)
	}
	d.stop()
	c := n.open(t, quiet())
	c.SetClock(func() time.Time { return time.Now().Add(73 * time.Hour) })
	if err := c.DropSent(t.Context()); err != nil {
		t.Fatal(err)
	}
	if count() != 0 {
		t.Errorf("%d messages are kept after three days", rows)
	}
}
