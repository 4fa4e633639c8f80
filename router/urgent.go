package router

import (
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/router/safety"
)

const (
	// handsOff is how long after a volunteer's word the bot leaves danger to them.
	handsOff = 2 * time.Minute
	// repeatAlarm is how soon the same text would only be noise.
	repeatAlarm = time.Minute
)

// quietKinds are dangers after which a phone may be read by the wrong person.
var quietKinds = []string{safety.Violence, safety.Trafficking, safety.Exploitation, safety.Suicide}

// danger answers a message that speaks of danger; false when it does not.
func (d *decision) danger(st step) bool {
	kind := st.danger.Kind
	if kind == "" {
		return false
	}
	if st.danger.Unsure {
		return d.askDanger(st)
	}
	d.alarm(st)
	return true
}

// alarm says the vetted text, puts the case on top and makes the conversation quiet.
func (d *decision) alarm(st step) {
	kind := st.danger.Kind
	hint := d.hush(kind)
	d.s.Greeted, d.s.Danger = true, ""
	d.escalate("", st.text, kind)
	if st.wish == WishWoman {
		d.change(handoff.Change{Wish: handoff.WishWoman})
	}
	d.count("urgent:" + kind)
	if d.w.now.Sub(d.s.Spoke) < handsOff && d.s.Owner == Volunteer {
		return
	}
	if d.s.Urgent == kind && d.w.now.Sub(d.s.Alarmed) < repeatAlarm {
		return
	}
	d.s.Urgent, d.s.Alarmed = kind, d.w.now
	d.reply(bots.Reply{Text: d.discreet(kind, vetted(d.w.library.Base, st.danger, d.lang())) + hint, From: bots.FromSystem, Urgent: true})
}

// vetted is the text for a danger, with the numbers to call.
func vetted(base *knowledge.Base, f safety.Finding, lang string) string {
	text, _ := safety.Text(f.TextKind(), lang)
	return knowledge.Expand(text, base.Numbers())
}

// stillAlone tells somebody in danger that no volunteer has come yet, with the numbers
// to call.
func (d *decision) stillAlone() {
	d.s.Late = false
	_, names := safety.Text(d.s.Urgent, d.lang())
	if len(names) == 0 {
		names = []string{"emergency"}
	}
	numbers := d.w.library.Base.Numbers()
	var calls []string
	for _, name := range names {
		calls = append(calls, "**"+numbers[name].Number+"**")
	}
	d.reply(bots.Reply{Text: d.phrase("urgent_nobody", phrases.Data{"Numbers": strings.Join(calls, ", ")}), From: bots.FromSystem, Urgent: true})
}

const (
	dangerYes = "danger:yes"
	dangerNo  = "danger:no"
)

// askDanger asks once whether there is danger; then the message goes its usual way.
func (d *decision) askDanger(st step) bool {
	if d.s.Danger == st.danger.Kind || d.s.Owner == Volunteer {
		return false
	}
	d.s.Danger, d.s.Question = st.danger.Kind, st.text
	if d.hasCase() {
		d.change(handoff.Change{Message: true, Preview: st.text, Lang: d.s.Lang})
	}
	d.reply(bots.Reply{Text: d.phrase("danger_ask", nil), From: bots.FromSystem, Urgent: true,
		Choices: []bots.Choice{d.button(dangerYes, "button_danger_yes"), d.button(dangerNo, "button_danger_no")}})
	d.count("danger_asked")
	return true
}

// dangerAnswer goes on after "are you in danger?". A "yes" on a button of long ago
// counts too: nobody knows of what kind, so it gets the number that is always right.
func (d *decision) dangerAnswer(yes bool, st step) {
	kind := d.s.Danger
	d.s.Danger = ""
	switch {
	case yes && kind != "":
		d.alarm(step{text: d.s.Question, danger: safety.Finding{Kind: kind}})
	case yes:
		d.escalate("", d.s.Question, safety.Violence)
		d.s.Quiet = true
		d.reply(bots.Reply{Text: d.phrase("danger_yes", nil), From: bots.FromSystem, Urgent: true})
	case kind != "" && d.s.Owner == Bot && d.s.Question != "":
		d.reask(st.found)
	default:
		d.speak("danger_no", nil, d.button("person", "button_person"))
	}
}
