package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// month is longer than anything about a person is kept after the last word.
const month = 31 * 24 * time.Hour

// TestAMonthLaterNobodyIsLeft lets people go every way through a helpdesk, moves time on
// by a month, lets the helpdesk run on and looks for them in every key and value.
func TestAMonthLaterNobodyIsLeft(t *testing.T) {
	s := storetest.Open(t)
	config := &Config{Data: t.TempDir(), BaseURL: "http://localhost:8080", Keep: 720 * time.Hour, WhatsApp: "off"}
	makeNoon(t, s)
	traces := map[string][]byte{}
	whileOpen(t, config, s, func(ctx context.Context, h *helpdesk) { everyWay(t, ctx, h, traces) })
	if found := searchTraces(t, t.TempDir(), s, traces); len(found) < 3*len(traces) {
		t.Fatalf("the search finds too little to be trusted: %q", found)
	}
	// What this test must see: a key that never expires, and one that lives too long.
	never, long := s.Key("conv", "never"), s.Key("conv", "long")
	s.Client().Set(t.Context(), never, "x", 0)
	s.Client().Set(t.Context(), long, "x", month+time.Hour)
	moveOn(t, s, month)
	if left := ofPeople(t, s); !slices.Contains(left, never) || !slices.Contains(left, long) {
		t.Fatalf("keys that stay are not noticed among %q", left)
	}
	s.Client().Del(t.Context(), never, long)

	whileOpen(t, config, s, func(ctx context.Context, h *helpdesk) {
		later := handoff.New(slog.New(slog.DiscardHandler), s, h.mailbox, h.transcript, handoff.Options{Keep: config.Keep, Now: func() time.Time { return time.Now().Add(month) }})
		sweeping, stop := context.WithCancel(ctx)
		swept := make(chan error, 1)
		go func() { swept <- later.Run(sweeping) }()
		until(t, "the sweep and what was due in that month", func() bool { return len(inLines(t, s, traces)) == 0 })
		stop()
		if err := <-swept; err != nil {
			t.Error(err)
		}
	})
	moveOn(t, s, time.Hour) // what the workers took last is remembered for one lease
	if left := ofPeople(t, s); len(left) > 0 {
		t.Errorf("a month later there still is %q", left)
	}
	for _, where := range searchTraces(t, config.Data, s, traces) {
		t.Errorf("a month later there still is %s", where)
	}
}

// inLines are the traces in the lines of what is due and of what was closed.
func inLines(t *testing.T, s *store.Store, traces map[string][]byte) (found []string) {
	t.Helper()
	for _, key := range ofHelpdesk(t, s) {
		if strings.HasPrefix(key, s.Key("due:")) || key == s.Key("cases", "resolved") {
			for _, value := range values(t, s, key) {
				found = append(found, traced(key, []byte(value), traces)...)
			}
		}
	}
	return found
}

// whileOpen runs a helpdesk as long as do.
func whileOpen(t *testing.T, config *Config, s *store.Store, do func(context.Context, *helpdesk)) {
	t.Helper()
	h, err := newHelpdesk(slog.New(slog.DiscardHandler), config, s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- h.run(ctx) }()
	defer func() {
		cancel()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	}()
	do(ctx, h)
}

