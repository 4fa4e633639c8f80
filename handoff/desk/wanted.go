package desk

import (
	"context"
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// wanted tells the editors that this should be an article; telling it again changes
// nothing.
func (d *Desk) wanted(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	c, err := d.readable(r, v)
	if err != nil {
		return err
	}
	if c.Urgent != "" {
		return badRequest{"urgent", "What was said in danger is not for the editors' list."}
	}
	if err := d.want(r.Context(), c, v); err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, struct {
		Wanted bool `json:"wanted"`
	}{true})
	return nil
}

// wantedAnswer is how much of an answer the editors get, in runes.
const wantedAnswer = 2000

// want hands the question and what volunteers answered to the editors, of whom not
// everybody may read cases of danger.
func (d *Desk) want(ctx context.Context, c handoff.Case, v handoff.Volunteer) error {
	if c.Urgent != "" {
		return nil
	}
	entries, err := d.transcript.Read(ctx, c.Conversation)
	if err != nil {
		return err
	}
	var answer []string
	for _, e := range entries {
		if e.From == bots.FromVolunteer && !e.At.Before(c.Opened) {
			text, _, _ := d.hide(e)
			answer = append(answer, text)
		}
	}
	all := []rune(strings.Join(answer, "\n\n"))
	return d.queue.Want(ctx, handoff.Wanted{Case: c.ID, By: v.Name, Lang: c.Lang, Topic: c.Topic, Question: c.Preview,
		Answer: string(all[:min(len(all), wantedAnswer)])})
}

// settle takes off the editors' list what they have dealt with.
func (d *Desk) settle(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := d.queue.Settle(r.Context(), r.FormValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, "/desk/team#wanted", http.StatusSeeOther)
	return nil
}
