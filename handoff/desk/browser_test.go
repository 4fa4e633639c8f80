package desk_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// browser is a volunteer at a screen.
type browser struct {
	*browsertest.Browser
	h *helpdesk
	client
}

// at signs a volunteer in by a link, as they do.
func (c client) at(lang string, width, height int) browser {
	c.h.t.Helper()
	b := browser{browsertest.Open(c.h.t, lang, width, height), c.h, c}
	link, err := c.h.volunteers.Link(c.h.t.Context(), c.v.ID)
	must(c.h.t, err)
	b.visit("/desk/sign-in/" + link)
	b.press("form button")
	b.Until(`document.querySelector("#cases") && !document.querySelector("#cases").ariaBusy`)
	c.h.t.Cleanup(b.sound)
	return b
}

// sound checks what must hold on every page at all times.
func (b browser) sound() {
	if b.h.t.Failed() {
		return
	}
	if got := b.Complaints(); len(got) > 0 {
		b.h.t.Errorf("the browser complains: %q", got)
	}
	if got, own := b.Hosts(), strings.TrimPrefix(b.h.server.URL, "http://"); !slices.Equal(got, []string{own}) {
		b.h.t.Errorf("the pages asked %v, want %s only", got, own)
	}
}

func (b browser) visit(path string) {
	b.h.t.Helper()
	b.Do(chromedp.Navigate(b.h.server.URL + path))
}

// press presses what a CSS selector finds.
func (b browser) press(selector string) {
	b.h.t.Helper()
	b.Press(selector)
}

// write types into a field, behind what it holds.
func (b browser) write(selector, text string) {
	b.h.t.Helper()
	b.press(selector)
	b.Do(chromedp.KeyEvent(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.insert(text)
}

// insert types with the keyboard of any language.
func (b browser) insert(text string) {
	b.h.t.Helper()
	_, err := chromedp.Call(b.Context, input.InsertText, input.InsertTextParams{Text: text})
	must(b.h.t, err)
}

// reads waits until the element shows the text.
func (b browser) reads(selector, text string) {
	b.h.t.Helper()
	b.Until(fmt.Sprintf(`(e => e && e.checkVisibility() && e.textContent.includes(%q))(document.querySelector(%q))`, text, selector))
}

func TestTwoVolunteersPressClaimAtOnce(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 1024, 768)
	ben := h.volunteer(handoff.Volunteer{Name: `Ben <b onload="x">`}).at("nl", 1024, 768)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "Де мій БСН?"})
	for _, b := range []browser{anna, ben} {
		b.reads(".card", "Де мій БСН?")
		b.press(".card")
		b.reads("#messages", "Де мій БСН?")
	}
	anna.write("#text", "Добрий день! Зараз подивлюся.")
	// Ben is faster, and Anna's phone has not heard of it when she sends.
	anna.Offline(true)
	ben.press("[data-do=claim]")
	ben.reads("#facts", "bij u")
	anna.press("#send")
	anna.reads("#said", "Not sent")
	anna.Offline(false)
	anna.press("#send")
	anna.reads("#said", "Ben <b onload")
	anna.reads("#said", "What you typed is kept")
	anna.Screenshot("desk-lost-race")
	if got := browsertest.Eval[string](anna.Browser, `document.getElementById("text").value`); got != "Добрий день! Зараз подивлюся." {
		t.Errorf("typed text became %q", got)
	}
	anna.visit("/desk/case/" + c.ID)
	if got := browsertest.Eval[string](anna.Browser, `document.getElementById("text").value`); got != "Добрий день! Зараз подивлюся." {
		t.Errorf("after a reload the typed text is %q", got)
	}
	if got, err := h.queue.Get(t.Context(), c.ID); err != nil || got.Holder.ID != ben.v.ID {
		t.Errorf("held by %+v, %v", got.Holder, err)
	}
}

