package desk

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// api serves one address of the API to a signed-in volunteer.
func (d *Desk) api(h func(http.ResponseWriter, *http.Request, handoff.Volunteer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := d.Who(r)
		if errors.Is(err, handoff.ErrUnknown) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			web.Error(w, http.StatusUnauthorized, "unauthorized", "Sign in, or send a token that is good.")
			return
		}
		if err == nil {
			err = h(w, r, v)
		}
		if err != nil {
			d.fail(w, r, err)
		}
	}
}

// badRequest is an error of the caller's.
type badRequest struct{ code, message string }

func (e badRequest) Error() string { return e.message }

// statuses says what an error of the queue is over HTTP.
var statuses = []struct {
	err     error
	status  int
	code    string
	message string
}{
	{handoff.ErrUnknown, http.StatusNotFound, "unknown", "There is no such case here."},
	{handoff.ErrClaimed, http.StatusConflict, "claimed", "Another volunteer holds the case."},
	{handoff.ErrNotHolder, http.StatusConflict, "not_holder", "Claim the case first."},
	{handoff.ErrResolved, http.StatusConflict, "resolved", "The case is closed."},
	{handoff.ErrCapacity, http.StatusConflict, "capacity", "This volunteer already holds as many cases as agreed."},
	{handoff.ErrNotAllowed, http.StatusForbidden, "not_allowed", "Only a coordinator may do this."},
	{handoff.ErrUntrained, http.StatusForbidden, "untrained", "Urgent cases are for volunteers who are trained for them."},
	{handoff.ErrEmpty, http.StatusBadRequest, "empty", "The text is empty."},
}

func (d *Desk) fail(w http.ResponseWriter, r *http.Request, err error) {
	var bad badRequest
	if errors.As(err, &bad) {
		web.Error(w, http.StatusBadRequest, bad.code, bad.message)
		return
	}
	for _, s := range statuses {
		if !errors.Is(err, s.err) {
			continue
		}
		if s.status != http.StatusConflict {
			web.Error(w, s.status, s.code, s.message)
			return
		}
		var claimed *handoff.ClaimedError
		var holder *handoff.Holder
		if errors.As(err, &claimed) {
			holder = &claimed.Holder
		}
		type problem struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		web.JSON(w, s.status, struct {
			Error  problem         `json:"error"`
			Holder *handoff.Holder `json:"holder"`
		}{problem{s.code, s.message}, holder})
		return
	}
	if r.Context().Err() == nil {
		d.log.Error("desk: request failed", "route", r.Pattern, "err", err)
	}
	w.Header().Set("Retry-After", "2")
	web.Error(w, http.StatusServiceUnavailable, "unavailable", "The helpdesk cannot reach its memory. Try again in a moment.")
}

func (d *Desk) noSuchAddress(w http.ResponseWriter, r *http.Request) {
	web.Error(w, http.StatusNotFound, "unknown", "There is nothing at this address.")
}

// maxBody is the largest request in bytes.
const maxBody = 256 << 10

// read reads the body of a request into v; an empty body is an empty object.
func read(r *http.Request, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return badRequest{"too_long", "The request is longer than 256 kB."}
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		return badRequest{"not_json", "The body is not the JSON object that belongs here."}
	}
	return nil
}

func (d *Desk) listCases(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	state := r.FormValue("state")
	switch state {
	case "":
		state = "open"
	case "waiting", "mine", "open", "resolved":
	default:
		return badRequest{"state", "state is one of waiting, mine, open, resolved."}
	}
	cases, err := d.queue.List(r.Context(), state, v.ID)
	if err != nil {
		return err
	}
	list := make([]caseJSON, len(cases))
	place := 0
	for i, c := range cases {
		at := 0
		if c.State == handoff.Waiting {
			place++
			at = place
		}
		list[i] = d.shape(c, at).seenBy(v.Actor(), c)
	}
	web.JSON(w, http.StatusOK, struct {
		Cases []caseJSON `json:"cases"`
	}{list})
	return nil
}

