package store

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ring is the write that rings the bell: everybody who listens to topic, in any
// process, is woken with the note. A ring may be lost; it only shortens a wait.
func (s *Store) Ring(topic, note string) Op {
	return Op{Cmd: "PUBLISH", Key: s.Key("bell"), Args: []any{topic + " " + note}}
}

// Bell spreads the rings of one subscription over the listeners of a process.
type Bell struct {
	store *Store
	mu    sync.Mutex
	ears  map[string]map[chan string]struct{}
}

// NewBell makes a bell; [Bell.Run] must run for it to ring.
func NewBell(s *Store) *Bell {
	return &Bell{store: s, ears: map[string]map[chan string]struct{}{}}
}

// Run listens until ctx ends and then returns nil. Each time the subscription stands,
// at first and after a broken connection, it rings every listener with an empty note:
// they may have missed something before.
func (b *Bell) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		sub := b.store.rdb.Subscribe(ctx, b.store.Key("bell"))
		b.listen(ctx, sub.ChannelWithSubscriptions())
		sub.Close()
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return nil
}

func (b *Bell) listen(ctx context.Context, rings <-chan any) {
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-rings:
			if !ok {
				return
			}
			switch m := m.(type) {
			case *redis.Subscription: // go-redis connects anew by itself
				b.ringAll()
			case *redis.Message:
				topic, note, _ := strings.Cut(m.Payload, " ")
				b.ring(topic, note)
			}
		}
	}
}

// Listen returns a channel that gets the notes rung for topic, and a function that
// ends it. A listener that is slow misses notes; "" says that some were missed.
func (b *Bell) Listen(topic string) (<-chan string, func()) {
	ear := make(chan string, 64)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ears[topic] == nil {
		b.ears[topic] = map[chan string]struct{}{}
	}
	b.ears[topic][ear] = struct{}{}
	return ear, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.ears[topic], ear)
		if len(b.ears[topic]) == 0 {
			delete(b.ears, topic)
		}
	}
}

// ring never blocks: the last place in a listener's channel is kept for the empty
// note that tells it to look at everything.
func (b *Bell) ring(topic, note string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ear := range b.ears[topic] {
		switch {
		case len(ear) < cap(ear)-1:
			ear <- note
		case len(ear) == cap(ear)-1:
			ear <- ""
		}
	}
}

func (b *Bell) ringAll() {
	b.mu.Lock()
	topics := make([]string, 0, len(b.ears))
	for t := range b.ears {
		topics = append(topics, t)
	}
	b.mu.Unlock()
	for _, t := range topics {
		b.ring(t, "")
	}
}
