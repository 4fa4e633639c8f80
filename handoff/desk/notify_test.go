package desk_test

import (
	"fmt"
	"testing"

	permission "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// notifications stands for the browser's own, which need a person's yes and a screen. As
// on a phone, only a service worker may show one.
const notifications = `
window.rung = [];
window.asked = 0;
ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
	rung.push(title + JSON.stringify(options) + (this.active ? "" : " too early"));
	return Promise.resolve();
};
window.Notification = class {
	constructor() { throw new TypeError("Illegal constructor"); }
	static get permission() { return sessionStorage.getItem("answer") || "default"; }
	static requestPermission() { asked++; sessionStorage.setItem("answer", "granted"); return Promise.resolve("granted"); }
};`

// TestNotifications of what calls a volunteer, on the list and beside an open case.
func TestNotifications(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna", Languages: []string{"uk"}}).at("en", 360, 640)
	_, err := chromedp.Call(anna.Context, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: notifications})
	must(t, err)
	n := 0
	waits := func(lang, urgent string) handoff.Case {
		n++
		return h.escalate(handoff.NewCase{Conversation: fmt.Sprint("c", n), Lang: lang, Urgent: urgent, Preview: "secret"})
	}
	rung := func(want ...string) {
		t.Helper()
		all := "[]"
		for i, title := range want {
			if i == 0 {
				all = "["
			}
			all += fmt.Sprintf("%q + JSON.stringify({tag: 'brug', silent: true}),", title)
		}
		if len(want) > 0 {
			all += "]"
		}
		anna.Until(fmt.Sprintf("JSON.stringify(rung) === JSON.stringify(%s)", all))
	}
	cards := func(want int) {
		t.Helper()
		anna.Until(fmt.Sprintf(`complete && $("cases").children.length === %d`, want))
	}

	waits("uk", "")
	anna.visit("/desk")
	cards(1)
	waits("uk", "")
	cards(2)
	rung() // nobody said yes
	if browsertest.Eval[int](anna.Browser, `asked`) != 0 {
		t.Error("the page asked by itself")
	}
	anna.press(".menu summary")
	anna.press("[data-do=notify]")
	anna.Until(`asked === 1 && notify.hidden`)
	waits("ar", "")
	cards(3)
	rung()
	mine := waits("uk", "")
	rung("A new case is waiting")
	waits("ar", "violence")
	rung("A new case is waiting", "An urgent case is waiting")
	cards(5)
	anna.Until(`document.title.startsWith("(5) ") && document.querySelector("link[rel=icon]").href.startsWith("data:image/png")`)

	// Beside an open case: another newcomer, a word in another case of one's own, and
	// nothing of what is read here anyway.
	here := waits("uk", "")
	for _, c := range []handoff.Case{mine, here} {
		get[any](anna.client, "POST", "cases/"+c.ID+"/claim", "")
		get[any](anna.client, "POST", "cases/"+c.ID+"/reply", `{"text":"Вітаю"}`)
	}
	anna.visit("/desk/case/" + here.ID)
	anna.Until(`current && document.hasFocus() && asked === 0`)
	h.says(here.ID, "m2", "ще")
	anna.reads("#messages li:last-child", "ще")
	rung()
	h.says(mine.ID, "m2", "а ще")
	rung("A newcomer writes to you")
	waits("ar", "")
	waits("uk", "")
	rung("A newcomer writes to you", "A new case is waiting")
}

// TestANotificationIsShown by the browser itself. Who looks before the browser has taken
// it makes the browser forget it: what is not on the screen yet counts as wiped away.
func TestANotificationIsShown(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna", Languages: []string{"uk"}}).at("en", 360, 640)
	_, err := chromedp.Call(anna.Context, permission.SetPermission, permission.SetPermissionParams{
		Permission: &permission.PermissionDescriptor{Name: "notifications"}, Setting: permission.PermissionSettingGranted})
	must(t, err)
	h.escalate(handoff.NewCase{Conversation: "c1", Lang: "uk", Preview: "secret"})
	anna.visit("/desk")
	anna.Until(`complete && $("cases").children.length === 1 && notify.hidden`)
	browsertest.Eval[bool](anna.Browser, `(() => {
		const real = ServiceWorkerRegistration.prototype.showNotification;
		ServiceWorkerRegistration.prototype.showNotification = async function (...a) {
			await real.apply(this, a);
			window.taken = this;
		};
		return true;
	})()`)
	h.escalate(handoff.NewCase{Conversation: "c2", Lang: "uk", Preview: "secret"})
	anna.Until(`window.taken`)
	if got := browsertest.Eval[string](anna.Browser, `taken.getNotifications().then((all) => all.map((n) => n.title + n.body).join("|"))`); got != "A new case is waiting" {
		t.Errorf("the browser shows %q", got)
	}
}
