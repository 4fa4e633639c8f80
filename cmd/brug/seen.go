package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/store"
)

// seenEvery is how often it is noted for other processes when messages came and went.
const seenEvery = 10 * time.Second

// seen knows when each channel's last message came and went. Messages only touch
// memory; the hash "channels" in Redis has it for the other processes and the next
// start: "whatsapp:in" → ms since 1970.
type seen struct {
	log   *slog.Logger
	store *store.Store

	mu      sync.Mutex
	at      map[string]time.Time
	changed map[string]bool
}

func newSeen(log *slog.Logger, s *store.Store) *seen {
	return &seen{log: log, store: s, at: map[string]time.Time{}, changed: map[string]bool{}}
}

func (s *seen) came(kind bots.Kind) { s.note(string(kind) + ":in") }
func (s *seen) went(kind bots.Kind) { s.note(string(kind) + ":out") }

func (s *seen) note(field string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at[field], s.changed[field] = time.Now(), true
}

// run writes down what has changed until ctx ends.
func (s *seen) run(ctx context.Context) error {
	tick := time.NewTicker(seenEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			s.write(last)
			return nil
		case <-tick.C:
			s.write(ctx)
		}
	}
}

func (s *seen) write(ctx context.Context) {
	s.mu.Lock()
	var fields []any
	for field := range s.changed {
		fields = append(fields, field, s.at[field].UnixMilli())
	}
	clear(s.changed)
	s.mu.Unlock()
	if len(fields) == 0 {
		return
	}
	if err := s.store.Cmd().HSet(ctx, s.store.Key("channels"), fields...).Err(); err != nil {
		s.log.Warn("note when messages came and went", "err", err)
	}
}

// times are when the last message of each channel came ("web:in") and went.
func (s *seen) times(ctx context.Context) (map[string]time.Time, error) {
	kept, err := s.store.Cmd().HGetAll(ctx, s.store.Key("channels")).Result()
	if err != nil {
		return nil, fmt.Errorf("read when messages came and went: %w", err)
	}
	all := map[string]time.Time{}
	for field, ms := range kept {
		if n, err := strconv.ParseInt(ms, 10, 64); err == nil {
			all[field] = time.UnixMilli(n)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for field, at := range s.at {
		if at.After(all[field]) {
			all[field] = at
		}
	}
	return all, nil
}

// sentAnd is the metrics' observer of deliveries, which also knows when they were.
type sentAnd struct {
	*metrics
	seen *seen
}

// Sent notes and counts a message that a network took.
func (s sentAnd) Sent(channel bots.Kind, took time.Duration) {
	s.seen.went(channel)
	s.metrics.Sent(channel, took)
}

// switches are the settings that turn a channel on.
var switches = map[bots.Kind]string{bots.Telegram: "BRUG_TELEGRAM_TOKEN", bots.WhatsApp: "BRUG_WHATSAPP=on", bots.Signal: "BRUG_SIGNAL_RPC"}

// health is how every channel is doing, also those that are off.
func (h *helpdesk) health(ctx context.Context) []desk.Channel {
	times, err := h.seen.times(ctx)
	if err != nil {
		h.log.Warn("the channels' page does not say when messages came", "err", err)
	}
	var all []desk.Channel
	for _, ch := range h.channels.all {
		kind := ch.Kind()
		d := desk.Channel{Kind: kind, Health: bots.Health{Connected: true}, LastIn: times[string(kind)+":in"], LastOut: times[string(kind)+":out"]}
		if r, ok := ch.(bots.HealthReporter); ok {
			d.Health = r.Health()
		}
		all = append(all, d)
	}
	if m := h.channels.mail; m != nil {
		all = append(all, desk.Channel{Kind: m.Kind(), Health: m.Health()})
	}
	for _, kind := range allKinds {
		off := switches[kind]
		if kind == bots.Signal && h.config.SignalRPC != "" {
			off = "BRUG_SIGNAL_ACCOUNT"
		}
		if h.channels.of(kind) == nil && off != "" {
			all = append(all, desk.Channel{Kind: kind, Off: off})
		}
	}
	return all
}
