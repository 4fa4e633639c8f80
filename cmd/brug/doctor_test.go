package main

import (
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/knowledge"
)

// TestTheDoctorWantsTheNumbersConfirmed by this helpdesk: the days that came with brug do
// not count, nor do old ones.
func TestTheDoctorWantsTheNumbersConfirmed(t *testing.T) {
	day := func(d int) knowledge.Date { return knowledge.Date{Time: time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC)} }
	starter := knowledge.Numbers{"police": {Confirmed: day(1)}, "emergency": {Confirmed: day(1)}}
	now := day(20).Time
	for _, c := range []struct {
		name    string
		numbers knowledge.Numbers
		now     time.Time
		found   string
		note    bool
	}{
		{"as they came", starter, now, "2 not yet by you", true},
		{"one of two", knowledge.Numbers{"police": {Confirmed: day(5)}, "emergency": {Confirmed: day(1)}}, now, "1 not yet by you", true},
		{"all, and one of their own", knowledge.Numbers{"police": {Confirmed: day(5)}, "emergency": {Confirmed: day(6)}, "ours": {Confirmed: day(7)}}, now, "3, the oldest confirmed on 2026-03-05 (police)", false},
		{"all, long ago", knowledge.Numbers{"police": {Confirmed: day(5)}, "emergency": {Confirmed: day(6)}}, now.AddDate(0, 4, 0), "2, the oldest", true},
	} {
		f := numberFinding(c.numbers, starter, c.now)
		if !strings.Contains(f.found, c.found) || (f.mend != "") != c.note || strings.Contains(f.found, "not yet") != strings.Contains(c.found, "not yet") {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
