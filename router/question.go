package router

import (
	"slices"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// ask answers a question, or finds out what it is, or brings a person. Welcome says
// that nothing was said in this conversation before.
func (d *decision) ask(st step, welcome bool) {
	// Titles offered and none taken: who asks again does not find it among them.
	clarified := d.s.Clarified && d.s.Article == ""
	missing := d.s.Missing
	d.s.Question, d.s.Rest, d.s.Clarified, d.s.Article, d.s.Pending = st.text, st.found.maybe, false, "", nil
	switch {
	case missing:
		d.s.Missing = false
		d.e.missing = &handoff.Wanted{Case: d.s.Last, Lang: d.lang(), Topic: d.s.About, Question: st.text}
		d.escalate(d.topic(), st.text, "")
		d.lineUp("queued_person")
	case !phrases.Has(d.lang()):
		d.strange(st, welcome, clarified)
	case len(st.found.clear) > 0:
		if d.s.Owner == Waiting && d.s.Bare { // now the volunteers can read what it is about
			d.s.Bare = false
			d.change(handoff.Change{Message: true, Topic: st.found.clear[0].article, Preview: st.text, Lang: d.s.Lang})
		}
		for _, a := range st.found.clear {
			d.give(a.article, a.message)
		}
		d.count("answered")
	case d.s.Owner == Waiting:
		d.add(st)
	case len(st.found.maybe) > 0 && !clarified && !d.w.reopen:
		d.clarify(st.found.maybe)
	default: // within a day after closing, what is no new question is more of the old one
		d.bring(d.topic(), st.text)
	}
}

// reask takes up the question that is not settled, with what was found for it now.
func (d *decision) reask(found finding) {
	d.s.Clarified = false
	d.ask(step{text: d.s.Question, found: found}, false)
}

// settled forgets the last question: there is nothing left to say to it.
func (d *decision) settled() {
	d.s.Question, d.s.Rest, d.s.Clarified, d.s.Article, d.s.Pending = "", nil, false, "", nil
}

// bring asks a person what no article answers.
func (d *decision) bring(topic, question string) {
	if d.s.Owner == Waiting {
		d.add(step{text: question})
		return
	}
	d.escalate(topic, question, "")
	d.lineUp("queued")
}

// add puts a message to the case that waits, and says so once.
func (d *decision) add(st step) {
	d.s.Bare = false
	d.change(handoff.Change{Message: true, Preview: st.text, Lang: d.s.Lang})
	if d.s.Late {
		d.stillAlone() // they wrote, so it is no unasked word any more
		return
	}
	if !d.s.Added {
		d.s.Added = true
		d.speak("queued_more", nil, d.button("place", "button_place"), d.button("withdraw", "button_withdraw"))
	}
}

// strange answers somebody whose language has titles at most, and no answers: once it
// offers the titles found and the languages that have the answer, or a person.
func (d *decision) strange(st step, welcome, clarified bool) {
	if d.s.Owner == Waiting || clarified || d.w.reopen {
		d.bring(d.topic(), st.text)
		return
	}
	var ids []string
	for _, a := range st.found.clear {
		ids = append(ids, a.article)
	}
	ids = append(ids, st.found.maybe...)
	text := d.phrase("language_few", nil)
	if welcome {
		text = d.phrase("hello", nil) + "\n\n" + text
	}
	choices := d.titles(ids)
	if len(choices) > 0 {
		text += "\n\n" + d.phrase("clarify", nil)
	}
	d.s.Clarified = true
	d.reply(bots.Reply{Text: text, Choices: slices.Concat(choices, d.languages(true), []bots.Choice{d.button("person", "button_person")})})
	d.count("clarified")
}

// clarify offers up to three titles.
func (d *decision) clarify(ids []string) {
	d.s.Clarified = true
	choices := append(d.titles(ids), d.button("none", "button_none"), d.button("person", "button_person"))
	d.speak("clarify", nil, choices...)
	d.count("clarified")
}

// titles are buttons for the first three articles; the others remain for later.
func (d *decision) titles(ids []string) []bots.Choice {
	var choices []bots.Choice
	n := min(3, len(ids))
	for _, id := range ids[:n] {
		if a := d.w.library.Base.Article(id); a != nil {
			choices = append(choices, bots.Choice{ID: "article:" + id, Label: a.Title(d.lang())})
		}
	}
	d.s.Rest = slices.Clone(ids[n:])
	return choices
}
