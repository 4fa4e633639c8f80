package handoff

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// secret is the part of a case that is sealed.
type secret struct {
	Preview string   `json:"preview,omitempty"`
	Wishes  []string `json:"wishes,omitempty"`
	Holder  string   `json:"holder,omitempty"`
	Outcome string   `json:"outcome,omitempty"`
}

// write is everything that changes when a case becomes another: its fields, the
// sets it stands in, the counters and the bell. The commit must be guarded by the
// version of old, except for a new case.
func (q *Queue) write(old, c Case) []store.Op {
	k, id := q.keys, c.ID
	key := k.caseOf(id)
	ops := []store.Op{store.Do("HSET", key, q.fields(c)...), store.Do("HINCRBY", key, "v", 1)}
	// Touched and unread have writers that do not raise the version.
	if !c.Touched.Equal(old.Touched) || old.ID == "" {
		ops = append(ops, store.Do("HSET", key, "touched", millis(c.Touched)))
	}
	switch {
	case c.Unread == 0 && old.Unread != 0:
		ops = append(ops, store.Do("HSET", key, "unread", 0))
	case c.Unread != old.Unread:
		ops = append(ops, store.Do("HINCRBY", key, "unread", c.Unread-old.Unread))
	}
	ops = append(ops, q.indexes(old, c)...)
	ops = append(ops, q.lifetime(old, c)...)
	ops = append(ops, q.count(old, c)...)
	ops = append(ops, q.alert(old, c)...)
	now := q.now()
	if next := q.timing().next(c); !next.IsZero() {
		due := q.store.Queue("cases")
		ops = append(ops, store.Wake(due.Due, due.Leases, key, id, max(0, next.Sub(now))))
	}
	return append(ops, q.store.Ring("desk", id))
}

func (q *Queue) fields(c Case) []any {
	plain, err := json.Marshal(secret{Preview: c.Preview, Wishes: c.Wishes, Holder: c.holderName(), Outcome: c.Outcome})
	if err != nil {
		panic(err) // strings always marshal
	}
	flag := func(b bool) string {
		if b {
			return "1"
		}
		return ""
	}
	return []any{
		"conv", c.Conversation, "state", string(c.State), "channel", string(c.Channel), "lang", c.Lang,
		"topic", c.Topic, "urgent", c.Urgent, "opened", millis(c.Opened), "waiting", millis(c.WaitingSince),
		"due", millis(c.Due), "queued", millis(c.Queued), "claimed", millis(c.Claimed), "holder", c.holderID(),
		"lapsed", c.Lapsed, "nobody", flag(c.Nobody), "recalled", flag(c.Recalled), "barred", flag(c.Barred), "answered", millis(c.Answered), "closed", millis(c.Closed),
		"by", c.ClosedBy, "data", q.store.Seal("case:"+c.ID, plain),
	}
}

// order is the place in the queue: urgent cases before all others, each by the
// moment of escalation.
func (c Case) order() int64 {
	ms := c.Opened.UnixMilli()
	if c.Urgent != "" {
		ms -= 1e14 // more than three thousand years
	}
	return ms
}

func (q *Queue) indexes(old, c Case) []store.Op {
	k := q.keys
	var ops []store.Op
	sets := []struct {
		state State
		key   string
		score int64
	}{{Waiting, k.waiting(), c.order()}, {Claimed, k.claimed(), c.order()}, {Resolved, k.resolved(), c.Closed.UnixMilli()}}
	for _, s := range sets {
		switch {
		case c.State == s.state:
			ops = append(ops, store.Do("ZADD", s.key, s.score, c.ID))
		case old.State == s.state:
			ops = append(ops, store.Do("ZREM", s.key, c.ID))
		}
	}
	if was := old.holderID(); was != "" && was != c.holderID() {
		ops = append(ops, store.Do("ZREM", k.held(was), c.ID), store.Do("HINCRBY", k.holding(), was, -1))
	}
	if is := c.holderID(); is != "" {
		ops = append(ops, store.Do("ZADD", k.held(is), c.order(), c.ID))
		if is != old.holderID() {
			ops = append(ops, store.Do("HINCRBY", k.holding(), is, 1))
		}
	}
	return ops
}

