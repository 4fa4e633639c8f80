package handoff

import "time"

// group stands for the helpdesk's own chat among the receivers.
const group = "group"

// receiver is somebody who may hear of cases.
type receiver struct {
	Reach
	id string
	// here says that they have the desk open.
	here     bool
	concerns func(Case) bool
}

// hearsOf says whether a case is one that the volunteer may be called to.
func (v Volunteer) hearsOf(c Case) bool {
	if c.given() {
		return c.holderID() == v.ID
	}
	return v.Speaks(c.Lang) && v.Actor().MayRead(c)
}

// given says that a case came back to its volunteer by itself, and nothing was done yet.
func (c Case) given() bool {
	return c.State == Claimed && c.Claimed.Equal(c.Queued) && c.Touched.Equal(c.Claimed) && c.Unread > 0
}

// alertTiming decides who hears of what, and when.
type alertTiming struct {
	hours Hours
	after time.Duration
	now   time.Time
}

// What somebody was told of a case.
const (
	toldWaiting = "waiting"
	toldUrgent  = "urgent"
)

func tells(c Case) string {
	if c.Urgent != "" {
		return toldUrgent
	}
	return toldWaiting
}

// news is what a receiver is told now, and when there may be more; zero for not known.
func (t alertTiming) news(p receiver, cases []Case, told map[string]map[string]string) (news []Case, next time.Time) {
	for _, c := range cases {
		was := told[c.ID][p.id]
		if was == toldUrgent || was == tells(c) || !p.concerns(c) || c.Urgent == "" && p.Choice != AlertAll {
			continue
		}
		at := t.now
		if c.Urgent == "" && p.id != group {
			at = t.calm(p, c)
		}
		if p.here {
			at = t.now.Add(PresenceKeep) // the page tells them; perhaps they leave
		}
		switch {
		case at.IsZero():
		case at.After(t.now):
			next = earlier(at, next)
		default:
			news = append(news, c)
		}
	}
	return news, next
}

// calm is when a case that is not urgent may be told: within office hours, after some
// waiting, not soon after another alert, not in the receiver's quiet hours. It is zero
// for never.
func (t alertTiming) calm(p receiver, c Case) time.Time {
	wait := t.after
	if c.given() {
		wait = 0 // the claim does not last long
	}
	at := t.hours.After(c.WaitingSince, wait)
	if at.IsZero() {
		return at
	}
	if pause := p.last.Add(t.after); !p.last.IsZero() && pause.After(at) {
		at = pause
	}
	if at.After(t.now) {
		return at
	}
	if quiet := p.quietFor(t.hours.Local(t.now)); quiet > 0 {
		return t.now.Add(quiet)
	}
	if !t.hours.Open(t.now) {
		return t.hours.NextOpen(t.now)
	}
	return t.now
}

func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}
