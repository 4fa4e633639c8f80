package router

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/router/mailbox"
)

// ErrNobody is returned when nothing is kept of a conversation.
var ErrNobody = errors.New("nothing is kept of this conversation")

// Kept is everything that is kept of a conversation.
type Kept struct {
	State State `json:"conversation"`
	// Entries are what was said, volunteers' notes among it.
	Entries []bots.Entry `json:"messages"`
	// Waiting are messages that no turn has looked at yet.
	Waiting []bots.Message `json:"waiting,omitempty"`
	// LeftOut says what a person must ask a coordinator for.
	LeftOut string     `json:"left_out,omitempty"`
	Cases   []KeptCase `json:"cases,omitempty"`
}

// KeptCase is what is kept of one case.
type KeptCase struct {
	ID      string        `json:"id"`
	State   handoff.State `json:"state"`
	Opened  time.Time     `json:"opened"`
	Closed  time.Time     `json:"closed,omitzero"`
	Lang    string        `json:"lang,omitempty"`
	Topic   string        `json:"topic,omitempty"`
	Urgent  string        `json:"urgent,omitempty"`
	Alias   string        `json:"alias"`
	Preview string        `json:"preview,omitempty"`
	Wishes  []string      `json:"wishes,omitempty"`
	Holder  string        `json:"holder,omitempty"`
	Outcome string        `json:"outcome,omitempty"`
}

// Export returns everything that is kept of a conversation, or [ErrNobody].
func (r *Router) Export(ctx context.Context, conversation string) (Kept, error) {
	k, _, err := r.kept(ctx, conversation)
	return k, err
}

// Erase deletes everything about a conversation, also while a turn, a sender or a
// volunteer is at work on it, and returns what there was. The person is not told. It
// returns [ErrNobody].
func (r *Router) Erase(ctx context.Context, conversation string) (Kept, error) {
	for range 5 {
		k, t, err := r.kept(ctx, conversation)
		if err != nil {
			return k, err
		}
		result, err := r.eraseOps(ctx, conversation, k.State)
		if err != nil {
			return k, err
		}
		guards := append([]store.Guard{r.mailbox.Guard(t)}, result.Guards...)
		err = r.store.Apply(ctx, store.Tx{Head: guards[0].Key, Guards: guards, Ops: result.Ops})
		var changed *store.GuardError
		if !errors.As(err, &changed) {
			return k, err
		}
	}
	return Kept{}, fmt.Errorf("erase: the conversation keeps changing")
}

// kept reads a conversation. What waits may be from an address that the state does
// not know yet, so the state it returns has met all of them.
func (r *Router) kept(ctx context.Context, conversation string) (Kept, mailbox.Turn, error) {
	t, err := r.mailbox.Peek(ctx, conversation)
	if err != nil {
		return Kept{}, t, err
	}
	var k Kept
	if k.State, err = readState(t.State); err != nil {
		return k, t, err
	}
	for _, ev := range t.Events {
		if ev.Message != nil {
			k.State = k.State.meet(ev.Message.Contact)
			k.Waiting = append(k.Waiting, *ev.Message)
		}
	}
	if k.Entries, err = r.transcript.Read(ctx, conversation); err != nil {
		return k, t, err
	}
	cases, err := r.queue.Earlier(ctx, conversation)
	if err != nil {
		return k, t, err
	}
	if open, ok, err := r.queue.ByConversation(ctx, conversation); err != nil {
		return k, t, err
	} else if ok {
		cases = append([]handoff.Case{open}, cases...)
	}
	for _, c := range cases {
		k.Cases = append(k.Cases, keptCase(c))
	}
	if t.State == nil && len(t.Events) == 0 && len(k.Entries) == 0 && len(k.Cases) == 0 {
		return k, t, ErrNobody
	}
	return k, t, nil
}

func keptCase(c handoff.Case) KeptCase {
	k := KeptCase{ID: c.ID, State: c.State, Opened: c.Opened, Closed: c.Closed, Lang: c.Lang, Topic: c.Topic,
		Urgent: c.Urgent, Alias: c.Alias, Preview: c.Preview, Wishes: c.Wishes, Outcome: c.Outcome}
	if c.Holder != nil {
		k.Holder = c.Holder.Name
	}
	return k
}
