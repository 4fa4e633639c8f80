package handoff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Claim makes by the holder of a case. It returns [ErrClaimed], [ErrCapacity],
// [ErrResolved] or [ErrUnknown].
func (q *Queue) Claim(ctx context.Context, id string, by Actor) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, Case.claim)
	return c, err
}

// TakeOver makes coordinator by the holder, whoever holds the case.
func (q *Queue) TakeOver(ctx context.Context, id string, by Actor) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, Case.takeOver)
	return c, err
}

// Release puts a case back into the queue, at its old place. The note may be "".
func (q *Queue) Release(ctx context.Context, id string, by Actor, note string) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, func(c Case, by Actor, now time.Time) (step, error) {
		return c.release(by, note, now)
	})
	return c, err
}

// Transfer gives a case to another volunteer. It returns [ErrCapacity] when to has
// enough.
func (q *Queue) Transfer(ctx context.Context, id string, by, to Actor, note string) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, func(c Case, by Actor, now time.Time) (step, error) {
		return c.transfer(by, to, note, now)
	})
	return c, err
}

// Text is what a volunteer writes.
type Text struct {
	// Key makes a repeat by the same volunteer harmless; "" for none.
	Key  string
	Text string
	// Article and Revision name the article the text was taken from.
	Article, Revision string
}

// Reply says something to the newcomer and returns the message's id.
func (q *Queue) Reply(ctx context.Context, id string, by Actor, t Text) (Case, string, error) {
	m := message{id: store.NewID(), text: t.Text, article: t.Article, revision: t.Revision}
	return q.act(ctx, id, repeatKey("reply", by, t.Key), by, func(c Case, by Actor, now time.Time) (step, error) {
		return c.reply(by, m, now)
	})
}

// Note writes something for volunteers only and returns the note's id.
func (q *Queue) Note(ctx context.Context, id string, by Actor, t Text) (Case, string, error) {
	m := message{id: store.NewID(), text: t.Text}
	return q.act(ctx, id, repeatKey("note", by, t.Key), by, func(c Case, by Actor, now time.Time) (step, error) {
		return c.note(by, m, now)
	})
}

// Resolve closes a case. An empty topic keeps the case's.
func (q *Queue) Resolve(ctx context.Context, id string, by Actor, topic, outcome, note string) (Case, error) {
	c, _, err := q.act(ctx, id, "", by, func(c Case, by Actor, now time.Time) (step, error) {
		return c.resolve(by, topic, outcome, note, now)
	})
	return c, err
}

// Touch says that the holder is at work on a case: it was opened, or something is
// being typed. It keeps the claim and marks everything as read. It returns
// [ErrClaimed], [ErrNotHolder], [ErrResolved] or [ErrUnknown].
func (q *Queue) Touch(ctx context.Context, id string, by Actor) error {
	if !validID(id) {
		return ErrUnknown
	}
	key := q.keys.caseOf(id)
	err := q.store.Apply(ctx, store.Tx{Head: key,
		Guards: []store.Guard{{Key: key, Field: "holder", Want: by.ID}},
		Ops:    append(q.sign(by.ID), store.Do("HSET", key, "touched", millis(q.now()), "unread", 0), q.store.Ring("desk", id))})
	var broken *store.GuardError
	if !errors.As(err, &broken) {
		return err
	}
	c, err := q.load(ctx, id)
	if err == nil {
		err = c.mayAct(by)
	}
	if err == nil {
		err = ErrNotHolder // the case came back to the caller meanwhile
	}
	return err
}

// ReleaseAll gives everything a volunteer holds back to the queue: they go away, and
// no case comes back to them by itself.
func (q *Queue) ReleaseAll(ctx context.Context, by Actor) error {
	held, err := q.List(ctx, "mine", by.ID)
	if err != nil {
		return err
	}
	for _, c := range held {
		if _, err := q.Release(ctx, c.ID, by, ""); err != nil && !errors.Is(err, ErrClaimed) &&
			!errors.Is(err, ErrNotHolder) && !errors.Is(err, ErrResolved) {
			return err
		}
	}
	if err := q.store.Cmd().ZRem(ctx, q.keys.lately(), by.ID).Err(); err != nil {
		return fmt.Errorf("note absence: %w", err)
	}
	return nil
}

// repeatKey names an action of one volunteer; without a key of the caller's every
// call is an action of its own, however often Redis is asked.
func repeatKey(kind string, by Actor, key string) string {
	if key == "" {
		return ""
	}
	return kind + ":" + by.ID + ":" + key
}

// attempts is how often a transition is decided again when others were faster.
const attempts = 100

// act commits a transition and everything that follows from it. A repeat under the
// same key changes nothing and gets the first result.
func (q *Queue) act(ctx context.Context, id, key string, by Actor, do func(Case, Actor, time.Time) (step, error)) (Case, string, error) {
	if key == "" {
		key = store.NewID()
	}
	for range attempts {
		c, err := q.load(ctx, id)
		if err != nil {
			return Case{}, "", err
		}
		result, err := q.store.Cmd().HGet(ctx, q.keys.done(id), key).Result()
		if err == nil {
			return c, result, nil // done before
		}
		if !store.Missing(err) {
			return Case{}, "", fmt.Errorf("read case: %w", err)
		}
		s, err := do(c, by, q.now())
		if err != nil {
			return c, "", err
		}
		if s.audit == "" && s.event == nil && len(s.entries) == 0 {
			return s.next, s.result, nil // nothing to change
		}
		ops := append([]store.Op{store.Do("HSET", q.keys.done(id), key, s.result)}, append(q.effects(c, s, by), q.sign(by.ID)...)...)
		// A repeat that has not seen the first one done fails on the version.
		err = q.commit(ctx, c, s, nil, ops)
		var broken *store.GuardError
		switch {
		case err == nil:
			after, err := q.load(ctx, id)
			return after, s.result, err
		case !errors.As(err, &broken):
			return Case{}, "", err
		}
	}
	return Case{}, "", fmt.Errorf("case %s: others were faster %d times", id, attempts)
}

// commit writes a step, guarded by the case's version and by the room the new
// holder has. It returns a *[store.GuardError] when somebody was faster.
func (q *Queue) commit(ctx context.Context, c Case, s step, guards []store.Guard, ops []store.Op) error {
	guards = append(guards, q.Guard(c))
	if to := s.next.holderID(); s.capacity > 0 && to != c.holderID() {
		raw, err := q.store.Cmd().HGet(ctx, q.keys.holding(), to).Result()
		if err != nil && !store.Missing(err) {
			return fmt.Errorf("read capacity: %w", err)
		}
		if atoi(raw) >= s.capacity {
			return ErrCapacity
		}
		guards = append(guards, store.Guard{Key: q.keys.holding(), Field: to, Want: raw})
	}
	return q.store.Apply(ctx, store.Tx{Head: q.keys.caseOf(c.ID), Guards: guards, Ops: ops})
}

// effects is all writes of a step.
func (q *Queue) effects(c Case, s step, by Actor) []store.Op {
	var ops []store.Op
	for _, e := range s.entries {
		ops = append(ops, q.transcript.Append(c.Conversation, e)...)
	}
	if len(ops) > 0 && s.next.Open() {
		ops = append(ops, q.transcript.Hold(c.Conversation)...)
	}
	ops = append(ops, q.write(c, s.next)...)
	if s.event != nil {
		ops = append(ops, q.mailbox.Post(c.Conversation, "desk", *s.event)...)
	}
	if s.audit != "" {
		ops = append(ops, q.auditOps(by, s.audit, c.ID, s.reason)...)
	}
	return ops
}
