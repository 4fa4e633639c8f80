package desk_test

import (
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// TestEveryPageIsReadable looks on every page for what a checker for accessibility
// would: names of controls, contrast, places to press that are large enough, letters
// that do not make a phone zoom in, by day and night. Signing in has its own.
func TestEveryPageIsReadable(t *testing.T) {
	h := fullDesk(t, desk.Options{})
	b := h.boss.at("en", 360, 640)
	look := func(name string) {
		t.Helper()
		for _, scheme := range []string{"light", "dark"} {
			b.Scheme(scheme)
			b.Screenshot("desk-" + name + "-" + scheme)
			for _, wrong := range browsertest.Eval[[]string](b.Browser, lookAround) {
				t.Errorf("%s (%s): %s", name, scheme, wrong)
			}
		}
	}
	for _, tab := range []string{"waiting", "mine", "open", "resolved"} {
		b.visit("/desk/nowhere") // so that a changed fragment loads anew
		b.visit("/desk#" + tab)
		b.Until(`document.querySelector("#cases") && document.querySelector(".card")`)
		look("queue-" + tab)
	}
	b.press(".menu summary")
	look("menu")
	b.visit("/desk/case/" + h.long.ID)
	b.reads("#messages", "شكراً")
	look("case")
	b.press("#suggest summary")
	b.reads("#found", "BSN")
	look("case-articles")
	b.press("#tab-noting")
	look("case-note")
	b.press("#tab-more")
	browsertest.Eval[bool](b.Browser, `(document.querySelectorAll("#more details").forEach((d) => { d.open = true; }), true)`)
	look("case-more")
	b.visit("/desk/case/" + h.danger.ID)
	b.reads("#first", "Is it safe to write here?")
	look("case-danger")
	for _, path := range []string{"team", "team/people", "team/hours", "team/channels", "team/replies", "team/log", "me", "me/alerts", "nowhere", "sign-in", "sign-in/used"} {
		b.visit("/desk/" + path)
		b.Until(`[...document.images].every((i) => i.complete)`)
		browsertest.Eval[bool](b.Browser, `(document.querySelectorAll("main details").forEach((d) => { d.open = true; }), true)`)
		look(strings.ReplaceAll(path, "/", "-"))
	}
}

// TestTheTabsOfCoordinationFitASmallPhone in two rows, in the languages with long words.
func TestTheTabsOfCoordinationFitASmallPhone(t *testing.T) {
	h := open(t, desk.Options{})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	for _, lang := range []string{"nl", "uk"} {
		b := boss.at(lang, 360, 640)
		b.visit("/desk/team")
		b.Until(`document.querySelectorAll(".tabs a").length === 6`)
		if rows := browsertest.Eval[int](b.Browser, `new Set([...document.querySelectorAll(".tabs a")].map((a) => Math.round(a.getBoundingClientRect().bottom))).size`); rows > 2 {
			t.Errorf("%s: the tabs of coordination take %d rows", lang, rows)
		}
	}
}

// lookAround returns what is wrong with what is on the screen.
const lookAround = `(() => {
  const wrong = [];
  const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const parse = (c) => c.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled) continue;
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (own && !e.matches('.unseen, option, script')) {
      const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) wrong.push('contrast ' + ratio.toFixed(2) + ' of ' + e.textContent.slice(0, 30));
    }
    if (e.matches('a[href], button, select, input, textarea, summary')) {
      const name = e.textContent.trim() && !e.matches('select, textarea') || e.ariaLabel || (e.labels && [...e.labels].some((l) => l.textContent.trim()));
      if (!name) wrong.push('no name: ' + e.outerHTML.slice(0, 80));
      const box = e.getBoundingClientRect();
      const text = e.closest('p, .said') && e.matches('a'); // a link in a line of text
      const least = e.matches('button, .button, select, textarea, input:not([type=checkbox], [type=radio])') && !e.matches('.secret') ? 43.9 : 24;
      if (!text && (box.height < least || box.width < least)) wrong.push('too small: ' + e.outerHTML.slice(0, 80) + ' ' + box.width + '×' + box.height);
    }
  }
  for (const e of document.querySelectorAll('input, select, textarea')) {
    // A smaller one makes an iPhone zoom in.
    if (parseFloat(getComputedStyle(e).fontSize) < 16) wrong.push('small letters: ' + e.outerHTML.slice(0, 80));
  }
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((x) => x === id).length > 1) wrong.push('twice the id ' + id);
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the screen: ' + document.documentElement.scrollWidth);
  return wrong;
})()`
