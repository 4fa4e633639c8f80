package web

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/store"
)

const arabicAnswer = "رقم **BSN** (burgerservicenummer) هو رقمكم الشخصي في هولندا.\n\n" +
	"1. سجّلوا أنفسكم في البلدية (gemeente).\n2. أحضروا جواز السفر.\n3. للسؤال: 0800-2000، وفي الخطر 112.\n\n" +
	"المصدر: [RefugeeHelp](https://refugeehelp.nl)، بتاريخ 1-7-2026."

// chat is a helpdesk that answers everything in Arabic.
func chat(t *testing.T) (*site, *Channel) {
	t.Helper()
	s := newSite(t)
	c := s.open(quiet, Config{})
	s.run(c, func(ctx context.Context, m bots.Message) error {
		if err := c.Typing(ctx, m.Contact); err != nil {
			t.Error(err)
		}
		r := bots.Reply{ID: "r" + store.NewID(), Lang: "ar", From: bots.FromBot, Text: arabicAnswer, Article: "bsn-get",
			Choices: []bots.Choice{{ID: "helped", Label: "هذا ساعدني"}, {ID: "person", Label: "أريد التحدث مع شخص"}}}
		if m.Action == bots.Tap {
			r.Choices, r.From, r.Text = nil, bots.FromVolunteer, "مرحباً، أنا سامي. كيف أساعدكم؟"
		}
		for _, p := range bots.Render(r, c.Limits(), m.Contact) {
			if _, err := c.Send(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
	return s, c
}

func said(from string) string { return `document.querySelectorAll("#log > li.` + from + `").length` }

func TestArabicOnASmallPhone(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "ar", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/"))
	b.Until(`document.documentElement.dir === "rtl" && document.getElementById("text").placeholder === "سؤالكم"`)
	b.Screenshot("chat-ar-new")
	b.Do(chromedp.SendKeys("#text", "كيف أحصل على BSN؟"))
	b.Press("#send")
	b.Until(said("bot") + ` === 1`)
	b.Screenshot("chat-ar-answer")
	b.Press(".choices button:nth-child(2)")
	b.Until(said("volunteer") + ` === 1`)
	if got := browsertest.Eval[string](b, `Array.from(document.querySelectorAll("#log > li.visitor .bubble")).map(e => e.textContent).join("|")`); got != "كيف أحصل على BSN؟|أريد التحدث مع شخص" {
		t.Errorf("the visitor's own messages: %q", got)
	}
	b.Screenshot("chat-ar-person")
	// Mirrored: the visitor's bubbles at the left edge, the helpdesk's at the right,
	// the button left of the field; nothing is wider than the screen.
	if !browsertest.Eval[bool](b, `(() => {
		const box = (q) => document.querySelector(q).getBoundingClientRect();
		return box("li.visitor .bubble").left < 30 && box("li.volunteer .bubble").right > 330 && box("#send").right < box("#text").left &&
			document.documentElement.scrollWidth <= 360 && box("#send").bottom <= 640;
	})()`) {
		t.Error("the page is not mirrored, or wider than the screen")
	}
	// The number is read from left to right on the screen.
	if !browsertest.Eval[bool](b, `(() => {
		const bdi = Array.from(document.querySelectorAll("bdi")).find((e) => e.textContent === "0800-2000");
		const node = document.createTreeWalker(bdi, NodeFilter.SHOW_TEXT).nextNode();
		const at = (i) => { const r = document.createRange(); r.setStart(node, i); r.setEnd(node, i + 1); return r.getBoundingClientRect().left; };
		return at(0) < at(4) && at(4) < at(8);
	})()`) {
		t.Error("0800-2000 stands the wrong way round")
	}
	if hosts := b.Hosts(); !slices.Equal(hosts, []string{strings.TrimPrefix(s.server.URL, "http://")}) {
		t.Errorf("the page asked %q", hosts)
	}
	if loud := b.Complaints(); len(loud) > 0 {
		t.Errorf("the browser complains: %q", loud)
	}
}

func TestReloadShowsEverythingAgain(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "uk", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(`document.documentElement.lang === "uk"`)
	b.Do(chromedp.SendKeys("#text", "Перше"))
	b.Press("#send")
	b.Until(said("bot") + ` === 1`)
	b.Do(chromedp.SendKeys("#text", "недописане"))
	all := `Array.from(document.querySelectorAll("#log > li")).map((i) => i.className + i.querySelector(".bubble").textContent + i.querySelectorAll("button").length).join("|")`
	before := browsertest.Eval[string](b, all)
	b.Do(chromedp.Reload())
	b.Until(`document.readyState === "complete" && ` + said("bot") + ` === 1`)
	if after := browsertest.Eval[string](b, all); after != before {
		t.Errorf("before %q\nafter %q", before, after)
	}
	if got := browsertest.Eval[string](b, `document.getElementById("text").value`); got != "недописане" {
		t.Errorf("the draft is %q", got)
	}
	// The page follows the language of the last answer, also now; its buttons work.
	b.Until(`document.documentElement.dir === "rtl"`)
	b.Press(".choices button")
	b.Until(said("volunteer") + ` === 1 && ` + said("visitor") + ` === 2`)
	// A chosen language stays, and sends nothing.
	b.Do(chromedp.SetValue("#language", "nl"))
	browsertest.Eval[bool](b, `document.getElementById("language").dispatchEvent(new Event("change"))`)
	b.Do(chromedp.Reload())
	b.Until(said("volunteer") + ` === 1 && document.documentElement.lang === "nl" && document.documentElement.dir === "ltr"`)
	if got := browsertest.Eval[int](b, said("visitor")); got != 2 {
		t.Errorf("%d messages of the visitor", got)
	}
	b.Screenshot("chat-nl-chosen")
}

func TestMessagesWaitForTheConnection(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(`document.getElementById("text").placeholder === "Your question"`)
	b.Offline(true)
	b.Until(`document.getElementById("status").textContent.startsWith("No connection")`)
	b.Do(chromedp.SendKeys("#text", "one"))
	b.Press("#send")
	b.Do(chromedp.SendKeys("#text", "two"))
	b.Press("#send")
	b.Until(`document.querySelectorAll(".visitor .meta").length === 2 && document.querySelector(".visitor .meta").textContent.includes("will be sent")`)
	b.Screenshot("chat-en-offline")
	b.Offline(false)
	b.Until(said("bot") + ` === 2 && !document.querySelector("#log").textContent.includes("will be sent")`)
	if got := browsertest.Eval[string](b, `document.getElementById("status").textContent + localStorage.getItem("brug.queue")`); got != "[]" {
		t.Errorf("left over: %q", got)
	}
	events, _ := s.replay(browsertest.Eval[string](b, `localStorage.getItem("brug.visitor")`), "", 4)
	var order []string
	for _, e := range events {
		if e.From == fromVisitor {
			order = append(order, e.Text)
		}
	}
	if !slices.Equal(order, []string{"one", "two"}) {
		t.Errorf("sent %q", order)
	}
}

// TestMessagesSurviveAnOutage: the server is there and cannot take messages; the
// page is even loaded anew meanwhile.
func TestMessagesSurviveAnOutage(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(said("bot") + ` === 0`)
	works := s.handler.Load()
	var refused atomic.Int32
	s.handler.Store(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			refused.Add(1)
			unavailable(w)
			return
		}
		works.(http.HandlerFunc)(w, r)
	}))
	b.Do(chromedp.SendKeys("#text", "is anybody there?"))
	b.Press("#send")
	eventually(t, "the message is refused", func() bool { return refused.Load() > 0 })
	b.Do(chromedp.Reload())
	b.Until(said("visitor") + ` === 1`)
	s.handler.Store(works)
	b.Until(said("bot") + ` === 1 && ` + said("visitor") + ` === 1`)
}

func TestByKeyboardAlone(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "en", 900, 700)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(`document.getElementById("log").getAttribute("aria-busy") === "false"`)
	press := func(key string, until string) {
		t.Helper()
		for range 15 {
			if browsertest.Eval[bool](b, until) {
				return
			}
			b.Do(chromedp.KeyEvent(key))
		}
		t.Fatalf("the key does not reach %s", until)
	}
	press(kb.Tab, `document.activeElement.id === "text"`)
	b.Do(chromedp.KeyEvent("How do I get a BSN?"), chromedp.KeyEvent(kb.Enter))
	b.Until(said("bot") + ` === 1`)
	if got := browsertest.Eval[string](b, `document.activeElement.id + "|" + document.activeElement.value`); got != "text|" {
		t.Errorf("after sending the focus is in %q", got)
	}
	// Back to the first button under the answer.
	for range 15 {
		if browsertest.Eval[bool](b, `document.activeElement.matches(".choices button:first-child")`) {
			break
		}
		b.Do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	}
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(said("volunteer") + ` === 1`)
	if !browsertest.Eval[bool](b, `document.activeElement.matches(".choices button")`) {
		t.Error("the focus is lost after a tap")
	}
	b.Screenshot("chat-keyboard")
	// What can be used has a name.
	if got := browsertest.Eval[int](b, `Array.from(document.querySelectorAll("button, textarea, select, a, #log")).filter((e) =>
		!(e.getAttribute("aria-label") || e.textContent || (e.labels && e.labels[0] && e.labels[0].textContent) || "").trim()).length`); got != 0 {
		t.Errorf("%d elements have no name", got)
	}
}

