package handoff

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	_ "time/tzdata" // office hours are in Dutch time on any machine

	"github.com/brug-helpdesk/brug/internal/store"
)

// Clock is a time of day in minutes since midnight, written "09:00".
type Clock int

// MarshalText writes "09:00".
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// UnmarshalText reads "09:00", up to "24:00".
func (c *Clock) UnmarshalText(text []byte) error {
	var h, m int
	if n, err := fmt.Sscanf(string(text), "%d:%d", &h, &m); err != nil || n != 2 || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return fmt.Errorf("time of day %q: expected 00:00 to 24:00", text)
	}
	*c = Clock(h*60 + m)
	return nil
}

// Span is part of a day.
type Span struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// Hours are when volunteers are there.
type Hours struct {
	// Zone is an IANA time zone.
	Zone string `json:"zone"`
	// Week are the open hours from Sunday to Saturday.
	Week [7][]Span `json:"week"`
	// National closes on Dutch public holidays.
	National bool `json:"national"`
	// Closed are further days without volunteers, as "2026-12-24".
	Closed []string `json:"closed,omitempty"`

	// loc is Zone, looked up once by ready.
	loc *time.Location
}

// ready looks the time zone up, which is slow, before the hours are used often.
func (h Hours) ready() *Hours {
	h.loc = h.location()
	return &h
}

// DefaultHours are Monday to Friday, 9 to 17, in Amsterdam, closed on public holidays.
func DefaultHours() Hours {
	h := Hours{Zone: "Europe/Amsterdam", National: true}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week[day] = []Span{{9 * 60, 17 * 60}}
	}
	return h
}

// Validate returns what is wrong with the hours.
func (h Hours) Validate() error {
	if _, err := time.LoadLocation(h.Zone); err != nil || h.Zone == "" {
		return fmt.Errorf("time zone %q is not known", h.Zone)
	}
	for day, spans := range h.Week {
		last := Clock(0)
		for _, s := range spans {
			if s.From < last || s.To <= s.From || s.To > 24*60 {
				return fmt.Errorf("%s: hours must follow each other and end after they begin", time.Weekday(day))
			}
			last = s.To
		}
	}
	for _, d := range h.Closed {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return fmt.Errorf("closed day %q: expected a date like 2026-12-24", d)
		}
	}
	return nil
}

