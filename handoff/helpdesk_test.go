package handoff_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// clock is the business clock of a test.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// mailbox keeps what is posted in a list, and the conversation's version in a hash.
type mailbox struct{ s *store.Store }

func (m mailbox) list(conv string) string { return m.s.Key("test", conv, "mail") }
func (m mailbox) head(conv string) string { return m.s.Key("test", conv) }

func (m mailbox) Post(conv, kind string, data any) []store.Op {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return []store.Op{store.Do("RPUSH", m.list(conv), kind+" "+string(raw)), store.Do("HINCRBY", m.head(conv), "v", 1)}
}

func (m mailbox) events(tb testing.TB, conv string) []handoff.Event {
	tb.Helper()
	raw, err := m.s.Cmd().LRange(tb.Context(), m.list(conv), 0, -1).Result()
	if err != nil {
		tb.Fatal(err)
	}
	events := make([]handoff.Event, len(raw))
	for i, r := range raw {
		if err := json.Unmarshal([]byte(r[len("desk "):]), &events[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return events
}

func (m mailbox) kinds(tb testing.TB, conv string) []string {
	tb.Helper()
	var kinds []string
	for _, e := range m.events(tb, conv) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// helpdesk is a queue on a real Redis with a clock of its own.
type helpdesk struct {
	*handoff.Queue
	s     *store.Store
	mail  mailbox
	clock *clock
}

// monday is a moment within office hours.
var monday = time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC) // 11:00 in Amsterdam

func open(tb testing.TB) *helpdesk {
	s := storetest.Open(tb)
	return openOn(tb, s, &clock{t: monday})
}

func openOn(tb testing.TB, s *store.Store, c *clock) *helpdesk {
	mail := mailbox{s}
	transcript := bots.NewTranscript(s, 30*24*time.Hour, 1000)
	q := handoff.New(slog.New(slog.NewTextHandler(tb.Output(), nil)), s, mail, transcript, handoff.Options{Now: c.now, Free: free})
	return &helpdesk{Queue: q, s: s, mail: mail, clock: c}
}

// free says that all volunteers of the tests are there, except who is called away.
func free(_ context.Context, id string) (handoff.Actor, bool, error) {
	a := person(id[1:])
	if a.Name == "Gone" {
		return a, false, handoff.ErrUnknown
	}
	if strings.HasPrefix(a.Name, "p") {
		a.Capacity, a.Untrained = modelCapacity, untrained(id)
	}
	return a, a.Name != "Away" && a.Name != "p0", nil
}

// escalate opens a case as the router does.
func (h *helpdesk) escalate(tb testing.TB, n handoff.NewCase) handoff.Case {
	tb.Helper()
	c, ops := h.Open(n)
	h.apply(tb, ops, h.GuardNone(n.Conversation))
	return c
}

// apply commits like the router does.
func (h *helpdesk) apply(tb testing.TB, ops []store.Op, guards ...store.Guard) {
	tb.Helper()
	if err := h.s.Apply(tb.Context(), store.Tx{Head: h.s.Key("test"), Guards: guards, Ops: ops}); err != nil {
		tb.Fatal(err)
	}
}

// says is a later message of the newcomer.
func (h *helpdesk) says(tb testing.TB, id string, ch handoff.Change) handoff.Case {
	tb.Helper()
	c, err := h.Get(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	next, ops := h.Update(c, ch)
	h.apply(tb, ops, h.Guard(c))
	return next
}

func person(name string) handoff.Actor {
	return handoff.Actor{ID: "v" + name, Name: name, Capacity: handoff.DefaultCapacity}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
