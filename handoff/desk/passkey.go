package desk

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// passkeyCookie binds a sign-in with a passkey to the browser that began it.
const passkeyCookie = "brug_passkey"

// maxAnswer is far more than what any browser answers to a challenge, in bytes.
const maxAnswer = 64 << 10

// origin is what passkeys are for: pages at another address cannot use them. "" means
// that there are none.
func (d *Desk) origin() string {
	if d.passkeys == nil {
		return ""
	}
	scheme, rest, _ := strings.Cut(d.opts.BaseURL, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

func (d *Desk) passkeySignInOptions(w http.ResponseWriter, r *http.Request) {
	if d.passkeys == nil {
		d.noSuchPage(w, r)
		return
	}
	ticket, options, err := d.passkeys.BeginSignIn(r.Context(), d.opts.Address(r))
	if err != nil {
		d.passkeyFailed(w, err)
		return
	}
	d.setCookie(w, passkeyCookie, ticket, 0)
	web.JSON(w, http.StatusOK, options)
}

func (d *Desk) passkeySignIn(w http.ResponseWriter, r *http.Request) {
	if d.passkeys == nil {
		d.noSuchPage(w, r)
		return
	}
	var answer json.RawMessage
	ticket, err := r.Cookie(passkeyCookie)
	if err == nil {
		err = json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAnswer)).Decode(&answer)
	}
	if err != nil {
		d.passkeyFailed(w, handoff.ErrUnknown)
		return
	}
	session, v, err := d.passkeys.SignIn(r.Context(), ticket.Value, answer)
	if err == nil {
		err = d.signedIn(w, r, session)
	}
	if err != nil {
		d.passkeyFailed(w, err)
		return
	}
	d.log.Info("desk: signed in with a passkey", "volunteer", v.ID)
	d.setCookie(w, passkeyCookie, "", -1)
	w.WriteHeader(http.StatusNoContent)
}

// passkeyFailed answers the page's script, which has words for all of it.
func (d *Desk) passkeyFailed(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, handoff.ErrTooMany):
		w.Header().Set("Retry-After", "900")
		web.Error(w, http.StatusTooManyRequests, "too_many", "Too many tries.")
	case errors.Is(err, handoff.ErrUnknown):
		d.log.Warn("desk: a passkey was refused", "err", err)
		web.Error(w, http.StatusUnauthorized, "refused", "This passkey was refused.")
	default:
		d.log.Error("desk: passkey failed", "err", err)
		w.Header().Set("Retry-After", "2")
		web.Error(w, http.StatusServiceUnavailable, "unavailable", "The helpdesk is not available for a moment.")
	}
}

func (d *Desk) passkeyOptions(w http.ResponseWriter, r *http.Request, v visit) error {
	if d.passkeys == nil {
		return handoff.ErrUnknown
	}
	options, err := d.passkeys.BeginAdd(r.Context(), v.Volunteer, v.session)
	if err != nil {
		d.passkeyFailed(w, err)
		return nil
	}
	web.JSON(w, http.StatusOK, options)
	return nil
}

func (d *Desk) addPasskey(w http.ResponseWriter, r *http.Request, v visit) error {
	if d.passkeys == nil {
		return handoff.ErrUnknown
	}
	var body struct {
		Label  string          `json:"label"`
		Answer json.RawMessage `json:"answer"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAnswer)).Decode(&body)
	if err != nil || utf8.RuneCountInString(body.Label) > 60 {
		err = handoff.ErrUnknown
	} else {
		err = d.passkeys.Add(r.Context(), v.Volunteer, v.session, body.Label, body.Answer)
	}
	if err != nil {
		d.passkeyFailed(w, err)
		return nil
	}
	d.log.Info("desk: passkey added", "volunteer", v.ID)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d *Desk) removePasskey(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := d.volunteers.RemovePasskey(r.Context(), v.ID, r.FormValue("id")); err != nil {
		return err
	}
	return tell(w, r, "/desk/me", "saved")
}
