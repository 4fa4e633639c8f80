package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// reveal tells a coordinator how the person is reached, for a reason that is logged
// before anything is shown.
func (d *Desk) reveal(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	reason, err := reasonOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	c, err := d.queue.Get(ctx, r.PathValue("id"))
	switch {
	case err != nil:
		return err
	case v.Role != handoff.RoleCoordinator:
		return handoff.ErrNotAllowed
	case strings.TrimSpace(reason) == "":
		return badRequest{"reason", "A reason is needed."}
	case d.opts.Reveal == nil:
		return handoff.ErrUnknown
	}
	if err := d.queue.Log(ctx, v.Actor(), "revealed", c.ID, reason); err != nil {
		return err
	}
	contact, err := d.opts.Reveal(ctx, c.Conversation)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, struct {
		Contact string `json:"contact"`
	}{contact})
	return nil
}

// reasonOf is the reason that a request gives, "" for none.
func reasonOf(r *http.Request) (string, error) {
	var body struct{ Reason string }
	if err := read(r, &body); err != nil {
		return "", err
	}
	err := text(&body.Reason)
	return body.Reason, err
}

func (d *Desk) listReplies(w http.ResponseWriter, r *http.Request, _ handoff.Volunteer) error {
	list, err := d.queue.Replies(r.Context())
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, struct {
		Replies []handoff.SavedReply `json:"replies"`
	}{list})
	return nil
}

func (d *Desk) saveReply(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	var body handoff.SavedReply
	if err := read(r, &body); err != nil {
		return err
	}
	if err := text(&body.Text); err != nil {
		return err
	}
	if v.Role == handoff.RoleVolunteer {
		return handoff.ErrNotAllowed
	}
	err := d.queue.SaveReply(r.Context(), v.Actor(), body)
	if errors.Is(err, handoff.ErrName) {
		return badRequest{"name", "A name has letters, digits and -, at most 32; lang is a language tag."}
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
