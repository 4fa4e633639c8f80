package router

import (
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// desk reacts to what volunteers did, and tells the newcomer what is news.
func (d *decision) desk(ev handoff.Event) {
	if ev.Case != d.s.Case && d.s.Case != "" {
		return // about a case that this conversation has left behind
	}
	switch ev.Kind {
	case handoff.EventClaimed, handoff.EventTakeover:
		d.s.Owner, d.s.Case, d.s.Holder = Volunteer, ev.Case, ev.ByName
		d.notice("claimed")
	case handoff.EventTransferred:
		d.s.Owner, d.s.Case, d.s.Holder = Volunteer, ev.Case, ev.ToName
		d.notice("transferred")
	case handoff.EventReply:
		d.s.Owner, d.s.Case, d.s.Holder, d.s.Spoke = Volunteer, ev.Case, ev.ByName, d.w.now
		d.s.Later, d.s.LaterAt = "", time.Time{}
		d.reply(bots.Reply{ID: ev.MessageID, Text: ev.Text, From: bots.FromVolunteer, Article: ev.Article, Revision: ev.Revision})
	case handoff.EventReleased, handoff.EventExpired:
		d.s.Owner, d.s.Holder = Waiting, ""
		d.notice("back_in_line")
	case handoff.EventNobody:
		d.notice("nobody_yet")
	case handoff.EventResolved:
		d.leaveLine()
		d.s.Last, d.s.Closed, d.s.Rated, d.s.Clarified = ev.Case, d.w.now, false, false
		if ev.Urgent != "" {
			d.s.Rated = true // nobody is asked for a rating after danger
		}
		d.notice("resolved")
	}
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
