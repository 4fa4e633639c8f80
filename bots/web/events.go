package web

import (
	"context"
	"net/http"
	"time"

	"github.com/brug-helpdesk/brug/internal/web"
)

const (
	// look is how often a page's stream looks for news by itself, should the bell
	// not have been heard.
	look = time.Second
	// retry is when a browser comes back after its stream broke.
	retry = 2 * time.Second
)

// getEvents sends a page what is kept of its conversation, then what comes. A page
// that comes back names the last event it has.
func (c *Channel) getEvents(w http.ResponseWriter, r *http.Request) {
	visitor := r.URL.Query().Get("visitor")
	if !visitorForm.MatchString(visitor) {
		web.Error(w, http.StatusBadRequest, "bad_visitor", "visitor must be 22 to 64 of A-Z a-z 0-9 _ -")
		return
	}
	last := r.Header.Get("Last-Event-ID")
	if !eventForm.MatchString(last) {
		last = ""
	}
	_, ctx, done := c.enter(r)
	if done == nil {
		unavailable(w)
		return
	}
	defer done()
	rings, silence := c.bell.Listen(c.topic(visitor))
	defer silence()
	first, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	entries, err := c.read(first, visitor, last)
	if err != nil {
		c.failed(w, "read events", visitor, err)
		return
	}
	stream, err := web.NewEvents(w, retry)
	if err != nil {
		return // the page is gone
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for quiet := time.Now(); ; {
		for _, e := range entries {
			if stream.Send(e.place, "", e.json) != nil {
				return
			}
			last, quiet = e.place, time.Now()
		}
		note := ""
		select {
		case <-ctx.Done():
			return
		case note = <-rings:
		case <-tick.C:
		}
		if note == noteTyping || note == noteErased {
			err = stream.Send("", note, []byte("{}"))
			quiet = time.Now()
		} else if time.Since(quiet) >= web.KeepAlive {
			err = stream.Alive()
			quiet = time.Now()
		}
		if err != nil {
			return
		}
		if entries, err = c.read(ctx, visitor, last); err != nil {
			return // the browser comes back and is told then
		}
	}
}
