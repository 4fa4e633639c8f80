package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Wanted is what editors should hear of: a question that should have an article, with
// the answer a volunteer gave; or a newcomer's own words about what was missing.
type Wanted struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Case string    `json:"case"`
	// By is the volunteer, "" for the newcomer.
	By       string `json:"by"`
	Lang     string `json:"lang"`
	Topic    string `json:"topic,omitempty"`
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

const (
	wantedKeep = 90 * 24 * time.Hour
	wantedMax  = 500
)

// Want tells the editors that a question should have an article. Of one case they have
// one such wish: said again, it brings the answer that was given since. It returns
// [ErrUnknown].
func (q *Queue) Want(ctx context.Context, w Wanted) error {
	done := q.keys.done(w.Case)
	for range attempts {
		c, err := q.load(ctx, w.Case)
		if err != nil {
			return err
		}
		said, err := q.store.Cmd().HGet(ctx, done, "wanted").Result()
		if err != nil && !store.Missing(err) {
			return fmt.Errorf("read case: %w", err)
		}
		ops, err := q.dropWanted(ctx, func(old Wanted) bool { return old.Case == w.Case && old.By != "" })
		if err != nil {
			return err
		}
		if said != "" && len(ops) == 0 {
			return nil // the editors are done with it
		}
		ops = append(append(ops, q.Missing(w)...), store.Do("HINCRBY", done, "wanted", 1))
		if !c.Open() {
			left := max(time.Minute, c.Closed.Add(q.opts.Keep).Sub(q.now()))
			ops = append(ops, store.Do("PEXPIRE", done, left.Milliseconds()))
		}
		err = q.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: done, Ops: ops,
			Guards: []store.Guard{q.Guard(c), {Key: done, Field: "wanted", Want: said}}})
		var broken *store.GuardError
		if !errors.As(err, &broken) {
			return err
		}
	}
	return fmt.Errorf("case %s: others were faster %d times", w.Case, attempts)
}

// IsWanted says whether a volunteer told the editors of a case.
func (q *Queue) IsWanted(ctx context.Context, id string) (bool, error) {
	yes, err := q.store.Cmd().HExists(ctx, q.keys.done(id), "wanted").Result()
	if err != nil {
		return false, fmt.Errorf("read case: %w", err)
	}
	return yes, nil
}

// Settle takes what the editors have dealt with off their list; what is not on it is
// settled already.
func (q *Queue) Settle(ctx context.Context, id string) error {
	ops, err := q.dropWanted(ctx, func(w Wanted) bool { return w.ID == id })
	if err != nil || len(ops) == 0 {
		return err
	}
	return q.store.Apply(ctx, store.Tx{Head: q.keys.wanted(), Ops: ops})
}

// Missing is the writes that tell the editors of something, in the turn that it is
// heard in. Personal data are masked by the caller.
func (q *Queue) Missing(w Wanted) []store.Op {
	w.ID, w.At = store.NewID(), q.now()
	plain, err := json.Marshal(w)
	if err != nil {
		panic(err) // strings and times always marshal
	}
	key := q.keys.wanted()
	return []store.Op{store.Do("LPUSH", key, q.store.Seal(key, plain)), store.Do("LTRIM", key, 0, wantedMax-1),
		store.Do("PEXPIRE", key, wantedKeep.Milliseconds())}
}

// Wanted returns what the editors were told, newest first.
func (q *Queue) Wanted(ctx context.Context) ([]Wanted, error) {
	key := q.keys.wanted()
	sealed, err := q.store.Cmd().LRange(ctx, key, 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read wanted articles: %w", err)
	}
	list := make([]Wanted, 0, len(sealed))
	for _, s := range sealed {
		w, err := q.wantedOf(s)
		if err != nil {
			return nil, err
		}
		if q.now().Sub(w.At) < wantedKeep {
			list = append(list, w)
		}
	}
	return list, nil
}

func (q *Queue) wantedOf(sealed string) (w Wanted, err error) {
	plain, err := q.store.Open(q.keys.wanted(), []byte(sealed))
	if err == nil {
		err = json.Unmarshal(plain, &w)
	}
	if err != nil {
		return w, fmt.Errorf("read wanted articles: %w", err)
	}
	return w, nil
}

// forgetWanted is the writes that delete the questions of these cases: they are a
// person's own words.
func (q *Queue) forgetWanted(ctx context.Context, cases []Case) ([]store.Op, error) {
	return q.dropWanted(ctx, func(w Wanted) bool {
		return slices.ContainsFunc(cases, func(c Case) bool { return c.ID == w.Case })
	})
}

// dropWanted is the writes that take what fits off the editors' list.
func (q *Queue) dropWanted(ctx context.Context, fits func(Wanted) bool) ([]store.Op, error) {
	key := q.keys.wanted()
	sealed, err := q.store.Cmd().LRange(ctx, key, 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read wanted articles: %w", err)
	}
	var ops []store.Op
	for _, s := range sealed {
		w, err := q.wantedOf(s)
		if err != nil {
			return nil, err
		}
		if fits(w) {
			ops = append(ops, store.Do("LREM", key, 0, s))
		}
	}
	return ops, nil
}
