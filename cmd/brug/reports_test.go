package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// broken is a channel that takes one message and then needs a person.
type broken struct{ bots.Channel }

func (broken) Kind() bots.Kind { return bots.Signal }

func (broken) Health() bots.Health {
	return bots.Health{Problem: "Signal wants to see that a person runs this number"}
}

func (broken) Run(ctx context.Context, accept bots.AcceptFunc) error {
	return errors.Join(accept(ctx, bots.Message{}), errors.New("only a person can help"))
}

// TestDoctorHearsOfChannels: what the running helpdesk knows about a channel reaches
// brug doctor, which is another process.
func TestDoctorHearsOfChannels(t *testing.T) {
	s := storetest.Open(t)
	if _, ok, err := readReport(t.Context(), s, bots.Signal); ok || err != nil {
		t.Fatalf("before any: %v, %v", ok, err)
	}
	before := time.Now().Truncate(time.Millisecond)
	r := &reporter{store: s, log: slog.New(slog.DiscardHandler), ch: broken{}}
	if err := r.around(t.Context(), func(context.Context, bots.Message) error { return nil }); err == nil {
		t.Error("the channel's error is gone")
	}
	got, ok, err := readReport(t.Context(), s, bots.Signal)
	if err != nil || !ok || got.Connected || got.Received.Before(before) || got.At.Before(before) || got.Problem != (broken{}).Health().Problem {
		t.Errorf("noted %+v, %v, %v", got, ok, err)
	}
	if left := s.Cmd().PTTL(t.Context(), reportKey(s, bots.Signal)).Val(); left <= 0 || left > reportKeep {
		t.Errorf("the note stays for %v", left)
	}
}

func TestReportFindings(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	fresh, long := now.Add(-time.Minute), now.Add(-4*24*time.Hour)
	up, down := bots.Health{Connected: true, Since: long}, bots.Health{Since: fresh, Problem: "link it again"}
	for name, tt := range map[string]struct {
		r    report
		want []string // what each finding has found
		mend string   // of the last one
		bad  bool
	}{
		"all is well":              {report{up, now, fresh}, []string{"connected"}, "", false},
		"with a problem":           {report{bots.Health{Connected: true, Problem: "solve the captcha"}, now, fresh}, []string{"connected"}, "solve the captcha", false},
		"not connected":            {report{down, now, fresh}, []string{"not connected since 2026-11-22 11:59:00"}, "link it again", true},
		"it stopped for good":      {report{down, long, long}, []string{"not connected since"}, "link it again", true},
		"nothing for long":         {report{up, now, long}, []string{"connected", "nothing has been received since 2026-11-18"}, "write to the helpdesk", false},
		"nothing at all for long":  {report{up, now, time.Time{}}, []string{"connected", "nothing at all has been received"}, "write to the helpdesk", false},
		"nothing at all, just new": {report{bots.Health{Connected: true, Since: fresh}, now, time.Time{}}, []string{"connected"}, "", false},
		"brug does not run":        {report{up, long, long}, []string{"not since 2026-11-18"}, "start brug", false},
	} {
		got := tt.r.findings("Signal", now)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, want := range tt.want {
			if !strings.HasPrefix(got[i].found, want) {
				t.Errorf("%s: found %q, want %q", name, got[i].found, want)
			}
		}
		last := got[len(got)-1]
		if !strings.HasPrefix(last.mend, tt.mend) || tt.mend == "" && last.mend != "" || last.bad != tt.bad {
			t.Errorf("%s: %+v", name, last)
		}
	}
}
