package handoff

import (
	"context"
	"time"
)

// BarredFor is how long a person who was shut out opens no case but one of danger. It
// ends by itself: nobody is forgotten behind a closed door.
const BarredFor = 30 * 24 * time.Hour

// Bar shuts the person of a case out, for a reason that is logged, and closes the case
// if it is open. It returns [ErrNotAllowed] for who is no coordinator and [ErrEmpty]
// without a reason.
func (q *Queue) Bar(ctx context.Context, id string, by Actor, reason string) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, func(c Case, by Actor, now time.Time) (step, error) {
		return c.bar(by, reason, now)
	})
	return c, err
}

// Admit takes back that the person of a case was shut out. It returns [ErrNotAllowed]
// for who is no coordinator.
func (q *Queue) Admit(ctx context.Context, id string, by Actor) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, Case.admit)
	return c, err
}

func (c Case) bar(by Actor, reason string, now time.Time) (step, error) {
	switch {
	case !by.Coordinator:
		return step{}, ErrNotAllowed
	case reason == "":
		return step{}, ErrEmpty
	}
	s := step{next: c, event: c.event(EventBarred, by, now), audit: "blocked", reason: reason}
	if c.Open() {
		s.next = c.close(by.ID, OutcomeBarred, now)
	}
	s.next.Barred = true
	return s, nil
}

func (c Case) admit(by Actor, now time.Time) (step, error) {
	if !by.Coordinator {
		return step{}, ErrNotAllowed
	}
	if !c.Barred {
		return step{next: c}, nil
	}
	s := step{next: c, event: c.event(EventAdmitted, by, now), audit: "unblocked"}
	s.next.Barred = false
	return s, nil
}
