package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// coordinators lets only coordinators in.
func (d *Desk) coordinators(h func(http.ResponseWriter, *http.Request, visit) error) func(http.ResponseWriter, *http.Request, visit) error {
	return d.roles(h, handoff.RoleCoordinator)
}

// editors lets editors and coordinators in.
func (d *Desk) editors(h func(http.ResponseWriter, *http.Request, visit) error) func(http.ResponseWriter, *http.Request, visit) error {
	return d.roles(h, handoff.RoleEditor, handoff.RoleCoordinator)
}

func (d *Desk) roles(h func(http.ResponseWriter, *http.Request, visit) error, may ...handoff.Role) func(http.ResponseWriter, *http.Request, visit) error {
	return func(w http.ResponseWriter, r *http.Request, v visit) error {
		for _, role := range may {
			if v.Role == role {
				return h(w, r, v)
			}
		}
		return handoff.ErrNotAllowed
	}
}

// teamTabs are the pages of coordination; editors see the first two.
var teamTabs = []struct {
	word, path string
	editors    bool
}{
	{"figures", "/desk/team", true},
	{"saved_replies", "/desk/team/replies", true},
	{"people", "/desk/team/people", false},
	{"office_hours", "/desk/team/hours", false},
	{"channels", "/desk/team/channels", false},
	{"audit", "/desk/team/log", false},
}

// team is what every page of coordination begins with.
type team struct {
	frame
	Tabs []teamTab
	said
}

type teamTab struct {
	Name, Path string
	Current    bool
}

// said are words about what was just done, or did not work. Typed is the form that was
// refused: nobody writes it twice.
type said struct {
	Done, Problem string
	Typed         url.Values
}

// showTeam writes the page of a tab; data embeds the team it is given.
func (d *Desk) showTeam(w http.ResponseWriter, v visit, word string, data any) error {
	d.write(w, "team-"+word+".html", web.Page{Lang: v.lang, Title: d.words.say(v.lang, word), Data: data})
	return nil
}

func (d *Desk) team(v visit, word string, s said) team {
	t := team{frame: d.frame(v, ""), said: s}
	for _, tab := range teamTabs {
		if tab.editors || t.Coordinator {
			t.Tabs = append(t.Tabs, teamTab{d.words.say(v.lang, tab.word), tab.path, tab.word == word})
		}
	}
	return t
}

// after says what was done before the page that r asks for.
func (d *Desk) after(v visit, r *http.Request) said { return said{Done: d.told(r, v.lang)} }

// refused says why the change that r asks for was not stored.
func (d *Desk) refused(v visit, r *http.Request, word string) said {
	return said{Problem: d.words.say(v.lang, word), Typed: r.PostForm}
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
func (d *Desk) moment(lang string, t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = d.queue.Hours().Local(t)
	return d.words.date(lang, t) + " " + t.Format("15:04")
}

// list reads words set apart by commas or spaces.
func list(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == ';' })
}

// dayWord is the word for a day of the week.
func dayWord(day time.Weekday) string { return fmt.Sprintf("day_%d", day) }
