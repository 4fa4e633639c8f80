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
	d.record(st)
	if d.danger(st) {
		return
	}
	if st.choice != "" {
		d.tap(st.choice, st)
		return
	}
	if d.wish(st) {
		return
	}
	if d.s.Owner == Volunteer {
		if d.s.Case != "" {
			d.change(handoff.Change{Message: true, Preview: st.text, Lang: d.s.Lang})
		}
		return
	}
	d.greet()
	d.remarks(st)
	d.ask(st)
	if first && !st.sure && st.lang == "uk" {
		// One word may be Ukrainian or Russian: answered in Ukrainian, and the
		// person may say otherwise.
		d.speak("languages_offer", nil, d.languages(st.sure)...)
	}
}

// remarks are short notes about how the message came, each said once.
func (d *decision) remarks(st step) {
	for _, m := range st.messages {
		if m.Cut {
			d.speak("too_long", nil)
			break
		}
	}
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
	d.s.Greeted = true
	d.e.greet = phrases.Has(d.lang())
}

// wish does what the person wants of the helpdesk itself; false when the message is
// a question.
func (d *decision) wish(st step) bool {
	if d.s.Owner == Volunteer {
		switch st.wish {
		case WishLang, WishData, WishDelete, WishStop:
		default:
			return false // the volunteer reads it
		}
	}
	switch st.wish {
	case NoWish:
		return false
	case WishStart, Greeting:
		d.hello(st)
	case WishHelp:
		d.speak("help", nil, d.button("person", "button_person"))
	case WishPerson:
		d.person(st.text)
	case WishLang:
		d.speak("language_which", nil, d.languages(true)...)
	case WishData:
		d.export()
	case WishDelete:
		d.speak("delete_ask", nil, d.button("delete:yes", "button_delete_yes"), d.button("delete:no", "button_delete_no"))
	case WishStop:
		d.stop()
	case WishPlace:
		d.tellPlace()
	case Thanks, Emoji:
		d.thanks(st)
	case Plea:
		d.s.Greeted = true
		d.speak("plea", nil, d.button("person", "button_person"))
	default:
		return false
	}
	return true
}

func (d *decision) hello(st step) {
	if d.s.Owner == Waiting && st.wish == Greeting {
		return // told already; nothing is news
	}
	text := d.phrase("hello", nil)
	if d.w.org != "" && phrases.Has(d.lang()) {
		text = d.phrase("hello_org", phrases.Data{"Org": d.w.org})
	}
	d.greet()
	d.reply(bots.Reply{Text: text, Choices: d.languages(st.sure)})
}

// languages are buttons for the languages with articles, the present one left out.
// Somebody who surely writes Ukrainian is not offered Russian.
func (d *decision) languages(sure bool) []bots.Choice {
	var choices []bots.Choice
	for _, lang := range phrases.Full {
		if lang == d.s.Lang || lang == "ru" && d.s.Lang == "uk" && sure {
			continue
		}
		choices = append(choices, bots.Choice{ID: "lang:" + lang, Label: phrases.Names[lang]})
	}
	return choices
}

func (d *decision) thanks(st step) {
	if st.wish == Emoji || d.s.Owner == Waiting {
		return
	}
	d.speak("thanks", nil)
}

func (d *decision) stop() {
	if d.hasCase() {
		d.e.withdraw = true
		d.leaveLine()
	}
	d.speak("stopped", nil)
	d.s.Stopped = true
}

func (d *decision) leaveLine() {
	d.s.Owner, d.s.Case, d.s.Holder, d.s.Later, d.s.LaterAt = Bot, "", "", "", time.Time{}
}

// person brings a volunteer. The question asked before is what the case is about.
func (d *decision) person(text string) {
	d.s.Stopped = false
	if d.s.Owner == Waiting || d.s.Owner == Volunteer {
		d.tellPlace()
		return
	}
	preview := d.s.Question
	if preview == "" {
		preview = text
	}
	d.escalate(d.topic(), preview, "")
	d.lineUp("queued_person")
}

