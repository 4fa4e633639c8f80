package desk_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"context"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

func TestASignInLinkWorksOnceAndLookingDoesNotUseItUp(t *testing.T) {
	h := open(t, desk.Options{BaseURL: "https://help.example"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna <b>"})
	link, err := h.volunteers.Link(t.Context(), anna.v.ID)
	must(t, err)
	for range 3 { // previews of the messenger it was sent with
		resp, body := h.page("GET", "/desk/sign-in/"+link, "", "")
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, "Anna &lt;b&gt;") || len(resp.Cookies()) != 0 {
			t.Fatalf("%d %v %s", resp.StatusCode, resp.Cookies(), body)
		}
	}
	if resp, _ := h.page("POST", "/desk/sign-in/"+link, "", "", "Sec-Fetch-Site", "cross-site"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("another site signed in: %d", resp.StatusCode)
	}
	old := anna.session()
	resp, _ := h.page("POST", "/desk/sign-in/"+link, old, "")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/desk" || len(resp.Cookies()) != 1 {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	c := resp.Cookies()[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Value == old || c.Value == "" {
		t.Errorf("cookie %+v", c)
	}
	if resp, _ := h.page("GET", "/desk", c.Value, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("signed in, the desk says %d", resp.StatusCode)
	}
	if resp, body := h.page("POST", "/desk/sign-in/"+link, "", ""); resp.StatusCode != http.StatusNotFound || len(resp.Cookies()) != 0 {
		t.Errorf("a used link: %d %s", resp.StatusCode, body)
	}
	h.page("POST", "/desk/sign-out", c.Value, "")
	if resp, _ := h.page("GET", "/desk", c.Value, ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("signed out, the desk says %d", resp.StatusCode)
	}
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	h := open(t, desk.Options{
		Topics: func(string) []desk.Topic { return []desk.Topic{{ID: "bsn-get", Group: "registration", Title: "BSN"}} },
		Channels: func(context.Context) []desk.Channel {
			return []desk.Channel{{Kind: bots.Signal, Health: bots.Health{Since: time.Now(), Problem: "captcha needed"}}}
		},
	})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Topic: "bsn-get", Preview: "x"})
	bossIn, annaIn := boss.session(), anna.session()
	for _, lang := range desk.Languages {
		for path, want := range map[string]int{"/desk": 200, "/desk/": 200, "/desk/case/" + c.ID: 200, "/desk/team": 200, "/desk/team/replies": 200, "/desk/team/people": 200, "/desk/team/hours": 200, "/desk/team/channels": 200, "/desk/team/log": 200, "/desk/me": 200, "/desk/me/alerts": 200, "/desk/mail/none": 404, "/desk/sign-in": 200, "/desk/case/none": 404, "/desk/nowhere": 404} {
			resp, body := h.page("GET", path, bossIn, "", "Accept-Language", lang)
			if resp.StatusCode != want || !strings.Contains(body, `<html lang="`+lang+`"`) || strings.Contains(body, "<no value>") {
				t.Errorf("%s in %s: %d %s", path, lang, resp.StatusCode, body)
			}
			for header, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
				if got := resp.Header.Get(header); !strings.Contains(got, want) || strings.Contains(got, "unsafe") {
					t.Errorf("%s: %s is %q", path, header, got)
				}
			}
		}
	}
	if resp, _ := h.page("GET", "/desk/team", annaIn, ""); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a volunteer sees the coordinator's page: %d", resp.StatusCode)
	}
	if resp, _ := h.page("POST", "/desk/team/people/add", annaIn, "name=Eve&role=coordinator"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a volunteer adds a coordinator: %d", resp.StatusCode)
	}
	if resp, _ := h.page("GET", "/desk/team", "", ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger sees the coordinator's page: %d", resp.StatusCode)
	}
	// A chosen language stays.
	resp, _ := h.page("POST", "/desk/language", annaIn, "lang=nl")
	if cs := resp.Cookies(); len(cs) != 1 || cs[0].Value != "nl" {
		t.Errorf("cookies %v", cs)
	}
}

func TestWordsAreCompleteInEveryLanguage(t *testing.T) {
	missing, err := desk.MissingWords()
	must(t, err)
	for _, m := range missing {
		t.Error(m)
	}
}

