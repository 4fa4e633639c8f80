package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/internal/browsertest"
)

var signInAddress = regexp.MustCompile(`http://\S+/desk/sign-in/\S+`)

// TestFirstMinute is the first minute of a helpdesk that has nothing configured: a
// newcomer asks on the page, a coordinator signs in by the printed link, sees the case
// come, and answers.
func TestFirstMinute(t *testing.T) {
	addr := steadyAddr(t)
	base := "http://" + addr
	p := &patient{t: t, binary: buildBrug(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr, "BRUG_BASE_URL=" + base, "BRUG_QUIET=200ms"}}
	p.start()
	defer p.stop()
	link := ""
	until(t, "a sign-in link", func() bool {
		log, err := os.ReadFile(filepath.Join(p.data, "brug.log"))
		if err != nil {
			return false
		}
		link = string(signInAddress.Find(log))
		return link != ""
	})
	untilReady(t, addr)

	desk := browsertest.Open(t, "en", 360, 740)
	desk.Do(chromedp.Navigate(link))
	desk.Press(`main button, form button`)
	desk.Until(`location.pathname.startsWith("/desk") && !!document.querySelector("#cases")`)

	olena := browsertest.Open(t, "uk", 360, 740)
	olena.Do(chromedp.Navigate(base + "/chat"))
	write(olena, "Доброго дня! Як отримати БСН?")
	olena.Until(saw("burgerservicenummer"))
	olena.Screenshot("chat-article-uk")
	write(olena, "хочу поговорити з людиною")
	olena.Until(saw("волонтер"))
	olena.Screenshot("chat-queued-uk")

	desk.Until(`document.querySelectorAll("#cases a.card").length === 1`) // without reloading
	desk.Screenshot("desk-queue")
	desk.Press(`#cases a.card`)
	desk.Until(`location.pathname.startsWith("/desk/case/")`)
	desk.Press(`[data-do="claim"]`)
	browsertest.Eval[bool](desk, `new MutationObserver(() => { window.typed ||= $("typing").textContent; }).observe($("typing"), {childList: true}), true`)
	olena.Do(chromedp.SendKeys(`#text`, "Дякую"))
	until(t, "the volunteer sees that she is typing", func() bool {
		olena.Do(chromedp.SendKeys(`#text`, "!")) // she types on: the page tells it now and then
		return browsertest.Eval[bool](desk, `!!window.typed && window.typed.includes("is typing")`)
	})
	olena.Press(`#send`)
	desk.Until(`$("messages").innerText.includes("Дякую") && $("typing").textContent === ""`)
	desk.Do(chromedp.SendKeys(`#text`, "Вітаю! Я допоможу."))
	desk.Press(`#send`)
	olena.Until(saw("Я допоможу"))
	olena.Screenshot("chat-volunteer-uk")
	desk.Screenshot("desk-case")

	ahmad := browsertest.Open(t, "ar", 360, 740)
	ahmad.Do(chromedp.Navigate(base + "/chat"))
	write(ahmad, "وين بطلع BSN")
	ahmad.Until(saw("burgerservicenummer"))
	ahmad.Until(`document.documentElement.dir === "rtl"`)
	ahmad.Screenshot("chat-article-ar")
	write(ahmad, "ما بقى بدي عيش")
	ahmad.Until(saw("112"))
	ahmad.Screenshot("chat-danger-ar")
	desk.Do(chromedp.Navigate(base + "/desk"))
	desk.Until(`document.querySelectorAll("#cases a.card").length === 1`)
	desk.Screenshot("desk-urgent")
	for _, b := range []*browsertest.Browser{desk, olena, ahmad} {
		if got := b.Complaints(); len(got) > 0 {
			t.Errorf("the page complains: %q", got)
		}
		for _, host := range b.Hosts() {
			if host != addr {
				t.Errorf("the page asks %s", host)
			}
		}
	}
}

// write sends a message on the chat page.
func write(b *browsertest.Browser, text string) {
	b.Do(chromedp.SendKeys(`#text`, text))
	b.Press(`#send`)
}

// saw is true on the page once somebody said it.
func saw(text string) string {
	return `document.querySelector("#log").innerText.includes(` + strconv.Quote(text) + `)`
}