func (h Hours) location() *time.Location {
	if h.loc != nil {
		return h.loc
	}
	loc, err := time.LoadLocation(h.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Local is t on the helpdesk's own clock.
func (h Hours) Local(t time.Time) time.Time { return t.In(h.location()) }

// period is a stretch of open time.
type period struct{ from, to time.Time }

// day returns the open periods of the local day that t is in.
func (h Hours) day(t time.Time) []period {
	y, m, d := t.Date()
	date := t.Format(time.DateOnly)
	for _, c := range h.Closed {
		if c == date {
			return nil
		}
	}
	if h.National && publicHoliday(y, m, d) {
		return nil
	}
	var open []period
	for _, s := range h.Week[t.Weekday()] {
		at := func(c Clock) time.Time { return time.Date(y, m, d, int(c)/60, int(c)%60, 0, 0, t.Location()) }
		if p := (period{at(s.From), at(s.To)}); p.to.After(p.from) {
			open = append(open, p)
		}
	}
	return open
}

// horizon is how many days are looked ahead for an open one.
const horizon = 400

// periods calls do with every open period from t on until it returns false.
func (h Hours) periods(t time.Time, do func(period) bool) {
	local := h.Local(t)
	y, m, d := local.Date()
	for i := range horizon {
		// Noon exists on every day of every zone.
		for _, p := range h.day(time.Date(y, m, d+i, 12, 0, 0, 0, local.Location())) {
			if p.to.After(t) && !do(p) {
				return
			}
		}
	}
}

// Open reports whether the helpdesk is open at t.
func (h Hours) Open(t time.Time) bool {
	open := false
	h.periods(t, func(p period) bool {
		open = !p.from.After(t)
		return false
	})
	return open
}

// NextOpen is t when the helpdesk is open at t, else when it opens next; zero when
// it never does.
func (h Hours) NextOpen(t time.Time) time.Time {
	var next time.Time
	h.periods(t, func(p period) bool {
		next = p.from
		if next.Before(t) {
			next = t
		}
		return false
	})
	return next
}

// Working is how much of the time between from and to is open.
func (h Hours) Working(from, to time.Time) time.Duration {
	var sum time.Duration
	if !to.After(from) {
		return 0
	}
	h.periods(from, func(p period) bool {
		if !p.from.Before(to) {
			return false
		}
		start, end := p.from, p.to
		if start.Before(from) {
			start = from
		}
		if end.After(to) {
			end = to
		}
		sum += end.Sub(start)
		return true
	})
	return sum
}

// After is the moment when d of open time has passed since from; zero when that
// never comes.
func (h Hours) After(from time.Time, d time.Duration) time.Time {
	var at time.Time
	h.periods(from, func(p period) bool {
		start := p.from
		if start.Before(from) {
			start = from
		}
		if left := p.to.Sub(start); left < d {
			d -= left
			return true
		}
		at = start.Add(d).UTC()
		return false
	})
	return at
}

// publicHoliday knows the days on which Dutch offices are closed (Algemene
// termijnenwet, article 3; 5 May only in its lustrum years, as most employers do).
func publicHoliday(y int, m time.Month, d int) bool {
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	easter := easterSunday(y)
	king := time.Date(y, time.April, 27, 0, 0, 0, 0, time.UTC)
	if king.Weekday() == time.Sunday {
		king = king.AddDate(0, 0, -1)
	}
	switch {
	case m == time.January && d == 1, m == time.December && (d == 25 || d == 26), m == time.May && d == 5 && y%5 == 0:
		return true
	}
	return day.Equal(king) || day.Equal(easter) || day.Equal(easter.AddDate(0, 0, 1)) || // Easter Monday
		day.Equal(easter.AddDate(0, 0, 39)) || // Ascension Day
		day.Equal(easter.AddDate(0, 0, 49)) || day.Equal(easter.AddDate(0, 0, 50)) // Whitsun
}

// Holidays are the Dutch public holidays in a number of days from a day on.
func Holidays(from time.Time, days int) []time.Time {
	var all []time.Time
	y, m, d := from.Date()
	for i := range days {
		if day := time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC); publicHoliday(day.Date()) {
			all = append(all, day)
		}
	}
	return all
}

// easterSunday is the anonymous Gregorian computus.
func easterSunday(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(y, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

// Hours are the office hours as last read; they change within half a minute after
// [Queue.SetHours] in another process.
func (q *Queue) Hours() Hours { return *q.office.Load() }

// SetHours changes the office hours.
func (q *Queue) SetHours(ctx context.Context, by Actor, h Hours) error {
	if !by.Coordinator {
		return ErrNotAllowed
	}
	if err := h.Validate(); err != nil {
		return err
	}
	raw, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write office hours: %w", err)
	}
	key := q.keys.hours()
	ops := append([]store.Op{store.Do("HSET", key, "json", raw)}, q.auditOps(by, "changed the office hours", "", "")...)
	if err := q.store.Apply(ctx, store.Tx{Head: key, Ops: ops}); err != nil {
		return fmt.Errorf("write office hours: %w", err)
	}
	q.office.Store(h.ready())
	return nil
}

func (q *Queue) readHours(ctx context.Context) error {
	raw, err := q.store.Cmd().HGet(ctx, q.keys.hours(), "json").Bytes()
	if store.Missing(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read office hours: %w", err)
	}
	var h Hours
	if err := json.Unmarshal(raw, &h); err != nil {
		return fmt.Errorf("read office hours: %w", err)
	}
	q.office.Store(h.ready())
	return nil
}
