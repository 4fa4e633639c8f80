package privacy

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"

	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/internal/web"
)

var (
	//go:embed page
	templates embed.FS
	//go:embed files
	files embed.FS
)

// Config says what the page tells.
type Config struct {
	// Org is who runs the helpdesk, Contact how to reach them: an e-mail or web
	// address, a telephone number, or plain words. If empty, the page says so.
	Org, Contact string
	// KeepDays is how many days people's data is kept after their question is closed.
	KeepDays int
	// Channels are the networks in use: "whatsapp", "telegram", "signal", "web". The
	// page names the web chat in any case.
	Channels []string
}

// What handoff keeps longer than a case, in days.
const (
	logDays    = 90 // the audit log
	editorDays = 90 // questions that want an article
	countDays  = 400
)

// known are the networks the page has words for, in its order.
var known = []string{"whatsapp", "telegram", "signal", "web"}

// page is what the template gets.
type page struct {
	words *words
	// Org is the name for use within a sentence, empty if not set.
	Org     template.HTML
	Contact contact
	// Days, LogDays, EditorDays and CountDays say for how long, in the page's language.
	Days, LogDays, EditorDays, CountDays string
	Channels                             []string
	Languages                            []language
	// Call is the number for danger, ready to be called.
	Call template.HTML
}

type language struct{ Code, Name string }

// New returns a handler for /privacy and everything under it. An error says what of
// the configuration makes no sense.
func New(c Config) (http.Handler, error) {
	if c.KeepDays < 1 {
		return nil, fmt.Errorf("privacy page: data kept for %d days", c.KeepDays)
	}
	for _, ch := range c.Channels {
		if !slices.Contains(known, ch) {
			return nil, fmt.Errorf("privacy page: no words for the channel %q", ch)
		}
	}
	all := map[string]page{}
	for _, lang := range phrases.Full {
		p, err := newPage(lang, c)
		if err != nil {
			return nil, err
		}
		all[lang] = p
	}
	own, err := fs.Sub(files, "files")
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	assets, err := web.NewAssets("/privacy/files/", own)
	if err != nil {
		return nil, err
	}
	forms, err := fs.Sub(templates, "page")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	pages, err := web.NewPages(assets, forms, nil)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /privacy/files/", assets)
	mux.HandleFunc("GET /privacy", func(w http.ResponseWriter, r *http.Request) {
		lang := r.URL.Query().Get("lang")
		if !phrases.Has(lang) {
			lang = web.Language(r, slices.Insert(slices.Clone(phrases.Full), 0, "en")...)
		}
		p := all[lang]
		title, err := p.Say("title")
		if err == nil {
			err = pages.Write(w, http.StatusOK, "privacy.html", web.Page{Lang: lang, Title: string(title), Data: p})
		}
		if err != nil {
			http.Error(w, "the page is broken", http.StatusInternalServerError)
		}
	})
	return web.Secure(mux), nil
}

func newPage(lang string, c Config) (page, error) {
	w, err := readWords(lang)
	if err != nil {
		return page{}, err
	}
	p := page{words: w, Contact: contact(c.Contact), Call: `<a href="tel:112"><bdi>112</bdi></a>`}
	if c.Org != "" {
		p.Org = template.HTML("<bdi>" + template.HTMLEscapeString(c.Org) + "</bdi>")
	}
	if p.Days, err = w.days(c.KeepDays); err != nil {
		return page{}, err
	}
	if p.LogDays, err = w.days(logDays); err != nil {
		return page{}, err
	}
	if p.EditorDays, err = w.days(editorDays); err != nil {
		return page{}, err
	}
	if p.CountDays, err = w.days(countDays); err != nil {
		return page{}, err
	}
	for _, ch := range known {
		if ch == "web" || slices.Contains(c.Channels, ch) {
			p.Channels = append(p.Channels, ch)
		}
	}
	for _, l := range phrases.Full {
		p.Languages = append(p.Languages, language{l, phrases.Names[l]})
	}
	return p, nil
}

// Say is a text in the page's language.
func (p page) Say(key string) (template.HTML, error) { return p.words.say(key, p) }
