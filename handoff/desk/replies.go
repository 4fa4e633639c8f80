package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/handoff"
)

// repliesPage is the texts that volunteers put into an answer with /name.
type repliesPage struct {
	team
	Replies []handoff.SavedReply
}

func (d *Desk) repliesPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.showReplies(w, r, v, d.after(v, r))
}

func (d *Desk) showReplies(w http.ResponseWriter, r *http.Request, v visit, s said) error {
	page := repliesPage{team: d.team(v, "saved_replies", s)}
	var err error
	if page.Replies, err = d.queue.Replies(r.Context()); err != nil {
		return err
	}
	return d.showTeam(w, v, "saved_replies", page)
}

func (d *Desk) changeReply(w http.ResponseWriter, r *http.Request, v visit) error {
	reply := handoff.SavedReply{Name: strings.TrimPrefix(strings.TrimSpace(r.FormValue("name")), "/"),
		Lang: strings.TrimSpace(r.FormValue("lang")), Text: strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n")}
	err := text(&reply.Text)
	if err == nil {
		err = d.queue.SaveReply(r.Context(), v.Actor(), reply)
	}
	if errors.Is(err, handoff.ErrName) || errors.As(err, &badRequest{}) {
		return d.showReplies(w, r, v, d.refused(v, r, "name_taken"))
	}
	if err != nil {
		return err
	}
	return tell(w, r, "/desk/team/replies", "saved")
}
