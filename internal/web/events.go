package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// KeepAlive is how often a quiet stream of events says a word, so that proxies do
// not end it.
const KeepAlive = 15 * time.Second

// Events is a stream of server-sent events (html.spec.whatwg.org, "Server-sent
// events"). One goroutine writes it.
type Events struct {
	w    http.ResponseWriter
	ctrl *http.ResponseController
}

// NewEvents begins the answer. The browser is told to come back retry after the
// stream breaks.
func NewEvents(w http.ResponseWriter, retry time.Duration) (*Events, error) {
	e := &Events{w: w, ctrl: http.NewResponseController(w)}
	head := w.Header()
	head.Set("Content-Type", "text/event-stream; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx would hold the events back
	w.WriteHeader(http.StatusOK)
	return e, e.write(fmt.Appendf(nil, "retry: %d\n\n", retry.Milliseconds()))
}

// Send writes one event. The id and the name may be empty; data may have several
// lines.
func (e *Events) Send(id, name string, data []byte) error {
	var b bytes.Buffer
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	if name != "" {
		fmt.Fprintf(&b, "event: %s\n", name)
	}
	for line := range strings.Lines(string(data)) {
		fmt.Fprintf(&b, "data: %s\n", strings.TrimRight(line, "\r\n"))
	}
	b.WriteByte('\n')
	return e.write(b.Bytes())
}

// Alive writes a comment, which browsers ignore.
func (e *Events) Alive() error { return e.write([]byte(":\n\n")) }

// write gives the other side half a minute to take what is written: a phone that
// went away must not hold a goroutine for good.
func (e *Events) write(b []byte) error {
	// Not every writer has deadlines (tests), those of net/http do.
	_ = e.ctrl.SetWriteDeadline(time.Now().Add(30 * time.Second))
	if _, err := e.w.Write(b); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if err := e.ctrl.Flush(); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}