// placed is a case with its place in the line.
func (d *Desk) placed(ctx context.Context, c handoff.Case) (caseJSON, error) {
	if c.State != handoff.Waiting {
		return d.shape(c, 0), nil
	}
	place, _, err := d.queue.Place(ctx, c.ID)
	return d.shape(c, place), err
}

func (d *Desk) showCase(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	ctx := r.Context()
	c, err := d.queue.Get(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !v.Actor().MayRead(c) {
		return d.showHidden(w, r, v, c)
	}
	if err := d.queue.Opened(ctx, v.Actor(), c.ID); err != nil {
		return err
	}
	entries, err := d.transcript.Read(ctx, c.Conversation)
	if err != nil {
		return err
	}
	detail := caseDetail{Messages: d.shapeMessages(c, entries), Earlier: []earlierJSON{}}
	if detail.caseJSON, err = d.placed(ctx, c); err != nil {
		return err
	}
	// Whoever opens the case reads what it is about.
	detail.Topic, detail.Preview = c.Topic, c.Preview
	if c.Urgent != "" {
		lang := d.language(r)
		detail.Guidance = &guidanceJSON{d.opts.Guidance(c.Urgent, lang), d.opts.FirstLine(c.Urgent, c.Lang), d.opts.FirstLine(c.Urgent, lang)}
	}
	if detail.Wanted, err = d.queue.IsWanted(ctx, c.ID); err != nil {
		return err
	}
	earlier, err := d.queue.Earlier(ctx, c.Conversation)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if e.ID != c.ID && v.Actor().MayRead(e) {
			detail.Earlier = append(detail.Earlier, earlierJSON{ID: e.ID, Opened: e.Opened, Closed: maybe(e.Closed), Topic: e.Topic, Outcome: e.Outcome})
		}
	}
	web.JSON(w, http.StatusOK, detail)
	return nil
}

// showHidden shows that a case exists to somebody who may not read it.
func (d *Desk) showHidden(w http.ResponseWriter, r *http.Request, v handoff.Volunteer, c handoff.Case) error {
	j, err := d.placed(r.Context(), c)
	if err != nil {
		return err
	}
	web.JSON(w, http.StatusOK, caseDetail{caseJSON: j.seenBy(v.Actor(), c), Messages: []messageJSON{}, Earlier: []earlierJSON{}})
	return nil
}

// readable returns a case that the volunteer may read in full.
func (d *Desk) readable(r *http.Request, v handoff.Volunteer) (handoff.Case, error) {
	c, err := d.queue.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.Actor().MayRead(c) {
		err = handoff.ErrUntrained
	}
	return c, err
}

// readAll is a case that the volunteer may read, with all that was said in it.
func (d *Desk) readAll(r *http.Request, v handoff.Volunteer) (handoff.Case, []bots.Entry, error) {
	c, err := d.readable(r, v)
	if err != nil {
		return c, nil, err
	}
	entries, err := d.transcript.Read(r.Context(), c.Conversation)
	return c, entries, err
}

func (d *Desk) suggestions(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	c, err := d.readable(r, v)
	if err != nil {
		return err
	}
	text := r.FormValue("q")
	if text == "" {
		text = c.Preview
	}
	found := d.opts.Suggest(r.Context(), c.Lang, text)
	if found == nil {
		found = []Suggestion{}
	}
	web.JSON(w, http.StatusOK, struct {
		Suggestions []Suggestion `json:"suggestions"`
	}{found})
	return nil
}

func (d *Desk) listVolunteers(w http.ResponseWriter, r *http.Request, me handoff.Volunteer) error {
	type person struct {
		ID        string   `json:"id"`
		Name      string   `json:"name"`
		Languages []string `json:"languages"`
		Me        bool     `json:"me"`
	}
	all, err := d.volunteers.List(r.Context())
	if err != nil {
		return err
	}
	list := []person{}
	for _, v := range all {
		if !v.Disabled {
			list = append(list, person{v.ID, v.Name, append([]string{}, v.Languages...), v.ID == me.ID})
		}
	}
	web.JSON(w, http.StatusOK, struct {
		Volunteers []person `json:"volunteers"`
	}{list})
	return nil
}
