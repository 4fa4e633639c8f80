package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// TestACoordinatorLinksWhatsAppOnThePage goes through the real handshake with a phone
// that scans what the page shows, and then unlinks brug again.
func TestACoordinatorLinksWhatsAppOnThePage(t *testing.T) {
	addr := freePort(t)
	base := "http://" + addr
	p := &patient{t: t, binary: buildForFake(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr, "BRUG_BASE_URL=" + base}}
	phone, err := fakeWhatsApp(p)
	if err != nil {
		t.Fatal(err)
	}
	p.start()
	defer p.stop()
	untilReady(t, addr)
	desk := browsertest.Open(t, "en", 360, 740)
	desk.Do(chromedp.Navigate(signInAddress.FindString(p.command("volunteer", "add", "Vera", "--coordinator"))), chromedp.Click(`main button, form button`))
	desk.Until(`!!document.querySelector("#cases")`)
	desk.Do(chromedp.Navigate(base+"/desk/team/channels"), chromedp.Click(`[data-link="whatsapp"] form > button`))
	desk.Until(`(i => i && i.checkVisibility() && i.naturalWidth > 0)(document.querySelector('[data-link="whatsapp"] img'))`)
	desk.Screenshot("team-link-whatsapp")

	token := &api{t: t, base: base, token: p.command("volunteer", "token", "Vera")}
	var s struct{ State, QR, Image string }
	if status := token.call(http.MethodGet, "/desk/api/channels/whatsapp/link", nil, &s); status != http.StatusOK || s.State != "qr" {
		t.Fatalf("%d %+v", status, s)
	}
	shown := browsertest.Eval[string](desk, `document.querySelector('[data-link="whatsapp"] img').src`)
	if shown != s.Image {
		t.Error("the page shows another code than the API says")
	}
	if err := phone.Scan(s.QR); err != nil {
		t.Fatal(err)
	}
	desk.Until(`document.querySelector('[data-link="whatsapp"] [data-f="said"]').textContent.includes("Linked: +` + deskNumber + `")`)
	until(t, "the connection", func() bool { return phone.Connected() })
	desk.Do(chromedp.Navigate(base + "/desk/team/channels"))
	desk.Until(`document.body.innerText.includes("Linked number: +` + deskNumber + `")`)
	desk.Screenshot("team-linked-whatsapp")

	phone.Unlink()
	until(t, "the word that the phone has unlinked brug", func() bool {
		desk.Do(chromedp.Navigate(base + "/desk/team/channels"))
		return browsertest.Eval[bool](desk, `document.body.innerText.includes("has unlinked brug") && !!document.querySelector('[data-link="whatsapp"] form')`)
	})
	desk.Screenshot("team-unlinked-whatsapp")
}

// TestTheChannelsPageSaysWhenMessagesCameAndWent, also after a new start.
func TestTheChannelsPageSaysWhenMessagesCameAndWent(t *testing.T) {
	before := time.Now().Truncate(time.Millisecond)
	binary := buildBrug(t)
	p, base := begin(t, binary, t.TempDir())
	if !writes(base, "abcdefghijklmnopqrstuvwxyz", "1", "How do I get a BSN?") {
		t.Fatal("not taken")
	}
	s := p.openStore()
	times := func() map[string]time.Time {
		t.Helper()
		all, err := newSeen(nil, s).times(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	until(t, "the times in Redis", func() bool { return len(times()) == 2 })
	s.Close()
	p.stop()
	again, _ := begin(t, binary, p.data)
	defer again.stop()
	s = again.openStore()
	defer s.Close()
	for _, field := range []string{"web:in", "web:out"} {
		if at := times()[field]; at.Before(before) || at.After(time.Now()) {
			raw, _ := json.Marshal(times())
			t.Errorf("%s is not in %s", field, raw)
		}
	}
}
