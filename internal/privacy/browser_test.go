package privacy

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/internal/browsertest"
)

func TestReadableOnASmallPhone(t *testing.T) {
	h, err := New(full)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	b := browsertest.Open(t, "ar", 360, 640)
	b.Do(chromedp.Navigate(server.URL + "/privacy"))
	b.Until(`document.readyState === "complete" && document.documentElement.dir === "rtl"`)
	for _, lang := range []string{"ar", "uk"} {
		for _, scheme := range []string{"light", "dark"} {
			b.Scheme(scheme)
			b.Do(chromedp.EmulateViewport(360, 640, chromedp.EmulateScale(2)))
			// Nothing is wider than the screen, nothing to press is too small for a thumb.
			if !browsertest.Eval[bool](b, `document.documentElement.scrollWidth <= 360 &&
				[...document.querySelectorAll("nav a, .button")].every((e) => e.getBoundingClientRect().height >= 44 && e.getBoundingClientRect().width >= 44)`) {
				t.Errorf("%s, %s: too wide, or a link too small", lang, scheme)
			}
			// The words to type begin at the reader's side.
			if side := browsertest.Eval[string](b, `getComputedStyle(document.querySelector("dt")).direction`); (side == "rtl") != (lang == "ar") {
				t.Errorf("%s is written %s", lang, side)
			}
			height := browsertest.Eval[int](b, `document.documentElement.scrollHeight`)
			b.Do(chromedp.EmulateViewport(360, int64(height), chromedp.EmulateScale(2)))
			b.Screenshot("privacy-" + lang + "-" + scheme)
		}
		b.Press(`nav a[lang="uk"]`)
		b.Until(`document.documentElement.lang === "uk" && document.readyState === "complete"`)
	}
	if hosts := b.Hosts(); !slices.Equal(hosts, []string{strings.TrimPrefix(server.URL, "http://")}) {
		t.Errorf("the page asked %q", hosts)
	}
	if loud := b.Complaints(); len(loud) > 0 {
		t.Errorf("the browser complains: %q", loud)
	}
}
