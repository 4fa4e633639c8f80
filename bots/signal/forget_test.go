package signal_test

import (
	"log/slog"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

// TestForget: the daemon erases a contact, also for a command beside which no channel
// runs, and only that one.
func TestForget(t *testing.T) {
	for _, network := range []string{"tcp", "http"} {
		d := startFake(t, fake.Config{Network: network})
		r := run(t, open(t, d, nil)).connected()
		a, b := d.Person(olena, "+380501234567"), d.Person("5f5b0c1e-0000-4000-8000-000000000001", "")
		a.Write("forget me")
		b.Write("not me")
		contact := r.wait(2)[0].Contact
		if contact.ID != olena {
			contact = r.wait(2)[1].Contact
		}
		command, err := signal.New(slog.New(slog.DiscardHandler), signal.Config{RPC: d.URL(), Account: fake.Account})
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Forget(t.Context(), contact); err != nil {
			t.Fatal(err)
		}
		if a.Known() || !b.Known() {
			t.Errorf("%s: the one who was to be forgotten is known: %v, the other: %v", network, a.Known(), b.Known())
		}
		// To say goodbye the daemon needs them once more.
		a.Write("and what now?")
		r.wait(3)
		if _, err := r.Send(t.Context(), bots.Part{ID: "r-0", To: contact, Body: "all is deleted", Last: true}); err != nil {
			t.Fatal(err)
		}
		if a.Known() {
			t.Errorf("%s: after the last word the contact is known", network)
		}
		d.Close()
		if err := command.Forget(t.Context(), bots.Address{Channel: bots.Signal, ID: olena}); err == nil {
			t.Errorf("%s: with the daemon away somebody was forgotten", network)
		}
	}
}
