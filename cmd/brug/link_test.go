package main

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/fake/signal"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// TestACoordinatorLinksWhatsAppOnThePage goes through the real handshake with a phone
// that scans what the page shows, and then unlinks brug again.
func TestACoordinatorLinksWhatsAppOnThePage(t *testing.T) {
	addr := steadyAddr(t)
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
	desk.Do(chromedp.Navigate(signInAddress.FindString(p.command("volunteer", "add", "Vera", "--coordinator"))))
	desk.Press(`main button, form button`)
	desk.Until(`!!document.querySelector("#cases")`)
	desk.Do(chromedp.Navigate(base + "/desk/team/channels"))
	desk.Press(`[data-link="whatsapp"] form > button`)
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
		return browsertest.Eval[bool](desk, `document.body.innerText.includes("has unlinked brug")`)
	})
	desk.Until(`fetch("/desk/api/channels/whatsapp/link").then((r) => r.json()).then((s) => s.state === "none")`)
	desk.Until(`document.querySelector('[data-link="whatsapp"] form > button').checkVisibility()`)
	desk.Screenshot("team-unlinked-whatsapp")
}

// TestTheChannelsPageSaysWhenMessagesCameAndWent, also to another process.
func TestTheChannelsPageSaysWhenMessagesCameAndWent(t *testing.T) {
	s := storetest.Open(t)
	config := &Config{Data: t.TempDir(), BaseURL: "http://localhost", Keep: 24 * time.Hour, WhatsApp: "off"}
	h, err := newHelpdesk(slog.New(slog.DiscardHandler), config, s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- h.run(ctx) }()
	before := time.Now()
	who := bots.Address{Channel: bots.Web, ID: strings.Repeat("olena", 5)}
	if err := h.mailbox.Accept(ctx, bots.Message{ID: "1", Channel: bots.Web, Contact: who, At: before, Text: "How do I get a BSN?"}); err != nil {
		t.Fatal(err)
	}
	until(t, "the answer", func() bool { return !h.health(ctx)[0].LastOut.IsZero() })
	stop()
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	times, err := newSeen(h.log, s).times(t.Context())
	if err != nil || len(times) != 2 {
		t.Fatalf("another process knows %v, %v", times, err)
	}
	for field, at := range times {
		if at.Before(before.Truncate(time.Millisecond)) || at.After(time.Now()) {
			t.Errorf("%s was %s", field, at)
		}
	}
}

// TestSignalIsLinkedBeforeItHasAnAccount: signal-cli runs with no account yet, so the
// channel is off; a phone is linked all the same, and told what to set.
func TestSignalIsLinkedBeforeItHasAnAccount(t *testing.T) {
	daemon, err := signal.Start(signal.Config{Network: "tcp"})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	daemon.SetAccounts()
	s := storetest.Open(t)
	h, err := newHelpdesk(slog.New(slog.DiscardHandler), &Config{Data: t.TempDir(), BaseURL: "http://localhost", Keep: 24 * time.Hour,
		WhatsApp: "off", SignalRPC: daemon.URL()}, s)
	if err != nil {
		t.Fatal(err)
	}
	off := map[bots.Kind]string{}
	for _, ch := range h.health(t.Context()) {
		off[ch.Kind] = ch.Off
	}
	want := map[bots.Kind]string{bots.Web: "", bots.Signal: "BRUG_SIGNAL_ACCOUNT", bots.Telegram: "BRUG_TELEGRAM_TOKEN", bots.WhatsApp: "BRUG_WHATSAPP=on"}
	if !maps.Equal(off, want) {
		t.Errorf("off by %v, want %v", off, want)
	}
	linker := h.linkers()[bots.Signal]
	if number, err := linker.Linked(t.Context()); err != nil || number != "" {
		t.Errorf("linked %q, %v", number, err)
	}
	steps, err := linker.Link(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if !daemon.Scan((<-steps).QR, "+31612345678") {
		t.Fatal("the code is not one of signal-cli's")
	}
	if last := <-steps; last.Linked != "+31612345678" || last.Setting != "BRUG_SIGNAL_ACCOUNT=+31612345678" || last.Err != nil {
		t.Errorf("the last step is %+v", last)
	}
	if _, more := <-steps; more {
		t.Error("there are steps after the last")
	}
}