func TestAWholeArabicCaseOnAPhone(t *testing.T) {
	answer := "للحصول على رقم **BSN** اتصل بالرقم 14 020 واحجز موعداً."
	h := open(t, desk.Options{
		Topics: func(string) []desk.Topic { return []desk.Topic{{ID: "bsn-get", Title: "How do I get a BSN?"}} },
		Suggest: func(_ context.Context, lang, text string) []desk.Suggestion {
			return []desk.Suggestion{{Article: "bsn-get", Revision: "0123456789ab", Title: "كيف أحصل على رقم BSN؟", Text: answer}}
		},
	})
	h.volunteer(handoff.Volunteer{Name: "Samira"})
	b := h.volunteer(handoff.Volunteer{Name: "Anna", Languages: []string{"ar"}}).at("ar", 360, 640)
	fits := func(what string) {
		t.Helper()
		b.Screenshot("desk-phone-" + what)
		if w := browsertest.Eval[int](b.Browser, `document.documentElement.scrollWidth`); w > 360 {
			t.Errorf("%s is %d wide on a screen of 360", what, w)
		}
	}
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "ar", Topic: "bsn-get", Preview: "السلام عليكم، وين بطلع BSN؟ سكنت بأوترخت من 1-7-2026 ورقمي 0800-2000"})
	h.escalate(handoff.NewCase{Conversation: "b", Lang: "uk", Preview: "Як записати дитину до школи, якщо ми щойно переїхали і ще не маємо жодної адреси?"})
	h.escalate(handoff.NewCase{Conversation: "c", Lang: "ar", Urgent: "violence", Preview: "زوجي يضربني"})
	b.Until(`document.querySelectorAll(".card").length === 3`)
	b.reads(".card", "Urgent")
	if text := browsertest.Eval[string](b.Browser, `document.querySelector("main").innerText`); strings.Contains(text, "زوجي") || strings.Contains(text, "violence") {
		t.Error("the list says what the urgent case is about")
	}
	fits("queue")
	b.press(fmt.Sprintf(".card[href$=%q]", c.ID))
	b.reads("#messages", "السلام")
	fits("case")
	if dir := browsertest.Eval[string](b.Browser, `getComputedStyle(document.querySelector("#messages .said")).direction`); dir != "rtl" {
		t.Errorf("the Arabic question runs %s", dir)
	}
	for _, run := range []string{"BSN", "1-7-2026", "0800-2000"} {
		if !browsertest.Eval[bool](b.Browser, fmt.Sprintf(`[...document.querySelectorAll("#messages bdi[dir=ltr]")].some(e => e.textContent === %q)`, run)) {
			t.Errorf("%s is not isolated", run)
		}
	}
	b.press("[data-do=claim]")
	b.reads("#facts", "with you")
	b.press("#suggest summary")
	b.press("#found button")
	b.write("#text", "\nمع السلامة")
	fits("answering")
	b.press("#send")
	b.reads("#messages .volunteer", "مع السلامة")
	b.reads("#messages .volunteer .delivery", "on its way")
	b.reads("#messages .volunteer strong", "BSN")
	b.Until(`document.getElementById("text").value === ""`)
	b.press("#tab-noting")
	b.write("#note", "asked the municipality")
	fits("note")
	b.press("#noting button")
	b.reads("#messages li.note", "asked the municipality")
	h.says(c.ID, "m2", "شكراً جزيلاً")
	b.reads("#messages li:last-child", "شكراً")
	b.press("#tab-more")
	fits("more")
	b.press("#resolve button")
	b.Until(`location.pathname === "/desk"`)
	got, err := h.queue.Get(t.Context(), c.ID)
	must(t, err)
	if got.State != handoff.Resolved || got.Outcome != handoff.OutcomeVolunteer || got.Topic != "bsn-get" {
		t.Errorf("the case is %+v", got)
	}
	entries, err := h.transcript.Read(t.Context(), "a")
	must(t, err)
	if e := entries[1]; e.Article != "bsn-get" || e.Revision != "0123456789ab" || e.Text != answer+"\nمع السلامة" {
		t.Errorf("the reply is %+v", e)
	}
	fits("resolved")
}

// TestWhatWasTypedIsNotLostUnasked: who resolves a case is asked about an answer that was
// not sent. Where somebody was referred to is a note.
func TestWhatWasTypedIsNotLostUnasked(t *testing.T) {
	h := open(t, desk.Options{})
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	get[any](b.client, "POST", "cases/"+c.ID+"/claim", "") // pressed on the page it would come back for the focus
	b.visit("/desk/case/" + c.ID)
	b.reads("#facts", "with you")
	browsertest.Eval[bool](b.Browser, `(() => { window.asked = []; window.confirm = (m) => asked.push(m) > 1; return true; })()`)
	b.write("#text", "Вам до VluchtelingenWerk.")
	b.press("#tab-more")
	browsertest.Eval[bool](b.Browser, `(() => { outcome.value = "referred"; outcome.onchange(); return true; })()`)
	b.write("[name=where]", "VluchtelingenWerk Utrecht")
	b.Screenshot("desk-referred")
	b.press("#resolve button")
	b.Until(`asked.length === 1 && document.activeElement.id === "text"`)
	if got, err := h.queue.Get(t.Context(), c.ID); err != nil || got.State != handoff.Claimed {
		t.Errorf("resolved although Anna said no: %s, %v", got.State, err)
	}
	b.press("#tab-more")
	b.press("#resolve button")
	b.Until(`location.pathname === "/desk"`)
	got, err := h.queue.Get(t.Context(), c.ID)
	must(t, err)
	entries, err := h.transcript.Read(t.Context(), "a")
	must(t, err)
	if e := entries[len(entries)-1]; got.Outcome != handoff.OutcomeReferred || e.From != bots.FromNote || e.Text != "referred to another organisation: VluchtelingenWerk Utrecht" {
		t.Errorf("outcome %q, the last line is %+v", got.Outcome, e)
	}
}