// everyWay lets one person each go a way through the helpdesk to its end, and notes what
// would tell of them.
func everyWay(t *testing.T, ctx context.Context, h *helpdesk, traces map[string][]byte) {
	t.Helper()
	olha, boss := handoff.Actor{ID: "olha", Name: "Olha"}, handoff.Actor{ID: "boss", Name: "Boss", Coordinator: true}
	const person = "хочу поговорити з людиною"
	resolve := func(c handoff.Case) error {
		_, err := h.queue.Resolve(ctx, c.ID, olha, "", handoff.OutcomeVolunteer, "a note")
		return err
	}
	for way, w := range map[string]struct {
		says []string
		tap  string
		end  func(handoff.Case) error
	}{
		"the bot only": {says: []string{"Як отримати БСН?"}},
		"the bot asks": {says: []string{"мій сусід грає на трубі щоночі"}},
		"their data":   {says: []string{"Як отримати БСН?", "/data"}, tap: "data:json"},
		"closed":       {says: []string{person, "і ще одне"}, end: resolve},
		"danger":       {says: []string{"Чоловік мене б'є"}, end: resolve},
		"withdrawn":    {says: []string{person}, tap: "withdraw"},
		"shut out": {says: []string{person}, end: func(c handoff.Case) error {
			_, err := h.queue.Bar(ctx, c.ID, boss, "threats")
			return err
		}},
	} {
		visitor := (strings.ReplaceAll(way, " ", "-") + "-0123456789012345678901")[:24]
		who := bots.Address{Channel: bots.Web, ID: visitor}
		n := 0
		send := func(m bots.Message) {
			t.Helper()
			n++
			m.ID, m.Channel, m.Contact, m.At = way+string(rune('0'+n)), bots.Web, who, time.Now()
			if err := h.mailbox.Accept(ctx, m); err != nil {
				t.Fatal(err)
			}
			until(t, way, func() bool { return !busy(t, h) })
		}
		for _, text := range w.says {
			send(bots.Message{Text: text})
		}
		if w.end != nil {
			photograph(t, h, visitor)
			until(t, "the photo", func() bool { return !busy(t, h) })
		}
		conversation, err := h.mailbox.Find(ctx, who)
		if err != nil || conversation == "" {
			t.Fatalf("%s: no conversation, %v", way, err)
		}
		traces[way+": conversation"] = []byte(conversation)
		traces[way+": contact"] = []byte(h.store.Hash("contact web", visitor))
		kase, open, err := h.queue.ByConversation(ctx, conversation)
		if err != nil || open != (slices.Contains(w.says, person) || w.end != nil) {
			t.Fatalf("%s: a case: %t, %v", way, open, err)
		}
		if open {
			traces[way+": case"] = []byte(kase.ID)
		}
		if w.tap != "" {
			send(bots.Message{Action: bots.Tap, Choice: w.tap})
		}
		if w.end == nil {
			continue
		}
		if _, err := h.queue.Claim(ctx, kase.ID, olha); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if _, _, err := h.queue.Reply(ctx, kase.ID, olha, handoff.Text{Key: "1", Text: "Вітаю"}); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		if err := w.end(kase); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		until(t, way, func() bool { return !busy(t, h) })
	}
}

// moveOn makes Redis what it will be after so long: what expires by then is gone, what is
// due by then is due. Nothing may be at work on it.
func moveOn(t *testing.T, s *store.Store, by time.Duration) {
	t.Helper()
	ctx, redis := t.Context(), s.Client()
	for _, key := range ofHelpdesk(t, s) {
		ttl, err := redis.PTTL(ctx, key).Result()
		switch {
		case err != nil:
			t.Fatal(err)
		case ttl > by:
			err = redis.PExpire(ctx, key, ttl-by).Err()
		case ttl > 0:
			err = redis.Del(ctx, key).Err()
		case strings.HasPrefix(key, s.Key("due:")):
			for _, waits := range redis.ZRange(ctx, key, 0, -1).Val() {
				redis.ZIncrBy(ctx, key, -float64(by.Milliseconds()), waits)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ofHelpdesk(t *testing.T, s *store.Store) []string {
	t.Helper()
	return slices.DeleteFunc(allKeys(t, s), func(key string) bool { return !strings.HasPrefix(key, s.Key("")) })
}

// ofPeople are the keys that do not belong to the helpdesk itself. Its audit log is kept
// longer; it is sealed, and names cases that are no more.
func ofPeople(t *testing.T, s *store.Store) []string {
	t.Helper()
	return slices.DeleteFunc(ofHelpdesk(t, s), func(key string) bool {
		name := strings.TrimPrefix(key, s.Key(""))
		return name == "audit" || belongsToNobody(name, nil)
	})
}
