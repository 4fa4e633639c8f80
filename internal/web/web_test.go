package web

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/internal/patience"
)

func testPages(t *testing.T) (*Assets, *Pages) {
	t.Helper()
	assets, err := NewAssets("/x/files/", fstest.MapFS{"x.js": {Data: []byte("let x;")}})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := NewPages(assets, fstest.MapFS{
		"_parts.html": {Data: []byte(`{{define "name"}}<b>{{.}}</b>{{end}}`)},
		"one.html":    {Data: []byte(`{{define "head"}}<script src="{{asset "x.js"}}" defer></script>{{end}}{{define "main"}}{{template "name" .Data}}{{end}}`)},
		"bad.html":    {Data: []byte(`{{define "main"}}{{asset "none.js"}}{{end}}`)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return assets, pages
}

func TestPagesStandInTheLayout(t *testing.T) {
	assets, pages := testPages(t)
	w := httptest.NewRecorder()
	if err := pages.Write(w, http.StatusOK, "one.html", Page{Lang: "ar", Title: "A & B", Data: "<script>"}); err != nil {
		t.Fatal(err)
	}
	script, err := assets.URL("x.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="ar" dir="rtl">`, "<title>A &amp; B</title>", "<b>&lt;script&gt;</b>",
		`<script src="` + script + `" defer>`, `href="/x/files/base.`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in\n%s", want, w.Body)
		}
	}
	for _, name := range []string{"bad.html", "none.html"} {
		w := httptest.NewRecorder()
		if err := pages.Write(w, http.StatusOK, name, Page{}); err == nil || w.Body.Len() > 0 {
			t.Errorf("%s: error %v, wrote %q", name, err, w.Body)
		}
	}
}

func TestProblemSaysWhatIsWrong(t *testing.T) {
	_, pages := testPages(t)
	w := httptest.NewRecorder()
	pages.Problem(w, http.StatusNotFound, "nl", "Niet gevonden", "Ga terug.")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "<h1>Niet gevonden</h1>") || !strings.Contains(w.Body.String(), "Ga terug.") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAssetsAreKeptByTheirHash(t *testing.T) {
	assets, _ := testPages(t)
	url, _ := assets.URL("x.js")
	w := httptest.NewRecorder()
	assets.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
	if w.Code != http.StatusOK || w.Body.String() != "let x;" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	assets.ServeHTTP(w, httptest.NewRequest("GET", "/x/files/x.000000000000.js", nil))
	if w.Code != http.StatusNotFound || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("an old address: %d %v", w.Code, w.Header())
	}
	if _, err := NewAssets("/", fstest.MapFS{"a/x.js": {Data: []byte("1")}, "b/x.js": {Data: []byte("2")}}); err == nil {
		t.Error("two different files of one name were taken")
	}
}

func TestSecureRefusesOtherSites(t *testing.T) {
	h := Secure(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "done") }))
	for _, c := range []struct {
		method, site string
		want         int
	}{
		{"POST", "cross-site", http.StatusForbidden},
		{"POST", "same-origin", http.StatusOK},
		{"POST", "", http.StatusOK}, // a program, not a browser
		{"GET", "cross-site", http.StatusOK},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s from %q: %d", c.method, c.site, w.Code)
		}
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		if w.Code == http.StatusForbidden {
			var got struct {
				Error struct{ Code, Message string }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Error.Code != "cross_origin" || got.Error.Message == "" {
				t.Errorf("%v in %s", err, w.Body)
			}
		}
	}
}

func TestEventsReachTheOtherSideAtOnce(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, err := NewEvents(w, 2*time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		if err := e.Send("7-0", "typing", []byte("a\nb")); err != nil {
			t.Error(err)
		}
		if err := e.Alive(); err != nil {
			t.Error(err)
		}
		<-release
	}))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), patience.Limit)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	want := []string{"retry: 2000", "", "id: 7-0", "event: typing", "data: a", "data: b", "", ":", ""}
	var got []string
	lines := bufio.NewScanner(resp.Body)
	for len(got) < len(want) && lines.Scan() {
		got = append(got, lines.Text())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLanguageFollowsTheBrowser(t *testing.T) {
	for wish, want := range map[string]string{
		"": "en", "uk-UA,ru;q=0.8": "uk", "ar-SY": "ar", "zh": "en", "nl-BE,fr": "nl", ";;": "en", "uk": "uk",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", wish)
		if got := Language(r, "en", "nl", "uk", "ru", "ar"); got != want {
			t.Errorf("%q: %s, want %s", wish, got, want)
		}
	}
}