func TestTheCoordinatorLooksAfterPeople(t *testing.T) {
	h := open(t, desk.Options{BaseURL: "https://help.example/"})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	in := boss.session()
	hostile := `<script>alert(1)</script>"'`
	resp, body := h.page("POST", "/desk/team/people/add", in, url.Values{"name": {hostile}, "languages": {"UK, ru"}, "role": {"volunteer"}}.Encode())
	if resp.StatusCode != http.StatusOK || strings.Contains(body, "<script>alert") || !strings.Contains(body, "https://help.example/desk/sign-in/") {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	eve, err := h.volunteers.ByName(t.Context(), hostile)
	must(t, err)
	if fmt.Sprint(eve.Languages) != "[uk ru]" {
		t.Errorf("languages %v", eve.Languages)
	}
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: hostile})
	_, err = h.queue.Claim(t.Context(), c.ID, eve.Actor())
	must(t, err)
	h.page("POST", "/desk/team/people/change", in, url.Values{"id": {eve.ID}, "do": {"disable"}}.Encode())
	if c, err = h.queue.Get(t.Context(), c.ID); err != nil || c.State != handoff.Waiting {
		t.Errorf("the case of a disabled volunteer: %s, %v", c.State, err)
	}
	h.page("POST", "/desk/team/people/change", in, url.Values{"id": {boss.v.ID}, "do": {"disable"}}.Encode())
	if v, err := h.volunteers.Get(t.Context(), boss.v.ID); err != nil || v.Disabled {
		t.Errorf("the coordinator disabled herself: %v", err)
	}
	form := url.Values{"day_1": {"09:00-12:00, 13:00-17:30"}, "closed": {"2026-12-24\r\n2026-12-31"}}
	h.page("POST", "/desk/team/hours", in, form.Encode())
	hours := h.queue.Hours()
	if len(hours.Week[1]) != 2 || hours.Week[1][1].To != 17*60+30 || len(hours.Week[2]) != 0 || len(hours.Closed) != 2 || hours.National {
		t.Errorf("hours %+v", hours)
	}
	h.page("POST", "/desk/team/replies", in, url.Values{"name": {"/hello"}, "lang": {"uk"}, "text": {"Добрий\r\nдень"}}.Encode())
	if replies, err := h.queue.Replies(t.Context()); err != nil || len(replies) != 1 || replies[0] != (handoff.SavedReply{Name: "hello", Lang: "uk", Text: "Добрий\nдень"}) {
		t.Errorf("saved replies: %+v, %v", replies, err)
	}
	h.page("POST", "/desk/team/replies", in, "name=hello&lang=uk&text=")
	if replies, _ := h.queue.Replies(t.Context()); len(replies) != 0 {
		t.Errorf("a reply without text stays: %+v", replies)
	}
	if _, body := h.page("POST", "/desk/team/hours", in, "day_1=nine+to+five"); !strings.Contains(body, "cannot be read") {
		t.Errorf("wrong hours: %s", body)
	}
}

// TestFormsThatAreRefusedKeepWhatWasTyped: nobody writes a week of hours twice.
func TestFormsThatAreRefusedKeepWhatWasTyped(t *testing.T) {
	h := open(t, desk.Options{})
	in := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator}).session()
	for path, form := range map[string]url.Values{
		"/desk/team/hours":      {"day_1": {"nine to five"}, "day_2": {"10:00-11:00"}, "closed": {"2026-12-24"}},
		"/desk/team/people/add": {"name": {"Boss"}, "languages": {"uk nl"}, "topics": {"housing"}},
		"/desk/team/replies":    {"name": {"two words"}, "lang": {"uk"}, "text": {"Добрий день"}},
		"/desk/me/alerts":       {"do": {"mail"}, "mail": {"nobody"}},
		"/desk/sign-in":         {"name": {"Ann"}, "password": {"canary"}},
	} {
		_, body := h.page("POST", path, in, form.Encode())
		if !strings.Contains(body, `role="alert"`) || strings.Contains(body, "canary") {
			t.Errorf("%s: %s", path, body)
		}
		for name, values := range form {
			if name != "do" && name != "password" && !strings.Contains(body, html.EscapeString(values[0])) {
				t.Errorf("%s: %s is lost: %s", path, name, body)
			}
		}
	}
}

