package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/store"
)

// redisFindings looks whether Redis answers and keeps what it acknowledged.
func redisFindings(ctx context.Context, c *Config) []finding {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	whose := "our own"
	if c.RedisURL != "" {
		whose = "the configured one"
	}
	s, done, err := openStore(ctx, slog.New(slog.DiscardHandler), c)
	if err != nil {
		return []finding{{what: "Redis", found: err.Error(), mend: "nothing works without it: see BRUG_REDIS_URL, or  apt-get install redis-server", bad: true}}
	}
	defer done()
	findings := []finding{{what: "Redis", found: whose + " answers"}}
	rdb := s.Client()
	findings = append(findings, redisSetting(ctx, rdb, "appendonly", "yes", "what was acknowledged is lost when it stops"),
		fsync(ctx, rdb), redisSetting(ctx, rdb, "maxmemory-policy", "noeviction", "Redis throws conversations away when memory is short"))
	findings = append(findings, clockOf(ctx, s), replicas(ctx, rdb))
	return findings
}

// redisSetting compares a setting of Redis with what brug needs.
func redisSetting(ctx context.Context, rdb redis.UniversalClient, name, want, otherwise string) finding {
	got, err := rdb.ConfigGet(ctx, name).Result()
	switch {
	case err != nil:
		return finding{what: "Redis " + name, found: "not told", mend: "ask its provider for " + name + " " + want}
	case got[name] != want:
		return finding{what: "Redis " + name, found: got[name], bad: true,
			mend: fmt.Sprintf("redis-cli config set %s %s, and in redis.conf: otherwise %s", name, want, otherwise)}
	}
	return finding{what: "Redis " + name, found: want}
}

func fsync(ctx context.Context, rdb redis.UniversalClient) finding {
	got, err := rdb.ConfigGet(ctx, "appendfsync").Result()
	f := finding{what: "Redis appendfsync", found: got["appendfsync"]}
	switch {
	case err != nil:
		f.found, f.mend = "not told", "ask its provider for appendfsync always"
	case got["appendfsync"] == "everysec":
		f.mend = "up to a second of messages is lost when the machine loses power; appendfsync always keeps them"
	case got["appendfsync"] != "always":
		f.bad, f.mend = true, "redis-cli config set appendfsync always, and in redis.conf"
	}
	return f
}

// clockSkew is how much the clocks may differ before times on the desk look wrong.
const clockSkew = 2 * time.Second

func clockOf(ctx context.Context, s *store.Store) finding {
	now, err := s.Now(ctx)
	if err != nil {
		return finding{what: "clock", found: err.Error(), mend: "look at Redis", bad: true}
	}
	skew := time.Since(now).Abs()
	f := finding{what: "clock", found: fmt.Sprintf("%d ms from Redis's", skew.Milliseconds())}
	if skew > clockSkew {
		f.mend = "set both machines by a time server (systemd-timesyncd)"
	}
	return f
}

func replicas(ctx context.Context, rdb redis.UniversalClient) finding {
	info, err := rdb.Info(ctx, "replication").Result()
	n := 0
	for line := range strings.Lines(info) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "connected_slaves:"); ok {
			n, _ = strconv.Atoi(v) // Redis writes a number
		}
	}
	f := finding{what: "Redis replicas", found: strconv.Itoa(n)}
	if err == nil && n == 0 {
		f.mend = "fine for one server, if somebody makes backups; see deploy/README.md"
	}
	return f
}
