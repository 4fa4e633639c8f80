package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Rewrite makes Redis write its append-only file anew, so that what was deleted is
// gone from the disk too, and waits for the end. Without such a file it does nothing.
func (s *Store) Rewrite(ctx context.Context) error {
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, c *redis.Client) error { return rewrite(ctx, c) })
	}
	return rewrite(ctx, s.rdb)
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
