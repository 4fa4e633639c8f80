package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

func TestVolunteersSayHowTheyAreReached(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	in := anna.session()
	const page = "/desk/me/alerts"
	post := func(want string, form url.Values) string {
		t.Helper()
		resp, body := h.page("POST", page, in, form.Encode())
		if to := resp.Header.Get("Location"); to != "" {
			resp, body = h.page("GET", to, in, "")
		}
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%v: %d, no %q in %s", form, resp.StatusCode, want, body)
		}
		return body
	}
	if resp, _ := h.page("GET", page, "", ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", resp.StatusCode)
	}
	post("https://t.me/bridge_bot?start=desk-", url.Values{"do": {"telegram"}})
	post("This is no e-mail address.", url.Values{"do": {"mail"}, "mail": {`"><script>@example.org`}})
	post("We have sent you a link.", url.Values{"do": {"mail"}, "mail": {"anna@example.org"}})
	if body := post("cannot be read", url.Values{"do": {"save"}, "choice": {"urgent"}, "from": {"late"}, "to": {"07:30"}}); strings.Contains(body, `"status">Saved.`) {
		t.Error("hours that cannot be read are saved")
	}
	body := post("Saved.", url.Values{"do": {"save"}, "choice": {"urgent"}, "from": {"22:15"}, "to": {"07:30"}})
	for _, want := range []string{`value="urgent" checked`, `value="22:15"`, `value="07:30"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if _, body = h.page("GET", page, in, ""); !strings.Contains(body, `value="telegram"`) || strings.Contains(body, "anna@example.org") {
		t.Errorf("linked before anybody pressed start or opened the mail: %s", body)
	}
}
