package whatsapp_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// desk is a running channel and what it accepted.
type desk struct {
	t    *testing.T
	c    *whatsapp.Channel
	end  chan error
	stop func()

	mu     sync.Mutex
	refuse func(bots.Message) error
	got    []bots.Message
}

// run runs the channel until the test ends, or stop.
func run(t *testing.T, c *whatsapp.Channel) *desk {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d := &desk{t: t, c: c, end: make(chan error, 1)}
	go func() { d.end <- c.Run(ctx, d.accept) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-d.end:
		case <-time.After(patience.Limit):
			t.Error("Run does not end")
		}
	})
	t.Cleanup(d.stop)
	return d
}

func (d *desk) accept(_ context.Context, m bots.Message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse != nil {
		if err := d.refuse(m); err != nil {
			return err
		}
	}
	d.got = append(d.got, m)
	return nil
}

// onAccept sets what refuses a message; nil takes all.
func (d *desk) onAccept(f func(bots.Message) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = f
}

func (d *desk) messages() []bots.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.got)
}

// wait waits for n messages.
func (d *desk) wait(n int) []bots.Message {
	d.t.Helper()
	eventually(d.t, "the message is accepted", func() bool { return len(d.messages()) >= n })
	got := d.messages()
	if len(got) > n {
		d.t.Fatalf("%d messages, want %d: %+v", len(got), n, got[n:])
	}
	return got
}

func (d *desk) connected() *desk {
	d.t.Helper()
	eventually(d.t, "the channel is connected", func() bool { return d.c.Health().Connected })
	return d
}

// problem waits until the channel has this problem.
func (d *desk) problem(want string) {
	d.t.Helper()
	eventually(d.t, fmt.Sprintf("the problem is %q", want), func() bool {
		h := d.c.Health()
		return h.Problem == want && h.Connected == (want == "")
	})
}

func (d *desk) send(id string, to bots.Address, text string) bots.Receipt {
	d.t.Helper()
	r, err := d.c.Send(context.Background(), bots.Part{ID: id, To: to, Body: text, Text: text})
	if err != nil {
		d.t.Fatalf("Send: %v", err)
	}
	return r
}

func (d *desk) fail(p bots.Part) *bots.SendError {
	d.t.Helper()
	_, err := d.c.Send(context.Background(), p)
	var se *bots.SendError
	if !errors.As(err, &se) {
		d.t.Fatalf("Send: %v, want a *bots.SendError", err)
	}
	return se
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	patience.Until(t, what, ok)
}

// expect compares a message but for its time.
func expect(t *testing.T, got, want bots.Message) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(bots.Message{}, "At", "Channel")); diff != "" {
		t.Errorf("the message (-want +got):\n%s", diff)
	}
	if got.At.IsZero() || got.Channel != bots.WhatsApp {
		t.Errorf("At is %v, Channel %q", got.At, got.Channel)
	}
}
