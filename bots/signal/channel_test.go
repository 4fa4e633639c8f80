package signal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
	"github.com/brug-helpdesk/brug/internal/patience"
)

const (
	olena = "d37732dd-213a-4279-b8e4-2f964b9aaea0"
	samir = "6f1b6c2a-0d6a-4a51-8f7e-3d3e2e0d8c11"
)

func TestNewRefusesMistakes(t *testing.T) {
	for name, config := range map[string]signal.Config{
		"no address":   {},
		"no scheme":    {RPC: "127.0.0.1:7583"},
		"no port":      {RPC: "tcp://localhost"},
		"no path":      {RPC: "unix://"},
		"a long path":  {RPC: "unix:///" + strings.Repeat("x", 107)},
		"no host":      {RPC: "http://"},
		"other scheme": {RPC: "ftp://localhost:1"},
		"no number":    {RPC: "tcp://localhost:7583", Account: "0612345678"},
	} {
		if _, err := signal.New(quiet(), config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// What cannot be stored is held and stored later, in order, and the coordinator is
// told meanwhile.
func TestHoldsWhatCannotBeStored(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		r := run(t, open(t, d, nil)).connected()
		full := errors.New("the disk is full")
		r.setBefore(func() error { return full })
		p := d.Person(olena, "")
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprintf("message %d", i))
			p.Write(want[i])
		}
		eventually(t, "the coordinator is told", func() bool {
			h := r.Health()
			return !h.Connected && h.Problem == signal.ProblemStore
		})
		r.setBefore(nil)
		if diff := cmp.Diff(want, r.texts(20)); diff != "" {
			t.Error(diff)
		}
		eventually(t, "all is well again", func() bool { h := r.Health(); return h.Connected && h.Problem == "" })
	})
}

// A normal stop loses nothing that the daemon has said, even when it has said it to a
// channel that was slow.
func TestStopLosesNothing(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		d := startFake(t, fake.Config{Network: network})
		c := open(t, d, nil)
		c.SetStopTime(patience.Limit) // how much a second is enough for depends on the machine
		r := run(t, c).connected()
		r.setBefore(func() error { time.Sleep(time.Millisecond); return nil })
		p := d.Person(olena, "")
		const n = 200
		for i := range n {
			p.Write(fmt.Sprint(i))
		}
		r.wait(3)
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		r.start()
		p.Write("the end")
		eventually(t, "all is there", func() bool { return len(r.accepted()) == n+1 })
		for i, m := range r.accepted()[:n] {
			if m.Text != fmt.Sprint(i) {
				t.Fatalf("%s: message %d is %q", network, i, m.Text)
			}
		}
	}
}

// The daemon may end in the middle of a line; only that one is lost.
func TestCutLine(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		r := run(t, open(t, d, nil)).connected()
		p := d.Person(olena, "")
		p.Write("before")
		r.wait(1)
		d.CutNext(`{"envelope":{"sourceUuid":"` + olena + `","timestamp":1795320949990,"dataMessage":{"message":"lost"}}}`)
		p.Write("after")
		if diff := cmp.Diff([]string{"before", "after"}, r.texts(2)); diff != "" {
			t.Error(diff)
		}
	})
}

// We subscribe for the daemon that pushes only then, and take that back from one that
// pushes by itself.
func TestNothingComesTwice(t *testing.T) {
	for _, mode := range []fake.Mode{fake.OnConnection, fake.OnStart, fake.Manual} {
		d := startFake(t, fake.Config{Network: "tcp", Mode: mode})
		r := run(t, open(t, d, nil)).connected()
		p := d.Person(olena, "")
		p.Write("first")
		r.wait(1)
		eventually(t, "each event is pushed once", func() bool { return d.Receivers() == 1 })
		p.Write("second")
		p.Write("third")
		r.wait(3)
		if got := r.acceptedTimes(); got != 3 {
			t.Errorf("%s: three messages were accepted %d times", mode, got)
		}
	}
}

// A daemon that says nothing any more is given up, and so is one that never speaks.
func TestSilence(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	c := open(t, d, nil)
	var clock testClock
	c.SetClock(clock.now)
	c.SetWaits(5*time.Millisecond, 50*time.Millisecond, 20*time.Millisecond, time.Hour, time.Second)
	r := run(t, c).connected()
	eventually(t, "the daemon is asked for a sign of life", func() bool {
		clock.pass(21 * time.Millisecond)
		return len(d.Requests("version")) >= 3
	})
	if n := len(d.Requests("listAccounts")); n != 1 {
		t.Errorf("a daemon that answers was left %d times", n-1)
	}
	d.Fail(fake.Fault{Method: "version", Hold: make(chan struct{})}, 1000)
	clock.pass(2 * time.Hour)
	eventually(t, "the connection is made anew", func() bool { return len(d.Requests("listAccounts")) >= 2 })
	d.Person(olena, "").Write("still there?")
	r.wait(1)
}

