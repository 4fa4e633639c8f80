package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/web"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// lasting are the keys of a helpdesk that belong to nobody and stay.
var lasting = []string{"schema", "keycheck", "stats:", "cases:resolved", "holding", "due:", "leases:", "volunteer", "alerts", "hours", "replies", "channels", "rewrite"}

// TestEveryKeyOfAPersonExpires goes through bot, waiting, volunteer and resolved with
// a whole helpdesk, in a calm talk, in one of danger, where no notice follows, and to
// a channel that is off, and looks at the expiry of every key.
func TestEveryKeyOfAPersonExpires(t *testing.T) {
	s := storetest.Open(t)
	config := &Config{Data: t.TempDir(), BaseURL: "http://localhost:8080", Keep: 720 * time.Hour, WhatsApp: "off"}
	whileOpen(t, config, s, func(ctx context.Context, h *helpdesk) { goThrough(ctx, t, s, h) })
}

// goThrough is what the test does with a running helpdesk.
func goThrough(ctx context.Context, t *testing.T, s *store.Store, h *helpdesk) {
	olha := handoff.Actor{ID: "olha", Name: "Olha"}
	// Telegram is off here: what is for it waits.
	for i, who := range []bots.Address{{Channel: bots.Web, ID: strings.Repeat("calm", 6)},
		{Channel: bots.Web, ID: strings.Repeat("danger", 4)}, {Channel: bots.Telegram, ID: "7788990011"}} {
		say := func(id, text string) {
			if err := h.mailbox.Accept(ctx, bots.Message{ID: id, Channel: who.Channel, Contact: who, At: time.Now(), Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		say("1", "Як отримати БСН?")
		until(t, "the bot", func() bool { return !busy(t, h) })
		wantExpiry(t, s, "with the bot", nil)
		say("2", []string{"хочу поговорити з людиною", "Чоловік мене б'є", "хочу поговорити з людиною"}[i])
		until(t, "the line", func() bool { return !busy(t, h) })
		if who.Channel == bots.Web {
			photograph(t, h, who.ID)
			until(t, "the photo", func() bool { return !busy(t, h) })
		}
		conversation, err := h.mailbox.Find(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		kase, ok, err := h.queue.ByConversation(ctx, conversation)
		if err != nil || !ok {
			t.Fatalf("no case: %v", err)
		}
		open := []string{conversation, kase.ID, s.Hash("contact "+string(who.Channel), who.ID)}
		wantExpiry(t, s, "waiting", open)
		if _, err := h.queue.Claim(ctx, kase.ID, olha); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.queue.Reply(ctx, kase.ID, olha, handoff.Text{Text: "Вітаю"}); err != nil {
			t.Fatal(err)
		}
		until(t, "the volunteer's words", func() bool { return !busy(t, h) })
		wantExpiry(t, s, "with a volunteer", open)
		if _, err := h.queue.Resolve(ctx, kase.ID, olha, "", handoff.OutcomeVolunteer, ""); err != nil {
			t.Fatal(err)
		}
		until(t, "the end", func() bool { return !busy(t, h) })
		wantExpiry(t, s, "resolved", nil)
	}
}

// photograph sends a photo as the page does.
func photograph(t *testing.T, h *helpdesk, visitor string) {
	t.Helper()
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	page := h.channels.of(bots.Web).(*web.Channel)
	until(t, "the page's channel", func() bool { return page.Health().Connected })
	w := httptest.NewRecorder()
	page.Handler().ServeHTTP(w, httptest.NewRequest("POST", "/chat/api/photos?id=photo&visitor="+visitor, &photo))
	if w.Code != http.StatusAccepted {
		t.Fatalf("photo: %d %s", w.Code, w.Body)
	}
}

// busy says that a turn or a send that is possible waits.
func busy(t *testing.T, h *helpdesk) bool {
	t.Helper()
	soon := time.Now().Add(time.Minute).UnixMilli()
	for _, queue := range []string{"mail", "out-web"} {
		due, err := h.store.Client().ZRangeWithScores(t.Context(), h.store.Queue(queue).Due, 0, -1).Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range due {
			if int64(z.Score) < soon {
				return true
			}
		}
	}
	return false
}

// wantExpiry checks every key: the names in open stand for what must not expire.
func wantExpiry(t *testing.T, s *store.Store, when string, open []string) {
	t.Helper()
	n := 0
	for _, key := range allKeys(t, s) {
		name, ours := strings.CutPrefix(key, s.Key(""))
		if !ours {
			continue // another test's helpdesk
		}
		for _, raw := range []string{"calmcalm", "dangerdanger", "7788990011", "192.0.2.1"} {
			if strings.Contains(name, raw) {
				t.Errorf("%s: the name of %s tells who it is", when, name)
			}
		}
		ttl, err := s.Client().PTTL(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case ttl == -2: // it has expired just now
		case ofOne(name, open):
			n++
			if ttl > 0 {
				t.Errorf("%s: %s of an open case expires in %s", when, name, ttl)
			}
		case ttl < 0 && !belongsToNobody(name, open):
			t.Errorf("%s: %s never expires", when, name)
		}
	}
	if open != nil && n < 4 {
		t.Errorf("%s: only %d keys of the open case were seen", when, n)
	}
}

// ofOne says that a key belongs to an open case; marks and the web page's copy of a
// talk have an expiry of their own.
func ofOne(name string, open []string) bool {
	for _, id := range open {
		if strings.Contains(name, id) && !strings.HasPrefix(name, "seen:") {
			return true
		}
	}
	return false
}

func belongsToNobody(name string, open []string) bool {
	for _, prefix := range lasting {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	// The lines that a case stands in while it is open.
	return open != nil && strings.HasPrefix(name, "cases:")
}