// topic is the article that the last question was most likely about.
func (d *decision) topic() string {
	if d.s.Article != "" {
		return d.s.Article
	}
	if len(d.s.Rest) > 0 {
		return d.s.Rest[0]
	}
	return ""
}

func (d *decision) tellPlace() {
	switch {
	case !d.hasCase():
		d.speak("not_in_line", nil)
	case d.s.Owner == Volunteer:
		d.tellHolder()
	case d.w.place > 0:
		d.reply(bots.Reply{Text: d.w.say.Count(d.lang(), "place", d.w.place, nil) + "\n\n" + d.hoursText(), From: bots.FromSystem})
	default:
		d.reply(bots.Reply{Text: d.hoursText(), From: bots.FromSystem})
	}
}

func (d *decision) tellHolder() {
	if d.s.Holder == "" {
		d.speak("claimed_anonymous", nil)
		return
	}
	d.speak("claimed", phrases.Data{"Name": d.s.Holder})
}

// ask answers a question, or finds out what it is, or brings a person.
func (d *decision) ask(st step) {
	d.s.Stopped = false
	clarified := d.s.Clarified
	d.s.Question, d.s.Rest, d.s.Clarified, d.s.Article = st.text, st.found.maybe, false, ""
	switch {
	case !phrases.Has(d.lang()):
		d.strange(st)
	case len(st.found.clear) > 0:
		for _, a := range st.found.clear {
			d.give(a.article, a.message)
		}
		d.count("answered")
	case d.s.Owner == Waiting:
		d.add(st)
	case len(st.found.maybe) > 0 && !clarified:
		d.clarify(st.found.maybe)
		d.count("clarified")
	default:
		d.escalate(d.topic(), st.text, "")
		d.lineUp("queued")
	}
}

// add puts a message to the case that waits, and says so once.
func (d *decision) add(st step) {
	d.change(handoff.Change{Message: true, Preview: st.text, Lang: d.s.Lang})
	if !d.s.Added {
		d.s.Added = true
		d.speak("queued_more", nil, d.button("place", "button_place"), d.button("withdraw", "button_withdraw"))
	}
}

// strange answers somebody whose language has no articles: greeted in it, offered
// the languages there are, or a person.
func (d *decision) strange(st step) {
	if d.s.Owner == Waiting {
		d.add(st)
		return
	}
	choices := append(d.languages(true), d.button("person", "button_person"))
	d.reply(bots.Reply{Text: d.phrase("hello", nil) + "\n\n" + d.phrase("language_few", nil), Choices: choices})
	d.count("clarified")
}

// clarify offers up to three titles.
func (d *decision) clarify(ids []string) {
	d.s.Clarified = true
	var choices []bots.Choice
	for _, id := range ids[:min(3, len(ids))] {
		if a := d.w.library.Base.Article(id); a != nil {
			choices = append(choices, bots.Choice{ID: "article:" + id, Label: a.Title(d.lang())})
		}
	}
	d.s.Rest = slices.Clone(ids[min(3, len(ids)):])
	choices = append(choices, d.button("none", "button_none"), d.button("person", "button_person"))
	d.speak("clarify", nil, choices...)
}

// media goes straight to a person: the bot cannot look at it.
func (d *decision) media(st step) {
	d.speakTheirs(st)
	d.record(st)
	if d.danger(st) {
		return
	}
	if d.s.Owner == Volunteer {
		if d.s.Case != "" {
			d.change(handoff.Change{Message: true})
		}
		return
	}
	d.greet()
	if d.s.Owner == Waiting {
		d.add(st)
		return
	}
	d.escalate(d.topic(), strings.TrimSpace(d.s.Question+"\n"+st.text), "")
	d.lineUp("queued_media")
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
	d.lineUp("failed")
}

// operator notes what somebody typed on the linked phone: a volunteer's words. The
// bot is silent for half an hour after them.
func (d *decision) operator(st step) {
	for _, m := range st.messages {
		d.e.log = append(d.e.log, bots.Entry{ID: m.ID, At: m.At, From: bots.FromVolunteer, Text: m.Text, Media: m.Media})
	}
	d.s.Owner, d.s.Spoke = Volunteer, d.w.now
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
