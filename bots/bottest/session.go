package bottest

import (
	"context"
	"errors"
	"html"
	"log/slog"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// session is a running channel with a store behind it.
type session struct {
	t       *testing.T
	h       Harness
	channel bots.Channel
	store   *store
	canary  *canary
	label   string // marks the channel's goroutines
	stop    func() error

	mu    sync.Mutex
	typed []typed // what the channel told of contacts at their keys
}

type typed struct {
	contact string
	on      bool
}

func (s *session) hears(contact bots.Address, lasts time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typed = append(s.typed, typed{contact.ID, lasts > 0})
}

func (s *session) heard() []typed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.typed)
}

// start opens the channel and runs it. What the store is told to do with a message is
// set before, so that nothing is missed.
func start(t *testing.T, h Harness, st *store) *session {
	t.Helper()
	s := &session{t: t, h: h, store: st, canary: newCanary(t, h), label: t.Name()}
	s.channel = h.Open(t, slog.New(slog.NewTextHandler(s.canary, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if r, ok := s.channel.(bots.TypingReporter); ok {
		r.OnTyping(s.hears)
	}
	s.run()
	return s
}

// run runs the channel until stop, which returns what Run returned.
func (s *session) run() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go s.labelled(func() { ended <- s.channel.Run(ctx, s.store.accept) })
	s.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience.Limit):
			return errors.New("Run does not end with its context")
		}
	})
	s.t.Cleanup(func() {
		if err := s.stop(); err != nil {
			s.t.Errorf("Run: %v, want nil after a normal stop", err)
		}
		s.canary.check(s.channel)
	})
}

// restart ends the channel as it is and opens another, as a new process does.
func (s *session) restart(st *store) *session {
	s.t.Helper()
	if err := s.stop(); err != nil {
		s.t.Errorf("Run: %v, want nil after a normal stop", err)
	}
	return start(s.t, s.h, st)
}

// labelled does what with a mark on all goroutines that come of it.
func (s *session) labelled(what func()) {
	pprof.Do(context.Background(), pprof.Labels("bottest", s.label), func(context.Context) { what() })
}

// send sends a part as delivery does, again when that may help and cannot make a
// second message: the connection may just be made anew. It fails the test if that does
// not work.
func (s *session) send(p bots.Part) bots.Receipt {
	s.t.Helper()
	var r bots.Receipt
	s.eventually("the part is sent", func() bool {
		var err error
		r, err = s.trySend(context.Background(), p)
		var se *bots.SendError
		if errors.As(err, &se) && se.Reason == bots.Retry && (!se.Maybe || s.h.has(Idempotent)) {
			return false
		}
		if err != nil {
			s.t.Fatalf("Send: %v", err)
		}
		return true
	})
	if r.ID == "" {
		s.t.Fatal("Send gave a receipt without an ID")
	}
	return r
}

func (s *session) trySend(ctx context.Context, p bots.Part) (r bots.Receipt, err error) {
	s.labelled(func() { r, err = s.channel.Send(ctx, p) })
	if err != nil {
		s.canary.write("error", err.Error())
	}
	return r, err
}

// failSend sends and returns the error, which must be a *bots.SendError.
func (s *session) failSend(ctx context.Context, p bots.Part) *bots.SendError {
	s.t.Helper()
	_, err := s.trySend(ctx, p)
	var se *bots.SendError
	if !errors.As(err, &se) {
		s.t.Fatalf("Send: %v, want a *bots.SendError", err)
	}
	return se
}

// literal keeps markers from being read as such: they have no other escape.
var literal = strings.NewReplacer("*", "*\u200B", "_", "_\u200B", "~", "~\u200B", "`", "`\u200B")

// part is a text for a contact in the channel's own markup.
func (s *session) part(id string, to bots.Address, text string) bots.Part {
	s.canary.watch(text)
	body := text
	switch s.channel.Limits().Format {
	case bots.HTML, bots.Page:
		body = html.EscapeString(text)
	case bots.Markers:
		body = literal.Replace(text)
	}
	return bots.Part{ID: id, To: to, Body: body, Text: text, Lang: "uk", From: "bot"}
}

// write lets a phone send a text.
func (s *session) write(p Phone, text string) string {
	s.canary.watch(text)
	s.canary.watch(p.Address().ID)
	return p.Write(text)
}

// phone returns the nth phone, with its address watched.
func (s *session) phone(n int) Phone {
	p := s.h.Network.Phone(n)
	s.canary.watch(p.Address().ID)
	return p
}

// arrives waits until a phone has n messages from us, and returns them.
func (s *session) arrives(p Phone, n int) []Received {
	s.t.Helper()
	var got []Received
	s.eventually("our message arrives on the phone", func() bool {
		got = p.Inbox()
		return len(got) >= n
	})
	if len(got) != n {
		s.t.Fatalf("the phone has %d messages, want %d", len(got), n)
	}
	return got
}

func (s *session) eventually(what string, ok func() bool) {
	s.t.Helper()
	patience.Until(s.t, what, ok)
}

// ability is what a phone of a claimed feature must have.
func ability[T any](t *testing.T, p any, f Feature) T {
	t.Helper()
	a, ok := p.(T)
	if !ok {
		t.Fatalf("the harness claims %q without offering it", f)
	}
	return a
}

// store stands in for the mailbox: it keeps every message once.
type store struct {
	// before may refuse a message; it is called without the lock.
	before func(ctx context.Context, m bots.Message) error

	mu       sync.Mutex
	messages []bots.Message
	times    map[string]int
	changed  chan struct{}
}

func newStore() *store {
	return &store{times: make(map[string]int), changed: make(chan struct{})}
}

// key names a message as bots.Message says.
func key(m bots.Message) string {
	return strings.Join([]string{string(m.Channel), m.Contact.ID, m.ID}, "\x00")
}

func (st *store) accept(ctx context.Context, m bots.Message) error {
	if st.before != nil {
		if err := st.before(ctx, m); err != nil {
			return err
		}
	}
	st.keep(m)
	return nil
}

func (st *store) keep(m bots.Message) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.times[key(m)]++; st.times[key(m)] == 1 {
		st.messages = append(st.messages, m)
	}
	close(st.changed)
	st.changed = make(chan struct{})
}

// count is how often m was accepted.
func (st *store) count(m bots.Message) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.times[key(m)]
}

// wait waits for n different messages and returns them in the order of their arrival.
func (st *store) wait(t *testing.T, n int) []bots.Message {
	t.Helper()
	end := time.After(patience.Limit)
	for {
		st.mu.Lock()
		got, changed := st.messages[:len(st.messages):len(st.messages)], st.changed
		st.mu.Unlock()
		if len(got) > n {
			t.Fatalf("%d messages were accepted, want %d", len(got), n)
		}
		if len(got) == n {
			return got
		}
		select {
		case <-changed:
		case <-end:
			t.Fatalf("%d messages were accepted, want %d", len(got), n)
		}
	}
}
