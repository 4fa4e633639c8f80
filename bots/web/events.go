package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
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
	leave := c.open.enter(visitor, web.Address(r, c.config.TrustedProxies))
	if leave == nil {
		w.Header().Set("Retry-After", "30")
		web.Error(w, http.StatusTooManyRequests, "too_many", "This chat is open too many times. Please close some of its pages.")
		return
	}
	defer leave()
	rings, silence := c.bell.Listen(c.topic(visitor))
	defer silence()
	first, cancel := context.WithTimeout(ctx, redisWait)
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
	answer := "" // the place of the last one
	for quiet := time.Now(); ; {
		for _, e := range entries {
			if stream.Send(e.place, "", e.json) != nil {
				return
			}
			last, quiet = e.place, time.Now()
			if e.ours {
				answer = e.place
			}
		}
		note := ""
		select {
		case <-ctx.Done():
			return
		case note = <-rings:
		case <-tick.C:
		}
		name, at, _ := strings.Cut(note, " ")
		switch {
		case name == noteErased, name == noteTyping && later(at, answer):
			err = stream.Send("", name, []byte("{}"))
			quiet = time.Now()
		case time.Since(quiet) >= web.KeepAlive:
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

// later reports whether a time in ms is after an answer, by its place in the stream:
// who was typing before it has said it now.
func later(at, place string) bool {
	said, _, _ := strings.Cut(place, "-")
	a, err := strconv.ParseInt(at, 10, 64)
	b, _ := strconv.ParseInt(said, 10, 64) // no answer yet is 0
	return err == nil && a > b
}
