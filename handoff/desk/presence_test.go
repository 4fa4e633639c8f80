package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// TestWhoElseLooks: who opens a case reads who has it open already; who leaves is not
// there any more.
func TestWhoElseLooks(t *testing.T) {
	h := open(t, desk.Options{})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	anna, ben := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640), h.volunteer(handoff.Volunteer{Name: "Ben"}).at("uk", 360, 640)
	h.looking("", 2) // and no word of it is on its way any more
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
	patience.Until(h.t, fmt.Sprintf("%d volunteers look at the case", want), func() bool {
		present, err := h.queue.Present(h.t.Context())
		must(h.t, err)
		return len(present[id]) == want
	})
}

// TestTheNewcomersTypingIsSeen: while it lasts, in the open case, and it changes nothing.
func TestTheNewcomersTypingIsSeen(t *testing.T) {
	h := open(t, desk.Options{})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	must(t, h.queue.Typing(t.Context(), "nobody's", time.Minute))
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	anna.visit("/desk/case/" + c.ID)
	anna.Until(`!!current`)
	// What was shown, also between two looks.
	browsertest.Eval[bool](anna.Browser, `window.lines = [], new MutationObserver(() => lines.push($("typing").textContent)).observe($("typing"), {childList: true}), true`)
	typing := func(lasts time.Duration) { must(t, h.queue.Typing(t.Context(), "a", lasts)) }
	want := "\u2068" + c.Alias + "\u2069 is typing…"

	// The desk may not listen yet: it is told again, now and then, until it is seen.
	var told time.Time
	patience.Until(t, "the newcomer's typing is seen", func() bool {
		if time.Since(told) > time.Second {
			typing(time.Hour)
			told = time.Now()
		}
		return browsertest.Eval[bool](anna.Browser, `lines.length > 0`)
	})
	anna.reads("#typing", want)
	anna.Screenshot("desk-typing")
	typing(0)
	anna.Until(`$("typing").textContent === ""`)
	typing(20 * time.Millisecond)
	anna.Until(`lines.length === 4 && lines[3] === ""`)
	typing(time.Minute)
	anna.Until(`$("typing").textContent !== "" && $("typing").ariaLive === "off"`) // said once already
	now, err := h.queue.Get(t.Context(), c.ID)
	must(t, err)
	if d := cmp.Diff(c, now, cmpopts.IgnoreUnexported(handoff.Case{}), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("typing changed the case (-before +after):\n%s", d)
	}
	h.says(c.ID, "m2", "друге")
	anna.Until(`$("messages").children.length === 2 && $("typing").textContent === ""`)
}
