package handoff

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/store"
)

// statsKeep is how long figures without any person in them are kept.
const statsKeep = 400 * 24 * time.Hour

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func weekOf(t time.Time) string {
	y, w := t.UTC().ISOWeek()
	return fmt.Sprintf("%d-w%02d", y, w)
}

// count is the figures that a change of a case adds to.
func (q *Queue) count(old, c Case) []store.Op {
	now := q.now()
	day := q.keys.stats(dayOf(now))
	var ops []store.Op
	add := func(field string) { ops = append(ops, store.Do("HINCRBY", day, field, 1)) }
	if !old.Open() && c.Open() {
		add("opened")
		add("channel:" + string(c.Channel))
		add("lang:" + c.Lang)
		if c.Urgent != "" {
			add("urgent:" + c.Urgent)
		}
	}
	if old.Open() && !c.Open() {
		add("resolved")
		if c.Topic != "" {
			add("topic:" + c.Topic)
		}
	}
	if old.Answered.IsZero() && !c.Answered.IsZero() {
		first := q.keys.first(weekOf(now))
		took := q.Hours().Working(c.Opened, c.Answered)
		ops = append(ops, store.Do("ZADD", first, took.Milliseconds(), c.ID+"-"+strconv.FormatInt(millis(c.Opened), 10)),
			store.Do("PEXPIRE", first, statsKeep.Milliseconds()))
	}
	if len(ops) > 0 {
		ops = append(ops, store.Do("PEXPIRE", day, statsKeep.Milliseconds()))
	}
	return ops
}

// Figures are how the helpdesk is doing.
type Figures struct {
	Waiting, Claimed, Urgent int
	// Oldest is how long the longest waiting case has been in the queue.
	Oldest time.Duration
}

// Figures are the numbers for metrics and the coordinator's page.
func (q *Queue) Figures(ctx context.Context) (Figures, error) {
	pipe := q.store.Client().Pipeline()
	waiting := pipe.ZCard(ctx, q.keys.waiting())
	claimed := pipe.ZCard(ctx, q.keys.claimed())
	urgent := pipe.ZCount(ctx, q.keys.waiting(), "-inf", "(0")
	oldestUrgent := pipe.ZRangeWithScores(ctx, q.keys.waiting(), 0, 0)
	oldest := pipe.ZRangeByScoreWithScores(ctx, q.keys.waiting(), &redis.ZRangeBy{Min: "0", Max: "+inf", Count: 1})
	if _, err := pipe.Exec(ctx); err != nil {
		return Figures{}, fmt.Errorf("read figures: %w", err)
	}
	f := Figures{Waiting: int(waiting.Val()), Claimed: int(claimed.Val()), Urgent: int(urgent.Val())}
	for _, z := range append(oldestUrgent.Val(), oldest.Val()...) {
		ms := int64(z.Score)
		if ms < 0 {
			ms += 1e14
		}
		f.Oldest = max(f.Oldest, q.now().Sub(time.UnixMilli(ms)))
	}
	return f, nil
}

// FirstResponse is the median and the 90th percentile of the first-response times
// (working time since escalation) of the week that t is in, and how many there were.
func (q *Queue) FirstResponse(ctx context.Context, t time.Time) (p50, p90 time.Duration, n int, err error) {
	key := q.keys.first(weekOf(t))
	card, err := q.store.Cmd().ZCard(ctx, key).Result()
	if err != nil {
		return 0, 0, 0, fmt.Errorf("read first responses: %w", err)
	}
	if card == 0 {
		return 0, 0, 0, nil
	}
	at := func(share int64) (time.Duration, error) {
		i := (card - 1) * share / 100
		z, err := q.store.Cmd().ZRangeWithScores(ctx, key, i, i).Result()
		if err != nil || len(z) == 0 {
			return 0, err
		}
		return time.Duration(z[0].Score) * time.Millisecond, nil
	}
	if p50, err = at(50); err == nil {
		p90, err = at(90)
	}
	if err != nil {
		return 0, 0, 0, fmt.Errorf("read first responses: %w", err)
	}
	return p50, p90, int(card), nil
}

// ExpectedWait is the median first response of this and the three weeks before;
// ok is false while there are too few to say anything honest.
func (q *Queue) ExpectedWait(ctx context.Context) (wait time.Duration, ok bool, err error) {
	now := q.now()
	var sum time.Duration
	total := 0
	for week := range 4 {
		p50, _, n, err := q.FirstResponse(ctx, now.AddDate(0, 0, -7*week))
		if err != nil {
			return 0, false, err
		}
		sum += p50 * time.Duration(n)
		total += n
	}
	if total < 10 {
		return 0, false, nil
	}
	return sum / time.Duration(total), true, nil
}

// Counts are the figures of the days given, added up: opened, resolved, channel:x,
// lang:x, topic:x, urgent:x.
func (q *Queue) Counts(ctx context.Context, days int) (map[string]int, error) {
	sum := map[string]int{}
	now := q.now()
	for d := range days {
		got, err := q.store.Cmd().HGetAll(ctx, q.keys.stats(dayOf(now.AddDate(0, 0, -d)))).Result()
		if err != nil {
			return nil, fmt.Errorf("read figures: %w", err)
		}
		for field, n := range got {
			sum[field] += atoi(n)
		}
	}
	return sum, nil
}

// Load is how many cases each volunteer holds.
func (q *Queue) Load(ctx context.Context) (map[string]int, error) {
	got, err := q.store.Cmd().HGetAll(ctx, q.keys.holding()).Result()
	if err != nil {
		return nil, fmt.Errorf("read load: %w", err)
	}
	load := make(map[string]int, len(got))
	for id, n := range got {
		load[id] = atoi(n)
	}
	return load, nil
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // absent means none
	return n
}
