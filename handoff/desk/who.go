package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// sessionCookie holds the secret of a session.
const sessionCookie = "brug_session"

// Who returns the volunteer that a request comes from, by its token or its
// session. It returns [handoff.ErrUnknown] for neither.
func (d *Desk) Who(r *http.Request) (handoff.Volunteer, error) {
	if auth := r.Header.Get("Authorization"); auth != "" {
		scheme, token, _ := strings.Cut(auth, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return handoff.Volunteer{}, handoff.ErrUnknown
		}
		return d.volunteers.ByToken(r.Context(), strings.TrimSpace(token))
	}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return handoff.Volunteer{}, handoff.ErrUnknown
	}
	return d.volunteers.Session(r.Context(), c.Value, device(r.UserAgent()))
}

func (d *Desk) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: d.secure, SameSite: http.SameSiteLaxMode})
}

// signedIn gives the browser its new session; one it had before ends.
func (d *Desk) signedIn(w http.ResponseWriter, r *http.Request, session string) error {
	if old, err := r.Cookie(sessionCookie); err == nil {
		if err := d.volunteers.SignOut(r.Context(), old.Value); err != nil {
			return err
		}
	}
	d.setCookie(w, sessionCookie, session, yearOf)
	return nil
}

// yearOf is as long as browsers keep a cookie; the session itself ends earlier.
const yearOf = 365 * 24 * 3600

// signInPage only shows a button: programs that look at links in messages must not
// use them up.
func (d *Desk) signInPage(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	v, err := d.volunteers.LinkFor(r.Context(), r.PathValue("token"))
	if err != nil {
		d.signInFailed(w, r, err)
		return
	}
	d.write(w, "signin.html", web.Page{Lang: lang, Title: d.words.say(lang, "sign_in"), Data: v.Name})
}

func (d *Desk) signIn(w http.ResponseWriter, r *http.Request) {
	session, v, err := d.volunteers.Redeem(r.Context(), r.PathValue("token"))
	if err != nil {
		d.signInFailed(w, r, err)
		return
	}
	d.log.Info("desk: signed in", "volunteer", v.ID)
	d.toDesk(w, r, session)
}

// toDesk opens the desk for a new session. It never leads anywhere else: an address
// that came with the request could be somebody else's.
func (d *Desk) toDesk(w http.ResponseWriter, r *http.Request, session string) {
	if err := d.signedIn(w, r, session); err != nil {
		d.unavailable(w, d.language(r), err)
		return
	}
	http.Redirect(w, r, "/desk", http.StatusSeeOther)
}

// signInData is the page for who is not signed in: what went wrong, the name that was
// typed, and the origin that passkeys are for, "" for none.
type signInData struct{ Problem, Name, Origin string }

func (d *Desk) showSignIn(w http.ResponseWriter, status int, lang, problem, name string) {
	page := web.Page{Lang: lang, Title: d.words.say(lang, "signed_out"), Data: signInData{problem, name, d.origin()}}
	if err := d.pages.Write(w, status, "password.html", page); err != nil {
		d.unavailable(w, lang, err)
	}
}

func (d *Desk) passwordPage(w http.ResponseWriter, r *http.Request) {
	d.showSignIn(w, http.StatusOK, d.language(r), "", "")
}

func (d *Desk) passwordSignIn(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	secret, v, err := d.volunteers.SignIn(r.Context(), r.FormValue("name"), r.FormValue("password"), d.opts.Address(r))
	switch {
	case errors.Is(err, handoff.ErrUnknown):
		d.showSignIn(w, http.StatusUnauthorized, lang, d.words.say(lang, "password_wrong"), r.FormValue("name"))
	case errors.Is(err, handoff.ErrTooMany):
		d.tooMany(w, lang)
	case errors.Is(err, handoff.ErrCodeMissing):
		d.setCookie(w, stepCookie, secret, 0)
		d.showCode(w, http.StatusOK, lang, "")
	case err != nil:
		d.unavailable(w, lang, err)
	default:
		d.log.Info("desk: signed in with a password", "volunteer", v.ID)
		d.toDesk(w, r, secret)
	}
}

func (d *Desk) tooMany(w http.ResponseWriter, lang string) {
	w.Header().Set("Retry-After", "900")
	d.showSignIn(w, http.StatusTooManyRequests, lang, d.words.say(lang, "too_many"), "")
}

// stepCookie holds what waits for a code after the right password.
const stepCookie = "brug_step"

func (d *Desk) showCode(w http.ResponseWriter, status int, lang, problem string) {
	page := web.Page{Lang: lang, Title: d.words.say(lang, "code_title"), Data: problem}
	if err := d.pages.Write(w, status, "code.html", page); err != nil {
		d.unavailable(w, lang, err)
	}
}

func (d *Desk) codeSignIn(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	var step string
	if c, err := r.Cookie(stepCookie); err == nil {
		step = c.Value
	}
	session, v, err := d.volunteers.SignInCode(r.Context(), step, r.FormValue("code"))
	switch {
	case errors.Is(err, handoff.ErrCode):
		d.showCode(w, http.StatusUnauthorized, lang, d.words.say(lang, "code_wrong"))
	case errors.Is(err, handoff.ErrUnknown):
		d.showSignIn(w, http.StatusUnauthorized, lang, d.words.say(lang, "code_late"), "")
	case errors.Is(err, handoff.ErrTooMany):
		d.tooMany(w, lang)
	case err != nil:
		d.unavailable(w, lang, err)
	default:
		d.log.Info("desk: signed in with a password and a code", "volunteer", v.ID)
		d.setCookie(w, stepCookie, "", -1)
		d.toDesk(w, r, session)
	}
}

func (d *Desk) signInFailed(w http.ResponseWriter, r *http.Request, err error) {
	lang := d.language(r)
	if !errors.Is(err, handoff.ErrUnknown) {
		d.unavailable(w, lang, err)
		return
	}
	d.pages.Problem(w, http.StatusNotFound, lang, d.words.say(lang, "link_old"), d.words.say(lang, "link_old_help"))
}

func (d *Desk) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		if err := d.volunteers.SignOut(r.Context(), c.Value); err != nil {
			d.unavailable(w, d.language(r), err)
			return
		}
	}
	d.setCookie(w, sessionCookie, "", -1)
	http.Redirect(w, r, "/desk", http.StatusSeeOther)
}

// languageCookie holds the interface language that somebody chose.
const languageCookie = "brug_desk_lang"

func (d *Desk) language(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil && d.words.has(c.Value) {
		return c.Value
	}
	return web.Language(r, languages...)
}

func (d *Desk) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	if lang := r.FormValue("lang"); d.words.has(lang) {
		d.setCookie(w, languageCookie, lang, yearOf)
	}
	http.Redirect(w, r, "/desk", http.StatusSeeOther)
}
