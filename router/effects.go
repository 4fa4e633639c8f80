package router

import (
	"context"
	"fmt"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/router/mailbox"
)

// cases are the conversation's cases as they were when the turn began.
type cases struct {
	open, last handoff.Case
	// seat is with whom last goes on if it is opened again; nil for the queue.
	seat *handoff.Seat
}

// carryOut turns effects into the writes of a turn.
func (r *Router) carryOut(ctx context.Context, t mailbox.Turn, w world, before, s State, e effects, c cases) (mailbox.Result, error) {
	var result mailbox.Result
	if e.erase {
		return r.erase(ctx, t, s, e)
	}
	parts, entries := r.render(s, e)
	said, err := r.transcript.Write(ctx, t.Conversation, entries)
	if err != nil {
		return result, err
	}
	result.Ops = append(result.Ops, said...)
	if e.closed || e.withdraw {
		// What was left to read in a message of danger helps nobody any more.
		masked, err := r.transcript.Reword(ctx, t.Conversation, r.options.MaskForGood)
		if err != nil {
			return result, err
		}
		result.Ops = append(result.Ops, masked...)
	}
	if err := r.unsay(ctx, t.Conversation, e, &c, &result); err != nil {
		return result, err
	}
	result.Ops = append(result.Ops, r.send(t.Conversation, parts)...)
	if err := r.writeCase(t.Conversation, &s, e, c, &result); err != nil {
		return result, err
	}
	result.Ops = append(result.Ops, r.queue.Count(s.Lang, e.counts...)...)
	if e.missing != nil {
		e.missing.Question = r.options.Mask(e.missing.Question)
		result.Ops = append(result.Ops, r.queue.Missing(*e.missing)...)
	}
	result.Open = s.Case != ""
	// Always: a case that a volunteer closed is not open any more when its turn begins.
	result.Contacts = s.Contacts
	if result.Open {
		result.Ops = append(result.Ops, r.transcript.Hold(t.Conversation)...)
	} else if before.Case != "" {
		result.Ops = append(result.Ops, r.transcript.Release(t.Conversation)...)
	}
	result.State, result.Owner, result.Timer = s.encode(), string(s.Owner), s.timer()
	return result, nil
}

// render gives replies the form of the contact's channel and notes them in the
// transcript, in the order things were said.
func (r *Router) render(s State, e effects) ([]bots.Part, []bots.Entry) {
	entries := e.log
	var parts []bots.Part
	for _, reply := range e.said {
		volunteer := reply.From == bots.FromVolunteer
		if reply.ID == "" {
			reply.ID = store.NewID()
		}
		parts = append(parts, r.renders.render(reply, r.limits(s.Address.Channel), s.Address)...)
		if !volunteer { // the desk has noted those already
			entries = append(entries, bots.Entry{ID: reply.ID, At: r.now().UTC(), From: bots.FromBot, Text: e.keptText(reply), Lang: reply.Lang,
				Choices: reply.Choices, Article: reply.Article, Revision: reply.Revision})
		}
	}
	return parts, entries
}

// send queues parts; urgent ones go before everything else.
func (r *Router) send(conversation string, parts []bots.Part) []store.Op {
	var urgent, usual []bots.Part
	for _, p := range parts {
		if p.Urgent {
			urgent = append(urgent, p)
		} else {
			usual = append(usual, p)
		}
	}
	return append(r.outbox.Put(conversation, urgent), r.outbox.Put(conversation, usual)...)
}

// writeCase does what the turn means for the line of cases.
func (r *Router) writeCase(conversation string, s *State, e effects, c cases, result *mailbox.Result) error {
	var ops []store.Op
	switch {
	case e.open != nil:
		e.open.Conversation = conversation
		e.open.Preview = r.options.Mask(e.open.Preview)
		opened, more := r.queue.Open(*e.open)
		s.Case, ops = opened.ID, more
		result.Guards = append(result.Guards, r.queue.GuardNone(conversation))
	case e.reopen:
		opened, guards, more := r.queue.Reopen(c.last, c.seat)
		s.Case, ops = opened.ID, more
		if e.change != nil {
			ops = append(ops, r.update(opened, *e.change)...)
		}
		result.Guards = append(result.Guards, guards...)
	case e.withdraw && c.open.ID != "":
		_, ops = r.queue.Withdraw(c.open)
		result.Guards = append(result.Guards, r.queue.Guard(c.open))
	case e.change != nil && c.open.ID != "":
		ops = r.update(c.open, *e.change)
		result.Guards = append(result.Guards, r.queue.Guard(c.open))
	}
	result.Ops = append(result.Ops, ops...)
	return nil
}

func (r *Router) update(c handoff.Case, ch handoff.Change) []store.Op {
	ch.Preview = r.options.Mask(ch.Preview)
	_, ops := r.queue.Update(c, ch)
	return ops
}

// erase deletes everything about a conversation. Only the last words remain, in the
// outbox, until they are sent; what notes their delivery expires within the hour.
func (r *Router) erase(ctx context.Context, t mailbox.Turn, s State, e effects) (mailbox.Result, error) {
	result, err := r.eraseOps(ctx, t.Conversation, s)
	if err != nil {
		return result, err
	}
	parts, _ := r.render(s, effects{said: e.said[len(e.said)-1:]})
	if len(parts) > 0 {
		parts[len(parts)-1].Last = true
	}
	result.Ops = append(result.Ops, r.outbox.Put(t.Conversation, parts)...)
	result.Ops = append(result.Ops, r.outbox.Last(t.Conversation)...)
	return result, nil
}

func (r *Router) eraseOps(ctx context.Context, conversation string, s State) (mailbox.Result, error) {
	result := mailbox.Result{Gone: true}
	guards, ops, err := r.queue.Forget(ctx, conversation)
	if err != nil {
		return result, err
	}
	for _, contact := range s.Contacts {
		if err := r.options.Forget(ctx, contact); err != nil {
			return result, fmt.Errorf("erase on the channel: %w", err)
		}
	}
	result.Guards = guards
	result.Ops = append(result.Ops, ops...)
	result.Ops = append(result.Ops, r.transcript.Erase(conversation)...)
	result.Ops = append(result.Ops, r.outbox.Erase(conversation, s.Address.Channel)...)
	result.Ops = append(result.Ops, r.mailbox.Erase(conversation, s.Contacts)...)
	result.Ops = append(result.Ops, r.store.Forgotten())
	return result, nil
}
