// Package browsertest starts a real Chromium for tests of our pages.
package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/internal/patience"
)

// Browser is one window with a profile of its own. Its methods fail the test when
// something does not succeed within [patience.Limit].
type Browser struct {
	// Context is what chromedp's actions run in. It ends with the test.
	Context context.Context

	tb    testing.TB
	shots string // "" takes no pictures
	mu    sync.Mutex
	hosts map[string]bool
	loud  []string
}

// Open starts a browser in a language ("ar", "nl-NL"), with a window of so many CSS
// pixels. The test fails when there is no Chromium.
//
// The folder of the profile is chromedp's own and not one of the test: processes of
// Chromium outlive it for a moment and still write there, and a test that cannot remove
// its folder fails.
func Open(tb testing.TB, lang string, width, height int) *Browser {
	tb.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find(tb)),
		chromedp.NoSandbox, // for root and for containers
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("lang", lang),
		chromedp.Flag("accept-lang", lang),
	)
	ctx, endProcess := chromedp.NewExecAllocator(context.Background(), options...)
	tb.Cleanup(endProcess)
	ctx, endTab := chromedp.NewContext(ctx)
	tb.Cleanup(endTab)
	b := &Browser{Context: ctx, tb: tb, shots: os.Getenv("BRUG_SCREENSHOTS"), hosts: map[string]bool{}}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		tb.Fatalf("start Chromium: %v", err)
	}
	b.Do(chromedp.EmulateViewport(int64(width), int64(height), chromedp.EmulateScale(2)))
	return b
}

func find(tb testing.TB) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	tb.Fatal("no Chromium: install the package chromium")
	return ""
}

func (b *Browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Host != "" { // not data: or blob:
			b.hosts[u.Host] = true
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			b.loud = append(b.loud, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.loud = append(b.loud, exception(e.ExceptionDetails))
	}
}

// Hosts are the hosts, with port, that the page asked anything of.
func (b *Browser) Hosts() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	hosts := make([]string, 0, len(b.hosts))
	for h := range b.hosts {
		hosts = append(hosts, h)
	}
	slices.Sort(hosts)
	return hosts
}

// Complaints are the errors of the page's scripts and the breaches of its security
// policy. What the network did is not among them.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.loud)
}

// Do runs actions.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.fail("in the browser: %v", err)
	}
}

// Eval is the value of a JavaScript expression on a page that is there completely; a
// promise is waited for.
func Eval[T any](b *Browser, expression string) T {
	b.tb.Helper()
	b.Until(`document.readyState === "complete"`)
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.fail("evaluate %s: %v", expression, err)
	}
	return v
}

// Until waits until a JavaScript expression is true, also over a navigation.
func (b *Browser) Until(expression string) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		// An error is a page that is being left, or one that is not there yet.
		if yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && yes {
			return
		}
		select {
		case <-ctx.Done():
			b.fail("it did not become true: %s", expression)
		case <-tick.C:
		}
	}
}

// Press presses what a CSS selector finds, as a finger would: once it is there, can be
// used, stands still, and has nothing over it. What moves away under the finger is
// pressed again.
func (b *Browser) Press(selector string) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	look := fmt.Sprintf(`(%s)(document.querySelector(%q))`, reachable, selector)
	for {
		// An error is a page that is being left, or one that is not there yet.
		at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](look, chromedp.EvalAwaitPromise))
		if err == nil && len(at) == 2 {
			if err := chromedp.Do(ctx, chromedp.MouseClickXY(at[0], at[1])); err != nil {
				b.fail("press %s: %v", selector, err)
			}
			// Here an error is a page that is being left: the press has led away from it.
			missed, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.browsertestPressed === false`))
			if err != nil || !missed {
				return
			}
			b.tb.Logf("%s moved away while it was pressed", selector)
		}
		if ctx.Err() != nil {
			b.fail("%s cannot be pressed", selector)
		}
	}
}

// reachable is the place to press an element, or none while it cannot be pressed. Then
// browsertestPressed says whether the element has heard of it.
const reachable = `async (e) => {
	const frame = () => new Promise((done) => requestAnimationFrame(done));
	const place = () => { const r = e.getClientRects()[0]; return r ? [r.left + r.width / 2, r.top + r.height / 2] : []; };
	if (!e || e.disabled || !e.checkVisibility({ visibilityProperty: true })) return frame().then(() => []);
	e.scrollIntoView({ block: "nearest", behavior: "instant" });
	const before = place();
	await frame();
	await frame();
	const at = place();
	if (!at.length || String(at) !== String(before)) return [];
	const isPart = (other) => !!other && (e.contains(other) || other.control === e);
	if (isPart(document.elementFromPoint(at[0], at[1]))) {
		window.browsertestPressed = false;
		document.addEventListener("click", (c) => { window.browsertestPressed ||= isPart(c.target); }, { capture: true, once: true });
		return at;
	}
	e.scrollIntoView({ block: "center", behavior: "instant" });
	return [];
}`

// Offline takes the network away from the page, or gives it back, and returns when the
// page has noticed.
func (b *Browser) Offline(off bool) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	state := network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}
	if _, err := chromedp.Call(ctx, network.OverrideNetworkState, state); err != nil {
		b.fail("network state: %v", err)
	}
	rules := network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
	}
	if _, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, rules); err != nil {
		b.fail("network conditions: %v", err)
	}
	// The network itself hears of it by another way than the page.
	b.Until(fmt.Sprintf(`navigator.onLine === %t`, !off))
	for Eval[bool](b, `fetch(location.href, { method: "HEAD", cache: "no-store" }).then(() => true, () => false)`) == off {
		if ctx.Err() != nil {
			b.fail("the network did not change")
		}
	}
}

// Scheme makes the page "light" or "dark".
func (b *Browser) Scheme(scheme string) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.fail("colour scheme: %v", err)
	}
	b.Until(`matchMedia("(prefers-color-scheme: ` + scheme + `)").matches`)
}

// Screenshot writes what is on the screen as NAME.png into the folder named by
// BRUG_SCREENSHOTS; without it, it does nothing.
func (b *Browser) Screenshot(name string) {
	b.tb.Helper()
	if err := b.screenshot(name); err != nil {
		b.tb.Errorf("screenshot %s: %v", name, err)
	}
}

func (b *Browser) screenshot(name string) error {
	if b.shots == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(b.Context, patience.Limit)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.shots, name+".png"), png, 0o644)
}

// fail ends the test, with a picture of what was on the screen.
func (b *Browser) fail(format string, args ...any) {
	b.tb.Helper()
	_ = b.screenshot("failed-" + strings.ReplaceAll(b.tb.Name(), "/", "-"))
	b.tb.Fatalf(format, args...)
}

func exception(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}
