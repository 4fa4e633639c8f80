package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// kept is how many events of a conversation a page can show again.
const kept = 300

var (
	//go:embed append.lua
	appendSource string
	appendScript = redis.NewScript(appendSource)
)

// event is one line of a conversation, as pages get it.
type event struct {
	ID   string `json:"id"`
	From string `json:"from"` // visitor, bot, volunteer, system
	Text string `json:"text"`
	// HTML is Text as our own page shows it; only what we sent has it.
	HTML     string        `json:"html,omitempty"`
	Lang     string        `json:"lang"`
	Choices  []bots.Choice `json:"choices"`
	Article  string        `json:"article"`
	Revision string        `json:"revision"`
	// Photo says that the visitor sent one.
	Photo bool      `json:"photo,omitempty"`
	At    time.Time `json:"at"`
}

const fromVisitor = "visitor"

// key names an event; pages choose the ids of theirs, so they have a room apart.
func (e event) key() string {
	if e.From == fromVisitor {
		return "v:" + e.ID
	}
	return "p:" + e.ID
}

// keep adds an event to what is kept of a visitor and wakes the pages. An event
// that was added before stays as it was.
func (c *Channel) keep(ctx context.Context, visitor string, e event) error {
	if e.Choices == nil {
		e.Choices = []bots.Choice{} // programs want a list
	}
	plain, err := json.Marshal(e)
	if err != nil {
		panic(err) // an event is plain data
	}
	key := c.eventsKey(visitor)
	ring := c.store.Ring(c.topic(visitor), "")
	expiry := time.Duration(c.config.KeepDays) * 24 * time.Hour
	err = c.store.Run(ctx, appendScript, []string{key, c.idsKey(visitor), ring.Key},
		e.key(), c.store.Seal(key, plain), kept, expiry.Milliseconds(), ring.Args[0]).Err()
	if err != nil {
		return fmt.Errorf("keep event: %w", err)
	}
	return nil
}

// entry is an event with its place in the stream.
type entry struct {
	place string
	json  []byte
	ours  bool // not the visitor's own
}

// read returns what is kept of a visitor behind a place, "" for all.
func (c *Channel) read(ctx context.Context, visitor, after string) ([]entry, error) {
	from := "-"
	if after != "" {
		from = "(" + after
	}
	key := c.eventsKey(visitor)
	found, err := c.store.Cmd().XRange(ctx, key, from, "+").Result()
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	entries := make([]entry, 0, len(found))
	for _, x := range found {
		sealed, _ := x.Values["v"].(string)
		plain, err := c.store.Open(key, []byte(sealed))
		if err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		id, _ := x.Values["k"].(string)
		entries = append(entries, entry{place: x.ID, json: plain, ours: strings.HasPrefix(id, "p:")})
	}
	return entries, nil
}

// offered finds the newest of our messages that has a choice under it. The message
// may be gone; then both are empty.
func (c *Channel) offered(ctx context.Context, visitor, choice string) (message, label string, err error) {
	entries, err := c.read(ctx, visitor, "")
	if err != nil {
		return "", "", err
	}
	for i := len(entries) - 1; i >= 0; i-- {
		var e event
		if err := json.Unmarshal(entries[i].json, &e); err != nil {
			return "", "", fmt.Errorf("read event: %w", err)
		}
		for _, x := range e.Choices {
			if x.ID == choice {
				return e.ID, x.Label, nil
			}
		}
	}
	return "", "", nil
}

// tell rings the bell for a visitor's pages without keeping anything.
func (c *Channel) tell(ctx context.Context, visitor, note string, ops ...store.Op) error {
	ops = append(ops, c.store.Ring(c.topic(visitor), note))
	return c.store.Apply(ctx, store.Tx{Head: c.idsKey(visitor), Ops: ops})
}
