package main

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// scriptRate is how many transactions of one small write Redis takes in a second,
// from as many callers: the measure of what the machine could do at most.
func scriptRate(ctx context.Context, s *store.Store, callers int, length time.Duration) float64 {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var n atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			key := s.Key("bench", store.NewID())
			for ctx.Err() == nil {
				if s.Apply(ctx, store.Tx{Head: key, Ops: []store.Op{store.Do("HSET", key, "f", "v")}}) == nil {
					n.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return float64(n.Load()) / length.Seconds()
}

// commands is how many commands Redis has run for clients, those within scripts not
// counted.
func commands(ctx context.Context, s *store.Store) int64 {
	info, err := s.Client().Info(ctx, "commandstats").Result()
	if err != nil {
		return 0
	}
	var sum int64
	for line := range strings.SplitSeq(info, "\n") {
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		if !ok || !slices.Contains([]string{"evalsha", "eval", "mget", "hmget", "lrange", "lindex", "hget", "zrank", "zcount", "zcard"}, name) {
			continue
		}
		n, _, _ := strings.Cut(rest, ",")
		calls, _ := strconv.ParseInt(n, 10, 64) // Redis writes a number
		sum += calls
	}
	return sum
}

// quantile of durations, in percent.
func quantile(all []time.Duration, percent int) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[(len(all)-1)*percent/100].Round(10 * time.Microsecond)
}

// residentMB is the memory a process holds, "self" or a process id.
func residentMB(process string) float64 {
	raw, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(fields[1], 64) // the kernel writes a number
			return kb / 1024
		}
	}
	return 0
}

func redisMB(ctx context.Context, s *store.Store) float64 {
	info, err := s.Client().InfoMap(ctx, "server").Result()
	if err != nil {
		return 0
	}
	return residentMB(info["Server"]["process_id"])
}
