package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// helpdesk is a desk on a real Redis behind a real web server.
type helpdesk struct {
	t          *testing.T
	s          *store.Store
	queue      *handoff.Queue
	volunteers *handoff.Volunteers
	transcript *bots.Transcript
	server     *httptest.Server
	log        *bytes.Buffer
	held       sync.Map     // of chan struct{}, by path
	refuse     atomic.Int32 // so many streams of events are refused
}

// hold keeps the answers to a path back, as a slow network does, until release is called.
func (h *helpdesk) hold(path string) (release func()) {
	until := make(chan struct{})
	h.held.Store(path, until)
	return func() {
		h.held.Delete(path)
		close(until)
	}
}

// slowly answers as the desk does, but for the paths that are held.
func (h *helpdesk) slowly(d http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/desk/api/events" && h.refuse.Add(-1) >= 0 {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		until, held := h.held.Load(r.URL.Path)
		if !held {
			d.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		d.ServeHTTP(answer, r)
		select {
		case <-until.(chan struct{}):
		case <-r.Context().Done():
			return
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	}
}

// nowhere is a mailbox whose events nobody reads.
type nowhere struct{ s *store.Store }

func (n nowhere) Post(conv, _ string, _ any) []store.Op {
	return []store.Op{store.Do("HINCRBY", n.s.Key("test", conv), "v", 1)}
}

// onLocalhost as Options.BaseURL makes the desk's address begin with localhost.
const onLocalhost = "localhost"

func open(t *testing.T, o desk.Options) *helpdesk {
	t.Helper()
	s := storetest.Open(t)
	h := &helpdesk{t: t, s: s, log: &bytes.Buffer{}, transcript: bots.NewTranscript(s, time.Hour, 1000), volunteers: handoff.NewVolunteers(s, nil)}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	h.queue = handoff.New(log, s, nowhere{s}, h.transcript, handoff.Options{})
	alerts, err := handoff.NewAlerts(log, s, h.queue, h.volunteers, bots.NewOutbox(s, time.Hour), handoff.AlertOptions{Mail: true,
		Bot:    func(context.Context) (string, error) { return "bridge_bot", nil },
		Limits: func(bots.Kind) bots.Limits { return bots.Limits{Format: bots.PlainSMS, Text: 1000} }})
	must(t, err)
	o.Alerts = alerts
	bell := store.NewBell(s)
	h.server = httptest.NewUnstartedServer(nil)
	address := "http://" + h.server.Listener.Addr().String()
	if o.BaseURL == onLocalhost { // passkeys are for names, not for numbers
		address = strings.Replace(address, "127.0.0.1", "localhost", 1)
		o.BaseURL = ""
	}
	if o.BaseURL == "" {
		o.BaseURL = address
	}
	d, err := desk.New(log, h.queue, h.volunteers, h.transcript, bell, o)
	must(t, err)
	h.server.Config.Handler = h.slowly(d)
	h.server.Start()
	h.server.URL = address
	done := make(chan error, 2)
	go func() { done <- bell.Run(t.Context()) }()
	go func() { done <- d.Run(t.Context()) }()
	t.Cleanup(func() { // the context of the test has ended
		<-done
		<-done
		h.server.CloseClientConnections()
		h.server.Close()
	})
	return h
}

// escalate opens a case as the router does, with a first message.
func (h *helpdesk) escalate(n handoff.NewCase) handoff.Case {
	h.t.Helper()
	if n.Channel == "" {
		n.Channel = bots.Web
	}
	c, ops := h.queue.Open(n)
	ops = append(ops, h.transcript.Append(n.Conversation, bots.Entry{ID: "m1-" + n.Conversation, At: time.Now(), From: bots.FromNewcomer, Text: n.Preview, Lang: n.Lang})...)
	h.apply(ops, h.queue.GuardNone(n.Conversation))
	return c
}

func (h *helpdesk) apply(ops []store.Op, guards ...store.Guard) {
	h.t.Helper()
	must(h.t, h.s.Apply(h.t.Context(), store.Tx{Head: h.s.Key("test"), Guards: guards, Ops: ops}))
}

// says is a message of the newcomer in an open case.
func (h *helpdesk) says(id, messageID, text string) {
	h.t.Helper()
	h.hears(id, messageID, text, handoff.Change{Message: true, Preview: text})
}

// hears notes a message and what it changes of its case; as the router does, anew when a
// page has changed the case meanwhile.
func (h *helpdesk) hears(id, messageID, text string, change handoff.Change) {
	h.t.Helper()
	for {
		c, err := h.queue.Get(h.t.Context(), id)
		must(h.t, err)
		_, ops := h.queue.Update(c, change)
		ops = append(ops, h.transcript.Append(c.Conversation, bots.Entry{ID: messageID, At: time.Now(), From: bots.FromNewcomer, Text: text, Lang: c.Lang})...)
		err = h.s.Apply(h.t.Context(), store.Tx{Head: h.s.Key("test"), Guards: []store.Guard{h.queue.Guard(c)}, Ops: ops})
		var faster *store.GuardError
		if errors.As(err, &faster) {
			continue
		}
		must(h.t, err)
		return
	}
}

// client is a volunteer with a token.
type client struct {
	h     *helpdesk
	v     handoff.Volunteer
	token string
}

func (h *helpdesk) volunteer(v handoff.Volunteer) client {
	h.t.Helper()
	v, err := h.volunteers.Add(h.t.Context(), v)
	must(h.t, err)
	token, err := h.volunteers.Token(h.t.Context(), v.ID)
	must(h.t, err)
	return client{h, v, token}
}

// call asks the API and returns the status and the body.
func (c client) call(method, path, body string) (int, []byte) {
	c.h.t.Helper()
	req, err := http.NewRequestWithContext(c.h.t.Context(), method, c.h.server.URL+"/desk/api/"+path, bytes.NewBufferString(body))
	must(c.h.t, err)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	must(c.h.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(c.h.t, err)
	return resp.StatusCode, raw
}

// get is the answer of the API as v; another status than 200 ends the test.
func get[T any](c client, method, path, body string) (v T) {
	c.h.t.Helper()
	status, raw := c.call(method, path, body)
	if status != http.StatusOK {
		c.h.t.Fatalf("%s %s: %d %s", method, path, status, raw)
	}
	must(c.h.t, json.Unmarshal(raw, &v))
	return v
}

// page asks for a page with a session.
func (h *helpdesk) page(method, path, session string, form string, headers ...string) (*http.Response, string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.server.URL+path, bytes.NewBufferString(form))
	must(h.t, err)
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if session != "" {
		req.AddCookie(&http.Cookie{Name: "brug_session", Value: session})
	}
	direct := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := direct.Do(req)
	must(h.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(h.t, err)
	return resp, string(raw)
}

func (c client) session() string {
	c.h.t.Helper()
	link, err := c.h.volunteers.Link(c.h.t.Context(), c.v.ID)
	must(c.h.t, err)
	session, _, err := c.h.volunteers.Redeem(c.h.t.Context(), link)
	must(c.h.t, err)
	return session
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
