package desk

import (
	"errors"
	"net/http"
	"slices"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// visit is a signed-in volunteer looking at a page in a language.
type visit struct {
	handoff.Volunteer
	lang string
	// session is the browser's, on the pages of the account only.
	session string
}

// page serves a page to a signed-in volunteer.
func (d *Desk) page(h func(http.ResponseWriter, *http.Request, visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lang := d.language(r)
		v, err := d.Who(r)
		if errors.Is(err, handoff.ErrUnknown) {
			d.showSignIn(w, http.StatusUnauthorized, lang, "", "")
			return
		}
		if err == nil {
			err = h(w, r, visit{Volunteer: v, lang: lang})
		}
		switch {
		case err == nil:
		case errors.Is(err, handoff.ErrUnknown):
			d.pages.Problem(w, http.StatusNotFound, lang, d.words.say(lang, "no_page"), d.words.say(lang, "no_page_help"))
		case errors.Is(err, handoff.ErrNotAllowed):
			d.pages.Problem(w, http.StatusForbidden, lang, d.words.say(lang, "no_page"), d.words.say(lang, "coordinators_only"))
		default:
			d.unavailable(w, lang, err)
		}
	}
}

// changeWords are what a page may say of the change that led to it.
var changeWords = []string{"saved", "mail_sent"}

// tell leads to a page of ours after a change and has it say a word of it: to load that
// page again changes nothing again.
func tell(w http.ResponseWriter, r *http.Request, page, word string) error {
	http.Redirect(w, r, page+"?told="+word, http.StatusSeeOther)
	return nil
}

// told is what a page says of the change that led to it, "" for nothing.
func (d *Desk) told(r *http.Request, lang string) string {
	if word := r.URL.Query().Get("told"); slices.Contains(changeWords, word) {
		return d.words.say(lang, word)
	}
	return ""
}

func (d *Desk) unavailable(w http.ResponseWriter, lang string, err error) {
	d.log.Error("desk: page failed", "err", err)
	w.Header().Set("Retry-After", "2")
	d.pages.Problem(w, http.StatusServiceUnavailable, lang, d.words.say(lang, "unavailable"), d.words.say(lang, "unavailable_help"))
}

func (d *Desk) noSuchPage(w http.ResponseWriter, r *http.Request) {
	lang := d.language(r)
	d.pages.Problem(w, http.StatusNotFound, lang, d.words.say(lang, "no_page"), d.words.say(lang, "no_page_help"))
}

func (d *Desk) write(w http.ResponseWriter, name string, p web.Page) {
	if err := d.pages.Write(w, http.StatusOK, name, p); err != nil {
		d.unavailable(w, p.Lang, err)
	}
}

// boot is what the script of a page starts from.
type boot struct {
	Lang  string            `json:"lang"`
	Words map[string]string `json:"words"`
	Me    me                `json:"me"`
	Case  string            `json:"case,omitempty"`
	// Topics are titles by id.
	Topics map[string]string `json:"topics"`
}

type me struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Coordinator bool     `json:"coordinator"`
	Languages   []string `json:"languages"`
	// Meets are the newcomers' wishes that the volunteer meets.
	Meets []string `json:"meets"`
}

// frame is what both pages of the queue have around them.
type frame struct {
	Boot        boot
	Name        string
	Coordinator bool
	// Team is whether the pages of coordination are shown.
	Team      bool
	Languages []string
	Names     map[string]string
	Topics    []Topic
	Outcomes  []string
}

func (d *Desk) frame(v visit, id string) frame {
	topics := d.opts.Topics(v.lang)
	titles := make(map[string]string, len(topics))
	for _, t := range topics {
		titles[t.ID] = t.Title
	}
	coordinator := v.Role == handoff.RoleCoordinator
	return frame{
		Boot: boot{Lang: v.lang, Words: d.words.table(v.lang), Case: id, Topics: titles,
			Me: me{ID: v.ID, Name: v.Name, Coordinator: coordinator, Languages: append([]string{}, v.Volunteer.Languages...), Meets: append([]string{}, v.Meets...)}},
		Name: v.Name, Coordinator: coordinator, Team: v.Role != handoff.RoleVolunteer, Languages: languages, Names: languageNames, Topics: topics,
		Outcomes: []string{handoff.OutcomeVolunteer, handoff.OutcomeArticle, handoff.OutcomeReferred, handoff.OutcomeNone, handoff.OutcomeWithdrawn},
	}
}

// queueData is the list of cases; Offer is the origin that a volunteer without a
// passkey may have one for.
type queueData struct {
	frame
	Offer string
}

func (d *Desk) queuePage(w http.ResponseWriter, r *http.Request, v visit) error {
	data := queueData{frame: d.frame(v, "")}
	if d.passkeys != nil {
		has, err := d.volunteers.Passkeys(r.Context(), v.ID)
		if err != nil {
			return err
		}
		if len(has) == 0 {
			data.Offer = d.origin()
		}
	}
	d.write(w, "queue.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "desk"), Data: data})
	return nil
}

func (d *Desk) casePage(w http.ResponseWriter, r *http.Request, v visit) error {
	c, err := d.queue.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d.write(w, "case.html", web.Page{Lang: v.lang, Title: c.Alias, Data: d.frame(v, c.ID)})
	return nil
}
