package router

import (
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// tap does what a button says. A button of long ago still works; one that nobody
// knows is ignored.
func (d *decision) tap(choice string, st step) {
	what, arg, _ := strings.Cut(choice, ":")
	d.s.Offered = nil // what was chosen from is no longer on offer
	if what != "lang" && what != "delete" && choice != dangerYes && d.shutOut(st) {
		return
	}
	switch what {
	case "lang":
		d.choose(arg, st)
	case "delete":
		d.erase(arg)
	case "data":
		d.exportJSON()
	case "danger":
		d.dangerAnswer(choice == dangerYes, st)
	case "place":
		d.tellPlace()
	case "withdraw":
		d.withdraw()
	case "good", "bad":
		d.rate(what)
	default:
		if d.s.Owner == Volunteer {
			if d.s.Case != "" {
				d.change(handoff.Change{Message: true})
			}
			return
		}
		d.tapArticle(what, arg, st)
	}
}

func (d *decision) tapArticle(what, arg string, st step) {
	switch what {
	case "person":
		d.person(st.text)
	case "helped":
		if d.w.library.Base.Article(arg) != nil {
			d.count("helped:" + arg)
		}
		d.settled()
		d.speak("helped", nil)
	case "other":
		if d.w.library.Base.Article(arg) != nil {
			d.count("other:" + arg)
		}
		d.notMeant(arg)
	case "article":
		d.give(arg, "")
		d.count("answered")
	case "audience":
		d.situation(arg)
	case "none":
		d.person(st.text)
	}
}

// notMeant offers what else the question may be about, or a person.
func (d *decision) notMeant(shown string) {
	var rest []string
	for _, id := range d.s.Rest {
		if id != shown {
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 || d.s.Clarified {
		d.person("")
		return
	}
	d.clarify(rest)
}

// situation notes who asks, and gives what waited for it.
func (d *decision) situation(audience string) {
	if audience != anyAudience && !slices.Contains(audienceOrder, audience) {
		return
	}
	d.s.Audience = audience
	waiting := d.s.Pending
	if len(waiting) == 0 && d.s.Article != "" {
		waiting = []string{d.s.Article} // the button was tapped again, for another answer
	}
	d.s.Pending = nil
	for _, id := range waiting {
		d.give(id, "")
	}
}

// choose sets the language; a question that is not settled is answered in it.
func (d *decision) choose(lang string, st step) {
	if !phrases.Has(lang) {
		return
	}
	d.s.Lang, d.s.Chosen = lang, true
	d.speak("language_set", nil)
	switch {
	case d.hasCase():
		d.change(handoff.Change{Lang: lang})
	case d.s.Owner == Bot && d.s.Question != "":
		d.reask(st.found)
	}
}

func (d *decision) withdraw() {
	if !d.hasCase() {
		d.speak("not_in_line", nil)
		return
	}
	d.e.withdraw = true
	d.leaveLine()
	d.speak("withdrawn", nil)
}

func (d *decision) rate(how string) {
	if d.s.Rated || d.s.Last == "" {
		return
	}
	d.s.Rated = true
	d.count("rated_" + how + ":" + d.s.About)
	d.s.Missing = how == "bad"
	d.speak("rated_"+how, nil)
}

func (d *decision) erase(answer string) {
	if answer != "yes" {
		d.speak("delete_kept", nil)
		return
	}
	d.e.erase = true
	d.speak("deleted", nil)
}

// reaction reads a thumb on an answer as "it helped"; a volunteer reads it as what it
// is, for it may mean yes.
func (d *decision) reaction(st step) {
	m := st.messages[0]
	if d.s.Owner == Volunteer && m.Text != "" {
		d.record(st)
	}
	if d.s.Article == "" || !strings.ContainsAny(m.Text, "👍❤🙏👌") || d.s.Owner != Bot {
		return
	}
	d.count("helped:" + d.s.Article)
}

// parked notes a reply that could not be sent, where a volunteer sees it.
func (d *decision) parked(p bots.Parked) {
	d.e.log = append(d.e.log, bots.Entry{ID: "failed-" + p.Reply, At: d.w.now, From: bots.FromSystem, Text: "not delivered: " + string(p.Reason)})
	switch {
	case d.hasCase():
		d.change(handoff.Change{Message: true})
	case p.Reason != bots.Unreachable:
		d.escalate(d.topic(), d.s.Question, "")
	}
}

// time sends what waited for the morning, if it still holds, and a better place in line.
func (d *decision) time() {
	if d.s.Later != "" && !d.w.now.Before(d.s.LaterAt) {
		notice := d.s.Later
		d.s.Later, d.s.LaterAt = "", time.Time{}
		d.notice(notice)
	}
	if due := d.s.placeDue(); !due.IsZero() && !d.w.now.Before(due) {
		d.betterPlace()
	}
}

// betterPlace tells the place in line if it is better than the one told before; at
// night it waits.
func (d *decision) betterPlace() {
	if ok, later := unasked(d.s, d.w.hours.Local(d.w.now)); !ok {
		d.s.PlaceAt = later.Add(-placeAgain)
		return
	}
	d.s.PlaceAt = d.w.now
	if d.w.place == 0 || d.w.place >= d.s.Place {
		return
	}
	d.reply(bots.Reply{Text: d.placeText(), From: bots.FromSystem,
		Choices: []bots.Choice{d.button("place", "button_place"), d.button("withdraw", "button_withdraw")}})
}
