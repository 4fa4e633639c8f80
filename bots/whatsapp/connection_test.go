package whatsapp_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// TestUnlinked: the phone removed us. The channel says what to do and waits; linked
// anew it goes on.
func TestUnlinked(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	c := n.open(t, quiet())
	before, err := c.KeysID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := run(t, c).connected()
	n.desk.Unlink()
	d.problem(whatsapp.ProblemRemoved)
	if se := d.fail(bots.Part{ID: "r1-0", To: n.phone(0).Address(), Body: "x"}); se.Reason != bots.NotAllowed {
		t.Errorf("Send: %v, want %s", se, bots.NotAllowed)
	}
	if number, err := c.Linked(t.Context()); number != "" || err != nil {
		t.Errorf("Linked: %q, %v", number, err)
	}
	n.link(t) // as `brug pair whatsapp` does beside the server
	d.problem("")
	after, err := c.KeysID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after.ID == before.ID {
		t.Error("new keys have the name of the old ones")
	}
}

// TestLoggedOutAtLogin: the reasons WhatsApp has for not knowing us any more.
func TestLoggedOutAtLogin(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"401": whatsapp.ProblemRemoved, "403": whatsapp.ProblemLocked, "406": whatsapp.ProblemBanned,
	} {
		n := newNetwork(t)
		n.link(t)
		n.s.Refuse(map[string]any{"reason": reason})
		run(t, n.open(t, quiet())).problem(want)
	}
}

// TestReplaced: another program took the device over. Run ends, so that the two do
// not throw each other out for ever.
func TestReplaced(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	first := run(t, n.open(t, quiet())).connected()
	second := run(t, n.open(t, quiet())).connected()
	select {
	case err := <-first.end:
		if !errors.Is(err, whatsapp.ErrReplaced) {
			t.Errorf("Run: %v, want %v", err, whatsapp.ErrReplaced)
		}
		first.end <- nil
	case <-time.After(patience.Limit):
		t.Fatal("the first goes on")
	}
	first.problem(whatsapp.ProblemReplaced)
	second.problem("")
}

// TestBan: until when and why, and then the channel is back by itself.
func TestBan(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	n.s.Refuse(map[string]any{"reason": "402", "code": "101", "expire": "1"})
	c := n.open(t, quiet())
	now := time.Now()
	c.SetClock(func() time.Time { return now })
	d := run(t, c)
	eventually(t, "the ban is told", func() bool {
		h, until := d.c.Health(), now.Add(time.Second).UTC()
		p := h.Problem
		return strings.Contains(p, "banned") && strings.Contains(p, "too many messages") && strings.Contains(p, until.Format("2 January 2006")) &&
			h.Code == "whatsapp_ban_people" && h.Arg == until.Format("2006-01-02 15:04")
	})
	n.s.Refuse(nil)
	d.problem("")
}

// TestOutdated: WhatsApp wants a newer client. The version of today is on its web
// page; when that does not help, a person must.
func TestOutdated(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	n.s.Outdate(2_000_000_000, 2_000_000_001)
	d := run(t, n.open(t, quiet()))
	d.problem("")
	d.stop()

	n.s.Outdate(2_000_000_000, 1_000_000_000)
	run(t, n.open(t, quiet())).problem(whatsapp.ProblemOutdated)
}

func TestVersionIsChecked(t *testing.T) {
	_, err := whatsapp.New(t.Context(), quiet(), whatsapp.Config{DSN: t.TempDir() + "/x.db", Version: "new"})
	if err == nil {
		t.Error("a version that is none is taken")
	}
}

// TestServerTrouble: restarts of WhatsApp's servers and refusals that pass.
func TestServerTrouble(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	c := n.open(t, quiet())
	var later atomic.Int64
	c.SetClock(func() time.Time { return time.Now().Add(time.Duration(later.Load())) })
	d := run(t, c).connected()
	for i, code := range []string{"503", "500", "515", "516"} {
		n.s.StreamError(code)
		n.phone(0).Write("after " + code)
		d.wait(i + 1)
	}
	since := d.connected().c.Health().Since
	d.c.Tell(&events.StreamError{Code: "500"}) // and the connection stays open
	later.Store(int64(6 * time.Second))
	eventually(t, "it connects anew", func() bool { h := c.Health(); return h.Connected && h.Since.After(since) })
	n.s.Refuse(map[string]any{"reason": "503"})
	n.s.Drop()
	d.problem(whatsapp.ProblemAway)
	n.s.Refuse(nil)
	d.problem("")
	d.stop()

	n.s.Refuse(map[string]any{"reason": "409"})
	d = run(t, n.open(t, quiet()))
	eventually(t, "the refusal is told", func() bool { return strings.Contains(d.c.Health().Problem, "409") })
}

