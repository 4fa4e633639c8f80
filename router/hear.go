package router

import (
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// text decides about what the person wrote in one go.
func (d *decision) text(st step) {
	first := d.s.Lang == ""
	d.speakTheirs(st)
	if d.repeats(st) {
		return
	}
	d.record(st)
	if d.danger(st) {
		return
	}
	if choice := d.typed(st); choice != "" {
		d.tap(choice, st)
		return
	}
	if d.shutOut(st) {
		return
	}
	if d.wish(st) {
		return
	}
	d.cut(st)
	if d.s.Owner == Volunteer {
		d.tellVolunteer(st.text)
		return
	}
	welcome := !d.s.Greeted
	d.greet()
	d.masked(st)
	d.ask(st, welcome)
	if first && !st.sure && st.lang == "uk" {
		// One word may be Ukrainian or Russian: answered in Ukrainian, and the
		// person may say otherwise.
		d.speak("languages_offer", nil, d.languages(st.sure)...)
	}
}

// typed is the button that the text names, if it is still on offer. "Yes" and "no"
// also answer whether it helped.
func (d *decision) typed(st step) string {
	offered := func(id string) bool {
		return slices.ContainsFunc(d.s.Offered, func(c bots.Choice) bool { return c.ID == id })
	}
	if offered(st.choice) {
		return st.choice
	}
	if st.choice == "" && len(st.messages) == 1 && offered("good") {
		yesNo := []bots.Choice{d.button("good", "button_danger_yes"), d.button("bad", "button_danger_no")}
		choice, _ := bots.MatchChoice(st.text, yesNo)
		return choice
	}
	return ""
}

// edit decides about a message that was written anew. Networks also report edits that
// change no word.
func (d *decision) edit(st step) {
	m := st.messages[0]
	was := d.wrote(m.Target)
	if st.text == "" || m.Text == was || st.text == d.s.Question {
		d.record(st)
		return
	}
	d.unsay(was, m.Text)
	d.text(st)
}

// tellVolunteer leaves a message to the volunteer who has the word.
func (d *decision) tellVolunteer(preview string) {
	if d.hasCase() {
		d.change(handoff.Change{Message: true, Preview: preview, Lang: d.s.Lang})
	}
}

// cut says that only the first part of a long text was kept.
func (d *decision) cut(st step) {
	if slices.ContainsFunc(st.messages, func(m bots.Message) bool { return m.Cut }) {
		d.speak("too_long", nil)
	}
}

// masked says once that numbers were hidden.
func (d *decision) masked(st step) {
	if !d.s.Masked && strings.Contains(st.text, "⟦") {
		d.s.Masked = true
		d.speak("masked", nil)
	}
}

// speakTheirs settles the language: what was chosen, then what was spoken before,
// then what this message is written in. A short or doubtful message never switches
// a conversation.
func (d *decision) speakTheirs(st step) {
	switch {
	case d.s.Chosen || !phrases.Known(st.lang):
	case d.s.Lang == "":
		d.s.Lang = st.lang
	case st.lang != d.s.Lang && st.sure && len(strings.Fields(st.text)) >= 3:
		d.s.Lang = st.lang
	}
	if d.s.Lang == "" && len(st.messages) > 0 {
		// A phone set to Russian says nothing; any other setting is a hint.
		hint, _, _ := strings.Cut(st.messages[0].LangHint, "-")
		if phrases.Known(hint) && hint != "ru" {
			d.s.Lang = hint
		}
	}
}

// greet adds the first words, once, to what is said anyway: what happens to what is
// written here.
func (d *decision) greet() {
	if d.s.Greeted {
		return
	}
	d.s.Greeted, d.e.greet = true, true
}

// media goes straight to a person: the bot cannot look at it.
func (d *decision) media(st step) {
	d.speakTheirs(st)
	d.record(st)
	if !st.danger.Unsure && d.danger(st) {
		return
	}
	if d.shutOut(st) {
		return
	}
	d.cut(st)
	if d.s.Owner == Volunteer {
		d.tellVolunteer(st.text)
		return
	}
	if d.closedSticker(st) {
		return
	}
	d.greet()
	for _, a := range st.found.clear {
		d.give(a.article, a.message)
	}
	if d.hasCase() {
		d.add(st)
	} else {
		d.escalate(d.topic(), strings.TrimSpace(d.s.Question+"\n"+st.text), "")
		d.lineUp("queued_media")
	}
	d.danger(st) // asked after the case is in line, so that no answer is needed for it
}

// closedSticker says that this is a sticker after a case was closed: a courtesy, which
// reopens nothing.
func (d *decision) closedSticker(st step) bool {
	return d.w.reopen && st.text == "" && !slices.ContainsFunc(st.messages, func(m bots.Message) bool {
		return len(m.Media) != 1 || m.Media[0].Kind != bots.Sticker
	})
}

// unread asks for a message that nobody could decrypt, at most once in ten minutes.
func (d *decision) unread() {
	if d.w.now.Sub(d.s.Unread) < 10*time.Minute {
		return
	}
	d.s.Unread = d.w.now
	d.speak("unread", nil)
}

// failed handles a turn that failed three times: its content is not looked at, a
// person is.
func (d *decision) failed(st step) {
	d.record(st)
	d.escalate("", "", "")
	d.count("dead")
	if len(st.messages) > 0 && d.hasCase() {
		d.lineUp("failed")
	}
}

// operator notes what somebody typed on the linked phone: a volunteer's words. The
// bot is silent for half an hour after them.
func (d *decision) operator(st step) {
	for _, m := range st.messages {
		d.e.log = append(d.e.log, bots.Entry{ID: m.ID, At: m.At, From: bots.FromVolunteer, Text: m.Text, Media: m.Media})
	}
	d.s.Owner, d.s.Spoke, d.s.Offered = Volunteer, d.w.now, nil
	d.s.Phone = d.w.now.Add(30 * time.Minute)
}

func (d *decision) blocked() {
	d.e.log = append(d.e.log, bots.Entry{ID: "blocked", At: d.w.now, From: bots.FromSystem, Text: "blocked"})
	d.s.Stopped = true
	if d.hasCase() && d.s.Owner == Waiting {
		d.e.withdraw = true
		d.leaveLine()
	}
}
