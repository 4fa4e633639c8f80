package desk

import (
	"errors"
	"net/http"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// alertsData is the page on which a volunteer says how to be reached.
type alertsData struct {
	frame
	handoff.Reach
	Choices []handoff.AlertChoice
	// From and To are the quiet hours as a browser's field wants them.
	From, To string
	// Ways are the kinds of address that the helpdesk can send to.
	Telegram, Mail bool
	// Refused says that the last alert to the address in use did not get there.
	Refused bool
	// Link opens the bot; "" until it is asked for.
	Link          string
	Done, Problem string
	// Typed is the address that was refused.
	Typed string
}

func (d *Desk) alertsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.showAlerts(w, r, v, alertsData{Done: d.told(r, v.lang)})
}

func (d *Desk) showAlerts(w http.ResponseWriter, r *http.Request, v visit, data alertsData) error {
	if d.opts.Alerts == nil {
		return handoff.ErrUnknown
	}
	var err error
	if data.Reach, err = d.opts.Alerts.Reach(r.Context(), v.ID); err != nil {
		return err
	}
	data.frame = d.frame(v, "")
	data.Choices = []handoff.AlertChoice{handoff.AlertAll, handoff.AlertUrgent, handoff.AlertNone}
	data.Telegram, data.Mail = d.opts.Alerts.Offers(bots.Telegram), d.opts.Alerts.Offers(handoff.Mail)
	data.From, data.To = data.QuietFrom.String(), data.QuietTo.String()
	data.Refused = data.Reach.Problem != ""
	d.write(w, "alerts.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "alerts"), Data: data})
	return nil
}

func (d *Desk) changeAlerts(w http.ResponseWriter, r *http.Request, v visit) error {
	if d.opts.Alerts == nil {
		return handoff.ErrUnknown
	}
	ctx, alerts := r.Context(), d.opts.Alerts
	word := "saved"
	var err error
	switch r.FormValue("do") {
	case "save":
		var from, to handoff.Clock
		choice := handoff.AlertChoice(r.FormValue("choice"))
		if errors.Join(from.UnmarshalText([]byte(r.FormValue("from"))), to.UnmarshalText([]byte(r.FormValue("to")))) != nil {
			return d.showAlerts(w, r, v, alertsData{Problem: d.words.say(v.lang, "hours_wrong")})
		}
		if choice != handoff.AlertAll && choice != handoff.AlertUrgent {
			choice = handoff.AlertNone
		}
		err = alerts.Change(ctx, v.ID, func(h *handoff.Reach) { h.Choice, h.QuietFrom, h.QuietTo, h.Lang = choice, from, to, v.lang })
	case "telegram":
		link, err := alerts.TelegramLink(ctx, v.ID, v.lang)
		if err != nil {
			return err
		}
		return d.showAlerts(w, r, v, alertsData{Link: link})
	case "no-telegram":
		err = alerts.Change(ctx, v.ID, func(h *handoff.Reach) { h.Telegram = "" })
	case "mail":
		word = "mail_sent"
		err = alerts.ConfirmMail(ctx, v.ID, r.FormValue("mail"), v.lang)
	case "no-mail":
		err = alerts.Change(ctx, v.ID, func(h *handoff.Reach) { h.Mail = "" })
	}
	switch {
	case errors.Is(err, handoff.ErrAddress):
		return d.showAlerts(w, r, v, alertsData{Problem: d.words.say(v.lang, "mail_wrong"), Typed: r.FormValue("mail")})
	case errors.Is(err, handoff.ErrTooMany):
		return d.showAlerts(w, r, v, alertsData{Problem: d.words.say(v.lang, "mail_too_many"), Typed: r.FormValue("mail")})
	case err != nil:
		return err
	}
	return tell(w, r, "/desk/me/alerts", word)
}

// mailPage only shows a button: programs that look at links in mail must not use them
// up. Whoever has the link has the mailbox, so it asks nobody to sign in.
func (d *Desk) mailPage(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	if d.opts.Alerts == nil {
		d.noSuchPage(w, r)
		return
	}
	if err := d.opts.Alerts.MailWaits(r.Context(), r.PathValue("code")); err != nil {
		d.mailFailed(w, lang, err)
		return
	}
	d.write(w, "mail.html", web.Page{Lang: lang, Title: d.words.say(lang, "mail_confirm")})
}

func (d *Desk) confirmMail(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	if d.opts.Alerts == nil {
		d.noSuchPage(w, r)
		return
	}
	if err := d.opts.Alerts.MailConfirmed(r.Context(), r.PathValue("code")); err != nil {
		d.mailFailed(w, lang, err)
		return
	}
	d.pages.Problem(w, http.StatusOK, lang, d.words.say(lang, "mail_confirmed"), d.words.say(lang, "mail_confirmed_help"))
}

func (d *Desk) mailFailed(w http.ResponseWriter, lang string, err error) {
	if !errors.Is(err, handoff.ErrUnknown) {
		d.unavailable(w, lang, err)
		return
	}
	d.pages.Problem(w, http.StatusNotFound, lang, d.words.say(lang, "link_old"), d.words.say(lang, "mail_old_help"))
}