func TestMute(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := signal.New(quiet(), signal.Config{RPC: "tcp://" + ln.Addr().String(), Account: fake.Account})
	if err != nil {
		t.Fatal(err)
	}
	c.SetWaits(5*time.Millisecond, 50*time.Millisecond, 10*time.Millisecond, 50*time.Millisecond, time.Second)
	r := run(t, c)
	for range 2 {
		if conn, err := ln.Accept(); err != nil {
			t.Fatal(err)
		} else {
			defer conn.Close()
		}
	}
	if h := r.Health(); h.Connected || h.Problem != signal.ProblemAway {
		t.Errorf("%+v", h)
	}
}

// While the store is slow the daemon is not taken for dead: it waits for us.
func TestSlowStoreIsNoSilence(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	c := open(t, d, nil)
	var clock testClock
	c.SetClock(clock.now)
	c.SetWaits(5*time.Millisecond, 20*time.Millisecond, 10*time.Millisecond, time.Hour, time.Second)
	r := run(t, c).connected()
	var release atomic.Bool
	var held atomic.Int64
	r.setBefore(func() error {
		if release.Load() {
			return nil
		}
		held.Add(1)
		return errors.New("not now")
	})
	p := d.Person(olena, "")
	p.Write("one")
	p.Write("two")
	eventually(t, "the store is tried", func() bool { return held.Load() > 0 })
	clock.pass(2 * time.Hour)
	eventually(t, "the store is tried for a while", func() bool { return held.Load() > 10 })
	release.Store(true)
	if diff := cmp.Diff([]string{"one", "two"}, r.texts(2)); diff != "" {
		t.Error(diff)
	}
	if n := len(d.Requests("listAccounts")); n != 1 {
		t.Errorf("the connection was left %d times", n-1)
	}
}

func TestOperator(t *testing.T) {
	d := startFake(t, fake.Config{Network: "unix"})
	r := run(t, open(t, d, nil)).connected()
	p := d.Person(olena, "+14154985015")
	at := p.Operator("I will call you", nil)
	m := r.wait(1)[0]
	want := bots.Message{
		Channel: bots.Signal, ID: fmt.Sprintf("o%d", at), Action: bots.Operator, Text: "I will call you", At: m.At,
		Contact: bots.Address{Channel: bots.Signal, ID: olena, Alt: []string{"+14154985015"}},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}

// Neither a name nor an address is in a log, whatever happens.
func TestLogIsSilent(t *testing.T) {
	var log lockedBuffer
	d := startFake(t, fake.Config{Network: "http"})
	c, err := signal.New(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		signal.Config{RPC: d.URL(), Account: fake.Account})
	if err != nil {
		t.Fatal(err)
	}
	c.SetWaits(5*time.Millisecond, 50*time.Millisecond, time.Minute, time.Minute, 20*time.Millisecond)
	r := run(t, c).connected()
	p := d.Person(olena, "+14154985015")
	for _, f := range []fake.Fault{
		{Code: -1, Message: "The user +14154985015 is not registered."},
		{Code: -1, Message: "Invalid phone number '+14154985015': No valid characters found."},
		{Code: -32603, Message: "Failed to send message: " + olena + " secret text (AttachmentInvalidException)"},
		{Method: "trust", Code: -1, Message: "The user " + olena + " is not registered."},
		{Type: "IDENTITY_FAILURE"}, {Type: "RATE_LIMIT_FAILURE", Token: "challenge-token"},
	} {
		d.Fail(f, 1)
	}
	for i := range 6 {
		part := bots.Part{ID: fmt.Sprint(i), To: bots.Address{Channel: bots.Signal, ID: olena, Alt: []string{"+14154985015"}}, Body: "canary text"}
		_, err := r.Send(context.Background(), part)
		fmt.Fprintln(&log, "error", err)
	}
	d.Raw(`{"envelope":{"sourceUuid":"` + olena + `","timestamp":"canary text"}}`)
	d.SetAccounts()
	d.Leave()
	p.Write("canary text")
	eventually(t, "the daemon is missed", func() bool { return r.Health().Problem == signal.ProblemAway })
	for _, s := range []string{"canary text", "4154985015", olena, fake.Account[1:], fake.AccountUUID, "challenge-token"} {
		if strings.Contains(log.String(), s) {
			t.Errorf("the log holds %q:\n%s", s, log.String())
		}
	}
}

// testClock is a clock that stands still unless it is told to go on.
type testClock struct{ passed atomic.Int64 }

func (c *testClock) now() time.Time       { return time.Unix(1_795_320_000, c.passed.Load()) }
func (c *testClock) pass(d time.Duration) { c.passed.Add(int64(d)) }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
