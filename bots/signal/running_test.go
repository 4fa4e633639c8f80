package signal_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// running is a channel that runs, with all it accepted.
type running struct {
	*signal.Channel
	t    *testing.T
	stop func() error

	mu     sync.Mutex
	got    []bots.Message // each once, as the mailbox keeps them
	times  int            // how often something was accepted
	before func() error
}

// run runs c until the test ends.
func run(t *testing.T, c *signal.Channel) *running {
	t.Helper()
	r := &running{Channel: c, t: t}
	r.start()
	return r
}

func (r *running) start() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx, r.accept) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience.Limit):
			return errors.New("Run does not end")
		}
	})
	r.t.Cleanup(func() {
		if err := r.stop(); err != nil {
			r.t.Error(err)
		}
	})
}

func (r *running) accept(_ context.Context, m bots.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.before != nil {
		if err := r.before(); err != nil {
			return err
		}
	}
	r.times++
	same := func(x bots.Message) bool { return x.ID == m.ID && x.Contact.ID == m.Contact.ID }
	if !slices.ContainsFunc(r.got, same) {
		r.got = append(r.got, m)
	}
	return nil
}

func (r *running) acceptedTimes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.times
}

func (r *running) setBefore(f func() error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before = f
}

func (r *running) accepted() []bots.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// wait waits for n messages.
func (r *running) wait(n int) []bots.Message {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("%d messages are accepted", n), func() bool { return len(r.accepted()) >= n })
	return r.accepted()
}

func (r *running) texts(n int) []string {
	r.t.Helper()
	var out []string
	for _, m := range r.wait(n) {
		out = append(out, m.Text)
	}
	return out
}

func (r *running) connected() *running {
	r.t.Helper()
	eventually(r.t, "the channel is connected", func() bool { return r.Health().Connected })
	return r
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	patience.Until(t, what, ok)
}

func open(t *testing.T, d *fake.Daemon, change func(*signal.Config)) *signal.Channel {
	t.Helper()
	config := signal.Config{RPC: d.URL(), Account: fake.Account}
	if change != nil {
		change(&config)
	}
	c, err := signal.New(quiet(), config)
	if err != nil {
		t.Fatal(err)
	}
	c.SetWaits(5*time.Millisecond, 50*time.Millisecond, time.Minute, time.Minute, time.Second)
	return c
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// overAll runs a test over each way to the daemon.
func overAll(t *testing.T, test func(t *testing.T, d *fake.Daemon)) {
	for _, network := range []string{"tcp", "unix", "http"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			test(t, startFake(t, fake.Config{Network: network}))
		})
	}
}
