package router

import (
	"context"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/router/mailbox"
)

// rewording is words of a person that are gone, and what stands for them now.
type rewording struct{ was, now string }

func (r rewording) in(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, r.was, r.now))
}

// withdrawn takes back what a person deleted in their app: out of the transcript, of
// the question and of what the line of cases shows.
func (d *decision) withdrawn(st step) {
	for _, m := range st.messages {
		d.unsay(d.wrote(m.Target), "")
		d.e.log = append(d.e.log, bots.Entry{ID: m.ID, At: m.At, From: bots.FromNewcomer, Withdraws: m.Target})
	}
}

// wrote is what a message of the person's said, "" when it is not known.
func (d *decision) wrote(message string) string {
	for _, entries := range [][]bots.Entry{d.e.log, d.w.kept} {
		for _, e := range entries {
			if e.ID == message && e.From == bots.FromNewcomer {
				return e.Text
			}
		}
	}
	return ""
}

// unsay replaces a person's words in all that was made of them.
func (d *decision) unsay(was, now string) {
	if strings.TrimSpace(was) == "" {
		return
	}
	r := rewording{was, now}
	d.s.Question = r.in(d.s.Question)
	if d.e.open != nil {
		d.e.open.Preview = r.in(d.e.open.Preview)
	}
	if d.e.change != nil {
		d.e.change.Preview = r.in(d.e.change.Preview)
	}
	d.e.unsaid = append(d.e.unsaid, r)
}

// unsay does the same in the cases of before this turn. The open and the last one
// change in c, so that what else the turn writes of them is built on it.
func (r *Router) unsay(ctx context.Context, conversation string, e effects, c *cases, result *mailbox.Result) error {
	if len(e.unsaid) == 0 {
		return nil
	}
	all, err := r.queue.Earlier(ctx, conversation)
	if err != nil {
		return err
	}
	if c.open.ID != "" {
		all = append(all, c.open)
	}
	for _, old := range all {
		preview := old.Preview
		for _, u := range e.unsaid {
			preview = rewording{r.options.Mask(u.was), r.options.Mask(u.now)}.in(preview)
		}
		if preview == old.Preview {
			continue
		}
		guard := r.queue.Guard(old)
		reworded, ops, err := r.queue.Reword(ctx, old, preview)
		if err != nil {
			return err
		}
		switch old.ID {
		case c.open.ID:
			c.open = reworded
		case c.last.ID:
			c.last = reworded
		}
		result.Guards = append(result.Guards, guard)
		result.Ops = append(result.Ops, ops...)
	}
	return nil
}
