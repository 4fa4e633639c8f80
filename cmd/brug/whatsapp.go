package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"

	"github.com/brug-helpdesk/brug/bots/whatsapp"
	"github.com/brug-helpdesk/brug/internal/store"
)

// openWhatsApp opens the linked device. With a store it notes which keys were used
// last: an old copy of them would break every conversation, so it is refused.
func openWhatsApp(ctx context.Context, log *slog.Logger, c *Config, s *store.Store) (*whatsapp.Channel, error) {
	config := whatsapp.Config{DSN: c.WhatsAppDB, PerMinute: c.WhatsAppPace}
	if config.DSN == "" {
		config.DSN = filepath.Join(c.Data, "whatsapp.db")
	}
	if s != nil {
		config.Codec = s
		config.Claim = func(ctx context.Context, k whatsapp.Keys) error { return claimKeys(ctx, s, k) }
	}
	return whatsapp.New(ctx, log, config)
}

// claimKeys notes a generation of the keys, unless a later one was seen.
func claimKeys(ctx context.Context, s *store.Store, k whatsapp.Keys) error {
	key := s.Key("whatsapp", "keys", k.ID)
	seen, err := s.Cmd().HGet(ctx, key, "generation").Int64()
	if err != nil && !store.Missing(err) {
		return fmt.Errorf("compare WhatsApp keys: %w", err)
	}
	if k.Generation <= seen {
		return whatsapp.ErrCopy
	}
	want := ""
	if seen > 0 {
		want = strconv.FormatInt(seen, 10)
	}
	return s.Apply(ctx, store.Tx{Head: key, Guards: []store.Guard{{Key: key, Field: "generation", Want: want}},
		Ops: []store.Op{store.Do("HSET", key, "generation", k.Generation)}})
}