// TestAChangeIsNotSentAgain when its page is loaded again: the browser stands on a page
// that was asked for, not on an answer to a form.
func TestAChangeIsNotSentAgain(t *testing.T) {
	h := open(t, desk.Options{})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	in := boss.session()
	for _, change := range []struct {
		path, page, said string
		form             url.Values
	}{
		{"/desk/me", "/desk/me", "Saved.", url.Values{"password": {"correct horse battery"}}},
		{"/desk/me/meets", "/desk/me", "Saved.", url.Values{"woman": {"yes"}}},
		{"/desk/me/alerts", "/desk/me/alerts", "Saved.", url.Values{"do": {"save"}, "choice": {"urgent"}, "from": {"22:15"}, "to": {"07:30"}}},
		{"/desk/me/alerts", "/desk/me/alerts", "We have sent you a link.", url.Values{"do": {"mail"}, "mail": {"boss@example.org"}}},
		{"/desk/team/replies", "/desk/team/replies", "Saved.", url.Values{"name": {"hello"}, "lang": {"uk"}, "text": {"Добрий день"}}},
		{"/desk/team/hours", "/desk/team/hours", "Saved.", url.Values{"day_1": {"09:00-17:00"}}},
		{"/desk/team/people/change", "/desk/team/people", "Saved.", url.Values{"id": {boss.v.ID}, "do": {"save"}, "languages": {"nl"}}},
	} {
		resp, _ := h.page("POST", change.path, in, change.form.Encode())
		to := resp.Header.Get("Location")
		if page, _, _ := strings.Cut(to, "?"); resp.StatusCode != http.StatusSeeOther || page != change.page {
			t.Errorf("%s %v: %d to %q", change.path, change.form, resp.StatusCode, to)
			continue
		}
		if _, body := h.page("GET", to, in, ""); !strings.Contains(body, `role="status">`+change.said) {
			t.Errorf("%s does not say %q", to, change.said)
		}
	}
	if _, body := h.page("GET", "/desk/me?told=password_form", in, ""); strings.Contains(body, `class="notice" role="status"`) {
		t.Error("a link makes the page say anything")
	}
}

func TestAPasswordSignsInUntilTooManyTries(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	h.volunteer(handoff.Volunteer{Name: "Ben"})
	in := anna.session()
	if _, body := h.page("POST", "/desk/me", in, "password=short"); !strings.Contains(body, "10 to 200") {
		t.Errorf("a short password: %s", body)
	}
	h.page("POST", "/desk/me", in, "password=correct+horse+battery")
	try := func(name, password string) *http.Response {
		t.Helper()
		resp, _ := h.page("POST", "/desk/sign-in", "", url.Values{"name": {name}, "password": {password}}.Encode())
		return resp
	}
	resp := try("ANNA", "correct horse battery")
	if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 1 {
		t.Fatalf("the right password: %d", resp.StatusCode)
	}
	if resp, _ := h.page("GET", "/desk", resp.Cookies()[0].Value, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("signed in, the desk says %d", resp.StatusCode)
	}
	for _, who := range []string{"Ben", "Nobody"} {
		for _, password := range []string{"", " ", "correct horse battery"} {
			if resp := try(who, password); resp.StatusCode != http.StatusUnauthorized || len(resp.Cookies()) != 0 {
				t.Errorf("%s with %q: %d", who, password, resp.StatusCode)
			}
		}
	}
	for range 10 {
		try("Anna", "wrong password")
	}
	if resp := try("Anna", "correct horse battery"); resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Errorf("after ten wrong ones: %d", resp.StatusCode)
	}
	iter := h.s.Client().Scan(t.Context(), 0, h.s.Key("attempts", "*"), 100).Iterator()
	for iter.Next(t.Context()) {
		if ttl, err := h.s.Client().PTTL(t.Context(), iter.Val()).Result(); err != nil || ttl <= 0 {
			t.Errorf("%s stays for ever", iter.Val())
		}
	}
}

