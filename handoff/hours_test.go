package handoff_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/brug-helpdesk/brug/handoff"
)

func amsterdam(t *testing.T, s string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Amsterdam")
	must(t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	must(t, err)
	return at
}

func TestOfficeHours(t *testing.T) {
	h := handoff.DefaultHours()
	h.Closed = []string{"2026-06-03"}
	tests := []struct {
		at, next string
		open     bool
	}{
		{"2026-06-01 08:59", "2026-06-01 09:00", false},
		{"2026-06-01 09:00", "2026-06-01 09:00", true},
		{"2026-06-01 16:59", "2026-06-01 16:59", true},
		{"2026-06-01 17:00", "2026-06-02 09:00", false},
		{"2026-06-02 18:00", "2026-06-04 09:00", false}, // a closed day
		{"2026-06-06 12:00", "2026-06-08 09:00", false}, // Saturday
		{"2026-04-03 18:00", "2026-04-07 09:00", false}, // Easter
		{"2026-04-27 12:00", "2026-04-28 09:00", false}, // King's Day
		{"2025-04-25 18:00", "2025-04-28 09:00", false}, // King's Day on the 26th, a Saturday
		{"2026-12-24 17:00", "2026-12-28 09:00", false}, // Christmas
		{"2025-05-05 12:00", "2025-05-06 09:00", false}, // Liberation Day in a lustrum year
		{"2026-05-05 12:00", "2026-05-05 12:00", true},
		{"2026-05-14 12:00", "2026-05-15 09:00", false}, // Ascension
		{"2026-05-25 12:00", "2026-05-26 09:00", false}, // Whit Monday
	}
	for _, tt := range tests {
		at := amsterdam(t, tt.at)
		if got := h.Open(at); got != tt.open {
			t.Errorf("%s: open %v, want %v", tt.at, got, tt.open)
		}
		if got := h.NextOpen(at); !got.Equal(amsterdam(t, tt.next)) {
			t.Errorf("%s: opens %v, want %s", tt.at, got, tt.next)
		}
	}
}

func TestWorkingTime(t *testing.T) {
	h := handoff.DefaultHours()
	tests := []struct {
		from, to string
		want     time.Duration
	}{
		{"2026-06-01 10:00", "2026-06-01 10:30", 30 * time.Minute},
		{"2026-06-01 16:30", "2026-06-02 09:15", 45 * time.Minute},
		{"2026-06-05 16:30", "2026-06-08 10:00", 90 * time.Minute}, // over a weekend
		{"2026-06-06 10:00", "2026-06-07 10:00", 0},
		{"2026-06-01 10:00", "2026-06-01 09:30", 0},
		{"2026-03-27 16:00", "2026-03-30 10:00", 2 * time.Hour}, // the clock went forward
	}
	for _, tt := range tests {
		from, to := amsterdam(t, tt.from), amsterdam(t, tt.to)
		if got := h.Working(from, to); got != tt.want {
			t.Errorf("%s to %s: %v, want %v", tt.from, tt.to, got, tt.want)
		}
		if tt.want > 0 {
			if got := h.After(from, tt.want); h.Working(from, got) != tt.want || got.After(to) {
				t.Errorf("%s and %v of work: %v", tt.from, tt.want, got)
			}
		}
	}
	// A night shift on the night the clock goes back has an hour more.
	night := handoff.Hours{Zone: "Europe/Amsterdam"}
	night.Week[time.Sunday] = []handoff.Span{{From: 0, To: 4 * 60}}
	if got := night.Working(amsterdam(t, "2026-10-25 00:00"), amsterdam(t, "2026-10-25 12:00")); got != 5*time.Hour {
		t.Errorf("the night of the winter time has %v of work", got)
	}
	if got := (handoff.Hours{Zone: "Europe/Amsterdam"}).After(monday, time.Hour); !got.IsZero() {
		t.Errorf("a helpdesk that never opens is due at %v", got)
	}
}

func TestEaster(t *testing.T) {
	for y, want := range map[int]string{2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2038: "2038-04-25"} {
		if got := handoff.EasterSunday(y).Format(time.DateOnly); got != want {
			t.Errorf("Easter %d is %s, want %s", y, got, want)
		}
	}
}

func TestHoursAreKept(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	hours := handoff.DefaultHours()
	hours.Week[time.Saturday] = []handoff.Span{{From: 10 * 60, To: 12*60 + 30}}
	boss := handoff.Actor{ID: "vboss", Coordinator: true}
	if err := h.SetHours(ctx, person("Anna"), hours); err != handoff.ErrNotAllowed {
		t.Errorf("a volunteer changed the hours: %v", err)
	}
	bad := hours
	bad.Week[time.Saturday] = []handoff.Span{{From: 12 * 60, To: 10 * 60}}
	if err := h.SetHours(ctx, boss, bad); err == nil {
		t.Error("hours that end before they begin were taken")
	}
	must(t, h.SetHours(ctx, boss, hours))
	other := openOn(t, h.s, h.clock)
	must(t, other.Sweep(ctx))
	if d := cmp.Diff(hours, other.Hours(), cmpopts.IgnoreUnexported(handoff.Hours{})); d != "" {
		t.Errorf("hours in another process (-want +got):\n%s", d)
	}
	raw, err := json.Marshal(hours.Week[time.Saturday])
	must(t, err)
	if want := `[{"from":"10:00","to":"12:30"}]`; string(raw) != want {
		t.Errorf("written as %s, want %s", raw, want)
	}
}
