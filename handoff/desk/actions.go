package desk

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// answer sends the case after an action.
func (d *Desk) answer(w http.ResponseWriter, r *http.Request, c handoff.Case, err error) error {
	if err != nil {
		return err
	}
	j, err := d.placed(r.Context(), c)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, j)
	return nil
}

func (d *Desk) claim(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	c, err := d.queue.Claim(r.Context(), r.PathValue("id"), v.Actor())
	return d.answer(w, r, c, err)
}

func (d *Desk) takeOver(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	c, err := d.queue.TakeOver(r.Context(), r.PathValue("id"), v.Actor())
	return d.answer(w, r, c, err)
}

func (d *Desk) touch(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	id := r.PathValue("id")
	if err := d.queue.Touch(r.Context(), id, v.Actor()); err != nil {
		return err
	}
	c, err := d.queue.Get(r.Context(), id)
	return d.answer(w, r, c, err)
}

func (d *Desk) release(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	var body struct{ Note string }
	if err := read(r, &body); err != nil {
		return err
	}
	if err := text(&body.Note); err != nil {
		return err
	}
	c, err := d.queue.Release(r.Context(), r.PathValue("id"), v.Actor(), body.Note)
	return d.answer(w, r, c, err)
}

// maxText is the longest reply or note, in characters.
const maxText = 8000

// text cleans what a volunteer wrote: no control characters, no overrides of the
// direction, within the limit.
func text(s *string) error {
	*s = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case unicode.IsControl(c), c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069:
			return -1
		}
		return c
	}, strings.ToValidUTF8(*s, "\ufffd"))
	if utf8.RuneCountInString(*s) > maxText {
		return badRequest{"too_long", "The text is longer than 8000 characters."}
	}
	return nil
}

type writing struct{ ID, Text, Article, Revision string }

func readWriting(r *http.Request) (handoff.Text, error) {
	var body writing
	if err := read(r, &body); err != nil {
		return handoff.Text{}, err
	}
	if len(body.ID) > 64 || len(body.Article) > 64 || len(body.Revision) > 64 {
		return handoff.Text{}, badRequest{"too_long", "id, article and revision have at most 64 characters."}
	}
	err := text(&body.Text)
	return handoff.Text{Key: body.ID, Text: body.Text, Article: body.Article, Revision: body.Revision}, err
}

// written is the answer to a reply or a note.
type written struct {
	ID   string   `json:"id"`
	Case caseJSON `json:"case"`
}

func (d *Desk) reply(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	t, err := readWriting(r)
	if err != nil {
		return err
	}
	c, id, err := d.queue.Reply(r.Context(), r.PathValue("id"), v.Actor(), t)
	return d.answerWritten(w, r, c, id, err)
}

func (d *Desk) note(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	t, err := readWriting(r)
	if err != nil {
		return err
	}
	c, id, err := d.queue.Note(r.Context(), r.PathValue("id"), v.Actor(), t)
	return d.answerWritten(w, r, c, id, err)
}

func (d *Desk) answerWritten(w http.ResponseWriter, r *http.Request, c handoff.Case, id string, err error) error {
	if err != nil {
		return err
	}
	j, err := d.placed(r.Context(), c)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, written{id, j})
	return nil
}

func (d *Desk) transfer(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	var body struct{ To, Note string }
	if err := read(r, &body); err != nil {
		return err
	}
	if err := text(&body.Note); err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	if strings.EqualFold(body.To, "queue") {
		c, err := d.queue.Release(ctx, id, v.Actor(), body.Note)
		return d.answer(w, r, c, err)
	}
	to, err := d.volunteers.ByName(ctx, body.To)
	if err == nil && to.Disabled {
		err = handoff.ErrUnknown
	}
	if errors.Is(err, handoff.ErrUnknown) {
		if _, err := d.queue.Get(ctx, id); err != nil {
			return err
		}
		return badRequest{"to", "There is no volunteer of this name."}
	}
	if err != nil {
		return err
	}
	c, err := d.queue.Transfer(ctx, id, v.Actor(), to.Actor(), body.Note)
	return d.answer(w, r, c, err)
}

var topicForm = regexp.MustCompile(`^[a-z0-9-]{0,64}$`)

func (d *Desk) resolve(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	var body struct {
		Topic, Outcome, Note string
		// Wanted says that this should be an article.
		Wanted bool
	}
	if err := read(r, &body); err != nil {
		return err
	}
	if !topicForm.MatchString(body.Topic) {
		return badRequest{"topic", "A topic is the id of an article."}
	}
	if utf8.RuneCountInString(body.Outcome) > 200 {
		return badRequest{"outcome", "An outcome has at most 200 characters."}
	}
	for _, s := range []*string{&body.Note, &body.Outcome} {
		if err := text(s); err != nil {
			return err
		}
	}
	c, err := d.queue.Resolve(r.Context(), r.PathValue("id"), v.Actor(), body.Topic, body.Outcome, body.Note)
	if err != nil {
		return err
	}
	said, err := d.queue.IsWanted(r.Context(), c.ID)
	if err == nil && (said || body.Wanted) {
		err = d.want(r.Context(), c, v) // with the answer, which may have come since
	}
	return d.answer(w, r, c, err)
}

// next claims the waiting case that fits the volunteer best. Without one the answer is {"case":null}.
func (d *Desk) next(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	ctx := r.Context()
	cases, err := d.queue.List(ctx, "waiting", "")
	if err != nil {
		return err
	}
	var found struct {
		Case *caseJSON `json:"case"`
	}
	groups := map[string]string{}
	for _, t := range d.opts.Topics("en") {
		groups[t.ID] = t.Group
	}
	for _, c := range v.Choose(cases, func(topic string) string { return groups[topic] }) {
		got, err := d.queue.Claim(ctx, c.ID, v.Actor())
		if errors.Is(err, handoff.ErrClaimed) || errors.Is(err, handoff.ErrResolved) || errors.Is(err, handoff.ErrUnknown) {
			continue // somebody was faster
		}
		if err != nil {
			return err
		}
		j := d.shape(got, 0)
		found.Case = &j
		break
	}
	web.JSON(w, http.StatusOK, found)
	return nil
}

func (d *Desk) away(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	if err := d.queue.ReleaseAll(r.Context(), v.Actor()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
