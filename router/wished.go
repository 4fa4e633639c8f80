package router

import (
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// wish does what the person wants of the helpdesk itself; false when the message is
// a question.
func (d *decision) wish(st step) bool {
	if d.s.Owner == Volunteer {
		switch st.wish {
		case WishLang, WishData, WishDelete, WishStop:
		case WishWoman:
			d.change(handoff.Change{Wish: handoff.WishWoman})
			return false
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
		if len(st.messages) > 1 {
			d.s.Question = st.text // the wish came with what it is about
		}
		d.person(st.text)
	case WishWoman:
		if len(st.messages) > 1 {
			d.s.Question = st.text
		}
		d.woman(st.text)
	case WishLang:
		if st.named != "" {
			d.choose(st.named, st)
			return true
		}
		d.speak("language_which", nil, d.languages(true)...)
	case WishData:
		d.export()
	case WishDelete:
		d.speak("delete_ask", nil, d.button("delete:yes", "button_delete_yes"), d.button("delete:no", "button_delete_no"))
	case WishStop:
		d.stop()
	case WishPlace:
		d.tellPlace()
	case WishHours:
		d.tellHours()
	case WishLeave:
		if d.s.Quiet {
			return false // somebody else may have typed it: a volunteer reads it
		}
		d.withdraw()
	case Thanks, Emoji:
		d.thanks(st)
	case Plea:
		if d.hasCase() {
			d.change(handoff.Change{Message: true})
		}
		d.speak("plea", nil, d.button("person", "button_person"))
	default:
		return false
	}
	return true
}

func (d *decision) hello(st step) {
	if d.s.Owner == Waiting && st.wish == Greeting {
		d.stillWaiting()
		return
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
	if !d.s.Greeted && st.wish == Emoji {
		d.hello(st) // the first word of somebody is never met with silence
		return
	}
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
	d.s.Owner, d.s.Case, d.s.Holder, d.s.Later, d.s.LaterAt, d.s.Late = Bot, "", "", "", time.Time{}, false
	d.s.Place, d.s.PlaceAt = 0, time.Time{}
}

// person brings a volunteer. The question asked before is what the case is about.
func (d *decision) person(text string) {
	if d.s.Owner == Waiting || d.s.Owner == Volunteer {
		d.tellPlace()
		return
	}
	preview, bare := d.s.Question, d.s.Question == ""
	if bare {
		preview = text
	}
	d.escalate(d.topic(), preview, "")
	d.s.Bare = bare
	d.lineUp("queued_person")
}

// woman brings a volunteer who should be a woman: that is tried, and not promised.
func (d *decision) woman(text string) {
	waiting := d.hasCase()
	if !waiting {
		d.person(text)
	}
	d.change(handoff.Change{Message: waiting, Wish: handoff.WishWoman})
	d.speak("wish_woman", nil)
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

// stillEvery is how often who waits and knocks hears the place in line again.
const stillEvery = time.Hour

// stillWaiting answers a greeting of somebody who waits: nothing is news, but nobody is
// met with silence.
func (d *decision) stillWaiting() {
	if d.w.now.Sub(d.s.Still) >= stillEvery {
		d.s.Still = d.w.now
		d.tellPlace()
	}
}

func (d *decision) tellPlace() {
	switch {
	case !d.hasCase():
		d.speak("not_in_line", nil)
	case d.s.Owner == Volunteer:
		d.tellHolder()
	case d.w.place > 0:
		d.reply(bots.Reply{Text: d.placeText() + "\n\n" + d.hoursText(), From: bots.FromSystem})
	default:
		d.reply(bots.Reply{Text: d.hoursText(), From: bots.FromSystem})
	}
}

// tellHours says when volunteers answer, and who waits for one also the place in line.
func (d *decision) tellHours() {
	if d.hasCase() {
		d.tellPlace()
		return
	}
	d.reply(bots.Reply{Text: d.hoursText(), From: bots.FromSystem})
}

func (d *decision) tellHolder() {
	if d.s.Holder == "" {
		d.speak("claimed_anonymous", nil)
		return
	}
	d.speak("claimed", phrases.Data{"Name": d.s.Holder})
}
