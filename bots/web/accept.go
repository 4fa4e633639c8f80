package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/web"
)

// maxBody is the most bytes of a request: a text of [bots.MaxText] runes in any
// script and escape, twice.
const maxBody = 256 << 10

// redisWait is how long a page waits for Redis before it is told to come back.
const redisWait = 10 * time.Second

// incoming is what a page posts.
type incoming struct {
	Visitor string `json:"visitor"`
	ID      string `json:"id"`
	Text    string `json:"text"`
	Choice  string `json:"choice"`
}

// problem says what is wrong with it, or "".
func (in incoming) problem() string {
	switch {
	case !visitorForm.MatchString(in.Visitor):
		return "visitor must be 22 to 64 of A-Z a-z 0-9 _ -"
	case !validMessageID(in.ID):
		return "id must be 1 to 64 characters"
	case in.Choice != "" && !choiceForm.MatchString(in.Choice):
		return "choice must be 1 to 64 of A-Z a-z 0-9 : _ -"
	case in.Choice == "" && strings.TrimSpace(in.Text) == "":
		return "text or choice must not be empty"
	}
	return ""
}

// postMessage takes a message. 202 means that it is stored and will be answered; the
// page repeats what got another answer, under the same id.
func (c *Channel) postMessage(w http.ResponseWriter, r *http.Request) {
	var in incoming
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			web.Error(w, http.StatusRequestEntityTooLarge, "too_long", "The message is too long.")
			return
		}
		web.Error(w, http.StatusBadRequest, "bad_json", "The request is not the JSON we expect.")
		return
	}
	if problem := in.problem(); problem != "" {
		web.Error(w, http.StatusBadRequest, "bad_message", problem)
		return
	}
	intake, ctx, done := c.enter(r)
	if intake == nil {
		unavailable(w)
		return
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, redisWait)
	defer cancel()
	urgent := c.config.Urgent(in.Text)
	if !urgent && !c.hasRoom(ctx, w, r, in) {
		return
	}
	m := bots.Message{Channel: bots.Web, ID: in.ID, Contact: makeAddress(in.Visitor),
		Text: in.Text, LangHint: langHint(r)}
	shown := in.Text
	if in.Choice != "" {
		target, label, err := c.offered(ctx, in.Visitor, in.Choice)
		if err != nil {
			c.failed(w, "find choice", in.Visitor, err)
			return
		}
		m.Action, m.Choice, m.Target = bots.Tap, in.Choice, target
		if label != "" {
			shown = label
		}
	}
	shown, _ = bots.CleanText(shown)
	if !urgent {
		shown = c.config.Mask(shown)
	}
	c.take(ctx, w, intake, event{ID: in.ID, From: fromVisitor, Text: shown}, m)
}

// hasRoom counts a message; where there is no room for it, it answers.
func (c *Channel) hasRoom(ctx context.Context, w http.ResponseWriter, r *http.Request, in incoming) bool {
	wait, err := c.room(ctx, in.Visitor, in.ID, web.Address(r, c.config.TrustedProxies))
	if err != nil {
		c.failed(w, "count message", in.Visitor, err)
		return false
	}
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		web.Error(w, http.StatusTooManyRequests, "too_many", "Too many messages. Please wait a moment.")
		return false
	}
	return true
}

// take keeps what the visitor said for their pages, hands it on, and answers.
func (c *Channel) take(ctx context.Context, w http.ResponseWriter, intake *intake, e event, m bots.Message) {
	m.At = time.Now().UTC()
	e.At = m.At
	// Kept first: an answer must not stand above its question. Should the message
	// not be stored then, the page repeats it, and it is kept once all the same.
	if err := c.keep(ctx, m.Contact.ID, e); err != nil {
		c.failed(w, "keep message", m.Contact.ID, err)
		return
	}
	if err := intake.accept(ctx, m); err != nil {
		c.failed(w, "store message", m.Contact.ID, err)
		return
	}
	web.JSON(w, http.StatusAccepted, struct {
		ID string `json:"id"`
	}{m.ID})
}

func (c *Channel) failed(w http.ResponseWriter, what, visitor string, err error) {
	c.log.Warn("web chat: "+what, "contact", makeAddress(visitor), "err", err)
	unavailable(w)
}

func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "2")
	web.Error(w, http.StatusServiceUnavailable, "unavailable", "The helpdesk cannot be reached for a moment. Please try again.")
}

// langHint is the first language a browser asks for; programs say nothing.
func langHint(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	first, _, _ = strings.Cut(first, ";")
	first = strings.TrimSpace(first)
	if len(first) > 35 || strings.Trim(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return ""
	}
	return first
}
