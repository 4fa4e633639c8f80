package handoff_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// TestRunDoesWhatIsDue lets two processes look after one queue on the real clock.
func TestRunDoesWhatIsDue(t *testing.T) {
	s := storetest.Open(t)
	mail := mailbox{s}
	hours := handoff.Hours{Zone: "Europe/Amsterdam"}
	for day := range hours.Week {
		hours.Week[day] = []handoff.Span{{From: 0, To: 24 * 60}}
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 2)
	var q *handoff.Queue
	for range 2 {
		q = handoff.New(slog.New(slog.NewTextHandler(t.Output(), nil)), s, mail, bots.NewTranscript(s, time.Hour, 10),
			handoff.Options{Lease: 200 * time.Millisecond, Nobody: 300 * time.Millisecond})
		must(t, q.SetHours(ctx, handoff.Actor{ID: "boss", Coordinator: true}, hours))
		run := q.Run
		go func() { stopped <- run(ctx) }()
	}
	h := &helpdesk{Queue: q, s: s, mail: mail}
	c := h.escalate(t, handoff.NewCase{Conversation: "a"})
	_, err := h.Claim(ctx, c.ID, person("Anna"))
	must(t, err)
	want := []string{"claimed", "expired", "nobody"}
	patience.Until(t, "the claim expires and nobody is there", func() bool {
		select {
		case err := <-stopped:
			t.Fatalf("Run ended: %v", err)
		default:
		}
		return len(h.mail.kinds(t, "a")) >= len(want)
	})
	stop()
	for range 2 {
		if err := <-stopped; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	if d := cmp.Diff(want, h.mail.kinds(t, "a")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}
