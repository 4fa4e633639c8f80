package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/brug-helpdesk/brug/handoff"
)

const (
	figureDays = 14 // of new cases, a bar each
	countDays  = 7  // of what is counted by language, channel and topic
	ratingDays = 30
	mostRows   = 12 // of a table
)

// figuresPage is how the helpdesk is doing.
type figuresPage struct {
	team
	Now            handoff.Figures
	Oldest         string
	First          answered
	Days           plot
	Unspoken       []unspoken
	Kinds          []kindTable
	Load           plot
	Ratings        []ratingTable
	Missed, Wanted []handoff.Wanted
}

// answered is how long first answers took, in words.
type answered struct {
	N        int
	P50, P90 string
}

// plot is figures as a picture and as a table.
type plot struct {
	Title string
	Chart *chart
	Rows  []bar
}

// unspoken is a language that newcomers write and no volunteer does.
type unspoken struct {
	Name           string
	Waiting, Asked int
}

// kindTable is the figures of every language, channel or topic.
type kindTable struct {
	plot
	// Count is what the last column counts.
	Count string
	Kinds []kindRow
}

type kindRow struct {
	Name    string
	Waiting int
	Oldest  string
	First   answered
	Count   int
}

type ratingTable struct {
	Title string
	Rows  []ratingRow
}

type ratingRow struct {
	Name      string
	Good, Bad int
}

func (d *Desk) figuresPage(w http.ResponseWriter, r *http.Request, v visit) error {
	ctx := r.Context()
	page := figuresPage{team: d.team(v, "figures", said{})}
	var err error
	if page.Now, err = d.queue.Figures(ctx); err != nil {
		return err
	}
	page.Oldest = d.duration(v.lang, page.Now.Oldest)
	first, err := d.queue.FirstResponses(ctx, d.opts.Now())
	if err != nil {
		return err
	}
	page.First = d.answered(v.lang, first[""])
	days, err := d.queue.Counts(ctx, ratingDays)
	if err != nil {
		return err
	}
	if page.Days, err = d.newCases(v.lang, days[:figureDays]); err != nil {
		return err
	}
	if page.Kinds, err = d.kinds(ctx, v.lang, page.Boot.Topics, first, sum(days[:countDays])); err != nil {
		return err
	}
	if page.Unspoken, err = d.unspoken(ctx, v.lang, sum(days)); err != nil {
		return err
	}
	if page.Load, err = d.load(ctx, v.lang); err != nil {
		return err
	}
	page.Ratings = d.ratings(v.lang, page.Boot.Topics, sum(days))
	if page.Missed, page.Wanted, err = d.wishes(ctx); err != nil {
		return err
	}
	return d.showTeam(w, v, "figures", page)
}

// sum adds days up.
func sum(days []map[string]int) map[string]int {
	all := map[string]int{}
	for _, day := range days {
		for field, n := range day {
			all[field] += n
		}
	}
	return all
}

func (d *Desk) answered(lang string, r handoff.Response) answered {
	if r.N == 0 {
		return answered{P50: "–", P90: "–"}
	}
	return answered{r.N, d.duration(lang, r.P50), d.duration(lang, r.P90)}
}

// newCases is how many cases came on each day, the oldest day first.
func (d *Desk) newCases(lang string, days []map[string]int) (plot, error) {
	p := plot{Title: d.words.say(lang, "new_cases")}
	for i := len(days) - 1; i >= 0; i-- {
		day := d.opts.Now().UTC().AddDate(0, 0, -i)
		p.Rows = append(p.Rows, bar{d.words.date(lang, day), days[i]["opened"]})
	}
	var err error
	p.Chart, err = bars(p.Rows)
	return p, err
}

