package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/seal"
)

// Store is one helpdesk's place in Redis. It is safe for concurrent use.
type Store struct {
	*seal.Box
	prefix string
	rdb    redis.UniversalClient
	// pipe sends the commands of all goroutines in shared batches: with
	// appendfsync always every batch costs one disk write, not every command.
	pipe *redis.AutoPipeliner
}

// Open connects to the Redis at rawURL (redis://, rediss://, unix://;
// ?master_name= for Sentinel, ?addr= for a Cluster) and checks that it answers.
// The helpdesk's name is [a-z0-9-]{1,32}.
func Open(ctx context.Context, rawURL, desk string, box *seal.Box) (*Store, error) {
	rdb, err := connect(rawURL)
	if err != nil {
		return nil, err
	}
	if err := rdb.Ping(ctx).Err(); err != nil {
		rdb.Close()
		return nil, fmt.Errorf("reach Redis: %w", err)
	}
	// Four batches at a time: while Redis writes one to the disk, the next is on its
	// way. Nothing here depends on the order of commands of different callers.
	pipe, err := rdb.AutoPipelineWithOptions(&redis.AutoPipelineOptions{MaxBatchSize: 200, MaxConcurrentBatches: 4, Unordered: true})
	if err != nil {
		rdb.Close()
		return nil, fmt.Errorf("batch commands: %w", err)
	}
	s := &Store{Box: box, prefix: "brug:{" + desk + "}:", rdb: rdb, pipe: pipe}
	if err := errors.Join(s.checkSchema(ctx), s.checkKey(ctx)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// autoClient is what the three kinds of client have in common.
type autoClient interface {
	redis.UniversalClient
	AutoPipelineWithOptions(*redis.AutoPipelineOptions) (*redis.AutoPipeliner, error)
}

func connect(rawURL string) (autoClient, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("read Redis address: not a URL") // the URL may hold a password
	}
	q := u.Query()
	switch {
	case q.Has("master_name"):
		o, err := redis.ParseFailoverURL(rawURL)
		if err != nil {
			return nil, fmt.Errorf("read Redis address: %w", err)
		}
		o.ContextTimeoutEnabled = true
		return redis.NewFailoverClient(o), nil
	case q.Has("addr"):
		o, err := redis.ParseClusterURL(rawURL)
		if err != nil {
			return nil, fmt.Errorf("read Redis address: %w", err)
		}
		o.ContextTimeoutEnabled = true
		return redis.NewClusterClient(o), nil
	default:
		o, err := redis.ParseURL(rawURL)
		if err != nil {
			return nil, fmt.Errorf("read Redis address: %w", err)
		}
		o.ContextTimeoutEnabled = true // a Redis that hangs must not hang us
		return redis.NewClient(o), nil
	}
}

// schema is raised when the meaning of a key changes; a migration then belongs
// beside it.
const schema = "1"

func (s *Store) checkSchema(ctx context.Context) error {
	key := s.Key("schema")
	if err := s.rdb.SetNX(ctx, key, schema, 0).Err(); err != nil {
		return fmt.Errorf("write to Redis: %w", err)
	}
	got, err := s.rdb.Get(ctx, key).Result()
	if err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	if got != schema {
		return fmt.Errorf("the data in Redis has schema %s, this brug knows %s: use the brug that wrote it, or a newer one", got, schema)
	}
	return nil
}

// ErrOtherKey is returned when the data was sealed with another key: going on would
// lose everything that is there.
var ErrOtherKey = errors.New("the encryption key does not fit the data: bring back the key file of this helpdesk (or BRUG_KEY)")

// checkKey opens a sealed word that the first start left.
func (s *Store) checkKey(ctx context.Context) error {
	key := s.Key("keycheck")
	if err := s.rdb.SetNX(ctx, key, s.Seal(key, []byte("brug")), 0).Err(); err != nil {
		return fmt.Errorf("write to Redis: %w", err)
	}
	sealed, err := s.rdb.Get(ctx, key).Bytes()
	if err != nil {
		return fmt.Errorf("read key check: %w", err)
	}
	if _, err := s.Open(key, sealed); err != nil {
		return ErrOtherKey
	}
	return nil
}

// Close ends the connections.
func (s *Store) Close() error {
	err := s.pipe.Close()
	return errors.Join(err, s.rdb.Close())
}

// Key is the name of a key of this helpdesk: its parts joined by colons.
func (s *Store) Key(parts ...string) string {
	return s.prefix + strings.Join(parts, ":")
}

// Cmd runs single commands, batched with those of other goroutines.
func (s *Store) Cmd() redis.Cmdable { return s.pipe }

// Client is the connection itself, for what cannot be batched: subscriptions,
// blocking commands, scans.
func (s *Store) Client() redis.UniversalClient { return s.rdb }

// Now is Redis's own clock.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	t, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("ask Redis the time: %w", err)
	}
	return t, nil
}

// NewID is a random identifier of 26 characters, fit for keys and addresses.
func NewID() string { return strings.ToLower(rand.Text()) }
