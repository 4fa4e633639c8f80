package whatsapp

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/time/rate"

	"github.com/brug-helpdesk/brug/bots"
)

const (
	// patience is how long Send waits for its turn itself.
	patience = 3 * time.Second
	// hesitation is the longest pause before a message, unless the pace leaves less:
	// machines are the ones that answer at once.
	hesitation = 1200 * time.Millisecond
)

// pace keeps an account from sending like a machine, for which WhatsApp bans numbers
// (tulir/whatsmeow issues 11 and 561).
type pace struct {
	limit *rate.Limiter
	// hesitate is the longest pause before a message.
	hesitate time.Duration
}

func newPace(perMinute int) *pace {
	return &pace{
		// A quarter of a minute's messages may go together: a long answer has parts.
		limit:    rate.NewLimiter(rate.Limit(float64(perMinute)/60), max(1, perMinute/4)),
		hesitate: min(hesitation, time.Minute/time.Duration(2*perMinute)),
	}
}

// wait waits for the next turn, or returns a *bots.SendError when that is far away.
func (p *pace) wait(ctx context.Context) error {
	turn := p.limit.Reserve()
	delay := turn.Delay()
	if delay > patience {
		turn.Cancel()
		return &bots.SendError{Reason: bots.RateLimited, RetryAfter: delay, Channel: true, Err: errors.New("whatsapp: keeping a human pace")}
	}
	delay += rand.N(p.hesitate)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return &bots.SendError{Reason: bots.Retry, Err: ctx.Err()}
	}
}
