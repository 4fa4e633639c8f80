package desk_test

import (
	"slices"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// TestAWishForAWoman is one case on the phones of two volunteers, one of them a woman.
func TestAWishForAWoman(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	c := h.escalate(handoff.NewCase{Conversation: "b", Lang: "uk", Preview: "друге", Wishes: []string{handoff.WishWoman}})
	anna.visit("/desk/me")
	anna.press("[name=woman]")
	anna.Screenshot("desk-me-meets")
	anna.press("[action='/desk/me/meets'] button")
	anna.reads(".notice", "Saved")
	if v, err := h.volunteers.Get(t.Context(), anna.v.ID); err != nil || !slices.Equal(v.Meets, []string{handoff.WishWoman}) {
		t.Errorf("Anna meets %v, %v", v.Meets, err)
	}
	anna.visit("/desk")
	anna.reads(".card", "друге") // before the older one
	anna.reads(".card", "a woman, please")
	anna.Screenshot("desk-wish-list")

	ben := h.volunteer(handoff.Volunteer{Name: "Ben"}).at("en", 360, 640)
	ben.reads(".card", "перше")
	ben.visit("/desk/case/" + c.ID)
	ben.reads("#wishes", "a woman, please. You may take it all the same")
	ben.Screenshot("desk-wish-case")
	browsertest.Eval[bool](ben.Browser, `(() => { window.asked = []; window.confirm = (m) => asked.push(m) > 1; return true; })()`)
	ben.press("[data-do=claim]")
	ben.Until(`asked.length === 1`)
	if got := browsertest.Eval[string](ben.Browser, `asked[0]`); got != "Wishes: a woman, please. You have not said that you meet this wish. Take the case all the same?" {
		t.Errorf("asked %q", got)
	}
	if browsertest.Eval[bool](ben.Browser, `!!current.holder`) {
		t.Error("claimed although Ben said no")
	}
	ben.press("[data-do=claim]")
	ben.reads("#facts", "with you")
}
