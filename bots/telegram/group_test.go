package telegram_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots/telegram"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
)

func notice(lang string) string { return "Let us talk in private [" + lang + "]:" }

func TestGroups(t *testing.T) {
	for _, mode := range []telegram.Mode{telegram.Poll, telegram.Webhook} {
		s := startFake(t)
		var hours atomic.Int64
		c := openMode(t, s, mode, func(c *telegram.Config) { c.GroupNotice = notice })
		c.SetClock(func() time.Time { return time.Now().Add(time.Duration(hours.Load()) * time.Hour) })
		r := run(t, c)
		user := s.User(7001, "Ali", "ar")
		g := s.Group(-500, "Newcomers in Delft")
		eventually(t, "the bot knows its name", func() bool { return r.Health().Connected })

		g.Text(user, "somebody there?")
		g.Text(user, "/help@another_bot")
		g.Text(user, "ask @somebody_else")
		first := g.Text(user, "👋 hello @Bridge_Help_Bot, my number is 0612345678")
		g.Text(user, "/help")
		said := func(n int) {
			t.Helper()
			// A private message goes behind: when it is accepted, the group's were seen.
			before := len(r.accepted())
			user.Text("private")
			r.texts(before + 1)
			eventually(t, "the group is answered", func() bool { return len(g.Sent()) == n })
		}
		said(1)
		got := g.Sent()[0]
		if want := notice("ar") + "\nhttps://t.me/" + fake.BotName; got.Text != want || got.ReplyTo != first {
			t.Errorf("%s: the group reads %q in answer to %d, want %q, %d", mode, got.Text, got.ReplyTo, want, first)
		}
		hours.Store(1)
		g.Reply(user, got.ID, "thanks!")
		said(2)
		hours.Store(2)
		g.Text(user, "/start@bridge_help_bot")
		said(3)
		for _, m := range r.accepted() {
			if m.Text != "private" {
				t.Errorf("%s: the group's %q was accepted", mode, m.Text)
			}
		}
	}
}

// Without a notice the bot is silent in groups.
func TestSilentInGroups(t *testing.T) {
	s := startFake(t)
	r := run(t, open(t, s, nil))
	user := s.User(7001, "Ali", "ar")
	g := s.Group(-500, "Newcomers in Delft")
	g.Text(user, "/help")
	user.Text("private")
	if got := r.texts(1); got[0] != "private" || len(g.Sent()) != 0 {
		t.Errorf("accepted %q, said %d", got, len(g.Sent()))
	}
}