func TestAttachmentsAreFilesToKeep(t *testing.T) {
	h := open(t, desk.Options{Fetch: func(_ context.Context, channel bots.Kind, m bots.Media) (io.ReadCloser, error) {
		if m.Ref == "gone" {
			return nil, errors.New("expired")
		}
		var img bytes.Buffer
		switch m.Ref {
		case "picture", "large":
			err := png.Encode(&img, image.NewGray(image.Rect(0, 0, 9, 9)))
			img.WriteString("GPS 52.0907 N") // behind the end, as phones put videos there
			if m.Ref == "large" {
				img.Bytes()[16] = 0x7F // too wide to be decoded
			}
			return io.NopCloser(&img), err
		case "svg":
			return io.NopCloser(strings.NewReader(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)), nil
		}
		return io.NopCloser(strings.NewReader("<script>alert(1)</script>" + string(channel) + m.Ref)), nil
	}})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	c := h.escalate(handoff.NewCase{Conversation: "a"})
	h.apply(h.transcript.Append("a", bots.Entry{ID: "m/2", From: bots.FromNewcomer, Media: []bots.Media{
		{Kind: bots.Document, Ref: "r1", MIME: "text/html", Name: "../../\"evil\"\r\n.html"}, {Kind: bots.Image, Ref: "gone"},
		{Kind: bots.Image, Ref: "picture", Name: "letter.png"}, {Kind: bots.Image, Ref: "svg", MIME: "image/svg+xml"}, {Kind: bots.Image, Ref: "large"}}}))
	detail := get[struct {
		Messages []struct{ Media []struct{ URL string } }
	}](anna, "GET", "cases/"+c.ID, "")
	media := detail.Messages[1].Media
	resp, body := h.page("GET", media[0].URL, anna.session(), "")
	if body != "<script>alert(1)</script>webr1" || resp.Header.Get("Content-Type") != "application/octet-stream" ||
		resp.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v %s", resp.Header, body)
	}
	if resp, body := h.page("GET", media[2].URL, anna.session(), ""); resp.Header.Get("Content-Type") != "image/jpeg" || strings.Contains(body, "GPS") ||
		!strings.HasPrefix(body, "\xFF\xD8\xFF") || resp.Header.Get("Content-Disposition") != "attachment; filename=letter.jpg" {
		t.Errorf("a picture: %v %.20q", resp.Header, body)
	}
	if resp, body := h.page("GET", media[4].URL, anna.session(), ""); resp.Header.Get("Content-Type") != "application/octet-stream" || strings.Contains(body, "GPS") || !strings.HasPrefix(body, "\x89PNG") {
		t.Errorf("a picture that is too large: %v %.20q", resp.Header, body)
	}
	if resp, body := h.page("GET", media[3].URL, anna.session(), ""); resp.Header.Get("Content-Type") != "application/octet-stream" || !strings.Contains(body, "<svg") {
		t.Errorf("a drawing that may hold a script: %v", resp.Header)
	}
	if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || strings.Contains(got, "/") || strings.Contains(got, `evil"`) {
		t.Errorf("disposition %q", got)
	}
	if resp, _ := h.page("GET", media[1].URL, anna.session(), ""); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a file that is gone: %d", resp.StatusCode)
	}
	if resp, _ := h.page("GET", media[0].URL, "", ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger's file: %d", resp.StatusCode)
	}
}

func TestIdsOfAnotherHelpdeskAreUnknown(t *testing.T) {
	one, two := open(t, desk.Options{}), open(t, desk.Options{})
	c := one.escalate(handoff.NewCase{Conversation: "a"})
	anna, eve := one.volunteer(handoff.Volunteer{Name: "Anna"}), two.volunteer(handoff.Volunteer{Name: "Anna"})
	if status, _ := anna.call("GET", "cases/"+c.ID, ""); status != http.StatusOK {
		t.Errorf("one's own case: %d", status)
	}
	if status, _ := eve.call("GET", "cases/"+c.ID, ""); status != http.StatusNotFound {
		t.Errorf("another's case: %d", status)
	}
	eve.h = one
	if status, _ := eve.call("GET", "cases", ""); status != http.StatusUnauthorized {
		t.Errorf("another's token: %d", status)
	}
	for _, id := range []string{"..", "%2e%2e%2fteam", "conv:a", strings.Repeat("a", 300), "%00", "a%20b"} {
		if status, _ := anna.call("GET", "cases/"+id, ""); status != http.StatusNotFound {
			t.Errorf("id %q: %d", id, status)
		}
	}
}

func TestThePagesAreLight(t *testing.T) {
	h := open(t, desk.Options{})
	in := h.volunteer(handoff.Volunteer{Name: "Anna"}).session()
	c := h.escalate(handoff.NewCase{Conversation: "a"})
	for _, path := range []string{"/desk", "/desk/case/" + c.ID} {
		_, body := h.page("GET", path, in, "")
		sum := len(body)
		seen := map[string]bool{}
		for _, part := range strings.Split(body, `"`) {
			if strings.HasPrefix(part, "/desk/files/") && !seen[part] {
				seen[part] = true
				resp, file := h.page("GET", part, "", "")
				if resp.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", part, resp.StatusCode)
				}
				sum += len(file)
			}
		}
		t.Logf("%s: %d bytes in %d files", path, sum, 1+len(seen))
		if sum > 120_000 || len(seen) < 3 {
			t.Errorf("%s weighs %d bytes in %d files", path, sum, len(seen))
		}
	}
}
