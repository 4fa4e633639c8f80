package desk

import (
	"net/http"
	"slices"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// here notes that a page is in front of a volunteer, or is so no longer, and says who
// else looks at the same case.
func (d *Desk) here(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	var in struct {
		Case string `json:"case"`
		Away bool   `json:"away"`
	}
	if err := read(r, &in); err != nil {
		return err
	}
	ctx := r.Context()
	if in.Away {
		if err := d.queue.Gone(ctx, v.ID, in.Case); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err := d.queue.Here(ctx, v.ID, in.Case); err != nil {
		return err
	}
	names := []string{}
	if in.Case != "" {
		present, err := d.queue.Present(ctx)
		if err != nil {
			return err
		}
		for _, id := range present[in.Case] {
			if id == v.ID {
				continue
			}
			other, err := d.volunteers.Get(ctx, id)
			if err != nil {
				return err
			}
			names = append(names, other.Name)
		}
		slices.Sort(names)
	}
	web.JSON(w, http.StatusOK, struct {
		Looking []string `json:"looking"`
	}{names})
	return nil
}
