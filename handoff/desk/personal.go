package desk

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// Personal is one piece of personal data in a text: its kind ("phone"), and where it
// stands, in bytes.
type Personal struct {
	Kind       string
	Start, End int
}

// place is the kind of a position that was sent from a map.
const place = "place"

// hiddenJSON is one piece of personal data that is not shown.
type hiddenJSON struct {
	Kind string `json:"kind"`
	// At and Length say where its marker stands in the text, in characters.
	At     int `json:"at"`
	Length int `json:"length"`
	// Hint is the end of a number, by which one is told from another.
	Hint string `json:"hint,omitempty"`
}

// hide returns what an entry says with markers in the place of personal data, what they
// stand for, and the values themselves in the same order. A place on the map counts as
// the last line of the text.
func (d *Desk) hide(e bots.Entry) (text string, hidden []hiddenJSON, values []string) {
	var b strings.Builder
	signs, from := 0, 0
	write := func(s string) {
		b.WriteString(s)
		signs += utf8.RuneCountInString(s)
	}
	put := func(kind, value, hint string) {
		at := signs
		write("⟦" + strings.ToUpper(kind) + "⟧")
		hidden = append(hidden, hiddenJSON{Kind: kind, At: at, Length: signs - at, Hint: hint})
		values = append(values, value)
	}
	for _, p := range d.personal.in(e.Text) {
		write(e.Text[from:p.Start])
		value := e.Text[p.Start:p.End]
		hint := ""
		if p.Kind == "phone" || p.Kind == "vnumber" {
			last := []rune(value)
			hint = string(last[len(last)-2:])
		}
		put(p.Kind, value, hint)
		from = p.End
	}
	write(e.Text[from:])
	if l := e.Location; l != nil {
		if signs > 0 {
			write("\n")
		}
		put(place, strings.TrimSpace(fmt.Sprintf("%.5f, %.5f %s", l.Lat, l.Lon, l.Name)), "")
	}
	return b.String(), hidden, values
}

// hides says whether personal data in an entry of a case stay behind a press. Who may
// open an urgent case reads all of it while it is open: an address saves minutes.
func hides(c handoff.Case, e bots.Entry) bool {
	return (c.Urgent == "" || !c.Open()) && (e.From == bots.FromNewcomer || e.From == bots.FromNote)
}

// revealed are the kinds of personal data in the words of the audit log.
var revealed = map[string]string{
	"phone":   "revealed a phone number",
	"address": "revealed an address",
	"email":   "revealed an e-mail address",
	"vnumber": "revealed a v-number",
	place:     "revealed a place",
}

// revealOne shows the holder one piece of personal data; that they read it is logged
// first. A coordinator who does not hold the case gives a reason.
func (d *Desk) revealOne(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	reason, err := reasonOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	c, entries, err := d.readAll(r, v)
	if err != nil {
		return err
	}
	kind, value, ok := d.findHidden(c, entries, r.PathValue("message"), r.PathValue("n"))
	if !ok {
		return handoff.ErrUnknown
	}
	action, ok := revealed[kind]
	if !ok {
		action = "revealed a number"
	}
	if err := d.queue.Reveal(ctx, c, v.Actor(), action, strings.TrimSpace(reason)); err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, struct {
		Text string `json:"text"`
	}{value})
	return nil
}

func (d *Desk) findHidden(c handoff.Case, entries []bots.Entry, message, n string) (kind, value string, ok bool) {
	i, err := strconv.Atoi(n)
	for _, e := range entries {
		if e.ID != message || err != nil || !hides(c, e) {
			continue
		}
		if _, hidden, values := d.hide(e); i >= 0 && i < len(hidden) {
			return hidden[i].Kind, values[i], true
		}
	}
	return "", "", false
}

// finder looks for personal data and remembers where it stood: open pages ask for the
// same texts at every change. It keeps no text.
type finder struct {
	find  func(text string) []Personal
	mu    sync.Mutex
	known map[[sha256.Size]byte][]Personal
}

// mostKnown texts are remembered: those of some forty cases.
const mostKnown = 2000

func newFinder(find func(string) []Personal) *finder {
	return &finder{find: find, known: map[[sha256.Size]byte][]Personal{}}
}

func (f *finder) in(text string) []Personal {
	key := sha256.Sum256([]byte(text))
	f.mu.Lock()
	found, ok := f.known[key]
	f.mu.Unlock()
	if ok {
		return found
	}
	found = f.find(text)
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.known) >= mostKnown {
		clear(f.known)
	}
	f.known[key] = found
	return found
}
