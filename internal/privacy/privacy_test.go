package privacy

import (
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/internal/phrases"
)

// full is a helpdesk of which everything is known.
var full = Config{Org: "Stichting <Brug> & Co", Contact: "privacy@brug.example", KeepDays: 30, Channels: []string{"web", "signal", "telegram", "whatsapp"}}

func get(t *testing.T, c Config, target, wish string) *httptest.ResponseRecorder {
	t.Helper()
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Accept-Language", wish)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestLanguageIsChosenOrTheBrowsers(t *testing.T) {
	for _, c := range []struct{ target, wish, lang, dir string }{
		{"/privacy", "", "en", "ltr"},
		{"/privacy", "ar-SY,en;q=0.5", "ar", "rtl"},
		{"/privacy", "nl-NL", "nl", "ltr"},
		{"/privacy?lang=uk", "ar", "uk", "ltr"},
		{"/privacy?lang=ru", "", "ru", "ltr"},
		{"/privacy?lang=xx", "uk", "uk", "ltr"},
		{"/privacy?lang=%3Cscript%3E", "ja", "en", "ltr"},
	} {
		w := get(t, full, c.target, c.wish)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, `<html lang="`+c.lang+`" dir="`+c.dir+`">`) {
			t.Errorf("%s for %q: %d %.80s", c.target, c.wish, w.Code, body)
		}
		for _, lang := range phrases.Full {
			current := `lang="` + lang + `" hreflang="` + lang + `" dir="` + map[bool]string{true: "rtl", false: "ltr"}[lang == "ar"] + `"`
			if lang == c.lang {
				current += ` aria-current="true"`
			}
			if !strings.Contains(body, `<a href="/privacy?lang=`+lang+`" `+current+`>`+phrases.Names[lang]+`</a>`) {
				t.Errorf("%s for %q: no switch to %s", c.target, c.wish, lang)
			}
		}
	}
}

func TestPageIsGuarded(t *testing.T) {
	w := get(t, full, "/privacy", "")
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	if body := w.Body.String(); strings.Contains(body, "<script") || strings.Contains(body, "style=") || strings.Contains(body, "<Brug>") {
		t.Errorf("script, style or markup of the configuration in\n%s", body)
	}
	h, err := New(full)
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{"POST /privacy": http.StatusMethodNotAllowed, "GET /privacy/none": http.StatusNotFound, "HEAD /privacy": http.StatusOK} {
		method, path, _ := strings.Cut(target, " ")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if _, style, ok := strings.Cut(w.Body.String(), `href="/privacy/files/privacy.`); !ok {
		t.Error("no style sheet")
	} else {
		name, _, _ := strings.Cut(style, `"`)
		if w := get(t, full, "/privacy/files/privacy."+name, ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
			t.Errorf("style sheet: %d %s", w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestPageSaysWhoAndHowLong(t *testing.T) {
	for lang, days := range map[string]string{"uk": "21 день", "ar": "21 يوماً", "ru": "21 день", "en": "21 days", "nl": "21 dagen"} {
		c := full
		c.KeepDays = 21
		body := get(t, c, "/privacy?lang="+lang, "").Body.String()
		for _, want := range []string{days, "90 ", "<bdi>Stichting &lt;Brug&gt; &amp; Co</bdi>", `<a href="mailto:privacy@brug.example" `,
			`<a href="tel:112"><bdi>112</bdi></a>`, `<a href="https://www.autoriteitpersoonsgegevens.nl/" `} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q", lang, want)
			}
		}
	}
}

func TestNobodyIsNamedThatIsNotKnown(t *testing.T) {
	for _, lang := range phrases.Full {
		p, err := newPage(lang, Config{KeepDays: 30})
		if err != nil {
			t.Fatal(err)
		}
		body := get(t, Config{KeepDays: 30}, "/privacy?lang="+lang, "").Body.String()
		for key, want := range map[string]bool{"who_unnamed": true, "who_named": false, "contact_unnamed": true, "contact_named": false} {
			if text, err := p.Say(key); err != nil || strings.Contains(body, string(text)) != want {
				t.Errorf("%s: %s stands there: %v, %v", lang, key, !want, err)
			}
		}
	}
}

func TestOnlyNetworksInUseAreNamed(t *testing.T) {
	for lang := range slices.Values(phrases.Full) {
		for used, hidden := range map[string][]string{"whatsapp": {"Telegram", "Signal"}, "telegram": {"WhatsApp", "Meta", "Signal"}, "signal": {"WhatsApp", "Meta", "Telegram"}} {
			c := full
			c.Channels = []string{used}
			body := get(t, c, "/privacy?lang="+lang, "").Body.String()
			p, err := newPage(lang, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"about_" + used, "about_web"} {
				if text, err := p.Say(key); err != nil || !strings.Contains(body, string(text)) {
					t.Errorf("%s with %s: no %s, %v", lang, used, key, err)
				}
			}
			for _, name := range hidden {
				if strings.Contains(body, name) {
					t.Errorf("%s with %s speaks of %s", lang, used, name)
				}
			}
		}
	}
}

func TestContactCanBePressed(t *testing.T) {
	for written, want := range map[string]string{
		"hulp+brug@brug.example":     `<a href="mailto:hulp&#43;brug@brug.example" rel="noreferrer">`,
		"https://brug.example/a?b=c": `<a href="https://brug.example/a?b=c" rel="noreferrer">`,
		"+31 (0)20-555 01 23":        `<a href="tel:&#43;310205550123" rel="noreferrer">`,
		"Brugstraat 1, Utrecht":      `<bdi>Brugstraat 1, Utrecht</bdi>`,
		"javascript:alert(1)":        `<bdi>javascript:alert(1)</bdi>`,
		`"><b>`:                      `<bdi>&#34;&gt;&lt;b&gt;</bdi>`,
	} {
		c := full
		c.Contact = written
		if body := get(t, c, "/privacy?lang=nl", "").Body.String(); !strings.Contains(body, want) {
			_, part, _ := strings.Cut(html.UnescapeString(body), "bereiken:")
			t.Errorf("%s: %.150s", written, part)
		}
	}
}

func TestConfigurationThatMakesNoSense(t *testing.T) {
	for _, c := range []Config{{KeepDays: 0}, {KeepDays: 30, Channels: []string{"pigeon"}}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}
