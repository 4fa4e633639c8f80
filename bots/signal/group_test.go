package signal_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

func TestGroups(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		var hours atomic.Int64
		c := open(t, d, func(c *signal.Config) {
			c.GroupNotice = func(string) string { return "Let us talk in private:" }
		})
		c.SetClock(func() time.Time { return time.Now().Add(time.Duration(hours.Load()) * time.Hour) })
		r := run(t, c).connected()
		p, g := d.Person(olena, ""), d.Group("Delft")
		mention := fake.Fields{"groupInfo": g.Info(), "mentions": []any{fake.Fields{
			"name": fake.AccountUUID, "number": nil, "uuid": fake.AccountUUID, "start": 0, "length": 1}}}
		said := func(n int) {
			t.Helper()
			// A private message goes behind: when it is accepted, the group's were seen.
			before := len(r.accepted())
			p.Write("private")
			r.wait(before + 1)
			eventually(t, "the group is answered", func() bool { return len(g.Inbox()) == n })
		}
		p.Message("somebody there?", fake.Fields{"groupInfo": g.Info()})
		said(0)
		p.Message("\ufffc hello", mention)
		p.Message("\ufffc hello?", mention)
		said(1)
		if want := "Let us talk in private:\nhttps://signal.me/#p/" + fake.Account; g.Inbox()[0].Text != want {
			t.Errorf("the group reads %q, want %q", g.Inbox()[0].Text, want)
		}
		hours.Store(1)
		p.Message("thanks", fake.Fields{"groupInfo": g.Info(), "quote": fake.Quote(g.Inbox()[0].Timestamp, "")})
		said(2)
		for _, m := range r.accepted() {
			if m.Text != "private" {
				t.Errorf("the group's %q was accepted", m.Text)
			}
		}
	})
}
