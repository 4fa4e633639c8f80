package web

import (
	"context"
	_ "embed"
	"fmt"
	"sync"
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

// Open pages at one process: of a visitor, and of a network address.
const (
	visitorPages = 10
	addressPages = 500
)

// open counts the pages that hear events, by visitor and by network address.
type open struct {
	mu    sync.Mutex
	pages map[string]int
}

// enter counts a page and returns how it leaves, or nil when there are too many.
func (o *open) enter(visitor, address string) (leave func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	visitor, address = "v "+visitor, "a "+address
	if o.pages[visitor] >= visitorPages || o.pages[address] >= addressPages {
		return nil
	}
	o.pages[visitor]++
	o.pages[address]++
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		for _, of := range []string{visitor, address} {
			if o.pages[of]--; o.pages[of] == 0 {
				delete(o.pages, of)
			}
		}
	}
}

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
