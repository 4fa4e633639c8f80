package whatsapp_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	fake "github.com/brug-helpdesk/brug/internal/fake/whatsapp"
)

// files is what is in the folder of the keys, after a clean end.
func files(t *testing.T, n *network) []byte {
	t.Helper()
	c, err := whatsapp.New(context.Background(), quiet(), whatsapp.Config{DSN: n.path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.DB().Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return raw(t, n)
}

// raw is what is in the folder of the keys as it lies there.
func raw(t *testing.T, n *network) []byte {
	t.Helper()
	all, err := filepath.Glob(n.path + "*")
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, f := range all {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, data...)
	}
	return out
}

// TestNothingPersonalStays: names and texts are nowhere in the database, and of a
// contact who is forgotten nothing is, in either form.
func TestNothingPersonalStays(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	gone, stays := n.phone(0), n.phone(1)
	gone.on().Timer(3600)
	for i, p := range []*phone{gone, stays} {
		p.Write("secret of the contact")
		d.wait(i + 1)
		d.send("r1-"+p.account.Number().User, p.Address(), "secret of the helpdesk")
	}
	n.desk.Plain(gone.account.LID(), types.EmptyJID, waBinary.Node{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": "msg"}, Content: []byte("unreadable")})
	eventually(t, "a notice is kept", func() bool {
		var count int
		return d.c.DB().QueryRow(`SELECT count(*) FROM brug_notices`).Scan(&count) == nil && count == 1
	})
	if err := d.c.Forget(t.Context(), bots.Address{Channel: bots.WhatsApp, ID: gone.account.Number().String()}); err != nil {
		t.Fatal(err)
	}
	// To say goodbye takes new keys, which are forgotten again.
	if _, err := d.c.Send(t.Context(), bots.Part{ID: "bye-0", To: gone.Address(), Body: "all is deleted", Last: true}); err != nil {
		t.Fatal(err)
	}
	if data := raw(t, n); bytes.Contains(data, []byte(gone.account.Number().User)) || bytes.Contains(data, []byte(gone.account.LID().User)) {
		t.Error("the files hold the contact until the end of the program")
	}
	d.stop()
	data := files(t, n)
	if !bytes.Contains(data, []byte(stays.account.LID().User)) {
		t.Error("the contact who stays is not found: the search is wrong")
	}
	for what, s := range map[string]string{
		"number": gone.account.Number().User, "LID": gone.account.LID().User, "name": "Оксана",
		"text of a contact": "secret of the contact", "text of ours": "secret of the helpdesk",
	} {
		if bytes.Contains(data, []byte(s)) {
			t.Errorf("the database holds the %s", what)
		}
	}

	// The contact is welcome again, as somebody new.
	d = run(t, n.open(t, quiet())).connected()
	gone.Write("here again")
	eventually(t, "the contact is heard", func() bool {
		for _, m := range d.messages() {
			if m.Text == "here again" {
				return m.Contact.ID == gone.Address().ID
			}
		}
		return false
	})
}

// TestPace: a human pace for all but urgent parts.
func TestPace(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet(), func(c *whatsapp.Config) { c.PerMinute = 4 })).connected()
	p := n.phone(0)
	p.Write("hello")
	d.wait(1)
	d.send("r1-0", p.Address(), "one")
	se := d.fail(bots.Part{ID: "r2-0", To: p.Address(), Body: "two"})
	if se.Reason != bots.RateLimited || !se.Channel || se.RetryAfter < 10*time.Second || se.RetryAfter > 15*time.Second {
		t.Errorf("above the pace: %+v, want a wait of 15 s for the channel", se)
	}
	for _, id := range []string{"u1-0", "u2-0", "u3-0"} {
		if _, err := d.c.Send(t.Context(), bots.Part{ID: id, To: p.Address(), Body: "112", Urgent: true}); err != nil {
			t.Errorf("an urgent part: %v", err)
		}
	}
	eventually(t, "all arrive", func() bool { return len(p.Inbox()) == 4 })
}

// TestSameMessage: a repeat after a crash has the identifier of the first try.
func TestSameMessage(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	p := n.phone(0)
	var ids []string
	for range 2 {
		d := run(t, n.open(t, quiet())).connected()
		if ids == nil {
			p.Write("hello")
			d.wait(1)
		}
		ids = append(ids, d.send("r1-0", p.Address(), "once").ID)
		d.stop()
	}
	if ids[0] != ids[1] || ids[0] != whatsapp.MessageID("r1-0") || !strings.HasPrefix(ids[0], "3EB0") {
		t.Errorf("the identifiers are %q", ids)
	}
	if whatsapp.MessageID("r1-1") == ids[0] {
		t.Error("two parts share an identifier")
	}
	eventually(t, "both copies arrive", func() bool { in := p.on().Inbox(); return len(in) == 1 && in[0].Count == 2 })
}

// TestRefusals: what WhatsApp's codes mean for a part.
func TestRefusals(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	p := n.phone(0)
	p.Write("hello")
	d.wait(1)
	for code, want := range map[int]bots.Reason{
		400: bots.Rejected, 403: bots.NotAllowed, 404: bots.Unreachable, 429: bots.RateLimited,
		463: bots.NotAllowed, 479: bots.Rejected, 500: bots.Retry, 503: bots.Retry,
	} {
		n.s.Fail(fake.Fault{Error: code}, 1)
		se := d.fail(bots.Part{ID: "r1-0", To: p.Address(), Body: "x"})
		if se.Reason != want {
			t.Errorf("code %d: %v, want %s", code, se, want)
		}
		if code == 429 && (!se.Channel || se.RetryAfter != time.Minute) {
			t.Errorf("code 429: %+v, want a minute for the channel", se)
		}
	}
	if se := d.fail(bots.Part{ID: "r1-0", To: bots.Address{Channel: bots.WhatsApp, ID: "120363000000000001@g.us"}, Body: "x"}); se.Reason != bots.Unreachable {
		t.Errorf("a group: %v, want %s", se, bots.Unreachable)
	}
}

// TestExpiredFile: WhatsApp deletes files after some weeks.
func TestExpiredFile(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	n.phone(0).SendFile(bottest.File{Kind: bots.Voice, Data: []byte("OggS")})
	m := d.wait(1)[0].Media[0]
	n.s.DropFiles()
	if _, err := d.c.Fetch(t.Context(), m); !errors.Is(err, whatsapp.ErrExpired) {
		t.Errorf("Fetch: %v, want %v", err, whatsapp.ErrExpired)
	}
	m.Size = 1 << 30
	if _, err := d.c.Fetch(t.Context(), m); !errors.Is(err, whatsapp.ErrTooBig) {
		t.Errorf("Fetch: %v, want %v", err, whatsapp.ErrTooBig)
	}
}
