package whatsapp_test

import (
	"os"
	"testing"

	fake "github.com/brug-helpdesk/brug/internal/fake/whatsapp"
	"github.com/brug-helpdesk/brug/internal/patience"
)

func TestMain(m *testing.M) {
	fake.Trust()
	os.Exit(m.Run())
}

// TestTwoPhones: two unmodified clients speak with each other, end to end encrypted,
// in every form in which the server names people.
func TestTwoPhones(t *testing.T) {
	s, err := fake.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	oksana, amir := s.Account("380501234567"), s.Account("31612345678")
	start := func(a, peer *fake.Account) *fake.Phone {
		p, err := a.Phone(peer, "a name")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		return p
	}
	o, a := start(oksana, amir), start(amir, oksana)
	for i, how := range []fake.Shown{fake.ByNumber, fake.ByLID, fake.ByNumber} {
		oksana.Show(how)
		id := o.Write("Привіт")
		got := await(t, a, i+1)[i]
		if got.ID != id || got.Text != "Привіт" || got.Count != 1 {
			t.Errorf("as %d: %+v", how, got)
		}
		id = a.Write("السلام")
		if got := await(t, o, i+1)[i]; got.ID != id || got.Text != "السلام" {
			t.Errorf("answer as %d: %+v", how, got)
		}
	}
}

func await(t *testing.T, p *fake.Phone, n int) []fake.Received {
	t.Helper()
	patience.Until(t, "the message arrives", func() bool { return len(p.Inbox()) >= n })
	return p.Inbox()
}
