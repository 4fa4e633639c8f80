package router

import (
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// weekText writes office hours as people say them: "Monday–Friday 09:00–17:00";
// "" when there are none.
func weekText(say *phrases.Catalogue, lang string, h handoff.Hours) string {
	var parts []string
	for i := 0; i < 7; {
		day := time.Weekday((i + 1) % 7) // the week begins on Monday
		spans := h.Week[day]
		n := 1
		for i+n < 7 && slices.Equal(h.Week[(i+n+1)%7], spans) {
			n++
		}
		if len(spans) > 0 {
			name := say.Weekday(lang, day)
			if n > 1 {
				name = between(say, lang, name, say.Weekday(lang, time.Weekday((i+n)%7)))
			}
			var times []string
			for _, s := range spans {
				times = append(times, between(say, lang, clock(s.From), clock(s.To)))
			}
			parts = append(parts, name+" "+strings.Join(times, say.Say(lang, "comma", nil)))
		}
		i += n
	}
	return strings.Join(parts, "; ")
}

func between(say *phrases.Catalogue, lang, from, to string) string {
	return say.Say(lang, "hours_range", phrases.Data{"From": from, "To": to})
}

func clock(c handoff.Clock) string {
	text, _ := c.MarshalText() // a Clock always has a text
	return string(text)
}
