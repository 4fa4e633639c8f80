package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq" // PostgreSQL
	"go.mau.fi/util/dbutil"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	_ "modernc.org/sqlite" // SQLite, without C
)

// tables are ours, beside the library's. Times are milliseconds since 1970.
//
//	brug_keys     one row: which keys these are, and when the phone was seen
//	brug_pairing  until when a phone is being linked, and the device is nobody else's
//	brug_timers   disappearing-message timer of a contact, in seconds
//	brug_notices  events that the library has confirmed already and nobody accepted
//	brug_sent     sealed messages of ours, for phones that ask for them again
var tables = []string{
	`CREATE TABLE IF NOT EXISTS brug_keys (one BIGINT PRIMARY KEY, id TEXT NOT NULL, generation BIGINT NOT NULL, phone BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS brug_pairing (one BIGINT PRIMARY KEY, until BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS brug_timers (contact TEXT PRIMARY KEY, seconds BIGINT NOT NULL)`,
	`CREATE TABLE IF NOT EXISTS brug_notices (contact TEXT NOT NULL, id TEXT NOT NULL, due BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (contact, id))`,
	`CREATE TABLE IF NOT EXISTS brug_sent (id TEXT PRIMARY KEY, contact TEXT NOT NULL, body bytea NOT NULL, until BIGINT NOT NULL)`,
}

// arrays lets the library pass lists to PostgreSQL, by a variable of its own.
var arrays sync.Once

func (c *Channel) open(ctx context.Context) error {
	driver, dsn, err := source(c.config.DSN)
	if err != nil {
		return err
	}
	if c.db, err = sql.Open(driver, dsn); err != nil {
		return redacted(err)
	}
	if err := c.prepare(ctx, driver); err != nil {
		c.db.Close() // the first error says more
		return redacted(err)
	}
	return nil
}

// source is the driver and its address for a DSN. A new file is nobody else's to read.
func source(dsn string) (driver, address string, err error) {
	if dsn == "" {
		return "", "", errors.New("no database is set")
	}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		arrays.Do(func() { sqlstore.PostgresArrayWrapper = pq.Array })
		return "postgres", dsn, nil
	}
	if err := os.MkdirAll(filepath.Dir(dsn), 0o700); err != nil {
		return "", "", fmt.Errorf("make the folder: %w", err)
	}
	f, err := os.OpenFile(dsn, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", "", err
	}
	if err := f.Close(); err != nil {
		return "", "", err
	}
	// A key that was used and forgotten by a power cut breaks the session with a
	// contact, so every commit waits for the disk.
	return "sqlite", "file:" + (&url.URL{Path: dsn}).EscapedPath() + "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)&_txlock=immediate", nil
}

// redacted keeps the password of a postgres:// URL out of an error.
func redacted(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return errors.New("the address of the database cannot be read")
	}
	return err
}

func (c *Channel) prepare(ctx context.Context, driver string) error {
	dialect := dbutil.Postgres
	if driver == "sqlite" {
		dialect, c.sqlite = dbutil.SQLite, true
	}
	wrapped, err := dbutil.NewWithDB(c.db, dialect.String())
	if err != nil {
		return err
	}
	log := &libLog{c.log}
	c.keys = sqlstore.NewWithDB(c.db, dialect.String(), log)
	if err := c.keys.Upgrade(ctx); err != nil {
		return fmt.Errorf("prepare the library's tables: %w", err)
	}
	c.lids = &lidMap{db: wrapped}
	c.lids.drop()
	for _, table := range tables {
		if _, err := c.db.ExecContext(ctx, table); err != nil {
			return fmt.Errorf("make a table: %w", err)
		}
	}
	// Earlier versions of the library may have left names here.
	if _, err := c.db.ExecContext(ctx, `DELETE FROM whatsmeow_contacts`); err != nil {
		return fmt.Errorf("delete names: %w", err)
	}
	if err := c.loadTimers(ctx); err != nil {
		return err
	}
	return c.loadKeys(ctx)
}

// device is the linked device, nil when there is none. The parts of it that would
// keep names and settings of people keep nothing.
func (c *Channel) device(ctx context.Context) (*store.Device, error) {
	all, err := c.keys.GetAllDevices(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the keys: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	c.forgetful(all[0])
	return all[0], nil
}

func (c *Channel) forgetful(d *store.Device) {
	nothing := &store.NoopStore{}
	d.Contacts, d.ChatSettings, d.MsgSecrets = nothing, nothing, nothing
	d.LIDs = c.lids
}

// unlink forgets a device that WhatsApp does not know any more.
func (c *Channel) unlink(ctx context.Context) error {
	if _, err := c.db.ExecContext(ctx, `DELETE FROM whatsmeow_device`); err != nil {
		return fmt.Errorf("delete the keys: %w", err)
	}
	return nil
}

func (c *Channel) loadTimers(ctx context.Context) error {
	rows, err := c.db.QueryContext(ctx, `SELECT contact, seconds FROM brug_timers`)
	if err != nil {
		return fmt.Errorf("read timers: %w", err)
	}
	defer rows.Close()
	c.timers = map[string]time.Duration{}
	for rows.Next() {
		var contact string
		var seconds int64
		if err := rows.Scan(&contact, &seconds); err != nil {
			return fmt.Errorf("read timers: %w", err)
		}
		c.timers[contact] = time.Duration(seconds) * time.Second
	}
	return rows.Err()
}

// setTimer notes a contact's timer, so that our messages disappear as the contact's
// do.
func (c *Channel) setTimer(ctx context.Context, contact string, d time.Duration) error {
	c.mu.Lock()
	same := c.timers[contact] == d
	c.mu.Unlock()
	if same {
		return nil
	}
	query, args := `DELETE FROM brug_timers WHERE contact = $1`, []any{contact}
	if d > 0 {
		query = `INSERT INTO brug_timers (contact, seconds) VALUES ($1, $2) ON CONFLICT (contact) DO UPDATE SET seconds = excluded.seconds`
		args = append(args, int64(d/time.Second))
	}
	if _, err := c.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("note a timer: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timers[contact] = d; d == 0 {
		delete(c.timers, contact)
	}
	return nil
}

// lidMap is the library's map between numbers and LIDs, whose memory can be emptied
// when a contact is forgotten.
type lidMap struct {
	db  *dbutil.Database
	now atomic.Pointer[sqlstore.CachedLIDMap]
}

func (m *lidMap) drop() { m.now.Store(sqlstore.NewCachedLIDMap(m.db)) }

func (m *lidMap) PutManyLIDMappings(ctx context.Context, mappings []store.LIDMapping) error {
	return m.now.Load().PutManyLIDMappings(ctx, mappings)
}

func (m *lidMap) PutLIDMapping(ctx context.Context, lid, jid types.JID) error {
	return m.now.Load().PutLIDMapping(ctx, lid, jid)
}

func (m *lidMap) GetPNForLID(ctx context.Context, lid types.JID) (types.JID, error) {
	return m.now.Load().GetPNForLID(ctx, lid)
}

func (m *lidMap) GetLIDForPN(ctx context.Context, pn types.JID) (types.JID, error) {
	return m.now.Load().GetLIDForPN(ctx, pn)
}

func (m *lidMap) GetManyLIDsForPNs(ctx context.Context, pns []types.JID) (map[types.JID]types.JID, error) {
	return m.now.Load().GetManyLIDsForPNs(ctx, pns)
}
