package whatsapp

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// notice keeps an event that the library has confirmed already, until it is due and
// accepted. One event has one notice.
func (c *Channel) notice(ctx context.Context, id string, m bots.Message, due time.Time) {
	raw, err := json.Marshal(m)
	if err == nil {
		_, err = c.db.ExecContext(ctx, `INSERT INTO brug_notices (contact, id, due, event) VALUES ($1, $2, $3, $4) ON CONFLICT (contact, id) DO NOTHING`,
			m.Contact.ID, id, due.UnixMilli(), string(raw))
	}
	if err != nil {
		c.log.Error("whatsapp: note an event", "error", err)
	}
}

// dropNotice forgets the notice of a message that came after all.
func (c *Channel) dropNotice(ctx context.Context, contact bots.Address, id string) error {
	for _, who := range append([]string{contact.ID}, contact.Alt...) {
		if _, err := c.db.ExecContext(ctx, `DELETE FROM brug_notices WHERE contact = $1 AND id = $2`, who, id); err != nil {
			return fmt.Errorf("drop a notice: %w", err)
		}
	}
	return nil
}

// deliverNotices hands on what is due. What is refused stays for the next time.
func (c *Channel) deliverNotices(s *session) {
	due, err := c.dueNotices(s.ctx)
	if err != nil {
		if s.ctx.Err() == nil {
			c.log.Warn("whatsapp: read what is due", "error", err)
		}
		return
	}
	for _, n := range due {
		ok := s.take(func(ctx context.Context) error {
			if err := s.store(ctx, n.event); err != nil {
				return err
			}
			_, err := c.db.ExecContext(context.WithoutCancel(ctx), `DELETE FROM brug_notices WHERE contact = $1 AND id = $2`, n.contact, n.id)
			return err
		})
		if !ok {
			return
		}
	}
}

type dueNotice struct {
	contact, id string
	event       bots.Message
}

func (c *Channel) dueNotices(ctx context.Context) ([]dueNotice, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT contact, id, event FROM brug_notices WHERE due <= $1 ORDER BY due LIMIT 50`, c.now().UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []dueNotice
	for rows.Next() {
		var n dueNotice
		var raw string
		if err := rows.Scan(&n.contact, &n.id, &raw); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(raw), &n.event); err != nil {
			return nil, fmt.Errorf("read a notice: %w", err)
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
