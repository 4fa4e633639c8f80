package router

import (
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// decision is a state on its way to the next one. It touches nothing outside.
type decision struct {
	w world
	s State
	e effects
}

// decide is the pure heart: what the steps of a turn make of a conversation.
func decide(w world, s State, steps []step) (State, effects) {
	d := &decision{w: w, s: s}
	if d.s.Owner == "" {
		d.s.Owner = Bot
	}
	if s.Case != "" && !w.hasCase {
		// Closed while the person was writing: what they wrote comes after that, or
		// nobody would read it.
		steps = slices.Clone(steps)
		slices.SortStableFunc(steps, func(a, b step) int { return byDesk(b) - byDesk(a) })
	} else {
		steps = claimsFirst(steps)
	}
	for _, st := range steps {
		d.step(st)
	}
	if n := len(d.e.said); d.e.greet && n > 0 {
		d.e.said[n-1].Text += "\n\n" + d.phrase("privacy_first", phrases.Data{"Days": d.w.keepDays, "URL": d.w.privacy + "?lang=" + d.lang()})
	}
	return d.s, d.e
}

// claimsFirst moves a claim before the words that came just before it and were not
// looked at yet: they are the volunteer's to answer.
func claimsFirst(steps []step) []step {
	steps = slices.Clone(steps)
	for i := range steps {
		if steps[i].kind != toldByDesk || !takes(steps[i].event.Kind) {
			continue
		}
		for j := i; j > 0 && justWords(steps[j-1]); j-- {
			steps[j], steps[j-1] = steps[j-1], steps[j]
		}
	}
	return steps
}

// takes says that the desk's event gives the word to a volunteer.
func takes(kind string) bool {
	return kind == handoff.EventClaimed || kind == handoff.EventTakeover || kind == handoff.EventTransferred
}

// justWords says that a step is something written, no wish and no tap.
func justWords(st step) bool {
	switch st.kind {
	case heardText, heardMedia, heardEdit:
		return st.choice == "" && (st.wish == NoWish || st.wish == Greeting || st.wish == Thanks || st.wish == Plea || st.wish == Emoji)
	}
	return false
}

func byDesk(st step) int {
	if st.kind == toldByDesk {
		return 1
	}
	return 0
}

func (d *decision) step(st step) {
	if !d.s.Phone.IsZero() && d.w.now.After(d.s.Phone) {
		d.s.Phone, d.s.Owner = time.Time{}, Bot // the operator on the phone has been silent for long
		if d.s.Case != "" {
			d.s.Owner = Waiting
		}
	}
	for _, m := range st.messages {
		d.s = d.s.meet(m.Contact)
	}
	if st.kind != heardText {
		d.s.Heard = "" // said again after something happened, it may mean something else
	}
	switch st.kind {
	case heardText, heardMedia, heardTap, heardEdit:
		d.s.Stopped = false // who writes wants to hear of it
	}
	switch st.kind {
	case heardText:
		d.text(st)
	case heardEdit:
		d.edit(st)
	case heardMedia:
		d.media(st)
	case heardTap:
		d.record(st)
		d.tap(st.choice, st)
	case heardReaction:
		d.reaction(st)
	case heardDelete:
		d.withdrawn(st)
	case heardOperator:
		d.operator(st)
	case heardBlocked:
		d.blocked()
	case heardUnread:
		d.unread()
	case toldByDesk:
		d.desk(st.event)
	case toldParked:
		d.parked(st.parked)
	case toldDropped:
		d.speak("too_many", nil)
	case toldFailed:
		d.failed(st)
	case toldTime:
		d.time()
	}
}

// record puts what the person sent into the transcript.
func (d *decision) record(st step) {
	d.read(st)
	for _, m := range st.messages {
		e := bots.Entry{ID: m.ID, At: m.At, From: bots.FromNewcomer, Text: m.Text, Lang: st.lang,
			Media: m.Media, Location: m.Location}
		if m.Action == bots.Edit {
			e.Edits = m.Target
		}
		if m.Action == bots.Tap {
			e.Text = d.label(m.Choice)
		}
		if m.Unsupported != "" && e.Text == "" {
			e.Text = "[" + m.Unsupported + "]"
		}
		d.e.log = append(d.e.log, e)
	}
}

// read marks what the person sent as read.
func (d *decision) read(st step) {
	for _, m := range st.messages {
		d.e.read = append(d.e.read, m.ID)
	}
	d.e.read = append(d.e.read, st.again...)
}

// label is what stood on the button that was tapped.
func (d *decision) label(choice string) string {
	for _, c := range d.s.Offered {
		if c.ID == choice {
			return c.Label
		}
	}
	return choice
}

func (d *decision) lang() string {
	if d.s.Lang == "" {
		return "en"
	}
	return d.s.Lang
}

func (d *decision) phrase(id string, data phrases.Data) string {
	return d.w.say.Say(d.lang(), id, data)
}

// speak says a phrase, with buttons.
func (d *decision) speak(id string, data phrases.Data, choices ...bots.Choice) {
	d.reply(bots.Reply{Text: d.phrase(id, data), Choices: choices})
}

// reply says something in the conversation's language and remembers its buttons.
func (d *decision) reply(r bots.Reply) {
	if r.Lang == "" {
		r.Lang = d.lang()
	}
	if r.From == "" {
		r.From = bots.FromBot
	}
	if len(r.Choices) > 0 {
		d.s.Offered = r.Choices
	}
	d.e.said = append(d.e.said, r)
}

func (d *decision) button(id, phrase string) bots.Choice {
	return bots.Choice{ID: id, Label: d.phrase(phrase, nil)}
}

func (d *decision) count(what string) { d.e.counts = append(d.e.counts, what) }

// escalate opens a case, or adds to the open one.
func (d *decision) escalate(topic, preview, urgent string) {
	if d.hasCase() {
		d.change(handoff.Change{Message: true, Topic: topic, Urgent: urgent, Preview: preview, Lang: d.s.Lang})
		return
	}
	if d.barred() && urgent == "" {
		return
	}
	d.s.Added, d.s.Bare = false, false
	d.s.Last, d.s.About, d.s.Closed, d.s.Rated, d.s.Missing = "", "", time.Time{}, false, false
	if d.s.Owner != Volunteer {
		d.s.Owner = Waiting
	}
	d.count("escalated")
	if d.w.reopen && urgent == "" {
		d.e.reopen = true
		d.change(handoff.Change{Topic: topic, Preview: preview, Lang: d.s.Lang})
		if d.w.again != "" {
			d.heldBy(d.w.again)
		}
		return
	}
	d.e.open = &handoff.NewCase{Channel: d.s.Address.Channel, Lang: d.lang(), Topic: topic, Urgent: urgent, Preview: preview}
}

func (d *decision) hasCase() bool {
	return d.w.hasCase && !d.e.withdraw || d.e.open != nil || d.e.reopen
}

// change folds a change into whatever this turn does to the case already.
func (d *decision) change(c handoff.Change) {
	if d.e.open != nil {
		if c.Urgent != "" {
			d.e.open.Urgent = c.Urgent
		}
		if c.Topic != "" && d.e.open.Topic == "" {
			d.e.open.Topic = c.Topic
		}
		if c.Wish != "" {
			d.e.open.Wishes = append(d.e.open.Wishes, c.Wish)
		}
		if c.Preview != "" {
			d.e.open.Preview = strings.TrimSpace(d.e.open.Preview + "\n" + c.Preview)
		}
		return
	}
	if d.e.change == nil {
		d.e.change = &c
		return
	}
	old := d.e.change
	old.Message = old.Message || c.Message
	if c.Preview != "" {
		old.Preview = c.Preview
	}
	if c.Lang != "" {
		old.Lang = c.Lang
	}
	if c.Topic != "" {
		old.Topic = c.Topic
	}
	if c.Urgent != "" {
		old.Urgent = c.Urgent
	}
	if c.Wish != "" {
		old.Wish = c.Wish
	}
}

// lineUp tells the place in the line and the hours, behind the phrase that says why; or
// who answers again, when the case went back to them.
func (d *decision) lineUp(why string) {
	if d.e.reopen && d.s.Owner == Volunteer {
		if why == "queued_media" || why == "failed" { // these say what happened to the message
			d.speak(why, nil)
		}
		d.speak("again", phrases.Data{"Name": d.s.Holder})
		return
	}
	var shared []bots.Choice
	parts := []string{d.phrase(why, nil)}
	if spoken, known := d.w.speaks[d.lang()]; known && !spoken {
		parts = append(parts, d.phrase("language_nobody", nil))
		shared = d.shared()
	}
	if d.w.place > 0 {
		parts = append(parts, d.placeText())
	}
	if d.w.wait > 0 && d.w.hours.Open(d.w.now) {
		parts = append(parts, d.phrase(waitPhrase(d.w.wait), nil))
	}
	parts = append(parts, d.hoursText())
	d.reply(bots.Reply{Text: strings.Join(parts, "\n\n"), From: bots.FromSystem,
		Choices: append(shared, d.button("place", "button_place"), d.button("withdraw", "button_withdraw"))})
}

// shared are buttons for languages that a volunteer writes, for somebody whose own
// nobody does.
func (d *decision) shared() []bots.Choice {
	return slices.DeleteFunc(d.languages(true), func(c bots.Choice) bool { return !d.w.speaks[strings.TrimPrefix(c.ID, "lang:")] })
}

// placeText is the place in line, and notes that it was told.
func (d *decision) placeText() string {
	d.s.Place, d.s.PlaceAt = d.w.place, d.w.now
	return d.w.say.Count(d.lang(), "place", d.w.place, nil)
}

// waitPhrase says how long a first answer usually takes, no more exactly than anybody
// can know.
func waitPhrase(wait time.Duration) string {
	switch {
	case wait <= 30*time.Minute:
		return "wait_short"
	case wait <= time.Hour:
		return "wait_hour"
	case wait <= 4*time.Hour:
		return "wait_hours"
	}
	return "wait_day"
}

// hoursText says when volunteers answer.
func (d *decision) hoursText() string {
	hours := weekText(d.w.say, d.lang(), d.w.hours)
	if hours == "" {
		return d.phrase("hours_none", nil)
	}
	if d.w.hours.Open(d.w.now) {
		return d.phrase("hours_open", phrases.Data{"Hours": hours})
	}
	next := d.w.hours.NextOpen(d.w.now)
	if next.IsZero() {
		return d.phrase("hours_none", nil)
	}
	local := d.w.hours.Local(next)
	return d.phrase("hours_closed", phrases.Data{"Hours": hours,
		"Day": d.w.say.Weekday(d.lang(), local.Weekday()), "Time": local.Format("15:04")})
}