func TestTheListIsLive(t *testing.T) {
	h := open(t, desk.Options{})
	ben := h.volunteer(handoff.Volunteer{Name: "Ben"})
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("uk", 1024, 768)
	b.reads("#empty", "Ніхто не чекає")
	hostile := `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "en", Preview: hostile, Topic: `"><script>`})
	b.reads(".card", hostile)
	b.Until(`document.title === "(1) Стіл допомоги"`)
	get[any](ben, "POST", "cases/"+c.ID+"/claim", "")
	b.Until(`document.querySelectorAll(".card").length === 0 && document.title === "Стіл допомоги"`)
	b.press("[data-tab=open]")
	b.reads(".card", "у Ben")
	get[any](ben, "POST", "cases/"+c.ID+"/transfer", `{"to":"Anna"}`)
	b.press("[data-tab=mine]")
	b.reads(".card", "у Вас")
	// What changed while the network was away is there when it comes back.
	b.Offline(true)
	b.reads("#line", "Немає")
	d := h.escalate(handoff.NewCase{Conversation: "b", Lang: "uk", Preview: "нове"})
	b.Offline(false)
	b.Until(`document.getElementById("line").hidden && !news`) // and no list is on its way
	b.press("[data-tab=waiting]")
	b.Until(fmt.Sprintf(`document.querySelector(".card[href$='%s']")`, d.ID))
	b.Screenshot("desk-live-uk")
	// A list that was on its way while a case came does not wipe it out.
	browsertest.Eval[bool](b.Browser, `(() => {
		const real = fetch, until = new Promise((ok) => { window.release = ok; });
		window.fetch = async (...a) => {
			const r = await real(...a);
			window.held ||= String(a[0]).includes("/cases?");
			await until;
			return r;
		};
		window.loaded = load();
		return true;
	})()`)
	b.Until(`window.held`)
	e := h.escalate(handoff.NewCase{Conversation: "c", Lang: "uk", Preview: "ще новіше"})
	card := fmt.Sprintf(`document.querySelector(".card[href$='%s']")`, e.ID)
	b.Until(card)
	if !browsertest.Eval[bool](b.Browser, `(release(), loaded.then(() => !!`+card+`))`) {
		t.Error("an older list wiped a case out")
	}
}

func TestKeyboardAlone(t *testing.T) {
	h := open(t, desk.Options{})
	for _, r := range []handoff.SavedReply{{Name: "ctrl", Lang: "nl", Text: "x"}, {Name: "ctrl", Lang: "uk", Text: "Ctrl answer"}} {
		must(t, h.queue.SaveReply(t.Context(), handoff.Actor{}, r))
	}
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("nl", 1024, 768)
	h.escalate(handoff.NewCase{Conversation: "b", Lang: "uk", Preview: "друге"})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше", Urgent: "housing"}) // first in the list
	b.Until(`document.querySelectorAll(".card").length === 2`)
	key := func(keys string, o ...chromedp.KeyOption) { t.Helper(); b.Do(chromedp.KeyEvent(keys, o...)) }
	key("?")
	b.Until(`document.getElementById("help").open`)
	b.Screenshot("desk-keys")
	b.Until(`document.activeElement.id === "single-keys"`)
	key(" ")
	b.Until(`!document.activeElement.checked`)
	key(kb.Escape)
	b.Until(`!document.getElementById("help").open && document.activeElement === document.body`)
	key("j")
	if browsertest.Eval[bool](b.Browser, `document.activeElement.matches(".card")`) {
		t.Error("keys that are turned off do something")
	}
	browsertest.Eval[bool](b.Browser, `(e => { e.click(); return e.checked; })(document.getElementById("single-keys"))`)
	key("j")
	key("j")
	key("k")
	b.Until(fmt.Sprintf(`document.activeElement.href.endsWith(%q)`, c.ID))
	key(kb.Enter)
	b.reads("#messages", "перше")
	key("c")
	b.reads("#facts", "bij u")
	b.Until(`document.activeElement.id === "text"`)
	b.insert("Answer: /ctr")
	b.reads("#slash", "/ctrl (Oekraïens)")
	key(kb.Tab)
	b.Until(`document.getElementById("text").value === "Answer: Ctrl answer"`)
	key(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.reads("#messages .volunteer", "Ctrl answer")
	key(kb.Escape)
	key("n")
	b.Until(`document.activeElement.id === "note"`)
	b.insert("a note")
	key(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	b.reads("#messages li.note", "a note")
	key(kb.Escape)
	key("e")
	b.Until(`document.activeElement.name === "topic"`)
	for range 2 { // the outcome, the button
		key(kb.Tab)
	}
	b.Until(`document.activeElement.textContent === "Afronden"`)
	key(kb.Enter)
	b.Until(`location.pathname === "/desk"`)
	if got, err := h.queue.Get(t.Context(), c.ID); err != nil || got.State != handoff.Resolved {
		t.Errorf("the case is %s, %v", got.State, err)
	}
}

func TestTheHolderIsWarned(t *testing.T) {
	h := open(t, desk.Options{})
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "перше"})
	b.visit("/desk/case/" + c.ID)
	b.press("[data-do=claim]")
	b.reads("#facts", "with you")
	// Nine minutes later, as far as the page knows.
	browsertest.Eval[bool](b.Browser, `(() => { const real = Date.now; Date.now = () => real() + 9 * 60000; stand(); return true; })()`)
	b.reads("#warn", "goes back to the queue at")
	b.Screenshot("desk-warn")
	before, err := h.queue.Get(t.Context(), c.ID)
	must(t, err)
	b.press("[data-do=touch]")
	patience.Until(t, "the claim is kept", func() bool {
		now, err := h.queue.Get(t.Context(), c.ID)
		must(t, err)
		return now.Touched.After(before.Touched)
	})
}

