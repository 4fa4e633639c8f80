package router

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router/language"
	"github.com/brug-helpdesk/brug/router/mailbox"
	"github.com/brug-helpdesk/brug/router/safety"
)

// clock is the business clock of a test.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *testClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

var library = sync.OnceValues(func() (Library, error) {
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		return Library{}, err
	}
	return Library{Base: base, Index: search.Build(base)}, nil
})

var detector = sync.OnceValue(func() *language.Detector {
	lib, err := library()
	if err != nil {
		panic(err)
	}
	texts := map[string][]string{}
	for _, a := range lib.Base.Articles() {
		for lang, by := range a.Texts {
			texts[lang] = append(texts[lang], by[""].Title, by[""].Body)
		}
	}
	return language.New(texts)
})

func newMind(t testing.TB, now func() time.Time) *Mind {
	t.Helper()
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	say, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := safety.Default()
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewMind(say, rules, MindOptions{BaseURL: "http://localhost:8080", Keep: 30 * 24 * time.Hour,
		Library: func() Library { return lib }, Detector: detector, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// desk is a whole helpdesk without channels: what would be sent is read from the
// transcript.
type desk struct {
	t       *testing.T
	clock   *testClock
	store   *store.Store
	mailbox *mailbox.Mailbox
	log     *bots.Transcript
	queue   *handoff.Queue
	router  *Router
	n       int
	// away says that no volunteer is there.
	away bool
}

// free knows Olha.
func (d *desk) free(_ context.Context, id string) (handoff.Actor, bool, error) {
	if id != olha.ID {
		return handoff.Actor{}, false, handoff.ErrUnknown
	}
	return olha, !d.away, nil
}

// tuesday is a working day within office hours.
var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func newDesk(t *testing.T) *desk {
	t.Helper()
	s := storetest.Open(t)
	d := &desk{t: t, store: s, clock: &testClock{now: tuesday}}
	log := slog.New(slog.DiscardHandler)
	bell := store.NewBell(s)
	mind := newMind(t, d.clock.Now)
	d.mailbox = mailbox.New(log, s, bell, mailbox.Options{Keep: time.Hour, Danger: mind.Danger})
	d.log = bots.NewTranscript(s, time.Hour, 500)
	d.queue = handoff.New(log, s, d.mailbox, d.log, handoff.Options{Now: d.clock.Now, Free: d.free})
	limits := func(bots.Kind) bots.Limits { return bots.Limits{Format: bots.HTML, Text: 4096, Choices: 10} }
	d.router = New(log, s, d.mailbox, bots.NewOutbox(s, time.Hour), d.log, d.queue, mind, Options{
		Speaks: func(_ context.Context, lang string) (bool, error) { return lang != "fa", nil },
		Limits: limits, Mask: func(s string) string { masked, _ := safety.MaskSoft(s); return masked }, MaskForGood: maskNumbers,
		Forget:   func(context.Context, bots.Address) error { return nil },
		Decided:  func(string, time.Duration) {},
		MarkRead: func(bots.Address, []string) {},
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { bell.Run(ctx) })
	wg.Go(func() { d.mailbox.Run(ctx, d.router.Handle) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return d
}

func (d *desk) contact(who string) bots.Address { return bots.Address{Channel: bots.Telegram, ID: who} }

func (d *desk) conversation(who string) string {
	d.t.Helper()
	id, err := d.mailbox.Find(d.t.Context(), d.contact(who))
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

func (d *desk) transcript(who string) []bots.Entry {
	d.t.Helper()
	entries, err := d.log.Read(d.t.Context(), d.conversation(who))
	if err != nil {
		d.t.Fatal(err)
	}
	return entries
}

// send hands a message in and returns what the bot said to it.
func (d *desk) send(who string, m bots.Message) []bots.Entry {
	d.t.Helper()
	before := len(d.transcript(who))
	d.n++
	m.Channel, m.Contact, m.At = bots.Telegram, d.contact(who), d.clock.Now()
	if m.ID == "" {
		m.ID = fmt.Sprint(d.n)
	}
	if err := d.mailbox.Accept(d.t.Context(), m); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
	after := d.transcript(who)
	if len(after) < before {
		return after
	}
	return after[before:]
}

// settle waits until no turn waits.
func (d *desk) settle() {
	d.t.Helper()
	patience.Until(d.t, "no turn waits", func() bool {
		due, err := d.store.Cmd().ZCount(d.t.Context(), d.store.Queue("mail").Due, "-inf", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli())).Result()
		if err != nil {
			d.t.Fatal(err)
		}
		return due == 0
	})
}

func (d *desk) say(who, text string) string {
	d.t.Helper()
	return said(d.send(who, bots.Message{Text: text}))
}

func (d *desk) tap(who, choice string) string {
	d.t.Helper()
	return said(d.send(who, bots.Message{Action: bots.Tap, Choice: choice}))
}

func said(entries []bots.Entry) string {
	var texts []string
	for _, e := range entries {
		if e.From == bots.FromBot {
			texts = append(texts, e.Text)
		}
	}
	return strings.Join(texts, "\n--\n")
}

func (d *desk) open(who string) (handoff.Case, bool) {
	d.t.Helper()
	c, ok, err := d.queue.ByConversation(d.t.Context(), d.conversation(who))
	if err != nil {
		d.t.Fatal(err)
	}
	return c, ok
}

func wantText(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%q is missing in:\n%s", p, got)
		}
	}
}
