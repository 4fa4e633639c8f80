package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// site is a server at one address whose channel can be replaced, as when the
// process starts again.
type site struct {
	t       *testing.T
	store   *store.Store
	bell    *store.Bell
	handler atomic.Value // http.Handler
	server  *httptest.Server
	phones  map[int]*phone
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, store: storetest.Open(t), phones: map[int]*phone{}}
	s.bell = store.NewBell(s.store)
	ctx, cancel := context.WithCancel(context.Background())
	var bell sync.WaitGroup
	bell.Go(func() {
		if err := s.bell.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); bell.Wait() })
	key := s.store.Key("bell")
	eventually(t, "the bell is listened to", func() bool {
		n, err := s.store.Client().PubSubNumSub(t.Context(), key).Result()
		return err == nil && n[key] > 0
	})
	s.handler.Store(http.HandlerFunc(http.NotFound))
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handler.Load().(http.HandlerFunc)(w, r)
	}))
	t.Cleanup(func() { s.server.CloseClientConnections(); s.server.Close() })
	return s
}

// open makes the channel anew.
func (s *site) open(log *slog.Logger, config Config) *Channel {
	s.t.Helper()
	c, err := New(log, s.store, s.bell, config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.handler.Store(http.HandlerFunc(c.Handler().ServeHTTP))
	return c
}

// run runs the channel until the test ends.
func (s *site) run(c *Channel, accept bots.AcceptFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, accept) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
	eventually(s.t, "the channel runs", func() bool { return c.Health().Connected })
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	patience.Until(t, what, ok)
}

func (s *site) post(body string, head ...string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequest("POST", s.server.URL+"/chat/api/messages", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		s.t.Fatal(err)
	}
	return resp
}

// phone is a program that uses the API as the page does.
type phone struct {
	site    *site
	visitor string
	out     chan incoming

	mu     sync.Mutex
	sent   map[string]incoming
	inbox  []event
	typing int
	live   bool // the events are being heard
}

func (s *site) Phone(n int) bottest.Phone {
	if p := s.phones[n]; p != nil {
		return p
	}
	p := &phone{site: s, visitor: store.NewID(), out: make(chan incoming, 1000), sent: map[string]incoming{}}
	s.phones[n] = p
	ctx, cancel := context.WithCancel(context.Background())
	var busy sync.WaitGroup
	busy.Go(func() { p.send(ctx) })
	busy.Go(func() { p.hear(ctx) })
	s.t.Cleanup(func() { cancel(); busy.Wait() })
	return p
}

// send posts one message after another, each until it is taken.
func (p *phone) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-p.out:
			for p.try(ctx, m) != http.StatusAccepted && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
}

func (p *phone) try(ctx context.Context, m incoming) int {
	body, _ := json.Marshal(m)
	r, _ := http.NewRequestWithContext(ctx, "POST", p.site.server.URL+"/chat/api/messages", bytes.NewReader(body))
	r.Header.Set("Accept-Language", "uk-UA,ru;q=0.7")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// hear reads the events, also over a restart, and goes on where it was.
func (p *phone) hear(ctx context.Context) {
	last := ""
	for ctx.Err() == nil {
		r, _ := http.NewRequestWithContext(ctx, "GET", p.site.server.URL+"/chat/api/events?visitor="+p.visitor, nil)
		r.Header.Set("Last-Event-ID", last)
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			p.setLive(resp.StatusCode == http.StatusOK)
			readEvents(resp.Body, func(id, name, data string) {
				p.take(name, data)
				if id != "" {
					last = id
				}
			})
			resp.Body.Close()
			p.setLive(false)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (p *phone) setLive(live bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live = live
}

// open waits until the page hears events, as people do: before that it does not see that
// somebody types.
func (p *phone) open() {
	patience.Until(p.site.t, "the page hears events", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.live
	})
}

func (p *phone) take(name, data string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if name == "typing" {
		p.typing++
		return
	}
	var e event
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		p.site.t.Errorf("event %q: %v", data, err)
	}
	if e.From != fromVisitor {
		p.inbox = append(p.inbox, e)
	}
}

// readEvents reads server-sent events until the stream ends.
func readEvents(r io.Reader, take func(id, name, data string)) {
	var id, name, data string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			if data != "" {
				take(id, name, data)
			}
			id, name, data = "", "", ""
		case field == "id":
			id = value
		case field == "event":
			name = value
		case field == "data":
			data += value
		}
	}
}

func (p *phone) Address() bots.Address { return makeAddress(p.visitor) }

func (p *phone) post(m incoming) string {
	p.open()
	m.Visitor, m.ID = p.visitor, store.NewID()
	p.mu.Lock()
	p.sent[m.ID] = m
	p.mu.Unlock()
	p.out <- m
	return m.ID
}

func (p *phone) Write(text string) string { return p.post(incoming{Text: text}) }

func (p *phone) Tap(_, choice string) { p.post(incoming{Choice: choice}) }

func (p *phone) Inbox() []bottest.Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []bottest.Received
	for _, e := range p.inbox {
		all = append(all, bottest.Received{ID: e.ID, Text: e.Text, Choices: e.Choices})
	}
	return all
}

func (p *phone) TypingSeen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.typing
}

func (p *phone) Type() {
	resp, err := http.Post(p.site.server.URL+"/chat/api/typing", "application/json", strings.NewReader(`{"visitor":"`+p.visitor+`"}`))
	if err != nil {
		p.site.t.Error(err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		p.site.t.Errorf("typing: %s", resp.Status)
	}
}

func (s *site) Again(id string) {
	for _, p := range s.phones {
		p.mu.Lock()
		m, ok := p.sent[id]
		p.mu.Unlock()
		if ok {
			p.out <- m
		}
	}
}

func (s *site) Garbage() {
	for _, body := range []string{"", "{", "null", `{"visitor":5}`, `{"visitor":"short","id":"1","text":"x"}`, "\x00\xff"} {
		if got := s.post(body).StatusCode; got != http.StatusBadRequest {
			s.t.Errorf("%q: %d", body, got)
		}
	}
}

func (s *site) Fail(f bottest.Fault, _ int) { s.t.Fatalf("fault %s was not claimed", f) }
func (s *site) Leave()                      { s.t.Fatal("outages were not claimed") }
func (s *site) Return()                     {}

func TestConformance(t *testing.T) {
	bottest.Run(t, func(t *testing.T) bottest.Harness {
		s := newSite(t)
		return bottest.Harness{
			Open:    func(t *testing.T, log *slog.Logger) bots.Channel { return s.open(log, Config{}) },
			Network: s,
			Features: []bottest.Feature{bottest.Buttons, bottest.Typing, bottest.HearsTyping, bottest.Idempotent, bottest.Redelivers,
				bottest.Repeats, bottest.Garbage, bottest.LangHints},
		}
	})
}
