package desk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"rsc.io/qr"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// inBrowser lets only browsers in: whoever found a program's token must not become able
// to sign in as its owner.
func (d *Desk) inBrowser(h func(http.ResponseWriter, *http.Request, visit) error) func(http.ResponseWriter, *http.Request, visit) error {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		c, err := r.Cookie(sessionCookie)
		if err != nil || r.Header.Get("Authorization") != "" {
			return handoff.ErrUnknown
		}
		v.session = c.Value
		return h(w, r, v)
	}
}

// meData is a volunteer's own page: what was just done, what went wrong, and with what
// the volunteer signs in.
type meData struct {
	frame
	Done, Problem string
	// Origin is what passkeys are for, "" for none; Device is what this one is called.
	Origin, Device string
	Passkeys       []passkeyRow
	Password       bool
	// Codes are on; Left says how many recovery codes are left.
	Codes   bool
	Left    string
	Devices []deviceRow
}

type passkeyRow struct{ ID, Label, Added, Used string }

type deviceRow struct {
	ID, Name, Seen string
	Here           bool
}

func (d *Desk) mePage(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.showMe(w, r, v, "")
}

func (d *Desk) showMe(w http.ResponseWriter, r *http.Request, v visit, problem string) error {
	ctx := r.Context()
	data := meData{frame: d.frame(v, ""), Done: d.told(r, v.lang), Problem: problem, Origin: d.origin(), Device: device(r.UserAgent())}
	passkeys, err := d.volunteers.Passkeys(ctx, v.ID)
	if err != nil {
		return err
	}
	for _, p := range passkeys {
		data.Passkeys = append(data.Passkeys, passkeyRow{p.ID, d.deviceName(v.lang, p.Label), d.day(v.lang, p.Added), d.day(v.lang, p.Used)})
	}
	if data.Password, err = d.volunteers.HasPassword(ctx, v.ID); err != nil {
		return err
	}
	var left int
	if data.Codes, left, err = d.volunteers.Codes(ctx, v.ID); err != nil {
		return err
	}
	data.Left = d.words.count(v.lang, "codes_left", left)
	devices, err := d.volunteers.Devices(ctx, v.ID, v.session)
	if err != nil {
		return err
	}
	for _, s := range devices {
		data.Devices = append(data.Devices, deviceRow{s.ID, d.deviceName(v.lang, s.Name), d.moment(v.lang, s.Seen), s.Here})
	}
	d.write(w, "me.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "my_account"), Data: data})
	return nil
}

func (d *Desk) deviceName(lang, name string) string {
	if strings.TrimSpace(name) == "" {
		return d.words.say(lang, "device_unknown")
	}
	return name
}

// day is a day on the helpdesk's clock, "" for none.
func (d *Desk) day(lang string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return d.words.date(lang, d.queue.Hours().Local(t))
}

func (d *Desk) setPassword(w http.ResponseWriter, r *http.Request, v visit) error {
	err := d.volunteers.SetPassword(r.Context(), v.ID, r.FormValue("password"))
	if errors.Is(err, handoff.ErrPassword) {
		return d.showMe(w, r, v, d.words.say(v.lang, "password_form"))
	}
	if err != nil {
		return err
	}
	return tell(w, r, "/desk/me", "saved")
}

// signOutDevice ends one session, or all.
func (d *Desk) signOutDevice(w http.ResponseWriter, r *http.Request, v visit) error {
	if r.FormValue("all") != "" {
		if err := d.volunteers.SignOutAll(r.Context(), v.ID); err != nil {
			return err
		}
		d.setCookie(w, sessionCookie, "", -1)
		http.Redirect(w, r, "/desk", http.StatusSeeOther)
		return nil
	}
	if err := d.volunteers.SignOutDevice(r.Context(), v.ID, r.FormValue("id")); err != nil {
		return err
	}
	return tell(w, r, "/desk/me", "saved")
}

// codesData is the page on which codes are set up, and then the one with the recovery
// codes.
type codesData struct {
	frame
	Problem string
	// Picture is the QR code as a data: address, Secret the same in letters.
	Picture  template.URL
	Secret   string
	Recovery []string
}

func (d *Desk) newCodes(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.showCodes(w, r, v, "")
}

func (d *Desk) showCodes(w http.ResponseWriter, r *http.Request, v visit, problem string) error {
	secret, address, err := d.volunteers.NewCodes(r.Context(), v.Volunteer, d.opts.Org)
	if err != nil {
		return err
	}
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return fmt.Errorf("draw QR code: %w", err)
	}
	code.Scale = 4
	var groups []string
	for rest := secret; rest != ""; rest = rest[min(4, len(rest)):] {
		groups = append(groups, rest[:min(4, len(rest))])
	}
	d.write(w, "codes.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "codes"), Data: codesData{frame: d.frame(v, ""), Problem: problem,
		Picture: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())), Secret: strings.Join(groups, " ")}})
	return nil
}

func (d *Desk) confirmCodes(w http.ResponseWriter, r *http.Request, v visit) error {
	recovery, err := d.volunteers.ConfirmCodes(r.Context(), v.ID, r.FormValue("code"))
	switch {
	case errors.Is(err, handoff.ErrCode):
		return d.showCodes(w, r, v, d.words.say(v.lang, "code_wrong"))
	case errors.Is(err, handoff.ErrUnknown):
		return d.showMe(w, r, v, d.words.say(v.lang, "codes_late"))
	case err != nil:
		return err
	}
	d.log.Info("desk: codes turned on", "volunteer", v.ID)
	d.write(w, "codes.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "recovery"), Data: codesData{frame: d.frame(v, ""), Recovery: recovery}})
	return nil
}

func (d *Desk) stopCodes(w http.ResponseWriter, r *http.Request, v visit) error {
	err := d.volunteers.StopCodes(r.Context(), v.ID, r.FormValue("code"))
	switch {
	case errors.Is(err, handoff.ErrCode):
		return d.showMe(w, r, v, d.words.say(v.lang, "code_wrong"))
	case errors.Is(err, handoff.ErrTooMany):
		return d.showMe(w, r, v, d.words.say(v.lang, "too_many"))
	case err != nil:
		return err
	}
	d.log.Info("desk: codes turned off", "volunteer", v.ID)
	return tell(w, r, "/desk/me", "saved")
}
