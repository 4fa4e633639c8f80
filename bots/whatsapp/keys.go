package whatsapp

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Keys names the keys in a database, so that an old copy is noticed: WhatsApp's
// encryption breaks for every contact when two copies go on from the same keys.
//
// Generation grows before each connection and each hour while it lasts. Whoever runs
// several processes notes the highest one (in [Config.Claim]) and refuses keys whose
// Generation is not above it under the same ID.
type Keys struct {
	ID         string
	Generation int64
}

// ErrCopy is what [Config.Claim] may return for an old copy of the keys. Run then ends
// with an error, because only a person can help.
var ErrCopy = errors.New("whatsapp: these keys are an old copy")

// KeysID tells which keys are in the database.
func (c *Channel) KeysID(ctx context.Context) (Keys, error) {
	var k Keys
	if err := c.db.QueryRowContext(ctx, `SELECT id, generation FROM brug_keys WHERE one = 1`).Scan(&k.ID, &k.Generation); err != nil {
		return Keys{}, fmt.Errorf("read the keys' name: %w", err)
	}
	return k, nil
}

// loadKeys gives the keys a name, once, and reads when the phone was seen.
func (c *Channel) loadKeys(ctx context.Context) error {
	if _, err := c.db.ExecContext(ctx, `INSERT INTO brug_keys (one, id, generation, phone) VALUES (1, $1, 0, 0) ON CONFLICT (one) DO NOTHING`,
		rand.Text()); err != nil {
		return fmt.Errorf("name the keys: %w", err)
	}
	return c.loadPhone(ctx)
}

// renameKeys gives new keys a new name: a phone was linked.
func (c *Channel) renameKeys(ctx context.Context) error {
	now := c.now()
	if _, err := c.db.ExecContext(ctx, `UPDATE brug_keys SET id = $1, generation = 0, phone = $2 WHERE one = 1`, rand.Text(), now.UnixMilli()); err != nil {
		return fmt.Errorf("name the keys: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phone = now
	return nil
}

// claim takes the next generation and asks whether these keys may be used.
func (c *Channel) claim(ctx context.Context) error {
	var k Keys
	err := c.db.QueryRowContext(ctx, `UPDATE brug_keys SET generation = generation + 1 WHERE one = 1 RETURNING id, generation`).Scan(&k.ID, &k.Generation)
	if err != nil {
		return fmt.Errorf("count the keys' use: %w", err)
	}
	if c.config.Claim == nil {
		return nil
	}
	return c.config.Claim(ctx, k)
}

func (c *Channel) loadPhone(ctx context.Context) error {
	var seen int64
	err := c.db.QueryRowContext(ctx, `SELECT phone FROM brug_keys WHERE one = 1`).Scan(&seen)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read when the phone was seen: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phone = time.Time{}
	if seen > 0 {
		c.phone = time.UnixMilli(seen)
	}
	return nil
}

// sawPhone notes that the phone itself was online: something came from it.
func (c *Channel) sawPhone(ctx context.Context) {
	now := c.now()
	c.mu.Lock()
	fresh := now.Sub(c.phone) < time.Hour
	if !fresh {
		c.phone = now
	}
	c.mu.Unlock()
	if fresh {
		return
	}
	if _, err := c.db.ExecContext(ctx, `UPDATE brug_keys SET phone = $1 WHERE one = 1`, now.UnixMilli()); err != nil {
		c.log.Warn("whatsapp: note that the phone was seen", "error", err)
	}
}
