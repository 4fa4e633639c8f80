package desk

import (
	"errors"
	"net/http"
	"slices"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
)

// Woman says that the volunteer meets the wish for a woman; for the account's page.
func (f frame) Woman() bool { return slices.Contains(f.Boot.Me.Meets, handoff.WishWoman) }

// setMeets keeps which wishes of newcomers a volunteer meets.
func (d *Desk) setMeets(w http.ResponseWriter, r *http.Request, v visit) error {
	v.Meets = nil
	if r.FormValue(handoff.WishWoman) != "" {
		v.Meets = []string{handoff.WishWoman}
	}
	err := d.volunteers.Save(r.Context(), v.Volunteer)
	var faster *store.GuardError
	if errors.As(err, &faster) {
		return d.showMe(w, r, v, d.words.say(v.lang, "changed_meanwhile"))
	}
	if err != nil {
		return err
	}
	return tell(w, r, "/desk/me", "saved")
}
