package desk

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/web"
)

// coordinators lets only coordinators in.
func (d *Desk) coordinators(h func(http.ResponseWriter, *http.Request, visit) error) func(http.ResponseWriter, *http.Request, visit) error {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		if v.Role != handoff.RoleCoordinator {
			return handoff.ErrNotAllowed
		}
		return h(w, r, v)
	}
}

// teamData is the coordinator's page.
type teamData struct {
	frame
	// Done and Problem are words about what was just done, Link the one-time
	// sign-in link made for LinkName.
	Done, Problem, Link, LinkName string
	Figures                       handoff.Figures
	Oldest, P50, P90              string
	Answered                      int
	Tables                        []table
	Volunteers                    []member
	Channels                      []channelRow
	Days                          []dayRow
	Closed                        string
	National                      bool
	Roles                         []handoff.Role
	Audit                         []auditRow
	Replies                       []handoff.SavedReply
	Wanted                        []handoff.Wanted
}

type auditRow struct {
	handoff.Record
	When string
}

type table struct {
	Title string
	Rows  []tableRow
}

type tableRow struct {
	Name string
	N    int
}

type member struct {
	handoff.Volunteer
	Load int
	// Langs and Groups are the volunteer's languages and topics in one line.
	Langs, Groups string
}

type channelRow struct {
	Name, State, Problem   string
	Good                   bool
	Since, LastIn, LastOut string
}

type dayRow struct {
	N     int
	Name  string
	Hours string
}

func (d *Desk) teamPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return d.showTeam(w, r, v, teamData{})
}

func (d *Desk) showTeam(w http.ResponseWriter, r *http.Request, v visit, data teamData) error {
	ctx := r.Context()
	data.frame = d.frame(v, "")
	var err error
	if data.Figures, err = d.queue.Figures(ctx); err != nil {
		return err
	}
	data.Oldest = d.duration(v.lang, data.Figures.Oldest)
	p50, p90, n, err := d.queue.FirstResponse(ctx, d.opts.Now())
	if err != nil {
		return err
	}
	data.P50, data.P90, data.Answered = d.duration(v.lang, p50), d.duration(v.lang, p90), n
	counts, err := d.queue.Counts(ctx, 7)
	if err != nil {
		return err
	}
	for _, kind := range []string{"channel", "lang", "topic"} {
		data.Tables = append(data.Tables, d.countTable(v.lang, kind, counts, data.Boot.Topics))
	}
	load, err := d.queue.Load(ctx)
	if err != nil {
		return err
	}
	all, err := d.volunteers.List(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		data.Volunteers = append(data.Volunteers, member{m, load[m.ID], strings.Join(m.Languages, ", "), strings.Join(m.Topics, ", ")})
	}
	for _, c := range d.opts.Channels(ctx) {
		row := channelRow{Name: string(c.Kind), State: d.words.say(v.lang, "connected"), Good: c.Health.Connected, Problem: c.Health.Problem,
			Since: d.moment(c.Health.Since), LastIn: d.moment(c.LastIn), LastOut: d.moment(c.LastOut)}
		if !row.Good {
			row.State = d.words.say(v.lang, "not_connected")
		}
		data.Channels = append(data.Channels, row)
	}
	hours := d.queue.Hours()
	for i := range 7 {
		day := (i + 1) % 7 // the week begins on Monday
		data.Days = append(data.Days, dayRow{N: day, Name: d.words.say(v.lang, fmt.Sprintf("day_%d", day)), Hours: writeSpans(hours.Week[day])})
	}
	data.Closed, data.National = strings.Join(hours.Closed, "\n"), hours.National
	data.Roles = []handoff.Role{handoff.RoleVolunteer, handoff.RoleEditor, handoff.RoleCoordinator}
	records, err := d.queue.Audit(ctx, 50)
	if err != nil {
		return err
	}
	for _, record := range records {
		data.Audit = append(data.Audit, auditRow{record, d.moment(record.At)})
	}
	if data.Replies, err = d.queue.Replies(ctx); err != nil {
		return err
	}
	if data.Wanted, err = d.queue.Wanted(ctx); err != nil {
		return err
	}
	d.write(w, "team.html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, "team"), Data: data})
	return nil
}

// countTable is the figures of one kind in the last seven days, largest first.
func (d *Desk) countTable(lang, kind string, counts map[string]int, titles map[string]string) table {
	t := table{Title: d.words.say(lang, "by_"+kind)}
	for field, n := range counts {
		if name, ok := strings.CutPrefix(field, kind+":"); ok && name != "" {
			t.Rows = append(t.Rows, tableRow{cmp.Or(titles[name], name), n})
		}
	}
	slices.SortFunc(t.Rows, func(a, b tableRow) int { return cmp.Or(b.N-a.N, strings.Compare(a.Name, b.Name)) })
	t.Rows = t.Rows[:min(len(t.Rows), 12)]
	return t
}

// duration is a length of time in words, to the minute.
func (d *Desk) duration(lang string, t time.Duration) string {
	minutes := int(t.Minutes())
	if minutes < 60 {
		return d.words.count(lang, "minutes", minutes)
	}
	if minutes < 48*60 {
		return d.words.count(lang, "hours", minutes/60)
	}
	return d.words.count(lang, "days", minutes/60/24)
}

// moment is a time on the helpdesk's clock.
func (d *Desk) moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return d.queue.Hours().Local(t).Format("2006-01-02 15:04")
}

