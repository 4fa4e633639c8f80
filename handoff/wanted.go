package handoff

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Wanted is what editors should hear of: a question that should have an article, with
// the answer a volunteer gave; or a newcomer's own words about what was missing.
type Wanted struct {
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

// Want tells the editors that a question should have an article.
func (q *Queue) Want(ctx context.Context, w Wanted) error {
	err := q.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: q.keys.done(w.Case), Guards: []store.Guard{{Key: q.keys.done(w.Case), Field: "wanted"}},
		Ops: append(q.Missing(w),
			store.Do("HSET", q.keys.done(w.Case), "wanted", 1),
			store.Do("PEXPIRE", q.keys.done(w.Case), q.opts.Keep.Milliseconds()))})
	return ignoreLost(err) // wanted once already
}

// Missing is the writes that tell the editors of something, in the turn that it is
// heard in. Personal data are masked by the caller.
func (q *Queue) Missing(w Wanted) []store.Op {
	w.At = q.now()
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
		if slices.ContainsFunc(cases, func(c Case) bool { return c.ID == w.Case }) {
			ops = append(ops, store.Do("LREM", key, 0, s))
		}
	}
	return ops, nil
}
