package whatsapp_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
)

// TestPairWhileRunning: the coordinator links the phone on a page of the running
// server, which then receives at once.
func TestPairWhileRunning(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.open(t, quiet())
	d := run(t, c)
	d.problem(whatsapp.ProblemUnlinked)
	if se := d.fail(bots.Part{ID: "r1-0", To: n.phone(0).Address(), Body: "x"}); se.Reason != bots.NotAllowed {
		t.Errorf("Send without a linked phone: %v", se)
	}
	steps, err := c.Pair(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Pair(t.Context(), ""); !errors.Is(err, whatsapp.ErrLinked) {
		t.Errorf("a second pairing: %v, want %v", err, whatsapp.ErrLinked)
	}
	first := <-steps
	if first.QR == "" || time.Until(first.Until) < 50*time.Second {
		t.Fatalf("the first step is %+v, want a QR code for a minute", first)
	}
	if err := n.desk.Scan(first.QR); err != nil {
		t.Fatal(err)
	}
	if last := <-steps; last.Linked != "+"+ourNumber || last.Err != nil {
		t.Fatalf("the last step is %+v", last)
	}
	if _, more := <-steps; more {
		t.Error("there are steps after the last")
	}
	d.problem("")
	if _, err := c.Pair(t.Context(), ""); !errors.Is(err, whatsapp.ErrLinked) {
		t.Errorf("pairing while linked: %v, want %v", err, whatsapp.ErrLinked)
	}
	n.phone(0).Write("hello")
	d.wait(1)
}

// TestPairBesideRun: while `brug pair whatsapp` completes the linking, a running server
// leaves the new device alone, for a second connection would end the first.
func TestPairBesideRun(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	c := n.open(t, quiet())
	if _, err := c.DB().Exec(`INSERT INTO brug_pairing (one, until) VALUES (1, $1)`, time.Now().Add(time.Hour).UnixMilli()); err != nil {
		t.Fatal(err)
	}
	d := run(t, c)
	d.problem(whatsapp.ProblemUnlinked)
	if _, err := c.DB().Exec(`UPDATE brug_pairing SET until = $1`, time.Now().UnixMilli()); err != nil { // its process died
		t.Fatal(err)
	}
	d.problem("")
}

// TestPairByCode: the code is typed on the phone; a wrong one does not link.
func TestPairByCode(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.open(t, quiet())
	ctx, cancel := context.WithCancel(t.Context())
	steps, err := c.Pair(ctx, "+31 97 010-200-300")
	if err != nil {
		t.Fatal(err)
	}
	first := <-steps
	if len(first.Code) != 9 || first.Code[4] != '-' || first.QR != "" {
		t.Fatalf("the first step is %+v, want a code", first)
	}
	if err := n.desk.EnterCode("AAAA-AAAA"); err != nil {
		t.Fatal(err)
	}
	select {
	case step, open := <-steps:
		if open && step.Linked != "" {
			t.Fatal("a wrong code links the phone")
		}
	case <-time.After(500 * time.Millisecond):
	}
	cancel()
	for range steps { // until it is closed
	}

	steps, err = c.Pair(t.Context(), ourNumber)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.desk.EnterCode((<-steps).Code); err != nil {
		t.Fatal(err)
	}
	if last := <-steps; last.Linked != "+"+ourNumber {
		t.Fatalf("the last step is %+v", last)
	}
	number, err := c.Linked(t.Context())
	if err != nil || number != "+"+ourNumber {
		t.Errorf("Linked: %q, %v", number, err)
	}
	run(t, c).problem("")
}

// TestPairFails: each way has words a coordinator understands.
func TestPairFails(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	c := n.open(t, quiet())
	last := func(phone string) error {
		t.Helper()
		steps, err := c.Pair(t.Context(), phone)
		if err != nil {
			t.Fatal(err)
		}
		var err2 error
		for s := range steps {
			err2 = s.Err
		}
		return err2
	}
	if err := last("0612345678"); err == nil {
		t.Error("a number without the country's code is taken")
	}
	n.s.Outdate(4_000_000_000, 0)
	if err := last(""); err == nil {
		t.Error("an outdated client is linked")
	}
	n.s.Outdate(0, 0)
	n.s.Leave()
	if err := last(""); err == nil {
		t.Error("a phone is linked without a connection")
	}
	if number, err := c.Linked(t.Context()); number != "" || err != nil {
		t.Errorf("Linked: %q, %v", number, err)
	}
}

// TestRestart: the link survives, and the keys are nobody else's to read.
func TestRestart(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	for i := range 2 {
		d := run(t, n.open(t, quiet())).connected()
		n.phone(0).Write("hello")
		d.wait(1)
		d.stop()
		if w := n.desk.Waiting(); w != 0 {
			t.Errorf("run %d: %d messages are unconfirmed after a normal stop", i, w)
		}
	}
	info, err := os.Stat(n.path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the keys' file has mode %v", info.Mode())
	}
	if got := n.desk.Devices(); got != 1 {
		t.Errorf("%d devices are linked, want 1", got)
	}
}
