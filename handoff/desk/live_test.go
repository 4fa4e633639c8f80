package desk_test

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
)

// listen opens a stream and returns its events as they come.
func (c client) listen() <-chan string {
	c.h.t.Helper()
	req, err := http.NewRequestWithContext(c.h.t.Context(), "GET", c.h.server.URL+"/desk/api/events", nil)
	must(c.h.t, err)
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := http.DefaultClient.Do(req)
	must(c.h.t, err)
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		c.h.t.Fatalf("events: %d %v", resp.StatusCode, resp.Header)
	}
	events := make(chan string, 4096)
	go func() {
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- data
			}
		}
		close(events)
	}()
	return events
}

func TestStreamsTellEveryChange(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	events := anna.listen()
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "Де БСН?"})
	// The subscription may begin after the case: something is heard in any case.
	wait := func(what string, ok func(map[string]any) bool) {
		t.Helper()
		deadline := time.After(patience.Limit)
		nudge := time.NewTicker(50 * time.Millisecond)
		defer nudge.Stop()
		for {
			select {
			case raw := <-events:
				var got map[string]any
				must(t, json.Unmarshal([]byte(raw), &got))
				if got["id"] == c.ID && ok(got) {
					return
				}
			case <-nudge.C:
				h.apply([]store.Op{h.s.Ring("desk", c.ID)})
			case <-deadline:
				t.Fatalf("never heard that the case is %s", what)
			}
		}
	}
	wait("waiting", func(e map[string]any) bool {
		return e["state"] == "waiting" && e["place"] == 1.0 && e["preview"] == "Де БСН?"
	})
	get[any](anna, "POST", "cases/"+c.ID+"/claim", "")
	wait("claimed", func(e map[string]any) bool { return e["state"] == "claimed" && e["expires"] != nil })
	open, _, err := h.queue.ByConversation(t.Context(), "a")
	must(t, err)
	guards, ops, err := h.queue.Forget(t.Context(), open.Conversation)
	must(t, err)
	h.apply(ops, guards...)
	wait("gone", func(e map[string]any) bool { return len(e) == 1 })
}

// TestAPageThatWasThereFirstReadsAnew what changed before the desk heard of changes.
func TestAPageThatWasThereFirstReadsAnew(t *testing.T) {
	h := open(t, desk.Options{})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	d, err := desk.New(slog.New(slog.DiscardHandler), h.queue, h.volunteers, h.transcript, store.NewBell(h.s), desk.Options{})
	must(t, err)
	first := h.server
	defer func() { h.server = first }()
	h.server = httptest.NewServer(d)
	defer h.server.Close()
	defer h.server.CloseClientConnections()
	events := anna.listen()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	select {
	case got := <-events:
		if got != "{}" {
			t.Errorf("the page hears %s", got)
		}
	case <-time.After(patience.Limit):
		t.Error("the page hears nothing")
	}
	stop()
	must(t, <-ended)
}

// TestManyDesksHearOfEveryCase, with 500 cases open, and logs how long the way from
// accepting to the streams of 50 desks takes on this machine.
func TestManyDesksHearOfEveryCase(t *testing.T) {
	h := open(t, desk.Options{})
	for n := range 500 {
		h.escalate(handoff.NewCase{Conversation: "old" + strconv.Itoa(n), Lang: "uk"})
	}
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"})
	streams := make([]<-chan string, 50)
	for n := range streams {
		streams[n] = anna.listen()
	}
	var mu sync.Mutex
	var took []time.Duration
	for n := range 20 {
		start := time.Now()
		c := h.escalate(handoff.NewCase{Conversation: "new" + strconv.Itoa(n), Lang: "uk"})
		var wg sync.WaitGroup
		for _, events := range streams {
			wg.Go(func() {
				for raw := range events {
					// A stream that fell behind is told to read the list, as pages do.
					if raw == "{}" {
						_, list := anna.call("GET", "cases?state=waiting", "")
						raw = string(list)
					}
					if strings.Contains(raw, c.ID) {
						mu.Lock()
						took = append(took, time.Since(start))
						mu.Unlock()
						return
					}
				}
				t.Error("a stream ended")
			})
		}
		wg.Wait()
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	start := time.Now()
	_, raw := anna.call("GET", "cases?state=open", "")
	t.Logf("500 cases, 50 desks: p50 %v, p99 %v; the list takes %v and %d kB", p50, p99, time.Since(start), len(raw)/1024)
}
