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

// TestPressWaitsForWhatItPresses: the button comes late, moves, and is covered at first.
func TestPressWaitsForWhatItPresses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!doctype html><title>x</title><style>#over{position:fixed;inset:0} #b{position:relative}</style><div id="over"></div><p id="place"></p>
<script>
let frames = 0;
document.body.onclick = (e) => { window.hit = e.target.id; };
(function step() {
	frames++;
	if (frames === 5) place.innerHTML = '<button id="b" disabled>x</button>';
	if (frames === 10) b.disabled = false;
	if (frames > 10 && frames < 30) b.style.left = frames + "px";
	if (frames === 40) over.remove();
	requestAnimationFrame(step);
})();
</script>`))
	}))
	defer server.Close()
	b := Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(server.URL))
	b.Press("#b")
	if hit := Eval[string](b, "window.hit"); hit != "b" {
		t.Errorf("pressed %q", hit)
	}
}

// TestPressAgainWhatMovedAway: the button leaves its place under the finger, once.
func TestPressAgainWhatMovedAway(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(`<!doctype html><title>x</title><button id="b" style="position:relative">x</button>
<script>
window.hits = [];
document.onclick = (e) => { hits.push(e.target.id); };
document.addEventListener("pointerdown", () => { b.style.top = "200px"; }, { once: true });
</script>`))
	}))
	defer server.Close()
	b := Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(server.URL))
	b.Press("#b")
	if hits := Eval[string](b, `hits.join("|")`); hits != "|b" {
		t.Errorf("pressed %q", hits)
	}
}

// TestEvalWaitsForThePage: its end comes only when somebody asks whether it is there.
func TestEvalWaitsForThePage(t *testing.T) {
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			w.Write([]byte(`<!doctype html><title>x</title><a href="/late">late</a>`))
		case "/late":
			w.Write([]byte(`<!doctype html><title>x</title><script>
Object.defineProperty(document, "readyState", { configurable: true, get() { delete document.readyState; fetch("/asked"); return "loading"; } });
</script><p>begin</p>`))
			w.(http.Flusher).Flush()
			<-asked
			w.Write([]byte(`<p id="end">end</p>`))
		case "/asked":
			close(asked)
		}
	}))
	defer server.Close()
	b := Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(server.URL))
	b.Press("a")
	b.Until(`document.querySelector("p")`)
	if end := Eval[string](b, `document.getElementById("end").textContent`); end != "end" {
		t.Errorf("read %q", end)
	}
}
