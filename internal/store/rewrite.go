package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Forgotten is the write that asks for a [Store.Rewrite] soon. It belongs to the
// writes that delete what a person wants to be gone: [Store.RunRewrites] hears of it
// even if this process ends.
func (s *Store) Forgotten() Op { return Do("HSET", s.rewriteKey(), "asked", NewID()) }

// rewriteKey is a hash; asked is there while a deletion is not gone from the disk.
func (s *Store) rewriteKey() string { return s.Key("rewrite") }

// RunRewrites rewrites what [Store.Forgotten] asked for, at most once in the time
// given, until ctx ends. One process of a helpdesk is enough.
func (s *Store) RunRewrites(ctx context.Context, log *slog.Logger, every time.Duration) error {
	for tries := 0; ; {
		wait(ctx, every<<tries)
		if ctx.Err() != nil {
			return nil
		}
		asked, err := s.Cmd().HExists(ctx, s.rewriteKey(), "asked").Result()
		if err == nil && asked {
			err = s.Rewrite(ctx)
		}
		if err == nil {
			tries = 0
			continue
		}
		tries = min(tries+1, 6) // a Redis that forbids it is asked less and less
		if ctx.Err() == nil {
			log.Error("what was deleted is still in Redis's file on disk", "err", err)
		}
	}
}

// Rewrite makes Redis write its append-only file anew, so that what was deleted is
// gone from the disk too, and waits for the end. Without such a file it does nothing.
func (s *Store) Rewrite(ctx context.Context) error {
	asked, err := s.Cmd().HGet(ctx, s.rewriteKey(), "asked").Result()
	if err != nil && !Missing(err) {
		return fmt.Errorf("rewrite append-only file: %w", err)
	}
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return rewrite(ctx, c) })
	} else {
		err = rewrite(ctx, s.rdb)
	}
	if err != nil || asked == "" {
		return err
	}
	// Unless somebody else was deleted meanwhile.
	err = s.Apply(ctx, Tx{Head: s.rewriteKey(), Guards: []Guard{{s.rewriteKey(), "asked", asked}}, Ops: []Op{Do("DEL", s.rewriteKey())}})
	var later *GuardError
	if errors.As(err, &later) {
		return nil
	}
	return err
}

// rewrite asks until a rewrite that began after the call has ended: one under way
// already may have copied what was deleted since.
func rewrite(ctx context.Context, rdb redis.Cmdable) error {
	if before, err := persistence(ctx, rdb); err != nil || before["aof_enabled"] != "1" {
		return err
	}
	for asked := false; ; wait(ctx, 50*time.Millisecond) {
		if ctx.Err() != nil {
			return fmt.Errorf("rewrite append-only file: %w", ctx.Err())
		}
		if !asked {
			switch err := rdb.BgRewriteAOF(ctx).Err(); {
			case err == nil:
				asked = true
			case !strings.Contains(err.Error(), "already in progress"):
				return fmt.Errorf("rewrite append-only file: %w", err)
			}
			continue
		}
		now, err := persistence(ctx, rdb)
		switch {
		case err != nil:
			return err
		case now["aof_rewrite_in_progress"] == "1" || now["aof_rewrite_scheduled"] == "1":
		case now["aof_last_bgrewrite_status"] != "ok":
			return errors.New("rewrite append-only file: Redis could not; its log says why")
		default:
			return nil
		}
	}
}

func persistence(ctx context.Context, rdb redis.Cmdable) (map[string]string, error) {
	text, err := rdb.Info(ctx, "persistence").Result()
	if err != nil {
		return nil, fmt.Errorf("ask Redis about its append-only file: %w", err)
	}
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	return fields, nil
}
