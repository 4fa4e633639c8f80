package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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

// cost is what has been spent up to a moment.
type cost struct {
	brug, redis time.Duration // processor time
	commands    int64         // of Redis, those within scripts too
	scripts     int64         // run by Redis
	appended    int64         // bytes of the append-only file
	rewritten   int64         // bytes of its last rewrite
	allocated   uint64        // bytes of brug's memory, used and left
}

// spent is the cost up to now. What cannot be read is 0.
func spent(ctx context.Context, s *store.Store) cost {
	var c cost
	var own syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &own) == nil {
		c.brug = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	c.allocated = memory.TotalAlloc
	info, err := s.Client().InfoMap(ctx, "cpu", "stats", "persistence", "commandstats").Result()
	if err != nil {
		return c
	}
	// Redis writes numbers; a field that another version does not have counts 0.
	seconds := func(name string) time.Duration {
		f, _ := strconv.ParseFloat(info["CPU"][name], 64)
		return time.Duration(f * float64(time.Second))
	}
	number := func(section, name string) int64 {
		n, _ := strconv.ParseInt(info[section][name], 10, 64)
		return n
	}
	c.redis = seconds("used_cpu_user") + seconds("used_cpu_sys")
	c.commands = number("Stats", "total_commands_processed")
	c.appended, c.rewritten = number("Persistence", "aof_current_size"), number("Persistence", "aof_base_size")
	calls, _, _ := strings.Cut(strings.TrimPrefix(info["Commandstats"]["cmdstat_evalsha"], "calls="), ",")
	c.scripts, _ = strconv.ParseInt(calls, 10, 64)
	return c
}

// perQuestion says what n questions cost from before to after.
func perQuestion(before, after cost, n int) string {
	per := func(d time.Duration) int64 { return (d / time.Duration(max(1, n))).Microseconds() }
	share := func(from, to int64) float64 { return float64(to-from) / float64(max(1, n)) }
	file := "rewritten meanwhile"
	if before.rewritten == after.rewritten {
		file = fmt.Sprintf("%.0f bytes", share(before.appended, after.appended))
	}
	return fmt.Sprintf("processor %d µs (brug) %d µs (its Redis)   scripts %.1f   commands in all %.1f   append-only file %s   allocated %.0f kB",
		per(after.brug-before.brug), per(after.redis-before.redis), share(before.scripts, after.scripts),
		share(before.commands, after.commands), file, float64(after.allocated-before.allocated)/1024/float64(max(1, n)))
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
