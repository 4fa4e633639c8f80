package desk

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
)

// hoursPage is when the helpdesk is open. Holidays are the Dutch public holidays of
// the next twelve months.
type hoursPage struct {
	team
	Days     []dayRow
	Closed   string
	National bool
	Holidays []string
}

// dayRow is a day of the week; Field is the name of its field in the form.
type dayRow struct {
	Field, Name, Hours string
}

func (d *Desk) hoursPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.showHours(w, v, d.after(v, r))
}

func (d *Desk) showHours(w http.ResponseWriter, v visit, s said) error {
	hours := d.queue.Hours()
	page := hoursPage{team: d.team(v, "office_hours", s), Closed: strings.Join(hours.Closed, "\n"), National: hours.National}
	for i := range 7 {
		day := time.Weekday((i + 1) % 7) // the week begins on Monday
		page.Days = append(page.Days, dayRow{Field: dayWord(day), Name: d.words.say(v.lang, dayWord(day)), Hours: writeSpans(hours.Week[day])})
	}
	if s.Typed != nil {
		page.Closed, page.National = s.Typed.Get("closed"), s.Typed.Has("national")
		for i, day := range page.Days {
			page.Days[i].Hours = s.Typed.Get(day.Field)
		}
	}
	for _, day := range handoff.Holidays(hours.Local(d.opts.Now()), 365) {
		page.Holidays = append(page.Holidays, d.words.date(v.lang, day)+" ("+d.words.say(v.lang, dayWord(day.Weekday()))+")")
	}
	return d.showTeam(w, v, "office_hours", page)
}

func (d *Desk) changeHours(w http.ResponseWriter, r *http.Request, v visit) error {
	hours := d.queue.Hours()
	hours.National = r.FormValue("national") != ""
	hours.Closed = list(r.FormValue("closed"))
	for day := range hours.Week {
		spans, err := readSpans(r.FormValue(dayWord(time.Weekday(day))))
		if err != nil {
			return d.showHours(w, v, d.refused(v, r, "hours_wrong"))
		}
		hours.Week[day] = spans
	}
	if hours.Validate() != nil {
		return d.showHours(w, v, d.refused(v, r, "hours_wrong"))
	}
	if err := d.queue.SetHours(r.Context(), v.Actor(), hours); err != nil {
		return err
	}
	return tell(w, r, "/desk/team/hours", "saved")
}

func writeSpans(spans []handoff.Span) string {
	var parts []string
	for _, s := range spans {
		from, _ := s.From.MarshalText() // never fails
		to, _ := s.To.MarshalText()
		parts = append(parts, string(from)+"-"+string(to))
	}
	return strings.Join(parts, ", ")
}

// readSpans reads "09:00-12:30, 13:00-17:00".
func readSpans(s string) ([]handoff.Span, error) {
	var spans []handoff.Span
	for _, part := range list(s) {
		from, to, ok := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		var span handoff.Span
		if !ok {
			return nil, fmt.Errorf("hours %q: expected 09:00-17:00", part)
		}
		if err := errors.Join(span.From.UnmarshalText([]byte(from)), span.To.UnmarshalText([]byte(to))); err != nil {
			return nil, err
		}
		spans = append(spans, span)
	}
	return spans, nil
}