func TestTheLeaveButtonReplacesThePage(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(said("bot") + ` === 0`)
	b.Do(chromedp.SendKeys("#text", "a secret"))
	b.Press("#send")
	b.Until(said("bot") + ` === 1`)
	b.Do(chromedp.SendKeys("#text", "half a secret"))
	// The weather is played by our own server: tests ask nobody else.
	browsertest.Eval[string](b, `document.body.dataset.leave = "/privacy"`)
	b.Press("#leave")
	b.Until(`location.pathname === "/privacy"`)
	if got := browsertest.Eval[int](b, `history.length`); got > 2 {
		t.Errorf("the chat is still in the history, %d entries", got)
	}
	if got := browsertest.Eval[int](b, `localStorage.length`); got != 0 {
		t.Errorf("the phone keeps %d things", got)
	}
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(`document.getElementById("log").getAttribute("aria-busy") === "false"`)
	if got := browsertest.Eval[string](b, `document.getElementById("log").textContent + document.getElementById("text").value`); got != "" {
		t.Errorf("who opens the page next reads %q", got)
	}
}

// TestALateAnswerKeepsNothing: until the other page is there, the one that was left still
// hears what it asked for.
func TestALateAnswerKeepsNothing(t *testing.T) {
	s, _ := chat(t)
	b := browsertest.Open(t, "en", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	browsertest.Eval[string](b, `document.body.dataset.leave = "#left"`) // which leaves the page where it is
	browsertest.Eval[bool](b, `(() => {
		const real = fetch, until = new Promise((ok) => { window.late = ok; });
		window.fetch = async (...a) => { const r = await real(...a); await until; return r; };
		return true;
	})()`)
	b.Do(chromedp.SendKeys("#text", "a secret"))
	b.Press("#send")
	b.Until(said("bot") + ` === 1`)
	b.Press("#leave")
	b.Until(`location.hash === "#left"`)
	if got := browsertest.Eval[int](b, `(late(), new Promise((done) => setTimeout(done))).then(() => localStorage.length)`); got != 0 {
		t.Errorf("the phone keeps %d things", got)
	}
}

func TestDarkAndLight(t *testing.T) {
	s, c := chat(t)
	b := browsertest.Open(t, "uk", 360, 640)
	b.Do(chromedp.Navigate(s.server.URL + "/chat"))
	b.Until(said("bot") + ` === 0`)
	to := makeAddress(browsertest.Eval[string](b, `localStorage.getItem("brug.visitor")`))
	for _, r := range []bots.Reply{
		{ID: "a", Lang: "uk", Text: "Номер **BSN** отримують у муніципалітеті (gemeente):\n\n- запис на прийом\n- паспорт\n\nДокладніше: [RefugeeHelp](https://refugeehelp.nl). Телефон: 088 043 04 30.",
			Choices: []bots.Choice{{ID: "x", Label: "Це допомогло"}, {ID: "y", Label: "Подзвонити 112", URL: "tel:112"}}},
		{ID: "b", Lang: "uk", From: bots.FromSystem, Text: "Оксана читає Ваше запитання."},
	} {
		if _, err := c.Send(t.Context(), bots.Render(r, c.Limits(), to)[0]); err != nil {
			t.Fatal(err)
		}
	}
	b.Until(said("system") + ` === 1`)
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		b.Screenshot("chat-uk-" + scheme)
		// WCAG AA, 1.4.3: 4.5 to 1 for text.
		if got := browsertest.Eval[float64](b, contrast); got < 4.5 {
			t.Errorf("%s: the least contrast is %.2f", scheme, got)
		}
	}
}

