package desk_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// withFinger gives the browser a device that knows its owner.
func (b browser) withFinger() webauthn.AuthenticatorID {
	b.h.t.Helper()
	_, err := chromedp.Call(b.Context, webauthn.Enable, webauthn.EnableParams{})
	must(b.h.t, err)
	made, err := chromedp.Call(b.Context, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	must(b.h.t, err)
	return made.AuthenticatorID
}

// knows says whether the device recognizes who holds it.
func (b browser) knows(device webauthn.AuthenticatorID, yes bool) {
	b.h.t.Helper()
	_, err := chromedp.Call(b.Context, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: yes})
	must(b.h.t, err)
}

// signOut uses the menu, and waits until it is done.
func (b browser) signOut() {
	b.h.t.Helper()
	b.press(".menu summary")
	b.press("[action='/desk/sign-out'] button")
	b.Until(`document.querySelector("[action='/desk/sign-in']")`)
}

func TestAFingerSignsIn(t *testing.T) {
	h := open(t, desk.Options{BaseURL: onLocalhost, Org: "Helpdesk Breda"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	b := anna.at("en", 360, 640)
	finger := b.withFinger()
	b.reads("[data-passkey-offer]", "your finger or face next time")
	b.Screenshot("desk-passkey-offer")
	b.press("[data-passkey-offer] a")
	b.reads("main h2", "your finger or face next time") // the first thing on the page
	b.knows(finger, false)
	b.press("[data-passkey-do=add]")
	b.reads("[data-passkey-says=failed]", "not completed")
	b.knows(finger, true)
	b.press("[data-passkey-do=add]")
	b.reads("#passkeys li", "Chrome · Linux")
	b.Screenshot("desk-passkey-made")
	if kept := browsertest.Eval[string](b.Browser, `document.querySelector("[data-passkey-do=add]").textContent`); kept == "" {
		t.Error("no second passkey can be added")
	}
	b.press("[data-passkey-do=add]") // the same device again
	b.reads("[data-passkey-says=known]", "set up already")
	if browsertest.Eval[bool](b.Browser, `fetch("/desk").then(r => r.text()).then(t => t.includes("data-passkey-offer"))`) {
		t.Error("who has a passkey is offered one")
	}

	b.signOut()
	b.visit("/desk/case/" + c.ID)
	b.knows(finger, false)
	b.press("[data-passkey-do=sign-in]")
	b.reads("[data-passkey-says=failed]", "not completed")
	b.Screenshot("desk-passkey-failed")
	b.knows(finger, true)
	b.Until(`document.activeElement.matches("[data-passkey-do=sign-in]")`)
	b.Do(chromedp.KeyEvent(kb.Enter)) // one press, no name
	b.reads("#messages", "перше")     // and the case that was asked for
	if v, err := h.volunteers.Session(t.Context(), cookie(b, "brug_session"), ""); err != nil || v.ID != anna.v.ID {
		t.Errorf("signed in as %+v, %v", v, err)
	}
	b.visit("/desk/me")
	b.reads("#passkeys li", "last used on")
	b.press("#passkeys button")
	b.reads("main .notice", "Saved")
	if list, err := h.volunteers.Passkeys(t.Context(), anna.v.ID); err != nil || len(list) != 0 {
		t.Errorf("removed, it is still there: %+v, %v", list, err)
	}
}

// cookie is the value of a cookie that scripts cannot read.
func cookie(b browser, name string) string {
	b.h.t.Helper()
	all, err := chromedp.Call(b.Context, storage.GetCookies, storage.GetCookiesParams{})
	must(b.h.t, err)
	for _, c := range all.Cookies {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// TestAnswersOfABrowserCannotBeUsedElsewhere takes what a real browser signed, as
// somebody who overheard it would.
func TestAnswersOfABrowserCannotBeUsedElsewhere(t *testing.T) {
	h := open(t, desk.Options{BaseURL: onLocalhost})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	b := anna.at("en", 360, 640)
	b.withFinger()
	b.visit("/desk/me")
	b.press("[data-passkey-do=add]")
	b.reads("#passkeys li", "Chrome")
	b.signOut()
	// The page's own script asks and signs; the answer is held back.
	b.visit("/desk/sign-in")
	browsertest.Eval[bool](b.Browser, `(() => {
		const real = fetch;
		window.fetch = (path, o) => path === "/desk/passkey" ? (window.heard = o.body, new Promise(() => {})) : real(path, o);
		return true;
	})()`)
	b.press("[data-passkey-do=sign-in]")
	b.Until(`window.heard`)
	answer, ticket := browsertest.Eval[string](b.Browser, `window.heard`), cookie(b, "brug_passkey")
	send := func(answer, ticket, origin string) *http.Response {
		t.Helper()
		resp, _ := h.page("POST", "/desk/passkey", "", answer, "Content-Type", "application/json", "Cookie", "brug_passkey="+ticket, "Origin", origin)
		return resp
	}
	refused := func(what string, resp *http.Response, status int) {
		t.Helper()
		if resp.StatusCode != status || len(resp.Cookies()) != 0 {
			t.Errorf("%s: %d %v", what, resp.StatusCode, resp.Cookies())
		}
	}
	refused("from another site", send(answer, ticket, "https://evil.example"), http.StatusForbidden)
	refused("without the browser's ticket", send(answer, "", h.server.URL), http.StatusUnauthorized)
	resp := send(answer, ticket, h.server.URL)
	if resp.StatusCode != http.StatusNoContent || len(resp.Cookies()) == 0 {
		t.Fatalf("the browser's own answer: %d", resp.StatusCode)
	}
	if c := resp.Cookies()[0]; c.Name != "brug_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
		t.Errorf("cookie %+v", c)
	}
	refused("a repeat", send(answer, ticket, h.server.URL), http.StatusUnauthorized)
	fresh, _ := h.page("POST", "/desk/passkey/options", "", "{}")
	refused("the answer to another challenge", send(answer, fresh.Cookies()[0].Value, h.server.URL), http.StatusUnauthorized)
	for _, junk := range []string{"", "{", "[]", `{"id":"x"}`, strings.Repeat("x", 100_000)} {
		fresh, _ := h.page("POST", "/desk/passkey/options", "", "{}")
		refused("junk", send(junk, fresh.Cookies()[0].Value, h.server.URL), http.StatusUnauthorized)
	}
	// A program's token opens no account page.
	for _, path := range []string{"/desk/me/passkey/options", "/desk/me/codes", "/desk/me"} {
		if resp, _ := h.page("POST", path, "", "password=0123456789", "Authorization", "Bearer "+anna.token); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s with a token: %d", path, resp.StatusCode)
		}
	}
}

func TestWithoutATrustedAddressNoPasskeyIsOffered(t *testing.T) {
	h := open(t, desk.Options{}) // http://127.0.0.1
	in := h.volunteer(handoff.Volunteer{Name: "Anna"}).session()
	for _, path := range []string{"/desk", "/desk/me", "/desk/sign-in"} {
		if _, body := h.page("GET", path, in, ""); strings.Contains(body, "data-passkey") || strings.Contains(body, "passkey.") {
			t.Errorf("%s offers a passkey", path)
		}
	}
	for _, path := range []string{"/desk/passkey/options", "/desk/passkey", "/desk/me/passkey/options", "/desk/me/passkey"} {
		if resp, _ := h.page("POST", path, in, "{}"); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

func TestPasswordAndCode(t *testing.T) {
	h := open(t, desk.Options{Org: "Helpdesk Breda"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator}).session()
	b := anna.at("en", 360, 640)
	b.visit("/desk/me")
	b.reads("main", "Set a password first")
	b.write("[name=password]", "correct horse battery")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.press("[action='/desk/me/codes'] button")
	b.Until(`document.querySelector(".qr").naturalWidth > 100`)
	b.Screenshot("desk-codes")
	secret := strings.ReplaceAll(browsertest.Eval[string](b.Browser, `document.querySelector("main code").textContent`), " ", "")
	code := func(later time.Duration) string {
		t.Helper()
		code, err := totp.GenerateCode(secret, time.Now().Add(later))
		must(t, err)
		return code
	}
	b.write("[name=code]", "12345")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.reads("[role=alert]", "wrong or was used")
	b.write("[name=code]", code(0)) // the same secret as before the mistake
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.reads(".recovery", "-")
	b.Screenshot("desk-recovery")
	recovery := browsertest.Eval[[]string](b.Browser, `[...document.querySelectorAll(".recovery code")].map(e => e.textContent)`)
	b.press("main a.button")
	b.reads("main", "10 recovery codes are left")
	b.signOut()

	b.write("[name=name]", "Anna")
	b.write("[name=password]", "correct horse battery")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(`document.activeElement.name === "code"`)
	b.Screenshot("desk-code")
	if got := cookie(b, "brug_session"); got != "" {
		t.Error("there is a session before the code")
	}
	b.write("[name=code]", "000000")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.reads("[role=alert]", "wrong or was used")
	b.write("[name=code]", recovery[0])
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(`location.pathname === "/desk" && document.querySelector("#cases")`)

	change := func(what, done string) string {
		t.Helper()
		resp, body := h.page("POST", "/desk/team/people/change", boss, url.Values{"id": {anna.v.ID}, "do": {what}}.Encode())
		if _, log := h.page("GET", "/desk/team/log", boss, ""); resp.StatusCode >= 400 || !strings.Contains(log, done) {
			t.Errorf("%s: %d, and in the log %s", what, resp.StatusCode, log)
		}
		return body
	}
	change("reset-codes", "turned the codes off")
	if on, _, err := h.volunteers.Codes(t.Context(), anna.v.ID); err != nil || on {
		t.Errorf("codes are still on: %v", err)
	}
	if body := change("lost-device", "ended all that a lost device opens"); !strings.Contains(body, "/desk/sign-in/") {
		t.Error("a lost device brings no new link")
	}
	if resp, _ := h.page("GET", "/desk", cookie(b, "brug_session"), ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the lost device is still in: %d", resp.StatusCode)
	}
}

func TestDevicesOnTheAccountPage(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	ben := h.volunteer(handoff.Volunteer{Name: "Ben"})
	phone := "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
	iphone := "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	edge := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
	here, lost := anna.session(), anna.session()
	h.page("GET", "/desk", anna.session(), "", "User-Agent", edge)
	h.page("GET", "/desk", anna.session(), "", "User-Agent", "curl/8 <b>")
	h.page("GET", "/desk", lost, "", "User-Agent", iphone)
	_, body := h.page("GET", "/desk/me", here, "", "User-Agent", phone)
	for _, want := range []string{"Firefox · Android", "Edge · Windows", "Safari · iPhone", "Unknown device", "this device"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s on the page", want)
		}
	}
	row := regexp.MustCompile(`Safari · iPhone(?s:.)*?name="id" value="([^"]+)"`).FindStringSubmatch(body)
	if row == nil {
		t.Fatal("no button for the lost phone")
	}
	form := url.Values{"id": {row[1]}}.Encode()
	if resp, _ := h.page("POST", "/desk/me/sign-out", ben.session(), form); resp.StatusCode != http.StatusNotFound {
		t.Errorf("Ben signs Anna out: %d", resp.StatusCode)
	}
	h.page("POST", "/desk/me/sign-out", here, form, "User-Agent", phone)
	if resp, _ := h.page("GET", "/desk", lost, ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the lost phone is still in: %d", resp.StatusCode)
	}
	resp, _ := h.page("POST", "/desk/me/sign-out", here, "all=yes")
	if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 1 || resp.Cookies()[0].MaxAge >= 0 {
		t.Errorf("signing out everywhere: %d %v", resp.StatusCode, resp.Cookies())
	}
	if resp, _ := h.page("GET", "/desk", here, ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("signed out everywhere, still in: %d", resp.StatusCode)
	}
}

// TestSigningInLeadsOnlyToTheDesk looks for redirections to others, for sessions that
// somebody else chose, and for cookies that scripts or plain http could get.
func TestSigningInLeadsOnlyToTheDesk(t *testing.T) {
	h := open(t, desk.Options{BaseURL: "https://help.example"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	must(t, h.volunteers.SetPassword(t.Context(), anna.v.ID, "correct horse battery"))
	form := url.Values{"name": {"Anna"}, "password": {"correct horse battery"}, "next": {"https://evil.example"}, "session": {"chosen"}}.Encode()
	chosen := strings.Repeat("a", 43)
	for _, path := range []string{"/desk/sign-in?next=https://evil.example", "/desk/sign-in?next=//evil.example&session=" + chosen} {
		resp, _ := h.page("POST", path, chosen, form, "Referer", "https://help.example/desk?next=//evil.example", "X-Forwarded-Host", "evil.example")
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/desk" {
			t.Errorf("%s leads to %q", path, resp.Header.Get("Location"))
		}
		c := resp.Cookies()[0]
		if c.Name != "brug_session" || c.Value == chosen || len(c.Value) != 43 || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" {
			t.Errorf("cookie %+v", c)
		}
	}
	if resp, _ := h.page("GET", "/desk", chosen, ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a session that somebody chose: %d", resp.StatusCode)
	}
	// Signing in again ends the session the browser had.
	old := anna.session()
	resp, _ := h.page("POST", "/desk/sign-in", old, form)
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in again: %d", resp.StatusCode)
	}
	if resp, _ := h.page("GET", "/desk", old, ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session from before: %d", resp.StatusCode)
	}
	resp, body := h.page("POST", "/desk/passkey/options", "", "{}")
	var options struct {
		PublicKey struct {
			RPID             string `json:"rpId"`
			UserVerification string `json:"userVerification"`
			Allow            []any  `json:"allowCredentials"`
		} `json:"publicKey"`
	}
	must(t, json.Unmarshal([]byte(body), &options))
	if o := options.PublicKey; o.RPID != "help.example" || o.UserVerification != "required" || len(o.Allow) != 0 {
		t.Errorf("options %+v", o)
	}
	if c := resp.Cookies()[0]; !c.Secure || !c.HttpOnly {
		t.Errorf("cookie %+v", c)
	}
}

// TestAccountPagesOnAPhone looks at every page of signing in, by day and night, and at
// those with the longest words in every language.
func TestAccountPagesOnAPhone(t *testing.T) {
	h := open(t, desk.Options{BaseURL: onLocalhost, Org: "Stichting Welkom in Breda"})
	anna := h.volunteer(handoff.Volunteer{Name: "Анна"})
	must(t, h.volunteers.SetPassword(t.Context(), anna.v.ID, "correct horse battery"))
	b := anna.at("uk", 360, 640)
	b.withFinger()
	look := func(name string, schemes ...string) {
		t.Helper()
		for _, scheme := range schemes {
			b.Scheme(scheme)
			b.Screenshot("signin-" + name + "-" + scheme)
			for _, wrong := range browsertest.Eval[[]string](b.Browser, lookAround) {
				t.Errorf("%s (%s): %s", name, scheme, wrong)
			}
			if w := browsertest.Eval[int](b.Browser, `document.documentElement.scrollWidth`); w > 360 {
				t.Errorf("%s is %d wide", name, w)
			}
		}
	}
	b.Until(`!document.querySelector("[data-passkey-offer]").hidden`)
	look("offer", "light", "dark")
	b.visit("/desk/me")
	b.press("[data-passkey-do=add]")
	b.Until(`document.querySelector("#passkeys")`)
	for _, lang := range desk.Languages {
		browsertest.Eval[bool](b.Browser, fmt.Sprintf(`fetch("/desk/language", {method: "POST", body: new URLSearchParams({lang: %q})}).then(() => true)`, lang))
		b.visit("/desk/me")
		look("me-"+lang, "light")
	}
	look("me-uk", "dark")
	b.press("[action='/desk/me/codes'] button")
	b.Until(`document.querySelector(".qr")`)
	look("codes", "light", "dark")
	secret := strings.ReplaceAll(browsertest.Eval[string](b.Browser, `document.querySelector("main code").textContent`), " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	must(t, err)
	b.write("[name=code]", code)
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(`document.querySelector(".recovery")`)
	look("recovery", "light", "dark")
	b.visit("/desk/me")
	look("me-codes", "light")
	b.signOut()
	b.Until(`document.querySelector("[data-passkey-do=sign-in]").checkVisibility()`)
	look("sign-in", "light", "dark")
	b.write("[name=name]", "Анна")
	b.write("[name=password]", "correct horse battery")
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(`document.querySelector("[action='/desk/sign-in/code']")`)
	look("code", "light", "dark")
}
