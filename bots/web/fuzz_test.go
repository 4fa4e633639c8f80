package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzAPI: whatever a program sends, the answer is one of those that are described.
// The channel does not run, so what is in order is told to come again.
func FuzzAPI(f *testing.F) {
	for _, s := range []string{message("1", "text"), `{"visitor":5}`, `{"visitor":"` + visitor + `","id":"1","choice":"a:b"}`, "{", "", "null", "\x00\xff",
		visitor, "/../" + visitor, "%00", strings.Repeat("[", 10000)} {
		f.Add(s, visitor, "1")
	}
	c, err := New(quiet, nil, nil, Config{})
	if err != nil {
		f.Fatal(err)
	}
	known := map[int]bool{http.StatusBadRequest: true, http.StatusRequestEntityTooLarge: true, http.StatusServiceUnavailable: true}
	f.Fuzz(func(t *testing.T, body, who, id string) {
		query := "?visitor=" + url.QueryEscape(who) + "&id=" + url.QueryEscape(id)
		for _, r := range []*http.Request{
			httptest.NewRequest("POST", "/chat/api/messages", strings.NewReader(body)),
			httptest.NewRequest("POST", "/chat/api/photos"+query, strings.NewReader(body)),
			httptest.NewRequest("GET", "/chat/api/events"+query, nil),
		} {
			w := httptest.NewRecorder()
			c.Handler().ServeHTTP(w, r)
			if !known[w.Code] || w.Header().Get("Content-Type") != "application/json" && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
				t.Fatalf("%s: %d %s", r.URL.Path, w.Code, w.Header().Get("Content-Type"))
			}
			if strings.Contains(w.Body.String(), who) && len(who) > 30 {
				t.Fatalf("the answer repeats what was sent: %s", w.Body)
			}
		}
	})
}
