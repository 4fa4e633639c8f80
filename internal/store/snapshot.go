package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var (
	//go:embed snapshot.lua
	snapshotSource string
	//go:embed swap.lua
	swapSource string

	snapshotScript = redis.NewScript(snapshotSource)
	swapScript     = redis.NewScript(swapSource)
)

// Record is one key of a snapshot.
type Record struct {
	// Key has no prefix of a helpdesk.
	Key string `json:"key"`
	// Until is when it expires, in ms since 1970; 0 for never.
	Until int64 `json:"until,omitempty"`
	// Dump is what Redis's DUMP gives. A Redis older than the one that gave it may
	// refuse it.
	Dump []byte `json:"dump"`
}

// staging begins the keys that are being restored. They expire after stageTime.
const (
	staging   = "restore:"
	stageTime = time.Hour
)

// Snapshot is everything of the helpdesk at one moment, while it goes on. Redis
// answers nobody else meanwhile: about a second for a hundred thousand keys.
func (s *Store) Snapshot(ctx context.Context) ([]Record, error) {
	flat, err := snapshotScript.Run(ctx, s.rdb, []string{s.Key("schema")}, s.prefix+"*").Slice()
	if err != nil {
		return nil, fmt.Errorf("copy what is in Redis: %w", err)
	}
	records := make([]Record, 0, len(flat)/3)
	for row := range slices.Chunk(flat, 3) {
		key, _ := row[0].(string)
		until, _ := row[1].(int64)
		dump, _ := row[2].(string)
		if key = strings.TrimPrefix(key, s.prefix); !strings.HasPrefix(key, staging) {
			records = append(records, Record{Key: key, Until: max(0, until), Dump: []byte(dump)})
		}
	}
	return records, nil
}

// Stage is a helpdesk's place in a Redis, and records that wait beside it.
type Stage struct {
	prefix, beside string
	rdb            autoClient
	n              int
}

// OpenStage connects to a Redis as [Open] does, whatever is there.
func OpenStage(ctx context.Context, rawURL, desk string) (*Stage, error) {
	rdb, err := connect(rawURL)
	if err != nil {
		return nil, err
	}
	if err := rdb.Ping(ctx).Err(); err != nil {
		rdb.Close()
		return nil, fmt.Errorf("reach Redis: %w", err)
	}
	prefix := "brug:{" + desk + "}:"
	return &Stage{prefix: prefix, beside: prefix + staging + NewID() + ":", rdb: rdb}, nil
}

// Close ends the connection. What was put and not swapped in expires by itself.
func (s *Stage) Close() error { return s.rdb.Close() }

// Vacant says that there is no helpdesk yet: nothing but what opening a store leaves.
func (s *Stage) Vacant(ctx context.Context) (bool, error) {
	keys, err := snapshotScript.Run(ctx, s.rdb, []string{s.prefix + "schema"}, s.prefix+"*").Slice()
	if err != nil {
		return false, fmt.Errorf("look into Redis: %w", err)
	}
	for row := range slices.Chunk(keys, 3) {
		key, _ := row[0].(string)
		key = strings.TrimPrefix(key, s.prefix)
		if !slices.Contains([]string{"schema", "keycheck", "ready"}, key) && !strings.HasPrefix(key, staging) {
			return false, nil
		}
	}
	return true, nil
}

// Put brings records beside what is there. Those that have expired by now stay away.
func (s *Stage) Put(ctx context.Context, records []Record, now time.Time) error {
	records = slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Until > 0 && r.Until <= now.UnixMilli() })
	s.n = len(records)
	for some := range slices.Chunk(records, 500) {
		pipe := s.rdb.Pipeline()
		for _, r := range some {
			pipe.Restore(ctx, s.beside+r.Key, stageTime, string(r.Dump))
			if r.Until > 0 {
				pipe.HSet(ctx, s.expiries(), r.Key, r.Until)
			}
		}
		pipe.PExpire(ctx, s.expiries(), stageTime)
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("write to Redis (it must not be older than the one of the backup): %w", err)
		}
	}
	return nil
}

// expiries is a hash that does not begin like the records themselves.
func (s *Stage) expiries() string { return strings.TrimSuffix(s.beside, ":") + "-until" }

// Swap puts the records in the place of everything that is there, at once.
func (s *Stage) Swap(ctx context.Context) error {
	done, err := swapScript.Run(ctx, s.rdb, []string{s.expiries()}, s.prefix, s.beside, s.n).Int()
	if err != nil {
		return fmt.Errorf("replace what is in Redis: %w", err)
	}
	if done == 0 {
		return errors.New("replace what is in Redis: it took too long, begin again")
	}
	return nil
}
