package handoff

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/internal/store"
)

// SavedReply is a text that volunteers use often. It is found by /name while typing.
type SavedReply struct {
	Name string `json:"name"`
	// Lang is a BCP 47 tag; one name may have a text in every language.
	Lang string `json:"lang"`
	Text string `json:"text"`
}

var (
	replyName = regexp.MustCompile(`^[\p{L}\p{N}-]{1,32}$`)
	langForm  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// Replies returns the saved replies by name and language.
func (q *Queue) Replies(ctx context.Context) ([]SavedReply, error) {
	got, err := q.store.Cmd().HGetAll(ctx, q.keys.replies()).Result()
	if err != nil {
		return nil, fmt.Errorf("read saved replies: %w", err)
	}
	list := make([]SavedReply, 0, len(got))
	for field, text := range got {
		name, lang, ok := strings.Cut(field, "/")
		if ok {
			list = append(list, SavedReply{name, lang, text})
		}
	}
	slices.SortFunc(list, func(a, b SavedReply) int { return strings.Compare(a.Name+"/"+a.Lang, b.Name+"/"+b.Lang) })
	return list, nil
}

// SaveReply keeps a reply, or takes it away when its text is empty. It returns
// [ErrName] for a name or a language that cannot be one.
func (q *Queue) SaveReply(ctx context.Context, by Actor, r SavedReply) error {
	if !replyName.MatchString(r.Name) || !langForm.MatchString(r.Lang) || utf8.RuneCountInString(r.Text) > 8000 {
		return ErrName
	}
	key, field := q.keys.replies(), r.Name+"/"+r.Lang
	ops := []store.Op{store.Do("HSET", key, field, r.Text)}
	if strings.TrimSpace(r.Text) == "" {
		ops = []store.Op{store.Do("HDEL", key, field)}
	}
	ops = append(ops, q.auditOps(by, "changed a saved reply", "", field)...)
	if err := q.store.Apply(ctx, store.Tx{Head: key, Ops: ops}); err != nil {
		return fmt.Errorf("save reply: %w", err)
	}
	return nil
}
