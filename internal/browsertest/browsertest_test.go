package browsertest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestBrowserSeesThePage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!doctype html><title>x</title><p>مرحبا</p><script>setTimeout(() => document.title = navigator.language, 50); nothing()</script>`))
	}))
	defer server.Close()
	b := Open(t, "ar", 360, 640)
	b.Do(chromedp.Navigate(server.URL))
	b.Until(`document.title === "ar"`)
	if width := Eval[int](b, "innerWidth"); width != 360 {
		t.Errorf("the window is %d wide", width)
	}
	if got := Eval[string](b, `Promise.resolve(document.querySelector("p").textContent)`); got != "مرحبا" {
		t.Errorf("read %q", got)
	}
	if hosts := b.Hosts(); len(hosts) != 1 || "http://"+hosts[0] != server.URL {
		t.Errorf("hosts %v", hosts)
	}
	if len(b.Complaints()) != 1 {
		t.Errorf("complaints %q", b.Complaints())
	}
	b.Offline(true)
	b.Until(`!navigator.onLine`)
	if Eval[bool](b, `fetch("/").then(() => true, () => false)`) {
		t.Error("offline, and yet the page reached its server")
	}
	b.Offline(false)
	b.Until(`navigator.onLine`)
	if !Eval[bool](b, `fetch("/").then(() => true, () => false)`) {
		t.Error("still offline")
	}
	b.Screenshot("browsertest")
}