// lifetime keeps an open case for ever and lets a resolved one expire.
func (q *Queue) lifetime(old, c Case) []store.Op {
	k := q.keys
	mine := []string{k.caseOf(c.ID), k.done(c.ID), k.alerted(c.ID), k.conv(c.Conversation), k.past(c.Conversation)}
	var ops []store.Op
	if c.Open() {
		if old.State == Resolved {
			ops = append(ops, store.Do("LREM", k.past(c.Conversation), 0, c.ID))
		}
		if !old.Open() {
			ops = append(ops, store.Do("HSET", k.conv(c.Conversation), "open", c.ID))
			for _, key := range mine {
				ops = append(ops, store.Do("PERSIST", key))
			}
		}
		return ops
	}
	if old.Open() {
		ops = append(ops, store.Do("HSET", k.conv(c.Conversation), "last", c.ID),
			store.Do("HDEL", k.conv(c.Conversation), "open"),
			store.Do("LPUSH", k.past(c.Conversation), c.ID), store.Do("LTRIM", k.past(c.Conversation), 0, 49))
	}
	left := max(time.Minute, c.Closed.Add(q.opts.Keep).Sub(q.now()))
	for _, key := range mine {
		ops = append(ops, store.Do("PEXPIRE", key, left.Milliseconds()))
	}
	return ops
}

// load reads a case. It returns [ErrUnknown].
func (q *Queue) load(ctx context.Context, id string) (Case, error) {
	if !validID(id) {
		return Case{}, ErrUnknown
	}
	f, err := q.store.Cmd().HGetAll(ctx, q.keys.caseOf(id)).Result()
	if err != nil {
		return Case{}, fmt.Errorf("read case: %w", err)
	}
	return q.decode(id, f)
}

func (q *Queue) decode(id string, f map[string]string) (Case, error) {
	if f["state"] == "" {
		return Case{}, ErrUnknown
	}
	c := Case{
		ID: id, Conversation: f["conv"], State: State(f["state"]), Channel: bots.Kind(f["channel"]), Lang: f["lang"],
		Topic: f["topic"], Urgent: f["urgent"], Alias: q.Alias(f["conv"]), Opened: moment(f["opened"]),
		WaitingSince: moment(f["waiting"]), Due: moment(f["due"]), Queued: moment(f["queued"]),
		Claimed: moment(f["claimed"]), Touched: moment(f["touched"]), Lapsed: f["lapsed"], Nobody: f["nobody"] != "", Recalled: f["recalled"] != "", Barred: f["barred"] != "",
		Answered: moment(f["answered"]), Closed: moment(f["closed"]), ClosedBy: f["by"], version: f["v"],
	}
	c.Unread, _ = strconv.Atoi(f["unread"]) // absent means none
	plain, err := q.store.Open("case:"+id, []byte(f["data"]))
	if err != nil {
		return Case{}, fmt.Errorf("read case: %w", err)
	}
	var s secret
	if err := json.Unmarshal(plain, &s); err != nil {
		return Case{}, fmt.Errorf("read case: %w", err)
	}
	c.Preview, c.Wishes, c.Outcome = s.Preview, s.Wishes, s.Outcome
	if f["holder"] != "" {
		c.Holder = &Holder{ID: f["holder"], Name: s.Holder}
	}
	return c, nil
}

func (c Case) holderID() string {
	if c.Holder == nil {
		return ""
	}
	return c.Holder.ID
}

func (c Case) holderName() string {
	if c.Holder == nil {
		return ""
	}
	return c.Holder.Name
}

// validID keeps what cannot be an identifier out of the names of keys.
func validID(id string) bool {
	return len(id) > 0 && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms string) time.Time {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
