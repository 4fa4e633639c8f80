package whatsapp

import (
	"context"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/brug-helpdesk/brug/bots"
)

// tidyTime is how long an erasure may wait for the database to be tidied.
const tidyTime = 3 * time.Second

// Forget erases what is kept about a contact: encryption sessions, identity keys,
// tokens, the pair of number and LID, timers, notices and sent messages. If the
// contact writes again, WhatsApp's apps make new keys by themselves.
func (c *Channel) Forget(ctx context.Context, contact bots.Address) error {
	people := map[types.JID]bool{}
	for _, id := range append([]string{contact.ID}, contact.Alt...) {
		if j, ok := parseContact(id); ok {
			people[j] = true
		}
	}
	for j := range people {
		other := c.address(ctx, j, types.EmptyJID)
		for _, id := range append([]string{other.ID}, other.Alt...) {
			if k, ok := parseContact(id); ok {
				people[k] = true
			}
		}
	}
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("forget a contact: %w", err)
	}
	defer tx.Rollback() // does nothing after Commit
	for j := range people {
		for query, arg := range erasures(j) {
			if _, err := tx.ExecContext(ctx, query, arg); err != nil {
				return fmt.Errorf("forget a contact: %w", err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("forget a contact: %w", err)
	}
	c.lids.drop()
	c.tidy(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	for j := range people {
		delete(c.timers, j.String())
		c.recent.forget(j.String())
	}
	return nil
}

// tidy takes what was deleted out of the files of SQLite too: out of its free pages
// and its write-ahead log. What is in use just now goes with the next erasure or
// checkpoint; Postgres vacuums by itself.
func (c *Channel) tidy(ctx context.Context) {
	if !c.sqlite {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tidyTime)
	defer cancel()
	for _, statement := range []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		if _, err := c.db.ExecContext(ctx, statement); err != nil {
			c.log.Warn("whatsapp: tidy the database after an erasure", "err", err)
			return
		}
	}
}

// erasures are the rows of one form of a contact, in all tables that have any.
func erasures(j types.JID) map[string]string {
	// Encryption is with devices: USER[_DOMAIN]:DEVICE.
	devices := j.SignalAddressUser() + ":"
	const begins = `substr(%s, 1, length($1)) = $1`
	out := map[string]string{
		`DELETE FROM whatsmeow_sessions WHERE ` + fmt.Sprintf(begins, "their_id"):      devices,
		`DELETE FROM whatsmeow_identity_keys WHERE ` + fmt.Sprintf(begins, "their_id"): devices,
		`DELETE FROM whatsmeow_sender_keys WHERE ` + fmt.Sprintf(begins, "sender_id"):  devices,
		`DELETE FROM whatsmeow_lid_map WHERE lid = $1 OR pn = $1`:                      j.User,
		`DELETE FROM whatsmeow_contacts WHERE their_jid = $1`:                          j.String(),
		`DELETE FROM whatsmeow_chat_settings WHERE chat_jid = $1`:                      j.String(),
		`DELETE FROM whatsmeow_privacy_tokens WHERE their_jid = $1`:                    j.String(),
		`DELETE FROM whatsmeow_message_secrets WHERE chat_jid = $1 OR sender_jid = $1`: j.String(),
		`DELETE FROM brug_timers WHERE contact = $1`:                                   j.String(),
		`DELETE FROM brug_notices WHERE contact = $1`:                                  j.String(),
		`DELETE FROM brug_sent WHERE contact = $1`:                                     j.String(),
	}
	return out
}