// contrast is the least ratio between the colour of a text and what is behind it.
const contrast = `(() => {
	const rgb = (s) => s.match(/[\d.]+/g).map(Number);
	const light = (s) => rgb(s).slice(0, 3).map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return "rgb(255,255,255)"; };
	let least = 99;
	for (const e of document.querySelectorAll("h1, p, a, button, li, time, .bubble, select, #hello, textarea")) {
		if (!e.textContent.trim() || !e.getClientRects().length) continue;
		const a = light(getComputedStyle(e).color), b = light(behind(e));
		least = Math.min(least, (Math.max(a, b) + .05) / (Math.min(a, b) + .05));
	}
	return least;
})()`

func TestThePageIsLightAndHasNothingInline(t *testing.T) {
	s, _ := chat(t)
	get := func(path, lang string) (*http.Response, string) {
		r, _ := http.NewRequest("GET", s.server.URL+path, nil)
		r.Header.Set("Accept-Language", lang)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	_, page := get("/", "ar")
	total := len(page)
	for _, part := range strings.Split(page, `"`) {
		if strings.HasPrefix(part, "/chat/files/") {
			resp, body := get(part, "ar")
			if resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %s %v", part, resp.Status, resp.Header)
			}
			total += len(body)
		}
	}
	t.Logf("the page weighs %d bytes", total)
	if total > 50_000 {
		t.Errorf("the page weighs %d bytes, more than 50,000", total)
	}
	if !strings.Contains(page, `lang="ar" dir="rtl"`) || strings.Contains(page, "style=") || strings.Contains(page, "onclick") ||
		strings.Count(page, "<script") != strings.Count(page, "<script src=") {
		t.Errorf("the page:\n%s", page)
	}
	resp, _ := get("/chat", "uk")
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	resp, lost := get("/nothing-here", "nl")
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(lost, "Deze pagina bestaat niet") {
		t.Errorf("%s %s", resp.Status, lost)
	}
}

func TestWordsAreComplete(t *testing.T) {
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	if len(w) != len(languages) {
		t.Errorf("%d languages have words, %d are offered", len(w), len(languages))
	}
	for _, lang := range languages {
		for key := range w["en"] {
			if w[lang][key] == "" && slices.Contains([]string{"uk", "ar", "ru", "en", "nl", "fa", "tr", "pl", "fr"}, lang) {
				t.Errorf("%s has no %q", lang, key)
			}
		}
		for key, s := range w[lang] {
			if w["en"][key] == "" || strings.TrimFunc(s, unicode.IsSpace) != s {
				t.Errorf("%s: %q is %q", lang, key, s)
			}
		}
	}
	for key, s := range w["uk"] {
		if strings.ContainsAny(s, "ыэъё") {
			t.Errorf("Russian letters in the Ukrainian %q: %q", key, s)
		}
	}
}