func (d *Desk) addVolunteer(w http.ResponseWriter, r *http.Request, v visit) error {
	made, err := d.volunteers.Add(r.Context(), handoff.Volunteer{Name: r.FormValue("name"), Role: role(r.FormValue("role")),
		Languages: list(r.FormValue("languages")), Topics: list(r.FormValue("topics"))})
	if errors.Is(err, handoff.ErrName) {
		return d.showTeam(w, r, v, teamData{Problem: d.words.say(v.lang, "name_taken")})
	}
	if err != nil {
		return err
	}
	if err := d.queue.Log(r.Context(), v.Actor(), "added "+made.Name, "", ""); err != nil {
		return err
	}
	return d.showLink(w, r, v, made)
}

func (d *Desk) showLink(w http.ResponseWriter, r *http.Request, v visit, to handoff.Volunteer) error {
	secret, err := d.volunteers.Link(r.Context(), to.ID)
	if err != nil {
		return err
	}
	return d.showTeam(w, r, v, teamData{LinkName: to.Name, Link: d.opts.BaseURL + "/desk/sign-in/" + secret})
}

// changeVolunteer does one thing with one volunteer: a new link, signing out
// everywhere, another role, disabling or enabling.
func (d *Desk) changeVolunteer(w http.ResponseWriter, r *http.Request, v visit) error {
	ctx := r.Context()
	m, err := d.volunteers.Get(ctx, r.FormValue("id"))
	if err != nil {
		return err
	}
	what := r.FormValue("do")
	switch what {
	case "link":
		if err := d.queue.Log(ctx, v.Actor(), "made a sign-in link for "+m.Name, "", ""); err != nil {
			return err
		}
		return d.showLink(w, r, v, m)
	case "sign-out":
		err = d.volunteers.SignOutAll(ctx, m.ID)
	case "save":
		m.Role, m.Languages, m.Topics = role(r.FormValue("role")), list(r.FormValue("languages")), list(r.FormValue("topics"))
		if m.ID == v.ID {
			m.Role = v.Role // nobody locks the last coordinator out by mistake
		}
		err = d.volunteers.Save(ctx, m)
	case "disable", "enable":
		if m.ID == v.ID {
			return d.showTeam(w, r, v, teamData{Problem: d.words.say(v.lang, "not_yourself")})
		}
		m.Disabled = what == "disable"
		if err = d.volunteers.Save(ctx, m); err == nil && m.Disabled {
			err = d.queue.ReleaseAll(ctx, m.Actor())
		}
	default:
		return handoff.ErrUnknown
	}
	var faster *store.GuardError
	if errors.As(err, &faster) {
		return d.showTeam(w, r, v, teamData{Problem: d.words.say(v.lang, "changed_meanwhile")})
	}
	if err == nil {
		err = d.queue.Log(ctx, v.Actor(), what+" "+m.Name, "", "")
	}
	if err != nil {
		return err
	}
	return d.showTeam(w, r, v, teamData{Done: d.words.say(v.lang, "saved")})
}

func (d *Desk) changeHours(w http.ResponseWriter, r *http.Request, v visit) error {
	hours := d.queue.Hours()
	hours.National = r.FormValue("national") != ""
	hours.Closed = list(r.FormValue("closed"))
	for day := range 7 {
		spans, err := readSpans(r.FormValue(fmt.Sprintf("day_%d", day)))
		if err != nil {
			return d.showTeam(w, r, v, teamData{Problem: d.words.say(v.lang, "hours_wrong")})
		}
		hours.Week[day] = spans
	}
	if hours.Validate() != nil {
		return d.showTeam(w, r, v, teamData{Problem: d.words.say(v.lang, "hours_wrong")})
	}
	if err := d.queue.SetHours(r.Context(), v.Actor(), hours); err != nil {
		return err
	}
	return d.showTeam(w, r, v, teamData{Done: d.words.say(v.lang, "saved")})
}

func (d *Desk) changeReply(w http.ResponseWriter, r *http.Request, v visit) error {
	reply := handoff.SavedReply{Name: strings.TrimPrefix(strings.TrimSpace(r.FormValue("name")), "/"),
		Lang: strings.TrimSpace(r.FormValue("lang")), Text: strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n")}
	err := text(&reply.Text)
	if err == nil {
		err = d.queue.SaveReply(r.Context(), v.Actor(), reply)
	}
	if errors.Is(err, handoff.ErrName) || errors.As(err, &badRequest{}) {
		return d.showTeam(w, r, v, teamData{Problem: d.words.say(v.lang, "name_taken")})
	}
	if err != nil {
		return err
	}
	return d.showTeam(w, r, v, teamData{Done: d.words.say(v.lang, "saved")})
}

func role(s string) handoff.Role {
	switch r := handoff.Role(s); r {
	case handoff.RoleCoordinator, handoff.RoleEditor:
		return r
	}
	return handoff.RoleVolunteer
}

// list reads words set apart by commas or spaces.
func list(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == ';' })
}

func writeSpans(spans []handoff.Span) string {
	var parts []string
	for _, s := range spans {
		from, _ := s.From.MarshalText() // never fails
		to, _ := s.To.MarshalText()
		parts = append(parts, string(from)+"-"+string(to))
	}
	return strings.Join(parts, ", ")
}

// readSpans reads "09:00-12:30, 13:00-17:00".
func readSpans(s string) ([]handoff.Span, error) {
	var spans []handoff.Span
	for _, part := range list(s) {
		from, to, ok := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		var span handoff.Span
		if !ok {
			return nil, fmt.Errorf("hours %q: expected 09:00-17:00", part)
		}
		if err := errors.Join(span.From.UnmarshalText([]byte(from)), span.To.UnmarshalText([]byte(to))); err != nil {
			return nil, err
		}
		spans = append(spans, span)
	}
	return spans, nil
}
