package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// keepSent is how long a phone may ask for a message again that it could not decrypt:
// a phone may be off for a weekend.
const keepSentFor = 3 * 24 * time.Hour

// keepSent keeps a message of ours, sealed, in case the phone cannot decrypt it.
func (c *Channel) keepSent(ctx context.Context, id types.MessageID, contact string, m *waE2E.Message) error {
	if c.config.Codec == nil {
		return nil
	}
	raw, err := proto.Marshal(m)
	if err != nil {
		return fmt.Errorf("whatsapp: encode the message: %w", err)
	}
	_, err = c.db.ExecContext(ctx, `INSERT INTO brug_sent (id, contact, body, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET body = excluded.body, until = excluded.until`,
		id, contact, c.config.Codec.Seal(sentName(id), raw), c.now().Add(keepSentFor).UnixMilli())
	if err != nil {
		return fmt.Errorf("whatsapp: keep the message: %w", err)
	}
	return nil
}

func sentName(id types.MessageID) string { return "whatsapp sent " + id }

// sentMessage gives the library a message again; nil when there is none.
func (c *Channel) sentMessage(_, _ types.JID, id types.MessageID) *waE2E.Message {
	if c.config.Codec == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var sealed []byte
	err := c.db.QueryRowContext(ctx, `SELECT body FROM brug_sent WHERE id = $1`, id).Scan(&sealed)
	if err != nil {
		if !errors.Is(err, sql.ErrNoRows) {
			c.log.Warn("whatsapp: read what was sent", "error", err)
		}
		return nil
	}
	raw, err := c.config.Codec.Open(sentName(id), sealed)
	if err != nil {
		c.log.Warn("whatsapp: open what was sent", "error", err)
		return nil
	}
	var m waE2E.Message
	if err := proto.Unmarshal(raw, &m); err != nil {
		return nil
	}
	return &m
}

// dropSent forgets what is too old.
func (c *Channel) dropSent(ctx context.Context) error {
	_, err := c.db.ExecContext(ctx, `DELETE FROM brug_sent WHERE until <= $1`, c.now().UnixMilli())
	return err
}

// recentTexts are the beginnings of the last messages of contacts, in memory only: a
// quote shows the words it answers.
type recentTexts struct {
	mu   sync.Mutex
	ring [256]recentText
	next int
}

type recentText struct{ id, contact, text string }

func (r *recentTexts) put(id, contact, text string) {
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200]) + "…"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[r.next] = recentText{id, contact, text}
	r.next = (r.next + 1) % len(r.ring)
}

func (r *recentTexts) get(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.ring {
		if t.id == id {
			return t.text
		}
	}
	return ""
}

func (r *recentTexts) forget(contact string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, t := range r.ring {
		if t.contact == contact {
			r.ring[i] = recentText{}
		}
	}
}
