package web

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// TestTheScreenOfAnOldPhone: a long answer is read from its beginning, a keyboard hides
// nothing, the network goes and comes back, and letters may be twice as large.
func TestTheScreenOfAnOldPhone(t *testing.T) {
	s, c := chat(t)
	b := browsertest.Open(t, "uk", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(`document.getElementById("log").getAttribute("aria-busy") === "false"`)
	to := makeAddress(browsertest.Eval[string](b, `localStorage.getItem("brug.visitor")`))
	say := func(id, text string) {
		t.Helper()
		for _, p := range bots.Render(bots.Reply{ID: id, Lang: "ar", Text: text}, c.Limits(), to) {
			if _, err := c.Send(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
	}
	inView := `(e => { const r = e.getBoundingClientRect(), m = document.querySelector("main").getBoundingClientRect(); return r.top >= m.top - 1 && r.top < m.top + 40; })(document.querySelector("#log > li:last-child"))`
	say("long", strings.Repeat(arabicAnswer+"\n\n", 4))
	b.Until(said("bot") + ` === 1`)
	if !browsertest.Eval[bool](b, inView) {
		b.Screenshot("chat-long")
		t.Error("a long answer is not shown from its beginning")
	}

	// Who reads further up is left there; who has read all sees what comes.
	say("next", "نعم")
	b.Until(said("bot") + ` === 2`)
	if !browsertest.Eval[bool](b, `document.querySelector("#log > li:last-child").getBoundingClientRect().top > document.querySelector("main").getBoundingClientRect().bottom`) {
		t.Error("the reader was taken away from a long answer")
	}
	// The page hears of it with the next frame.
	browsertest.Eval[bool](b, `new Promise((done) => {
		const m = document.querySelector("main");
		m.scrollTop = m.scrollHeight;
		requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
	})`)
	lastSeen := `(e => e.getBoundingClientRect().bottom <= document.querySelector("form").getBoundingClientRect().top && e.getBoundingClientRect().bottom > 0)(document.querySelector("#log > li:last-child .bubble"))`
	b.Until(lastSeen)
	b.Do(chromedp.SendKeys("#text", strings.Repeat("х", 60)))
	b.Do(chromedp.EmulateViewport(360, 300, chromedp.EmulateScale(2))) // the keyboard opens
	b.Until(lastSeen + ` && document.getElementById("send").getBoundingClientRect().bottom <= 300`)
	b.Screenshot("chat-keyboard-open")
	b.Do(chromedp.EmulateViewport(360, 640, chromedp.EmulateScale(2)))
	b.Until(lastSeen)

	// What was said while there was no network is there when it comes back.
	b.Offline(true)
	b.Until(`document.getElementById("status").textContent`)
	say("offline", "أهلاً")
	b.Offline(false)
	b.Until(said("bot") + ` === 3`)
	b.Until(lastSeen)

	// A phone that slept hears anew: the old stream may be dead.
	browsertest.Eval[bool](b, `(() => {
		const Real = EventSource, now = Date.now;
		window.opened = 0;
		window.EventSource = function (address) { window.opened++; return new Real(address); };
		let hidden = true;
		Object.defineProperty(document, "hidden", { get: () => hidden });
		const turn = () => document.dispatchEvent(new Event("visibilitychange"));
		turn();
		Date.now = () => now() + 60000;
		hidden = false;
		turn();
		return true;
	})()`)
	b.Until(`window.opened === 1`)
	say("slept", "مرحباً")
	b.Until(said("bot") + ` === 4`)

	say("wide", strings.Repeat("Rijksdienst", 12)+" https://example.org/"+strings.Repeat("path/", 20)+" 0800-2000")
	b.Until(said("bot") + ` === 5`)
	for _, size := range []int64{16, 32} {
		if _, err := chromedp.Call(b.Context, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: size, Fixed: size}}); err != nil {
			t.Fatal(err)
		}
		b.Until(`getComputedStyle(document.documentElement).fontSize === "` + map[int64]string{16: "16px", 32: "32px"}[size] + `"`)
		b.Screenshot("chat-letters")
		for _, wrong := range browsertest.Eval[[]string](b, `[...document.querySelectorAll("body *:not(.unseen, #photo)")].filter((e) => {
			const r = e.getBoundingClientRect();
			return r.width && (r.right > 361 || r.left < -1) || e.matches("select, textarea") && parseFloat(getComputedStyle(e).fontSize) < 16 || e.matches("button, select, textarea, #attach") && r.height < 43;
		}).map((e) => e.outerHTML.slice(0, 90))`) {
			t.Errorf("letters of %d px: %s", size, wrong)
		}
	}
}
