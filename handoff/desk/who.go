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
	return d.volunteers.Session(r.Context(), c.Value)
}

func (d *Desk) setCookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: d.secure, SameSite: http.SameSiteLaxMode})
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
	d.setCookie(w, sessionCookie, session, yearOf)
	http.Redirect(w, r, "/desk", http.StatusSeeOther)
}

// showSignIn is the page for who is not signed in; problem says what went wrong.
func (d *Desk) showSignIn(w http.ResponseWriter, status int, lang, problem string) {
	page := web.Page{Lang: lang, Title: d.words.say(lang, "signed_out"), Data: problem}
	if err := d.pages.Write(w, status, "password.html", page); err != nil {
		d.unavailable(w, lang, err)
	}
}

func (d *Desk) passwordPage(w http.ResponseWriter, r *http.Request) {
	d.showSignIn(w, http.StatusOK, d.language(r), "")
}

func (d *Desk) passwordSignIn(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	session, v, err := d.volunteers.SignIn(r.Context(), r.FormValue("name"), r.FormValue("password"), d.opts.Address(r))
	switch {
	case errors.Is(err, handoff.ErrUnknown):
		d.showSignIn(w, http.StatusUnauthorized, lang, d.words.say(lang, "password_wrong"))
	case errors.Is(err, handoff.ErrTooMany):
		w.Header().Set("Retry-After", "900")
		d.showSignIn(w, http.StatusTooManyRequests, lang, d.words.say(lang, "too_many"))
	case err != nil:
		d.unavailable(w, lang, err)
	default:
		d.log.Info("desk: signed in with a password", "volunteer", v.ID)
		d.setCookie(w, sessionCookie, session, yearOf)
		http.Redirect(w, r, "/desk", http.StatusSeeOther)
	}
}

// meData is a volunteer's own page: what was just done, and what went wrong.
type meData struct {
	frame
	Done, Problem string
}

func (d *Desk) mePage(w http.ResponseWriter, _ *http.Request, v visit) error {
	return d.showMe(w, v, "", "")
}

func (d *Desk) showMe(w http.ResponseWriter, v visit, done, problem string) error {
	d.write(w, "me.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "my_account"), Data: meData{d.frame(v, ""), done, problem}})
	return nil
}

func (d *Desk) setPassword(w http.ResponseWriter, r *http.Request, v visit) error {
	err := d.volunteers.SetPassword(r.Context(), v.ID, r.FormValue("password"))
	if errors.Is(err, handoff.ErrPassword) {
		return d.showMe(w, v, "", d.words.say(v.lang, "password_form"))
	}
	if err != nil {
		return err
	}
	return d.showMe(w, v, d.words.say(v.lang, "saved"), "")
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
