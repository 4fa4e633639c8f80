package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/web"
)

const (
	// typingHolds is how long a page that says nothing more counts as typing. A page
	// that goes on says so every 4 s (chat.js).
	typingHolds = 6 * time.Second
	// typingGap is the least time between two such words of a visitor, and in which
	// no more than typingAddress come from a network address.
	typingGap     = 2 * time.Second
	typingAddress = 50
)

// OnTyping names who is told that a visitor is typing.
func (c *Channel) OnTyping(heard bots.TypingFunc) { c.typed = heard }

// postTyping hears that a visitor is typing and passes it on. Nothing is kept of it.
func (c *Channel) postTyping(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Visitor string `json:"visitor"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&in); err != nil {
		web.Error(w, http.StatusBadRequest, "bad_json", "The request is not the JSON we expect.")
		return
	}
	if !visitorForm.MatchString(in.Visitor) {
		web.Error(w, http.StatusBadRequest, "bad_visitor", "visitor must be 22 to 64 of A-Z a-z 0-9 _ -")
		return
	}
	if !c.typists.may(in.Visitor, web.Address(r, c.config.TrustedProxies), time.Now()) {
		w.Header().Set("Retry-After", strconv.Itoa(int(typingGap/time.Second)))
		web.Error(w, http.StatusTooManyRequests, "too_many", "Typing is told too often.")
		return
	}
	c.typed(makeAddress(in.Visitor), typingHolds)
	w.WriteHeader(http.StatusNoContent)
}

// typists counts who said at this process that they are typing, within the last gap.
type typists struct {
	mu    sync.Mutex
	since time.Time
	said  map[string]int
}

// may counts a word and reports whether it is within the limits.
func (t *typists) may(visitor, address string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.said == nil || now.Sub(t.since) >= typingGap {
		t.since, t.said = now, map[string]int{}
	}
	visitor, address = "v "+visitor, "a "+address
	if t.said[visitor] >= 1 || t.said[address] >= typingAddress {
		return false
	}
	t.said[visitor]++
	t.said[address]++
	return true
}