// kinds are the tables by language, channel and topic.
func (d *Desk) kinds(ctx context.Context, lang string, topics map[string]string, first map[string]handoff.Response, counts map[string]int) ([]kindTable, error) {
	waiting, err := d.queue.List(ctx, string(handoff.Waiting), "")
	if err != nil {
		return nil, err
	}
	tables := make([]kindTable, 0, 3)
	for _, kind := range []string{"lang", "channel", "topic"} {
		t := kindTable{plot: plot{Title: d.words.say(lang, "by_"+kind)}, Count: d.words.say(lang, "new_count")}
		if kind == "topic" {
			t.Count = d.words.say(lang, "closed_count") // what a case is about is known in the end
		}
		rows := map[string]*kindRow{}
		row := func(id string) *kindRow {
			if rows[id] == nil {
				rows[id] = &kindRow{Name: d.kindName(lang, kind, id, topics), Oldest: "–", First: answered{P50: "–", P90: "–"}}
			}
			return rows[id]
		}
		oldest := map[string]time.Duration{}
		for _, c := range waiting {
			id := map[string]string{"lang": c.Lang, "channel": string(c.Channel), "topic": c.Topic}[kind]
			r := row(id)
			r.Waiting++
			oldest[id] = max(oldest[id], d.opts.Now().Sub(c.Opened))
			r.Oldest = d.duration(lang, oldest[id])
		}
		for field, n := range counts {
			if id, ok := strings.CutPrefix(field, kind+":"); ok {
				row(id).Count = n
			}
		}
		for of, r := range first {
			if id, ok := strings.CutPrefix(of, kind+":"); ok {
				row(id).First = d.answered(lang, r)
			}
		}
		for _, r := range rows {
			t.Kinds = append(t.Kinds, *r)
		}
		slices.SortFunc(t.Kinds, func(a, b kindRow) int {
			return cmp.Or(b.Waiting+b.Count-a.Waiting-a.Count, strings.Compare(a.Name, b.Name))
		})
		t.Kinds = t.Kinds[:min(len(t.Kinds), mostRows)]
		for _, r := range t.Kinds {
			t.Rows = append(t.Rows, bar{r.Name, r.Count})
		}
		if t.Chart, err = bars(t.Rows); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// unspoken are the languages of the waiting cases and of those counted that no
// volunteer writes, those who wait first.
func (d *Desk) unspoken(ctx context.Context, lang string, counts map[string]int) ([]unspoken, error) {
	waiting, err := d.queue.List(ctx, string(handoff.Waiting), "")
	if err != nil {
		return nil, err
	}
	langs := map[string]*unspoken{}
	of := func(id string) *unspoken {
		if langs[id] == nil {
			langs[id] = &unspoken{Name: d.kindName(lang, "lang", id, nil)}
		}
		return langs[id]
	}
	for _, c := range waiting {
		of(c.Lang).Waiting++
	}
	for field, n := range counts {
		if id, ok := strings.CutPrefix(field, "lang:"); ok {
			of(id).Asked = n
		}
	}
	all, err := d.volunteers.List(ctx)
	if err != nil {
		return nil, err
	}
	var list []unspoken
	for id, u := range langs {
		spoken := slices.ContainsFunc(all, func(v handoff.Volunteer) bool { return !v.Disabled && v.Speaks(id) })
		if !spoken && id != "" { // "" is of who said nothing that tells it
			list = append(list, *u)
		}
	}
	slices.SortFunc(list, func(a, b unspoken) int {
		return cmp.Or(b.Waiting-a.Waiting, b.Asked-a.Asked, strings.Compare(a.Name, b.Name))
	})
	return list, nil
}

// kindName is a language, channel or topic as a person calls it.
func (d *Desk) kindName(lang, kind, id string, topics map[string]string) string {
	switch {
	case id == "":
		return d.words.say(lang, "no_topic")
	case kind == "topic":
		return cmp.Or(topics[id], id)
	case kind == "channel":
		return channelName(id)
	}
	tag, err := language.Parse(id)
	if err != nil {
		return id
	}
	return cmp.Or(display.Languages(language.Make(lang)).Name(tag), id)
}

// load is how many cases each volunteer holds.
func (d *Desk) load(ctx context.Context, lang string) (plot, error) {
	p := plot{Title: d.words.say(lang, "load")}
	held, err := d.queue.Load(ctx)
	if err != nil {
		return p, err
	}
	all, err := d.volunteers.List(ctx)
	if err != nil {
		return p, err
	}
	for _, m := range all {
		if !m.Disabled {
			p.Rows = append(p.Rows, bar{m.Name, held[m.ID]})
		}
	}
	slices.SortStableFunc(p.Rows, func(a, b bar) int { return b.N - a.N })
	p.Chart, err = bars(p.Rows[:min(len(p.Rows), mostRows)])
	return p, err
}

// ratings are what newcomers said of closed cases, by language and by topic.
func (d *Desk) ratings(lang string, topics map[string]string, counts map[string]int) []ratingTable {
	var tables []ratingTable
	for _, kind := range []struct{ name, mark string }{{"lang", "@"}, {"topic", ":"}} {
		t := ratingTable{Title: d.words.say(lang, "by_"+kind.name)}
		rows := map[string]*ratingRow{}
		for field, n := range counts {
			how, id, ok := strings.Cut(field, kind.mark)
			if !ok || how != "rated_good" && how != "rated_bad" {
				continue
			}
			if rows[id] == nil {
				rows[id] = &ratingRow{Name: d.kindName(lang, kind.name, id, topics)}
			}
			if how == "rated_good" {
				rows[id].Good = n
			} else {
				rows[id].Bad = n
			}
		}
		for _, r := range rows {
			t.Rows = append(t.Rows, *r)
		}
		slices.SortFunc(t.Rows, func(a, b ratingRow) int {
			return cmp.Or(b.Good+b.Bad-a.Good-a.Bad, strings.Compare(a.Name, b.Name))
		})
		tables = append(tables, t)
	}
	return tables
}

// wishes are what newcomers missed in an answer, and what volunteers want an article of.
func (d *Desk) wishes(ctx context.Context) (missed, wanted []handoff.Wanted, err error) {
	all, err := d.queue.Wanted(ctx)
	for _, w := range all {
		if w.By == "" {
			missed = append(missed, w)
		} else {
			wanted = append(wanted, w)
		}
	}
	return missed, wanted, err
}
