package desk_test

import (
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

// TestWhoElseLooks: who opens a case reads who has it open already; who leaves is not
// there any more.
func TestWhoElseLooks(t *testing.T) {
	h := open(t, desk.Options{})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	anna, ben := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640), h.volunteer(handoff.Volunteer{Name: "Ben"}).at("uk", 360, 640)
	anna.visit("/desk/case/" + c.ID)
	h.looking(c.ID, 1)
	anna.Until(`current && document.getElementById("looking").hidden`)
	ben.visit("/desk/case/" + c.ID)
	ben.reads("#looking", "Anna")
	ben.Screenshot("desk-looking")
	h.looking(c.ID, 2)
	ben.visit("/desk")
	h.looking(c.ID, 1)
	h.looking("", 1)
}

// looking waits until so many volunteers have a case in front of them.
func (h *helpdesk) looking(id string, want int) {
	h.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(30 * time.Second); ; <-tick.C {
		present, err := h.queue.Present(h.t.Context())
		must(h.t, err)
		if len(present[id]) == want {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("%d volunteers look at the case, want %d", len(present[id]), want)
		}
	}
}