// TestPhoneUnseen: WhatsApp unlinks us when the phone stays away; say so before.
func TestPhoneUnseen(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	for _, days := range []int{9, 11, 15} {
		want := map[int]string{11: "not online for 11 days", 15: "at any moment"}[days]
		c := n.open(t, quiet())
		c.SetClock(func() time.Time { return time.Now().Add(time.Duration(days)*24*time.Hour + time.Minute) })
		d := run(t, c).connected()
		if got := c.Health().Problem; (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("after %d days: %q, want %q", days, got, want)
		}
		if days == 15 {
			app, err := n.desk.Phone(n.phone(0).account, "us") // the phone is back
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(app.Close)
			n.phone(0).on()
			app.Write("typed on the phone")
			eventually(t, "the warning goes", func() bool { return c.Health().Problem == "" })
		}
		d.stop()
	}
}

// TestOldCopy: keys that went on elsewhere are refused before they do harm.
func TestOldCopy(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	var seen whatsapp.Keys
	claim := func(c *whatsapp.Config) {
		c.Claim = func(_ context.Context, k whatsapp.Keys) error {
			if k.ID == seen.ID && k.Generation <= seen.Generation {
				return whatsapp.ErrCopy
			}
			seen = k
			return nil
		}
	}
	if _, err := n.open(t, quiet()).DB().Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(n.path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d := run(t, n.open(t, quiet(), claim)).connected()
		d.stop()
	}
	n.path += ".copy"
	if err := os.WriteFile(n.path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	d := run(t, n.open(t, quiet(), claim))
	select {
	case err := <-d.end:
		if !errors.Is(err, whatsapp.ErrCopy) {
			t.Errorf("Run: %v, want %v", err, whatsapp.ErrCopy)
		}
		d.end <- nil
	case <-time.After(patience.Limit):
		t.Fatal("Run goes on with an old copy of the keys")
	}
	d.problem(whatsapp.ProblemCopy)
}

// TestSilence: a connection on which nothing answers is not shown as good, and given
// up after some time.
func TestSilence(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	d.c.Tell(&events.KeepAliveTimeout{ErrorCount: 1})
	if h := d.c.Health(); h.Problem != whatsapp.ProblemSilent {
		t.Errorf("after a ping without an answer: %+v", h)
	}
	d.c.Tell(&events.KeepAliveRestored{})
	d.problem("")
	since := d.c.Health().Since
	d.c.Tell(&events.KeepAliveTimeout{ErrorCount: 3})
	eventually(t, "it connects anew", func() bool { h := d.c.Health(); return h.Connected && h.Since.After(since) })
	n.phone(0).Write("hello")
	d.wait(1)
}

// TestOnlineOnlyWhileTyping: as long as we are online, the phone rings for nobody.
func TestOnlineOnlyWhileTyping(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	c := n.open(t, quiet())
	named(t, c)
	var later atomic.Int64
	c.SetClock(func() time.Time { return time.Now().Add(time.Duration(later.Load())) })
	d := run(t, c).connected()
	n.phone(0).Write("hello")
	d.wait(1)
	if n.desk.Online() {
		t.Error("we are online before anybody types")
	}
	if err := c.Typing(t.Context(), n.phone(0).Address()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "we are online", n.desk.Online)
	later.Store(int64(26 * time.Second))
	eventually(t, "we are offline", func() bool { return !n.desk.Online() })
}

// named gives our account the name that its phone tells: without one nobody is online.
func named(t *testing.T, c *whatsapp.Channel) {
	t.Helper()
	if _, err := c.DB().Exec(`UPDATE whatsmeow_device SET push_name = 'Helpdesk'`); err != nil {
		t.Fatal(err)
	}
}
