package bots

import (
	"context"
	"slices"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Write is the writes that add entries and carry out the edits and withdrawals among
// them: what a newcomer took back or wrote anew is replaced where it lies, so that
// the old words are gone. An edit of something unknown is added like any other entry.
func (t *Transcript) Write(ctx context.Context, conversation string, entries []Entry) ([]store.Op, error) {
	entries, changes := amend(entries)
	if len(changes) == 0 {
		return t.Entries(conversation, entries), nil
	}
	sealed, kept, err := t.list(ctx, conversation)
	if err != nil {
		return nil, err
	}
	key := logKey(t.store, conversation)
	var ops []store.Op
	for i, old := range kept {
		now, changed := old, false
		changes = slices.DeleteFunc(changes, func(c Entry) bool {
			ok := c.changes(&now)
			changed = changed || ok
			return ok
		})
		if changed {
			ops = append(ops, t.replace(key, sealed[i], now)...)
		}
	}
	for _, c := range changes {
		if c.Edits != "" && c.Text != "" {
			entries = append(entries, c)
		}
	}
	return append(ops, t.Entries(conversation, entries)...), nil
}

// Reword is the writes that replace the words of a newcomer's entries where they lie.
func (t *Transcript) Reword(ctx context.Context, conversation string, reword func(text string) string) ([]store.Op, error) {
	sealed, kept, err := t.list(ctx, conversation)
	if err != nil {
		return nil, err
	}
	key := logKey(t.store, conversation)
	var ops []store.Op
	for i, e := range kept {
		was := e.Text
		if e.Text = reword(was); e.From == FromNewcomer && e.Text != was {
			ops = append(ops, t.replace(key, sealed[i], e)...)
		}
	}
	return ops, nil
}

// replace is the writes that put an entry in the place of another. They find it by its
// value: a volunteer's note may move the places meanwhile.
func (t *Transcript) replace(key, sealed string, e Entry) []store.Op {
	return []store.Op{store.Do("LINSERT", key, "BEFORE", sealed, t.store.SealJSON(key, e)), store.Do("LREM", key, 1, sealed)}
}

// amend carries out what concerns the new entries themselves, and returns these and
// the changes that are left.
func amend(entries []Entry) (added, changes []Entry) {
	for _, e := range entries {
		if e.Edits == "" && e.Withdraws == "" {
			added = append(added, e)
			continue
		}
		done := false
		for i := range added {
			done = done || e.changes(&added[i])
		}
		if !done {
			changes = append(changes, e)
		}
	}
	return added, changes
}

// changes carries e out on a newcomer's entry, if that is the one it names.
func (e Entry) changes(old *Entry) bool {
	switch {
	case old.From != FromNewcomer:
		return false
	case e.Withdraws != "" && e.Withdraws == old.ID:
		*old = Entry{ID: old.ID, At: old.At, From: old.From, Withdrawn: true}
	case e.Edits != "" && e.Edits == old.ID:
		if e.Text != "" && e.Text != old.Text && !old.Withdrawn {
			old.Text, old.Lang, old.Edited = e.Text, e.Lang, true
		}
	default:
		return false
	}
	return true
}