// TestOneTextOfManyIsOneCard is a wave of spam, with links that nobody can press.
func TestOneTextOfManyIsOneCard(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	spam := "Legal papers in one day, [write here](https://example.org) or javascript:alert(1) now"
	for i := range 6 {
		h.escalate(handoff.NewCase{Conversation: fmt.Sprint("spam", i), Lang: "en", Preview: spam})
	}
	h.escalate(handoff.NewCase{Conversation: "danger", Lang: "en", Urgent: "violence", Preview: spam})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "Чи можна забрати заставу за квартиру?"})
	b := anna.at("en", 360, 640)
	b.Until(`document.querySelectorAll(".card").length === 3`)
	b.reads("[data-f=alike]:not([hidden])", "Others with the same words: 5")
	b.Screenshot("desk-alike")
	b.press("[data-f=alike]:not([hidden])")
	b.Until(`document.querySelectorAll(".card").length === 8`)
	if links := browsertest.Eval[int](b.Browser, `document.querySelectorAll(".card a").length`); links != 0 {
		t.Errorf("%d links in cards", links)
	}
	b.press("[data-f=alike]:not([hidden])")
	b.Until(`document.querySelectorAll(".card").length === 3`)
	b.press(".card:not(.hot)")
	b.reads("#messages", "https://example.org")
	if links := browsertest.Eval[int](b.Browser, `document.querySelectorAll("#messages a").length`); links != 0 {
		t.Errorf("%d links in what a newcomer wrote", links)
	}
	type taken struct{ Case struct{ ID, Urgent string } }
	if got := get[taken](anna, "POST", "next", ""); got.Case.Urgent == "" {
		t.Errorf("danger does not come first: %+v", got)
	}
	if got := get[taken](anna, "POST", "next", ""); got.Case.ID != c.ID {
		t.Errorf("the wave comes before others: %+v", got)
	}
}

// TestAFileThatCannotBeCleanedSaysSo: a document, and a picture of a kind that no browser
// shows.
func TestAFileThatCannotBeCleanedSaysSo(t *testing.T) {
	h := open(t, desk.Options{Fetch: func(context.Context, bots.Kind, bots.Media) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("\x00\x00\x00\x18ftypheic, and a place")), nil
	}})
	b := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("en", 360, 640)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "x"})
	h.apply(h.transcript.Append("a", bots.Entry{ID: "m2", From: bots.FromNewcomer, Media: []bots.Media{{Kind: bots.Document, Ref: "1", Name: "letter.pdf"}, {Kind: bots.Image, Ref: "2", Name: "IMG.HEIC"}}}))
	b.visit("/desk/case/" + c.ID)
	b.reads(".media li:first-child", "where and when it was made")
	if got := browsertest.Eval[string](b.Browser, `document.querySelector(".media li:last-child").textContent`); strings.Contains(got, "where and when") {
		t.Errorf("a picture that may be clean is warned of: %s", got)
	}
	b.press(".media li:last-child button")
	b.reads(".media li:last-child", "where and when it was made")
	b.Screenshot("desk-as-it-came")
}
