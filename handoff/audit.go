package handoff

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	auditKeep = 90 * 24 * time.Hour
	auditMax  = 50_000
	// seenFor is how long opening the same case again is the same visit.
	seenFor = 10 * time.Minute
)

// Record is one line of the audit log.
type Record struct {
	At time.Time `json:"at"`
	// By and ByName are the volunteer; empty for what the newcomer did or what
	// happened by itself.
	By     string `json:"by,omitempty"`
	ByName string `json:"by_name,omitempty"`
	Action string `json:"action"`
	Case   string `json:"case,omitempty"`
	// Reason is what the volunteer gave as one.
	Reason string `json:"reason,omitempty"`
}

func (q *Queue) auditOps(by Actor, action, id, reason string) []store.Op {
	plain, err := json.Marshal(Record{At: q.now(), By: by.ID, ByName: by.Name, Action: action, Case: id, Reason: reason})
	if err != nil {
		panic(err) // strings and times always marshal
	}
	key := q.keys.audit()
	return []store.Op{
		store.Do("LPUSH", key, q.store.Seal(key, plain)),
		store.Do("LTRIM", key, 0, auditMax-1),
		store.Do("PEXPIRE", key, auditKeep.Milliseconds()),
	}
}

// Log writes into the audit log what a volunteer did that changes no case.
func (q *Queue) Log(ctx context.Context, by Actor, action, id, reason string) error {
	if err := q.store.Apply(ctx, store.Tx{Head: q.keys.audit(), Ops: q.auditOps(by, action, id, reason)}); err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}

// Reveal writes into the audit log what personal data of a case a volunteer is about to
// read. Only the holder may, and a coordinator who gives a reason; others get
// [ErrClaimed], [ErrNotHolder] or [ErrResolved].
func (q *Queue) Reveal(ctx context.Context, c Case, by Actor, action, reason string) error {
	if err := c.mayAct(by); err != nil && (!by.Coordinator || reason == "") {
		return err
	}
	return q.Log(ctx, by, action, c.ID, reason)
}

// Opened writes into the audit log that a volunteer looked at a case, once a visit.
func (q *Queue) Opened(ctx context.Context, by Actor, id string) error {
	first, err := q.store.Cmd().SetNX(ctx, q.keys.seen(id, by.ID), 1, seenFor).Result()
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	if !first {
		return nil
	}
	return q.Log(ctx, by, "opened", id, "")
}

// Audit returns the newest n records.
func (q *Queue) Audit(ctx context.Context, n int) ([]Record, error) {
	key := q.keys.audit()
	sealed, err := q.store.Cmd().LRange(ctx, key, 0, int64(n)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	records := make([]Record, len(sealed))
	for i, s := range sealed {
		if records[i], err = q.record(s); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (q *Queue) record(sealed string) (r Record, err error) {
	plain, err := q.store.Open(q.keys.audit(), []byte(sealed))
	if err == nil {
		err = json.Unmarshal(plain, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read audit log: %w", err)
	}
	return r, nil
}

// sweepAudit cuts off the end that is older than auditKeep.
func (q *Queue) sweepAudit(ctx context.Context) error {
	key := q.keys.audit()
	for {
		last, err := q.store.Cmd().LIndex(ctx, key, -1).Result()
		if store.Missing(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sweep audit log: %w", err)
		}
		r, err := q.record(last)
		if err != nil {
			return err
		}
		if q.now().Sub(r.At) < auditKeep {
			return nil
		}
		// By its value: two processes sweep the same record only once.
		if err := q.store.Cmd().LRem(ctx, key, -1, last).Err(); err != nil {
			return fmt.Errorf("sweep audit log: %w", err)
		}
	}
}
