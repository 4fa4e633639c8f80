package whatsapp_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"go.mau.fi/whatsmeow"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	fake "github.com/brug-helpdesk/brug/internal/fake/whatsapp"
)

// crashing, in the environment, makes this program the one that is killed.
const crashing = "BRUG_TEST_WHATSAPP_CRASH"

// TestKill: the process is killed after it has decrypted a message and before it has
// stored it. The keys for that message are used up; the next process gets it all the
// same, once, in order.
func TestKill(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	p := n.phone(0)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	root := fake.Root()
	child := exec.CommandContext(t.Context(), exe)
	child.Env = append(os.Environ(), crashing+"="+n.path, "BRUG_TEST_SERVER="+n.s.Address(), "BRUG_TEST_ROOT="+hex.EncodeToString(root[:]))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	await := func(want string) {
		t.Helper()
		if !lines.Scan() || lines.Text() != want {
			t.Fatalf("the other process says %q, %v, want %q", lines.Text(), lines.Err(), want)
		}
	}
	first := p.Write("stored")
	await("accepting stored")
	second := p.Write("decrypted, not stored")
	await("accepting decrypted, not stored")
	third := p.Write("not seen at all")
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	eventually(t, "WhatsApp notices", func() bool { return !n.desk.Connected() })
	if w := n.desk.Waiting(); w != 2 {
		t.Errorf("%d messages wait, want 2: all but %s", w, first)
	}

	d := run(t, n.open(t, quiet()))
	got := d.wait(2)
	if got[0].ID != second || got[1].ID != third || got[0].Text != "decrypted, not stored" {
		t.Errorf("the next process got %+v", got)
	}
	eventually(t, "all is confirmed", func() bool { return n.desk.Waiting() == 0 })
	// What was only kept for this is gone.
	var kept int
	if err := d.c.DB().QueryRow(`SELECT count(*) FROM whatsmeow_event_buffer WHERE plaintext IS NOT NULL`).Scan(&kept); err != nil || kept != 0 {
		t.Errorf("%d plain texts are left, %v", kept, err)
	}
}

// crash is the process that is killed: it stores one message and hangs in the next.
func crash(path string) error {
	root, err := hex.DecodeString(os.Getenv("BRUG_TEST_ROOT"))
	if err != nil {
		return err
	}
	whatsmeow.WACertPubKey = [32]byte(root)
	ctx := context.Background()
	c, err := whatsapp.New(ctx, quiet(), whatsapp.Config{DSN: path, Client: fake.Dial(os.Getenv("BRUG_TEST_SERVER"))})
	if err != nil {
		return err
	}
	return c.Run(ctx, func(_ context.Context, m bots.Message) error {
		fmt.Println("accepting " + m.Text)
		if m.Text != "stored" {
			select {}
		}
		return nil
	})
}

// TestPanic: a panic of the store is no success; the message comes again.
func TestPanic(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.link(t)
	d := run(t, n.open(t, quiet())).connected()
	panics := 0
	d.onAccept(func(bots.Message) error {
		if panics++; panics <= 2 {
			panic("the store is broken")
		}
		return nil
	})
	id := n.phone(0).Write("hello")
	expect(t, d.wait(1)[0], bots.Message{ID: id, Contact: n.phone(0).Address(), Text: "hello"})
	d.problem("")
}
