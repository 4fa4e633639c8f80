package desk

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/web"
)

var (
	//go:embed templates/*.html
	templateFiles embed.FS
	//go:embed files
	pageFiles embed.FS
	//go:embed openapi.yaml
	openAPI []byte
)

// Suggestion is an article that may answer a question.
type Suggestion struct {
	Article  string `json:"article"`
	Revision string `json:"revision"`
	Title    string `json:"title"`
	// Text is the answer in Markdown, as it is put into the reply.
	Text string `json:"text"`
}

// Topic is what a case can be about: an article, and the group it belongs to.
type Topic struct{ ID, Group, Title string }

// Channel is how one of the helpdesk's channels is doing.
type Channel struct {
	Kind   bots.Kind
	Health bots.Health
	// LastIn and LastOut are when the last message came and went; zero when unknown.
	LastIn, LastOut time.Time
	// Off is the setting that turns on a channel that is off, "" for one that is on.
	Off string
}

// Options are what the desk is given by others. Everything may be left out.
type Options struct {
	// BaseURL is the helpdesk's public address; sign-in links begin with it, and
	// cookies are for https only when it is.
	BaseURL string
	// Org is who runs the helpdesk.
	Org string
	// Suggest finds articles for a text in a language, best first.
	Suggest func(ctx context.Context, lang, text string) []Suggestion
	// Topics are the topics of a case, with titles in the language of the interface.
	Topics func(lang string) []Topic
	// Guidance is the card for the volunteer who takes a case of this urgency, as
	// Markdown, FirstLine what they say first, in the language given.
	Guidance, FirstLine func(urgent, lang string) string
	// Fetch fetches an attachment from its channel.
	Fetch func(ctx context.Context, channel bots.Kind, m bots.Media) (io.ReadCloser, error)
	// Personal finds the personal data in a text, in order. They are hidden from the
	// editors, and from volunteers until they ask.
	Personal func(text string) []Personal
	// Reveal tells how the person of a conversation is reached outside the helpdesk.
	Reveal func(ctx context.Context, conversation string) (string, error)
	// Address is where a request comes from, for counting sign-ins; the other end of
	// the connection when nil.
	Address func(r *http.Request) string
	// Channels tells how the channels are doing.
	Channels func(ctx context.Context) []Channel
	// Linkers link the channels that are accounts of a phone.
	Linkers map[bots.Kind]Linker
	// Alerts reach volunteers who are away; nil when the helpdesk sends none.
	Alerts *handoff.Alerts
	// Now is time.Now when nil.
	Now func() time.Time
}

// Desk serves /desk and everything below it.
type Desk struct {
	log        *slog.Logger
	queue      *handoff.Queue
	volunteers *handoff.Volunteers
	transcript handoff.Transcript
	bell       *store.Bell
	opts       Options
	personal   *finder
	secure     bool
	passkeys   *handoff.Passkeys // nil where browsers allow none
	words      *words
	assets     *web.Assets
	pages      *web.Pages
	live       *live
	links      *links
	handler    http.Handler
}

// New makes the desk. [Desk.Run] must run for its pages to be live.
func New(log *slog.Logger, q *handoff.Queue, vs *handoff.Volunteers, t handoff.Transcript, bell *store.Bell, o Options) (*Desk, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Suggest == nil {
		o.Suggest = func(context.Context, string, string) []Suggestion { return nil }
	}
	if o.Topics == nil {
		o.Topics = func(string) []Topic { return nil }
	}
	if o.Guidance == nil || o.FirstLine == nil {
		none := func(string, string) string { return "" }
		o.Guidance, o.FirstLine = none, none
	}
	if o.Personal == nil {
		o.Personal = func(string) []Personal { return nil }
	}
	if o.Channels == nil {
		o.Channels = func(context.Context) []Channel { return nil }
	}
	if o.Address == nil {
		o.Address = func(r *http.Request) string {
			host, _, _ := net.SplitHostPort(r.RemoteAddr) // "" counts like an address
			return host
		}
	}
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	d := &Desk{log: log, queue: q, volunteers: vs, transcript: t, bell: bell, opts: o, personal: newFinder(o.Personal),
		secure: strings.HasPrefix(o.BaseURL, "https://"), live: newLive(), links: newLinks()}
	var err error
	if d.passkeys, err = handoff.NewPasskeys(vs, o.BaseURL, o.Org); err != nil {
		return nil, err
	}
	if d.words, err = loadWords(); err != nil {
		return nil, err
	}
	files, err := fs.Sub(pageFiles, "files")
	if err != nil {
		return nil, fmt.Errorf("read page files: %w", err)
	}
	if d.assets, err = web.NewAssets("/desk/files/", files); err != nil {
		return nil, err
	}
	templates, err := fs.Sub(templateFiles, "templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	if d.pages, err = web.NewPages(d.assets, templates, template.FuncMap{"say": d.words.say, "org": func() string { return o.Org }, "picture": picture}); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, r := range d.routes() {
		mux.HandleFunc(r.pattern, r.handle)
	}
	mux.Handle("GET /desk/files/", d.assets)
	d.handler = web.Secure(mux)
	return d, nil
}

// ServeHTTP answers everything under /desk.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

type route struct {
	pattern string
	handle  http.HandlerFunc
}

