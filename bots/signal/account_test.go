package signal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

// A daemon with several accounts tells all it has to everybody.
func TestOtherAccounts(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	d.SetAccounts("+31611111111", fake.Account)
	r := run(t, open(t, d, nil)).connected()
	d.Raw(`{"envelope":{"sourceUuid":"` + olena + `","timestamp":1795320949990,"dataMessage":{"message":"not for us"}},"account":"+31611111111"}`)
	d.Person(olena, "").Write("for us")
	if got := r.wait(1)[0].Text; got != "for us" {
		t.Errorf("accepted %q", got)
	}
	for _, c := range d.Requests("subscribeReceive") {
		if c.Params["account"] != fake.Account {
			t.Error("the daemon does not know whose messages are meant")
		}
	}
}

func TestAccounts(t *testing.T) {
	for _, network := range []string{"tcp", "http"} {
		for _, tt := range []struct {
			name, account string
			single        bool
			has           []string
			problem       string
		}{
			{"the only one", "", false, []string{fake.Account}, ""},
			{"one of two", fake.Account, false, []string{"+31611111111", fake.Account}, ""},
			{"one account", fake.Account, true, nil, ""},
			{"one account without a name", "", true, nil, ""},
			{"not there", fake.Account, false, []string{"+31611111111"}, signal.ProblemAccount},
			{"none", "", false, nil, signal.ProblemNone},
			{"which", "", false, []string{"+31611111111", fake.Account}, signal.ProblemSeveral},
		} {
			d := startFake(t, fake.Config{Network: network, Single: tt.single})
			d.SetAccounts(tt.has...)
			d.Person(olena, "")
			r := run(t, open(t, d, func(c *signal.Config) { c.Account = tt.account }))
			part := bots.Part{ID: "r1-0", To: bots.Address{Channel: bots.Signal, ID: olena}, Body: "hi", Text: "hi"}
			if tt.problem == "" {
				r.connected()
				if _, err := r.Send(context.Background(), part); err != nil {
					t.Errorf("%s: %v", tt.name, err)
				}
				continue
			}
			eventually(t, tt.name+": the coordinator is told", func() bool {
				h := r.Health()
				return !h.Connected && h.Problem == tt.problem
			})
			var se *bots.SendError
			if _, err := r.Send(context.Background(), part); !errors.As(err, &se) || se.Reason != bots.NotAllowed {
				t.Errorf("%s: Send: %v, want %s", tt.name, err, bots.NotAllowed)
			}
			d.SetAccounts(fake.Account) // now it is linked
			r.connected()
		}
	}
}

// Over HTTP the events may be refused before the accounts are listed.
func TestEventsRefused(t *testing.T) {
	d := startFake(t, fake.Config{Network: "http"})
	d.SetAccounts("+31611111111")
	d.Fail(fake.Fault{Method: "listAccounts", Hold: make(chan struct{})}, 1)
	r := run(t, open(t, d, nil))
	eventually(t, "the coordinator is told", func() bool { return r.Health().Problem == signal.ProblemAccount })
}

// Signal unlinks the device while it runs: the daemon no longer knows the account.
func TestUnlinked(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		r := run(t, open(t, d, nil)).connected()
		d.Person(olena, "")
		d.SetAccounts()
		var se *bots.SendError
		part := bots.Part{ID: "r1-0", To: bots.Address{Channel: bots.Signal, ID: olena}, Body: "hi", Text: "hi"}
		if _, err := r.Send(context.Background(), part); !errors.As(err, &se) || se.Reason != bots.NotAllowed {
			t.Errorf("Send: %v, want %s", err, bots.NotAllowed)
		}
		eventually(t, "the coordinator is told", func() bool { return r.Health().Problem == signal.ProblemAccount })
		d.SetAccounts(fake.Account)
		r.connected()
		if _, err := r.Send(context.Background(), part); err != nil {
			t.Error(err)
		}
	})
}
