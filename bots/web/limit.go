package web

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// limit is how many there may be in a time.
type limit struct {
	most   int
	window time.Duration
}

var (
	perVisitor = limit{20, time.Minute} // messages of a visitor
	perAddress = limit{60, time.Hour}   // new visitors of a network address: a shelter has one for all
)

var (
	//go:embed limit.lua
	limitSource string
	limitScript = redis.NewScript(limitSource)
)

// room counts a message and returns 0, or how long to wait before it is taken.
func (c *Channel) room(ctx context.Context, visitor, id, address string) (time.Duration, error) {
	ms, err := c.store.Run(ctx, limitScript,
		[]string{c.recentKey(visitor), c.newcomersKey(address), c.eventsKey(visitor)},
		id, perVisitor.most, perVisitor.window.Milliseconds(),
		c.hash(visitor), perAddress.most, perAddress.window.Milliseconds()).Int64()
	if err != nil {
		return 0, fmt.Errorf("count message: %w", err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}
