package handoff

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// Tick does what is due for a case on the business clock, as Run does on Redis's.
func (q *Queue) Tick(ctx context.Context, id string) error {
	due := q.store.Queue("cases")
	if err := q.store.Cmd().ZAddXX(ctx, due.Due, zNow(id)).Err(); err != nil {
		return err
	}
	_, _, err := q.fireDue(ctx, "test")
	return err
}

// Sweep takes out what has expired.
func (q *Queue) Sweep(ctx context.Context) error { return q.sweep(ctx) }

// EasterSunday is exported for its test.
func EasterSunday(y int) time.Time { return easterSunday(y) }

func zNow(id string) redis.Z { return redis.Z{Score: 0, Member: id} }

// Look tells what is to be told now, as Run does when it is woken.
func (a *Alerts) Look(ctx context.Context) error {
	_, err := a.look(ctx, nil)
	return err
}
