package handoff

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// NewCase is what the router knows when it escalates.
type NewCase struct {
	Conversation string
	Channel      bots.Kind
	// Lang is a BCP 47 tag, Topic an article's id or "", Urgent the kind or "".
	Lang, Topic, Urgent string
	// Preview is the question, personal data masked.
	Preview string
	// Wishes are what the newcomer asked of the person who helps.
	Wishes []string
}

// Change is what a later message of the newcomer changes in an open case. Empty
// fields change nothing.
type Change struct {
	// Message says that there is something to read.
	Message                      bool
	Preview, Lang, Topic, Urgent string
	// Wish is added to the case's wishes.
	Wish string
}

// Guard holds while nobody changed the case since it was read. Whoever commits
// the writes of Update or Withdraw puts it among the guards and decides
// again when it breaks.
func (q *Queue) Guard(c Case) store.Guard {
	return store.Guard{Key: q.keys.caseOf(c.ID), Field: "v", Want: c.version}
}

// GuardNone holds while the conversation has no open case; it belongs to the
// writes of Open.
func (q *Queue) GuardNone(conversation string) store.Guard {
	return store.Guard{Key: q.keys.conv(conversation), Field: "open"}
}

// nextID sorts after every identifier this process gave before: the queue's places
// are milliseconds, and Redis orders cases of the same one by their identifiers.
func nextID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }

// Open is a new case and the writes that put it into the queue.
func (q *Queue) Open(n NewCase) (Case, []store.Op) {
	now := q.now()
	c := Case{
		ID: nextID(), Conversation: n.Conversation, State: Waiting, Channel: n.Channel, Lang: n.Lang,
		Topic: n.Topic, Urgent: n.Urgent, Alias: q.Alias(n.Conversation), Preview: n.Preview, Wishes: n.Wishes,
		Opened: now, WaitingSince: now, Queued: now, Due: q.Hours().After(now, q.opts.FirstResponse), Unread: 1,
	}
	ops := q.write(Case{}, c)
	c.version = "1"
	return c, ops
}

// Update is the case and the writes after something new from the newcomer.
func (q *Queue) Update(c Case, ch Change) (Case, []store.Op) {
	next := c
	set := func(field *string, to string) {
		if to != "" {
			*field = to
		}
	}
	set(&next.Preview, ch.Preview)
	set(&next.Lang, ch.Lang)
	set(&next.Topic, ch.Topic)
	set(&next.Urgent, ch.Urgent)
	if next.Urgent != "" && c.Urgent == "" {
		next.Queued, next.Recalled = q.now(), false
	}
	if ch.Wish != "" && !slices.Contains(c.Wishes, ch.Wish) {
		next.Wishes = append(slices.Clone(c.Wishes), ch.Wish)
	}
	if ch.Message {
		next.Unread++
		if next.WaitingSince.IsZero() {
			next.WaitingSince = q.now()
		}
	}
	return next, q.write(c, next)
}

// Reword is a case whose question reads otherwise now, because the newcomer took
// words back, and the writes. What the editors were told of it goes.
func (q *Queue) Reword(ctx context.Context, c Case, preview string) (Case, []store.Op, error) {
	next := c
	next.Preview = preview
	wanted, err := q.forgetWanted(ctx, []Case{c})
	if err != nil {
		return c, nil, err
	}
	return next, append(q.write(c, next), wanted...), nil
}

// Withdraw is the case closed by the newcomer, and the writes.
func (q *Queue) Withdraw(c Case) (Case, []store.Op) {
	next := c.close("", OutcomeWithdrawn, q.now())
	return next, append(q.write(c, next), q.auditOps(Actor{}, "withdrawn", c.ID, "")...)
}

// Reopen is a resolved case open again as of now: claimed by who has a seat for it,
// or in the queue when seat is nil. The guards are those that the commit needs.
func (q *Queue) Reopen(c Case, seat *Seat) (Case, []store.Guard, []store.Op) {
	now := q.now()
	guards := []store.Guard{q.Guard(c), q.GuardNone(c.Conversation)}
	next, by := c.back(now), ""
	if seat != nil {
		next, by = next.take(seat.Actor, now), seat.Name
		guards = append(guards, q.guard(seat))
	}
	next.Opened, next.WaitingSince, next.Due = now, now, q.Hours().After(now, q.opts.FirstResponse)
	next.Closed, next.ClosedBy, next.Outcome, next.Answered = time.Time{}, "", "", time.Time{}
	next.Nobody, next.Recalled, next.Unread = false, false, 1
	return next, guards, append(q.write(c, next), q.auditOps(Actor{}, "reopened", c.ID, by)...)
}

// Forget is the writes that erase every case of a conversation. Guards are those
// that the commit needs.
func (q *Queue) Forget(ctx context.Context, conversation string) ([]store.Guard, []store.Op, error) {
	cases, err := q.Earlier(ctx, conversation)
	if err != nil {
		return nil, nil, err
	}
	open, ok, err := q.ByConversation(ctx, conversation)
	if err != nil {
		return nil, nil, fmt.Errorf("forget cases: %w", err)
	}
	guards := []store.Guard{q.GuardNone(conversation)}
	var ops []store.Op
	if ok {
		guards = []store.Guard{q.Guard(open)}
		closed, more := q.Withdraw(open)
		ops = append(ops, more...)
		cases = append(cases, closed)
	}
	wanted, err := q.forgetWanted(ctx, cases)
	if err != nil {
		return nil, nil, err
	}
	ops = append(ops, wanted...)
	due := q.store.Queue("cases")
	for _, c := range cases {
		ops = append(ops, store.Do("DEL", q.keys.caseOf(c.ID)), store.Do("DEL", q.keys.done(c.ID)), store.Do("DEL", q.keys.alerted(c.ID)),
			store.Do("ZREM", q.keys.resolved(), c.ID), store.Do("ZREM", due.Due, c.ID),
			store.Do("HDEL", due.Leases, c.ID), q.store.Ring("desk", c.ID))
	}
	return guards, append(ops, store.Do("DEL", q.keys.conv(conversation)), store.Do("DEL", q.keys.past(conversation))), nil
}