func (d *Desk) routes() []route {
	api := func(h func(http.ResponseWriter, *http.Request, handoff.Volunteer) error) http.HandlerFunc {
		return d.api(h)
	}
	page := func(h func(http.ResponseWriter, *http.Request, visit) error) http.HandlerFunc { return d.page(h) }
	account := func(h func(http.ResponseWriter, *http.Request, visit) error) http.HandlerFunc {
		return d.page(d.inBrowser(h))
	}
	team := func(h func(http.ResponseWriter, *http.Request, visit) error) http.HandlerFunc {
		return d.page(d.coordinators(h))
	}
	editor := func(h func(http.ResponseWriter, *http.Request, visit) error) http.HandlerFunc {
		return d.page(d.editors(h))
	}
	return []route{
		{"GET /desk/api/cases", api(d.listCases)},
		{"GET /desk/api/cases/{id}", api(d.showCase)},
		{"POST /desk/api/cases/{id}/claim", api(d.claim)},
		{"POST /desk/api/cases/{id}/takeover", api(d.takeOver)},
		{"POST /desk/api/cases/{id}/touch", api(d.touch)},
		{"POST /desk/api/cases/{id}/release", api(d.release)},
		{"POST /desk/api/cases/{id}/reply", api(d.reply)},
		{"POST /desk/api/cases/{id}/note", api(d.note)},
		{"POST /desk/api/cases/{id}/transfer", api(d.transfer)},
		{"POST /desk/api/cases/{id}/resolve", api(d.resolve)},
		{"POST /desk/api/cases/{id}/wanted", api(d.wanted)},
		{"GET /desk/api/cases/{id}/suggestions", api(d.suggestions)},
		{"GET /desk/api/cases/{id}/media/{message}/{n}", api(d.media)},
		{"POST /desk/api/cases/{id}/reveal", api(d.reveal)},
		{"POST /desk/api/cases/{id}/reveal/{message}/{n}", api(d.revealOne)},
		{"POST /desk/api/cases/{id}/block", api(d.block)},
		{"POST /desk/api/cases/{id}/unblock", api(d.unblock)},
		{"GET /desk/api/replies", api(d.listReplies)},
		{"PUT /desk/api/replies", api(d.saveReply)},
		{"POST /desk/api/next", api(d.next)},
		{"POST /desk/api/here", api(d.here)},
		{"POST /desk/api/away", api(d.away)},
		{"GET /desk/api/volunteers", api(d.listVolunteers)},
		{"GET /desk/api/channels/{kind}/link", api(d.showLinking)},
		{"GET /desk/api/events", api(d.events)},
		{"GET /desk/api/openapi.yaml", d.describe},
		{"/desk/api/", d.noSuchAddress},

		{"GET /desk", page(d.queuePage)},
		{"GET /desk/{$}", page(d.queuePage)},
		{"GET /desk/case/{id}", page(d.casePage)},
		{"GET /desk/me", account(d.mePage)},
		{"POST /desk/me", account(d.setPassword)},
		{"POST /desk/me/meets", account(d.setMeets)},
		{"POST /desk/me/passkey/options", account(d.passkeyOptions)},
		{"POST /desk/me/passkey", account(d.addPasskey)},
		{"POST /desk/me/passkey/remove", account(d.removePasskey)},
		{"POST /desk/me/codes", account(d.newCodes)},
		{"POST /desk/me/codes/confirm", account(d.confirmCodes)},
		{"POST /desk/me/codes/stop", account(d.stopCodes)},
		{"POST /desk/me/sign-out", account(d.signOutDevice)},
		{"POST /desk/passkey/options", d.passkeySignInOptions},
		{"POST /desk/passkey", d.passkeySignIn},
		{"GET /desk/me/alerts", account(d.alertsPage)},
		{"POST /desk/me/alerts", account(d.changeAlerts)},
		{"GET /desk/mail/{code}", d.mailPage},
		{"POST /desk/mail/{code}", d.confirmMail},
		{"GET /desk/sign-in", d.passwordPage},
		{"POST /desk/sign-in", d.passwordSignIn},
		{"POST /desk/sign-in/code", d.codeSignIn},
		{"GET /desk/sign-in/{token}", d.signInPage},
		{"POST /desk/sign-in/{token}", d.signIn},
		{"POST /desk/sign-out", d.signOut},
		{"POST /desk/language", d.chooseLanguage},
		{"GET /desk/team", editor(d.figuresPage)},
		{"POST /desk/team/settle", editor(d.settle)},
		{"GET /desk/team/replies", editor(d.repliesPage)},
		{"POST /desk/team/replies", editor(d.changeReply)},
		{"GET /desk/team/people", team(d.peoplePage)},
		{"POST /desk/team/people/add", team(d.addVolunteer)},
		{"POST /desk/team/people/change", team(d.changeVolunteer)},
		{"GET /desk/team/hours", team(d.hoursPage)},
		{"POST /desk/team/hours", team(d.changeHours)},
		{"GET /desk/team/channels", team(d.channelsPage)},
		{"POST /desk/team/channels/link", team(d.beginLink)},
		{"GET /desk/team/log", team(d.logPage)},
		{"GET /desk/team/log.csv", team(d.logFile)},
		{"/desk/", d.noSuchPage},
	}
}

func (d *Desk) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Write(openAPI)
}
