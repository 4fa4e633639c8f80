package signal_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

// A newcomer with a new phone is heard and answered, and the coordinator knows.
func TestNewPhone(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		var hours atomic.Int64
		c := open(t, d, nil)
		c.SetClock(func() time.Time { return time.Now().Add(time.Duration(hours.Load()) * time.Hour) })
		r := run(t, c).connected()
		p := d.Person(olena, "")
		p.NewPhone()
		id := p.Write("it is me, from my new phone")
		m := r.wait(1)[0]
		if m.Text != "it is me, from my new phone" || m.Action != bots.New || m.ID != fmt.Sprint(id) {
			t.Errorf("the message is %+v", m)
		}
		eventually(t, "the coordinator is told", func() bool {
			h := r.Health()
			return h.Connected && h.Problem == signal.ProblemNewKey
		})
		hours.Store(25)
		if h := r.Health(); h.Problem != "" {
			t.Errorf("a day later: %q", h.Problem)
		}

		p.NewPhone()
		part := bots.Part{ID: "r1-0", To: m.Contact, Body: "hello", Text: "hello"}
		var se *bots.SendError
		if _, err := r.Send(context.Background(), part); !errors.As(err, &se) || se.Reason != bots.Retry || se.Maybe {
			t.Errorf("Send: %v, want %s", err, bots.Retry)
		}
		if _, err := r.Send(context.Background(), part); err != nil {
			t.Error(err)
		}
		if n := len(p.Inbox()); n != 1 {
			t.Errorf("%d messages on the new phone", n)
		}
	})
}

// When even that fails, at least it is known that something came.
func TestNewPhoneNotTrusted(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	r := run(t, open(t, d, nil)).connected()
	p := d.Person(olena, "")
	p.NewPhone()
	d.Fail(fake.Fault{Method: "trust", Code: -1, Message: "Failed to set the trust for this number, make sure the number is correct."}, 2)
	p.Write("it is me")
	if m := r.wait(1)[0]; m.Action != bots.Unread || m.Contact.ID != olena {
		t.Errorf("%+v", m)
	}
}

func TestUnread(t *testing.T) {
	d := startFake(t, fake.Config{Network: "http"})
	r := run(t, open(t, d, nil)).connected()
	p := d.Person(olena, "")
	at := p.Fails("ProtocolInvalidKeyIdException")
	// Asked by the daemon, the phone sends it again with the same timestamp.
	p.EnvelopeAt(at, "dataMessage", fake.Fields{"timestamp": at, "message": "once more"})
	got := r.wait(2)
	if got[0].Action != bots.Unread || got[1].Text != "once more" || got[0].ID == got[1].ID {
		t.Errorf("%+v", got)
	}
}
