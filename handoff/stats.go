package handoff

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/store"
)

// statsKeep is how long figures are kept: a year, and a month to compare it in. No
// person is in them. They are counts of one thing at a time: of a language or of a
// topic, never of both, because a single Tigrinya question about a divorce on one day
// may well be one known person. Nor do they name a case or the moment of one.
const statsKeep = 400 * 24 * time.Hour

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func weekOf(t time.Time) string {
	y, w := t.UTC().ISOWeek()
	return fmt.Sprintf("%d-w%02d", y, w)
}

// tally is the writes that count what happened, in a hash of figures.
func tally(key string, fields ...string) []store.Op {
	if len(fields) == 0 {
		return nil
	}
	var ops []store.Op
	for _, field := range fields {
		ops = append(ops, store.Do("HINCRBY", key, field, 1))
	}
	return append(ops, store.Do("PEXPIRE", key, statsKeep.Milliseconds()))
}

// Count is the writes that count what the bot did today, each "kind" or
// "kind:about": as kind@lang, and apart from it as kind:about.
func (q *Queue) Count(lang string, what ...string) []store.Op {
	var fields []string
	for _, w := range what {
		kind, about, _ := strings.Cut(w, ":")
		fields = append(fields, kind+"@"+lang)
		if about != "" {
			fields = append(fields, w)
		}
	}
	return tally(q.keys.stats(dayOf(q.now())), fields...)
}

// count is the figures that a change of a case adds to.
func (q *Queue) count(old, c Case) []store.Op {
	var fields []string
	if !old.Open() && c.Open() {
		fields = append(fields, "opened", "channel:"+string(c.Channel), "lang:"+c.Lang)
	}
	if old.Open() && !c.Open() {
		fields = append(fields, "resolved")
		if c.Topic != "" {
			fields = append(fields, "topic:"+c.Topic)
		}
	}
	ops := tally(q.keys.stats(dayOf(q.now())), fields...)
	if old.Answered.IsZero() && !c.Answered.IsZero() {
		ops = append(ops, q.firstResponse(c)...)
	}
	return ops
}

// firstResponse counts in how many minutes of office hours a case got its first
// answer: for all cases, and for those of its language, channel and topic.
func (q *Queue) firstResponse(c Case) []store.Op {
	minutes := strconv.Itoa(coarse(q.Hours().Working(c.Opened, c.Answered)))
	fields := []string{minutes, "lang:" + c.Lang + "=" + minutes, "channel:" + string(c.Channel) + "=" + minutes}
	if c.Topic != "" {
		fields = append(fields, "topic:"+c.Topic+"="+minutes)
	}
	return tally(q.keys.first(weekOf(q.now())), fields...)
}

// coarse is a wait in whole minutes, at least one, rounded up: to the minute within an hour, to five
// within a day of work, then to half an hour. So a week has few fields.
func coarse(wait time.Duration) int {
	minutes := max(1, int((wait+time.Minute-1)/time.Minute))
	step := 1
	switch {
	case minutes > 8*60:
		step = 30
	case minutes > 60:
		step = 5
	}
	return (minutes + step - 1) / step * step
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

// Response is how long first answers took, in working time since escalation.
type Response struct {
	// N is how many there were; P50 and P90 are within which time half and nine of
	// ten of them came.
	N        int
	P50, P90 time.Duration
}

// FirstResponses are the first answers of the week that t is in: "" of all cases,
// "lang:uk", "channel:web" and "topic:bsn-get" of some.
func (q *Queue) FirstResponses(ctx context.Context, t time.Time) (map[string]Response, error) {
	got, err := q.store.Cmd().HGetAll(ctx, q.keys.first(weekOf(t))).Result()
	if err != nil {
		return nil, fmt.Errorf("read first responses: %w", err)
	}
	waits := map[string]map[int]int{} // of what → minutes → how many
	for field, n := range got {
		of, minutes, ok := strings.Cut(field, "=")
		if !ok {
			of, minutes = "", field
		}
		if waits[of] == nil {
			waits[of] = map[int]int{}
		}
		waits[of][atoi(minutes)] += atoi(n)
	}
	all := make(map[string]Response, len(waits))
	for of, counts := range waits {
		all[of] = response(counts)
	}
	return all, nil
}

func response(counts map[int]int) Response {
	var r Response
	for _, n := range counts {
		r.N += n
	}
	minutes := slices.Sorted(maps.Keys(counts))
	rank := func(share int) time.Duration {
		seen := 0
		for _, m := range minutes {
			if seen += counts[m]; seen*100 >= r.N*share {
				return time.Duration(m) * time.Minute
			}
		}
		return 0
	}
	r.P50, r.P90 = rank(50), rank(90)
	return r
}

// ExpectedWait is the median first response of this and the three weeks before;
// ok is false while there are too few to say anything honest.
func (q *Queue) ExpectedWait(ctx context.Context) (wait time.Duration, ok bool, err error) {
	now := q.now()
	var sum time.Duration
	total := 0
	for week := range 4 {
		first, err := q.FirstResponses(ctx, now.AddDate(0, 0, -7*week))
		if err != nil {
			return 0, false, err
		}
		sum += first[""].P50 * time.Duration(first[""].N)
		total += first[""].N
	}
	if total < 10 {
		return 0, false, nil
	}
	return sum / time.Duration(total), true, nil
}

// Counts are the figures of each of the last days, today first. Of cases: opened,
// resolved, channel:x, lang:x, topic:x; of what [Queue.Count] was told:
// kind@lang and kind:about.
func (q *Queue) Counts(ctx context.Context, days int) ([]map[string]int, error) {
	pipe := q.store.Client().Pipeline()
	got := make([]*redis.MapStringStringCmd, days)
	for d := range got {
		got[d] = pipe.HGetAll(ctx, q.keys.stats(dayOf(q.now().AddDate(0, 0, -d))))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	all := make([]map[string]int, days)
	for d, day := range got {
		all[d] = map[string]int{}
		for field, n := range day.Val() {
			all[d][field] = atoi(n)
		}
	}
	return all, nil
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
