package signal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Problem is something that a coordinator should know about the daemon.
type Problem struct {
	// Text says in words what is the matter and what to do.
	Text string
	// Hint says that nothing is wrong as far as we can see.
	Hint bool
}

// maxAge is how old a signal-cli may be, by its README: "Releases older than three
// months may not work correctly". In March 2026 Signal dropped the accounts of older
// ones altogether.
const maxAge = 92 * 24 * time.Hour

// releases are the days of signal-cli's releases (its CHANGELOG.md), oldest first.
var releases = []struct{ version, day string }{
	{"0.13.0", "2024-02-18"}, {"0.13.1", "2024-02-27"}, {"0.13.2", "2024-03-23"}, {"0.13.3", "2024-04-19"},
	{"0.13.4", "2024-06-06"}, {"0.13.5", "2024-07-25"}, {"0.13.6", "2024-09-08"}, {"0.13.7", "2024-09-28"},
	{"0.13.8", "2024-10-26"}, {"0.13.9", "2024-10-28"}, {"0.13.10", "2024-11-30"}, {"0.13.11", "2024-12-26"},
	{"0.13.12", "2025-01-18"}, {"0.13.13", "2025-02-28"}, {"0.13.14", "2025-04-06"}, {"0.13.15", "2025-05-08"},
	{"0.13.16", "2025-06-07"}, {"0.13.17", "2025-06-28"}, {"0.13.18", "2025-07-16"}, {"0.13.19", "2025-09-15"},
	{"0.13.20", "2025-09-23"}, {"0.13.21", "2025-10-25"}, {"0.13.22", "2025-11-14"}, {"0.13.23", "2026-01-24"},
	{"0.13.24", "2026-02-05"}, {"0.14.0", "2026-03-01"}, {"0.14.1", "2026-03-08"}, {"0.14.2", "2026-04-04"},
	{"0.14.3", "2026-04-22"}, {"0.14.4", "2026-05-23"}, {"0.14.5", "2026-06-11"}, {"0.14.6", "2026-07-12"},
}

// Check looks at the daemon for brug doctor: whether it answers, has the account, and
// is new enough.
func Check(ctx context.Context, c Config) []Problem {
	return check(ctx, c, time.Now())
}

func check(ctx context.Context, c Config, now time.Time) []Problem {
	v, err := c.visit(ctx)
	if err != nil {
		var ce *callError
		if !errors.As(err, &ce) {
			return []Problem{{Text: err.Error() + ". See BRUG_SIGNAL_RPC."}}
		}
		return []Problem{{Text: problemAway}}
	}
	defer v.leave()
	var said struct {
		Version string `json:"version"`
	}
	version := make(chan error, 1)
	go func() { version <- call(ctx, v, "version", nil, &said) }()
	_, accountErr := findAccount(ctx, v, c.Account)
	if err := <-version; err != nil {
		return []Problem{{Text: problemFor(err)}}
	}
	var out []Problem
	if accountErr != nil {
		out = append(out, Problem{Text: problemFor(accountErr)})
	}
	if p := age(said.Version, now); p.Text != "" {
		out = append(out, p)
	}
	mode := "brug cannot see how signal-cli receives. Start its daemon with --receive-mode=on-connection: " +
		"with on-start, what comes while brug is away is lost."
	if !v.subscribes() {
		mode += " Over HTTP a restart of brug can lose a message; tcp:// or unix:// loses none."
	}
	return append(out, Problem{Text: mode, Hint: true})
}

// age says whether a version is too old for Signal's servers.
func age(version string, now time.Time) Problem {
	mine, ok := parseVersion(version)
	if !ok {
		return Problem{Text: "The age of signal-cli cannot be told from its version. It must not be older than three months.", Hint: true}
	}
	newest := releases[len(releases)-1]
	if known, _ := parseVersion(newest.version); slices.Compare(mine, known) > 0 {
		if now.Sub(day(newest.day)) <= maxAge {
			return Problem{}
		}
		return Problem{
			Text: fmt.Sprintf("signal-cli %s is newer than this brug knows, so that its age cannot be told. "+
				"It must not be older than three months.", version),
			Hint: true,
		}
	}
	// The day of the newest release up to this one.
	for _, r := range slices.Backward(releases) {
		known, _ := parseVersion(r.version)
		if slices.Compare(known, mine) > 0 {
			continue
		}
		if since := now.Sub(day(r.day)); since > maxAge {
			return Problem{Text: fmt.Sprintf("signal-cli %s was released on %s, more than three months ago. Signal stops working with "+
				"old versions and may drop the number: install the newest.", version, r.day)}
		}
		return Problem{}
	}
	return Problem{Text: fmt.Sprintf("signal-cli %s is years old. Signal does not work with it: install the newest.", version)}
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic("signal: " + err.Error()) // the table is tested
	}
	return t
}

func parseVersion(s string) ([]int, bool) {
	s, _, _ = strings.Cut(s, "-")
	var numbers []int
	for _, piece := range strings.Split(s, ".") {
		n, err := strconv.Atoi(piece)
		if err != nil || n < 0 {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, len(numbers) >= 2
}
