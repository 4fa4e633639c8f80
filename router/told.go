package router

import (
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// desk reacts to what volunteers did, and tells the newcomer what is news.
func (d *decision) desk(ev handoff.Event) {
	if ev.Kind == handoff.EventReply {
		d.reply(bots.Reply{ID: ev.MessageID, Text: ev.Text, From: bots.FromVolunteer, Article: ev.Article, Revision: ev.Revision})
	}
	switch ev.Kind {
	case handoff.EventBarred:
		d.s.Barred, d.s.BarredTold = ev.At.Add(handoff.BarredFor), false
		d.s.Last, d.s.Closed = "", time.Time{}
		if ev.Case == d.s.Case {
			d.leaveLine()
			d.settled()
		}
	case handoff.EventAdmitted:
		d.s.Barred = time.Time{}
	}
	if ev.Case != d.s.Case {
		return // about a case that this conversation has left behind
	}
	switch ev.Kind {
	case handoff.EventClaimed:
		d.heldBy(ev.ByName)
		d.notice("claimed")
	case handoff.EventTakeover:
		d.heldBy(ev.ByName)
		d.notice("transferred")
	case handoff.EventTransferred:
		d.heldBy(ev.ToName)
		d.notice("transferred")
	case handoff.EventReply:
		d.heldBy(ev.ByName)
		d.s.Spoke = d.w.now
		d.s.Later, d.s.LaterAt = "", time.Time{}
	case handoff.EventReleased, handoff.EventExpired:
		d.s.Owner, d.s.Holder = Waiting, ""
		if d.s.Later == "claimed" {
			d.s.Later, d.s.LaterAt = "", time.Time{} // never heard of, so nothing is news
			return
		}
		d.notice("back_in_line")
	case handoff.EventNobody:
		d.notice("nobody_yet")
	case handoff.EventUnanswered:
		d.s.Late = d.s.Quiet
		d.notice("urgent_nobody")
	case handoff.EventResolved:
		d.e.closed = true
		d.leaveLine()
		d.settled()
		d.s.Last, d.s.About, d.s.Closed, d.s.Rated = ev.Case, ev.Topic, d.w.now, false
		if ev.Urgent != "" {
			d.s.Rated = true // nobody is asked for a rating after danger
		}
		d.notice("resolved")
	}
}

// heldBy gives the word to a volunteer. What is typed from now on is for them, also
// a "2" that would have been a button. The newcomer hears a first name only.
func (d *decision) heldBy(name string) {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	d.s.Owner, d.s.Holder, d.s.Offered, d.s.Phone, d.s.Late = Volunteer, first, nil, time.Time{}, false
}

// notice tells news that the newcomer did not ask for: now, in the morning, or never.
func (d *decision) notice(what string) {
	ok, later := unasked(d.s, d.w.hours.Local(d.w.now))
	if !ok {
		d.s.Later, d.s.LaterAt = "", later
		if !later.IsZero() {
			d.s.Later = what
		}
		return
	}
	switch what {
	case "claimed":
		if d.s.Owner == Volunteer {
			d.tellHolder()
		}
	case "transferred":
		if d.s.Owner == Volunteer {
			d.speak("transferred", phrases.Data{"Name": d.s.Holder})
		}
	case "back_in_line", "nobody_yet":
		if d.s.Owner == Waiting {
			d.speak(what, nil, d.button("place", "button_place"), d.button("withdraw", "button_withdraw"))
		}
	case "urgent_nobody":
		if d.s.Owner == Waiting {
			d.stillAlone()
		}
	case "resolved":
		switch {
		case d.s.Owner != Bot:
		case d.s.Rated:
			d.speak("resolved_quiet", nil)
		default:
			d.speak("resolved", nil, d.button("good", "button_good"), d.button("bad", "button_bad"))
		}
	}
}
