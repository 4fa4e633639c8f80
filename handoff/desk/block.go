package desk

import (
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/handoff"
)

// block shuts the person of a case out, for a reason that is logged.
func (d *Desk) block(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	reason, err := reasonOf(r)
	if err != nil {
		return err
	}
	c, err := d.queue.Bar(r.Context(), r.PathValue("id"), v.Actor(), strings.TrimSpace(reason))
	return d.answer(w, r, c, err)
}

func (d *Desk) unblock(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	c, err := d.queue.Admit(r.Context(), r.PathValue("id"), v.Actor())
	return d.answer(w, r, c, err)
}
