package handoff

import (
	"context"
	"errors"
	"fmt"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Seat is room for one more case with a volunteer.
type Seat struct {
	Actor
	// held is how many cases the volunteer holds, as Redis has it: the room must
	// still be there when the case is given.
	held string
}

// SeatFor returns the volunteer who closed a case, if it can go back to them: they
// were at the desk within the last quarter of an hour, are free (see [Options.Free])
// and have room. It is nil when the case belongs in the queue.
func (q *Queue) SeatFor(ctx context.Context, c Case) (*Seat, error) {
	if c.ClosedBy == "" {
		return nil, nil // the newcomer closed it
	}
	a, free, err := q.opts.Free(ctx, c.ClosedBy)
	if errors.Is(err, ErrUnknown) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for who answered: %w", err)
	}
	if !free || c.Urgent != "" && a.Untrained {
		return nil, nil
	}
	if here, err := q.isPresent(ctx, a.ID); err != nil || !here {
		return nil, err
	}
	held, err := q.store.Cmd().HGet(ctx, q.keys.holding(), a.ID).Result()
	if err != nil && !store.Missing(err) {
		return nil, fmt.Errorf("read capacity: %w", err)
	}
	if c.Urgent == "" && a.Capacity > 0 && atoi(held) >= a.Capacity {
		return nil, nil
	}
	return &Seat{Actor: a, held: held}, nil
}

// guard holds while the seat's volunteer has as much room as it says.
func (q *Queue) guard(s *Seat) store.Guard {
	return store.Guard{Key: q.keys.holding(), Field: s.ID, Want: s.held}
}

// Free returns a volunteer as one who acts, and whether a case may be given to them
// without their asking: they are not disabled. It returns [ErrUnknown].
func (vs *Volunteers) Free(ctx context.Context, id string) (Actor, bool, error) {
	v, err := vs.Get(ctx, id)
	return v.Actor(), err == nil && !v.Disabled, err
}
