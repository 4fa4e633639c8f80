package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/internal/patience"
)

// onWeb is a page of the web chat: it posts one message after the other, each under
// an id of its own until it is taken, and follows the conversation.
type onWeb struct {
	t             *testing.T
	base, visitor string
	todo          chan string
	running       sync.WaitGroup

	mu     sync.Mutex
	events []webEvent
}

type webEvent struct {
	place string
	ID    string
	From  string
	Text  string
	At    time.Time
}

// pageWait is how long our page waits before it tries again; the real one is more patient.
const pageWait = 50 * time.Millisecond

// openPage opens the page of a visitor until ctx ends; wait then for running.
func openPage(ctx context.Context, t *testing.T, base, visitor string) *onWeb {
	p := &onWeb{t: t, base: base, visitor: visitor, todo: make(chan string, 100)}
	p.running.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case text := <-p.todo:
				p.post(ctx, fmt.Sprint("q", n), text)
				if n%2 == 0 { // the answer did not reach the page
					p.post(ctx, fmt.Sprint("q", n), text)
				}
			}
		}
	})
	p.running.Go(func() {
		for last := ""; ctx.Err() == nil; pause(ctx) {
			p.follow(ctx, last, func(e webEvent) bool {
				last = e.place
				p.mu.Lock()
				defer p.mu.Unlock()
				p.events = append(p.events, e)
				return true
			})
		}
	})
	return p
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(pageWait):
	}
}

func (p *onWeb) name() string    { return "web" }
func (p *onWeb) ask(text string) { p.todo <- text }
func (p *onWeb) repeats() bool   { return false }

func (p *onWeb) heard() (all []told) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e.From != "visitor" {
			all = append(all, told{e.Text, e.At})
		}
	}
	return all
}

// post repeats a message under its id until it is taken.
func (p *onWeb) post(ctx context.Context, id, text string) {
	body, err := json.Marshal(map[string]string{"visitor": p.visitor, "id": id, "text": text})
	if err != nil {
		p.t.Error(err)
		return
	}
	for ; ctx.Err() == nil; pause(ctx) {
		r, err := http.NewRequestWithContext(ctx, "POST", p.base+"/chat/api/messages", bytes.NewReader(body))
		if err != nil {
			p.t.Error(err)
			return
		}
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			continue // brug is dead
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		switch response.StatusCode {
		case http.StatusAccepted:
			return
		case http.StatusServiceUnavailable:
		default:
			p.t.Errorf("web: a message got %s", response.Status)
			return
		}
	}
}

// follow reads the conversation behind a place, until the stream breaks or take has
// enough.
func (p *onWeb) follow(ctx context.Context, last string, take func(webEvent) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", p.base+"/chat/api/events?visitor="+p.visitor, nil)
	if err != nil {
		p.t.Error(err)
		return
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		if response.StatusCode != http.StatusServiceUnavailable {
			p.t.Errorf("web: the stream got %s", response.Status)
		}
		return
	}
	var e webEvent
	var data string
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case name == "id":
			e.place = value
		case name == "data":
			data = value
		case lines.Text() == "":
			if e.place != "" {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					p.t.Errorf("web: an event is not JSON: %v", err)
				}
				if !take(e) {
					return
				}
			}
			e, data = webEvent{}, ""
		}
	}
}

// check compares what the page was sent with what was asked, and with what a page
// that is opened now is sent.
func (p *onWeb) check(asked []crashQuestion) {
	p.t.Helper()
	p.mu.Lock()
	seen := slices.Clone(p.events)
	p.mu.Unlock()
	places, ids := map[string]bool{}, map[string]bool{}
	var questions []string
	for _, e := range seen {
		if places[e.place] || ids[e.From+e.ID] {
			p.t.Errorf("web: event %s (%s, %s) came twice", e.place, e.From, e.ID)
		}
		places[e.place], ids[e.From+e.ID] = true, true
		if e.From == "visitor" {
			questions = append(questions, e.Text)
			continue
		}
		// No answer stands above its question.
		i := slices.IndexFunc(asked, func(q crashQuestion) bool { return q.title == told{text: e.Text}.title() })
		if i >= 0 && !slices.Contains(questions, asked[i].text) {
			p.t.Errorf("web: %q stands before its question", asked[i].title)
		}
	}
	var want []string
	for _, q := range asked {
		want = append(want, q.text)
	}
	if !slices.Equal(questions, want) {
		p.t.Errorf("web: the page shows the questions %q, asked were %q", questions, want)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), patience.Limit)
	defer cancel()
	var again []webEvent
	p.follow(ctx, "", func(e webEvent) bool {
		again = append(again, e)
		return len(again) < len(seen)
	})
	if !slices.Equal(again, seen) {
		p.t.Errorf("web: a page opened anew shows %d events otherwise than the %d that came", len(again), len(seen))
	}
}
