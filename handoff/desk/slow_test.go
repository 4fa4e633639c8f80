package desk_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// TestSlowAnswersDoNotTakeTheKeyboard: whoever types faster than the network answers
// goes on where they are.
func TestSlowAnswersDoNotTakeTheKeyboard(t *testing.T) {
	h := open(t, desk.Options{})
	must(t, h.queue.SaveReply(t.Context(), handoff.Actor{}, handoff.SavedReply{Name: "ctrl", Lang: "uk", Text: "Ctrl answer"}))
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 1024, 768)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	path := "/desk/api/cases/" + c.ID
	replies := h.hold("/desk/api/replies")
	b.visit("/desk/case/" + c.ID)
	b.reads("#messages", "перше")
	key := func(keys string, o ...chromedp.KeyOption) { t.Helper(); b.Do(chromedp.KeyEvent(keys, o...)) }

	// A claim that is still on its way does not take a note's place.
	claim := h.hold(path + "/claim")
	// What was said, for it goes away by itself.
	browsertest.Eval[bool](b.Browser, `window.lines = [], new MutationObserver(() => lines.push($("said").textContent)).observe($("said"), {childList: true}), true`)
	key("c")
	key("n")
	b.insert("a note")
	claim()
	b.reads("#facts", "with you")
	b.Until(`lines.some((line) => line.includes("You have this case now"))`)
	b.Until(`document.activeElement.id === "note" && document.activeElement.value.endsWith("a note")`)

	// The saved replies come after their name was typed.
	key(kb.Escape)
	key("r")
	b.insert("Answer: /ct")
	replies()
	b.reads("#slash", "/ctrl")
	key(kb.Tab)
	b.Until(`document.getElementById("text").value.endsWith("Answer: Ctrl answer")`)

	// The page shows the answer before the request for it is answered.
	reply := h.hold(path + "/reply")
	key(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.reads("#messages .volunteer", "Ctrl answer")
	key(kb.Escape)
	b.Until(`document.activeElement === document.body`)
	reply()
	b.Until(`document.getElementById("text").value === "" && !document.getElementById("send").disabled`)
	key("e")
	b.Until(`document.activeElement.name === "topic"`)
}

// TestARefusedDeskHearsAgain: a proxy without a server behind it refuses the stream, and
// browsers do not ask a second time by themselves.
func TestARefusedDeskHearsAgain(t *testing.T) {
	h := open(t, desk.Options{})
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	const many = 1000
	h.refuse.Store(many)
	h.server.CloseClientConnections()
	b.reads("#line", "No connection")
	patience.Until(t, "the stream is asked for again by the page", func() bool { return h.refuse.Load() <= many-2 })
	h.refuse.Store(0)
	b.Until(`document.getElementById("line").hidden`)
	h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	b.reads(".card", "перше")
}
