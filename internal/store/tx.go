package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed apply.lua
	applySource string
	//go:embed take.lua
	takeSource string

	applyScript = redis.NewScript(applySource)
	takeScript  = redis.NewScript(takeSource)
)

// ErrWrongType is returned when a key holds something else than it should: the
// data was changed by hand or by another program. Nothing was written.
var ErrWrongType = errors.New("a key in Redis has the wrong type")

// Op is one write of a transaction.
type Op struct {
	Cmd  string
	Key  string
	Args []any
	// keys are further keys that the command's first arguments name.
	keys []string
	// written is called when this is written, with the command's own answer. May be nil.
	written func(yes bool)
}

// Then has done called when the write is done; for [Rest], with whether something still
// waits.
func (o Op) Then(done func(yes bool)) Op {
	o.written = done
	return o
}

// Do is a plain Redis write. Known are HSET HSETNX HDEL HINCRBY RPUSH LPUSH LTRIM
// LREM LINSERT ZADD ZREM SET SADD SREM XADD DEL PEXPIRE and PERSIST.
func Do(cmd, key string, args ...any) Op { return Op{Cmd: cmd, Key: key, Args: args} }

// Wake makes member of the sorted set due after delay, or after the lease that
// somebody holds on it now. The time is kept in the field "want" of head, for Rest; head
// may be "" where Next gives the lease back.
func Wake(due, leases, head, member string, delay time.Duration) Op {
	return Op{Cmd: "WAKE", Key: due, keys: []string{leases, head}, Args: []any{member, delay.Milliseconds()}}
}

// Rest gives the lease on member back and removes the fields of head. It is due again
// when the list still holds something, at the time that Wake noted; else at timer,
// unless that is zero. An empty list means that something waits in any case.
func Rest(due, leases, head, list, member string, timer time.Time, fields ...any) Op {
	var ms int64
	if !timer.IsZero() {
		ms = timer.UnixMilli()
	}
	return Op{Cmd: "REST", Key: due, keys: []string{leases, head, list}, Args: append([]any{member, ms}, fields...)}
}

// Next gives the lease on member back; what the list still holds is due after delay.
func Next(due, leases, list, member string, delay time.Duration) Op {
	return Op{Cmd: "NEXT", Key: due, keys: []string{leases, list}, Args: []any{member, delay.Milliseconds()}}
}

// Guard must hold for a transaction to happen: the field of the hash has this
// value, or is absent when Want is empty.
type Guard struct{ Key, Field, Want string }

// Tx is a set of writes that happen at once or not at all.
type Tx struct {
	// ID makes a repeat harmless; "" for writes that may be repeated.
	ID string
	// Head is the hash that remembers ID.
	Head   string
	Guards []Guard
	Ops    []Op
}

// GuardError says which guard of a transaction did not hold. Nothing was written.
type GuardError struct {
	// Index counts from 0 in Tx.Guards.
	Index int
	Guard Guard
}

func (e *GuardError) Error() string {
	return fmt.Sprintf("guard %d on field %q does not hold", e.Index, e.Guard.Field)
}

// Apply runs tx. It returns nil also when the same ID was applied before, a
// *[GuardError] when a guard does not hold, and [ErrWrongType].
func (s *Store) Apply(ctx context.Context, tx Tx) error {
	keys := []string{tx.Head}
	index := map[string]int{tx.Head: 1}
	ref := func(key string) int {
		n, ok := index[key]
		if !ok {
			keys = append(keys, key)
			n = len(keys)
			index[key] = n
		}
		return n
	}
	args := make([]any, 0, 8+8*len(tx.Ops))
	args = append(args, tx.ID, len(tx.Guards))
	for _, g := range tx.Guards {
		args = append(args, ref(g.Key), g.Field, g.Want)
	}
	args = append(args, len(tx.Ops))
	for _, op := range tx.Ops {
		args = append(args, op.Cmd, ref(op.Key), len(op.keys)+len(op.Args))
		for _, k := range op.keys {
			if k == "" {
				args = append(args, 0)
			} else {
				args = append(args, ref(k))
			}
		}
		args = append(args, op.Args...)
	}
	got, err := s.Run(ctx, applyScript, keys, args...).Int64Slice()
	switch {
	case err != nil:
		return fmt.Errorf("apply: %w", err)
	case got[0] == 0:
		i := int(got[1]) - 1
		return &GuardError{Index: i, Guard: tx.Guards[i]}
	case got[0] < 0:
		return fmt.Errorf("apply: key %q: %w", keys[got[1]-1], ErrWrongType)
	}
	for i, op := range tx.Ops {
		if op.written != nil {
			op.written(slices.Contains(got[1:], int64(i+1)))
		}
	}
	return nil
}

// Missing says that a read found no such key or field.
func Missing(err error) bool { return errors.Is(err, redis.Nil) }

// Run runs a script, batched with the commands of other goroutines.
func (s *Store) Run(ctx context.Context, script *redis.Script, keys []string, args ...any) *redis.Cmd {
	return script.Run(ctx, s.pipe, keys, args...)
}

// Lease is work taken: it must be finished before the lease ends, and the write
// that finishes it carries [Lease.Guard].
type Lease struct {
	Member string
	token  string
	leases string
}

// ID names this lease; it makes the write that finishes the work harmless to
// repeat.
func (l Lease) ID() string { return l.token }

// Guard holds as long as nobody else took the work.
func (l Lease) Guard() Guard { return Guard{Key: l.leases, Field: l.Member, Want: l.token} }

// Queue is work waiting by due time.
type Queue struct {
	// Due is a sorted set, Leases a hash.
	Due, Leases string
}

// Queue is the queue of this name.
func (s *Store) Queue(name string) Queue {
	return Queue{Due: s.Key("due", name), Leases: s.Key("leases", name)}
}

// Take takes up to n members of q that are due, for the time of lease. When there
// is none it says how long until the next is due, negative if nothing waits.
// Taker names the caller; one taker calls from one goroutine.
func (s *Store) Take(ctx context.Context, q Queue, taker string, n int, lease time.Duration) ([]Lease, time.Duration, error) {
	got, err := s.Run(ctx, takeScript, []string{q.Due, q.Leases, s.Key("taker", taker)},
		NewID(), n, lease.Milliseconds(), NewID()+"-").Slice()
	if err != nil {
		return nil, 0, fmt.Errorf("take work: %w", err)
	}
	wait := got[0].(int64)
	var taken []Lease
	for i := 1; i+1 < len(got); i += 2 {
		taken = append(taken, Lease{Member: got[i].(string), token: got[i+1].(string), leases: q.Leases})
	}
	if wait < 0 {
		return taken, -1, nil
	}
	return taken, time.Duration(wait) * time.Millisecond, nil
}

// Recover makes all leased work of q due now. Only a process that knows itself to
// be the only one may call it: after a crash it need not wait for the leases.
func (s *Store) Recover(ctx context.Context, q Queue) error {
	held, err := s.rdb.HKeys(ctx, q.Leases).Result()
	if err != nil {
		return fmt.Errorf("read leases: %w", err)
	}
	if len(held) == 0 {
		return nil
	}
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	ops := []Op{Do("DEL", q.Leases)}
	for _, member := range held {
		ops = append(ops, Do("ZADD", q.Due, "XX", "LT", now.UnixMilli(), member))
	}
	return s.Apply(ctx, Tx{Head: s.Key("recover"), Ops: ops})
}
