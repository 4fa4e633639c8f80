package desk_test

import (
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// TestTheOlderOfOneSecondStandsFirst gives the list two cases of one second, whose
// moments sort the other way when they are taken for text.
func TestTheOlderOfOneSecondStandsFirst(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	got := browsertest.Eval[string](anna.Browser, `inOrder([
		{ id: 'c', opened: '2026-03-02T10:00:05.2Z', urgent: 'medical' },
		{ id: 'b', opened: '2026-03-02T10:00:05.12Z' },
		{ id: 'a', opened: '2026-03-02T10:00:05.1Z' },
		{ id: 'd', opened: '2026-03-02T10:00:05.12Z' },
	]).map((c) => c.id).join('')`)
	if got != "cabd" {
		t.Errorf("the list reads %q", got)
	}
}
