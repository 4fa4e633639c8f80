package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

// TestAnArticleIsWantedInOnePress while the case is open, and an editor settles it.
func TestAnArticleIsWantedInOnePress(t *testing.T) {
	h := open(t, desk.Options{})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "Де в Утрехті роблять візу?"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	get[any](anna.client, "POST", "cases/"+c.ID+"/claim", "")
	anna.visit("/desk/case/" + c.ID)
	anna.press("#tab-more")
	anna.press("#want button")
	anna.reads("#want span", "✓ The editors have been told")
	anna.Screenshot("desk-wanted")
	anna.visit("/desk/case/" + c.ID)
	anna.press("#tab-more")
	anna.reads("#want span", "✓ The editors have been told")
	get[any](anna.client, "POST", "cases/"+c.ID+"/reply", `{"text":"У посольстві."}`)
	get[any](anna.client, "POST", "cases/"+c.ID+"/reply", `{"text":"До побачення!"}`)
	get[any](anna.client, "POST", "cases/"+c.ID+"/resolve", `{"outcome":"volunteer"}`)

	if resp, _ := h.page("POST", "/desk/team/settle", anna.session(), "id=x"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a volunteer settles: %d", resp.StatusCode)
	}
	eva := h.volunteer(handoff.Volunteer{Name: "Eva", Role: handoff.RoleEditor}).session()
	_, body := h.page("GET", "/desk/team", eva, "", "Accept-Language", "en")
	for _, want := range []string{"Де в Утрехті роблять візу?", "У посольстві.\n\nДо побачення!", "Wanted as articles"} {
		if !strings.Contains(body, want) {
			t.Errorf("the editors do not read %q", want)
		}
	}
	list, err := h.queue.Wanted(t.Context())
	must(t, err)
	resp, _ := h.page("POST", "/desk/team/settle", eva, url.Values{"id": {list[0].ID}}.Encode())
	if _, body = h.page("GET", "/desk/team", eva, ""); resp.StatusCode != http.StatusSeeOther || strings.Contains(body, "Утрехті") {
		t.Errorf("settled: %d, and the list still has it: %v", resp.StatusCode, strings.Contains(body, "Утрехті"))
	}
}

// TestNoWordOfDangerGoesToTheEditors: not all of them may read such a case.
func TestNoWordOfDangerGoesToTheEditors(t *testing.T) {
	h := open(t, desk.Options{})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Urgent: "violence", Preview: "secret"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	get[any](anna, "POST", "cases/"+c.ID+"/claim", "")
	get[any](anna, "POST", "cases/"+c.ID+"/resolve", `{"outcome":"volunteer","wanted":true}`)
	if list, err := h.queue.Wanted(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the editors hear of %+v, %v", list, err)
	}
}
