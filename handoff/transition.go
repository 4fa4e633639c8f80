package handoff

import (
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// step is what a transition leads to: the next case and what must happen with it.
type step struct {
	next Case
	// event tells the router; nil when the newcomer's side is not concerned.
	event *Event
	// entries go into the transcript.
	entries []bots.Entry
	// audit names the action in the audit log; "" is not worth a record.
	audit string
	// reason is what the volunteer gave as one, for the audit log.
	reason string
	// capacity limits how many cases the new holder may hold; 0 is no limit.
	capacity int
	// result is what a repeat of the action gets as well.
	result string
}

// mayAct checks that by holds the case.
func (c Case) mayAct(by Actor) error {
	switch {
	case c.State == Resolved:
		return ErrResolved
	case c.Holder == nil:
		return ErrNotHolder
	case c.Holder.ID != by.ID:
		return &ClaimedError{Holder: *c.Holder}
	}
	return nil
}

func (c Case) event(kind string, by Actor, now time.Time) *Event {
	return &Event{Kind: kind, Case: c.ID, By: by.ID, ByName: by.Name, Topic: c.Topic, Urgent: c.Urgent, At: now}
}

// take makes by the holder.
func (c Case) take(by Actor, now time.Time) Case {
	c.State, c.Holder, c.Lapsed = Claimed, by.holder(), ""
	c.Claimed, c.Touched = now, now
	return c
}

// back puts the case into the queue again, at its old place.
func (c Case) back(now time.Time) Case {
	c.State, c.Holder, c.Lapsed = Waiting, nil, ""
	c.Claimed, c.Touched, c.Queued = time.Time{}, time.Time{}, now
	if c.WaitingSince.IsZero() {
		c.WaitingSince = now
	}
	return c
}

// claim: claiming what one holds already is no error and changes nothing.
func (c Case) claim(by Actor, now time.Time) (step, error) {
	switch {
	case c.State == Resolved:
		return step{}, ErrResolved
	case c.Holder != nil && c.Holder.ID == by.ID:
		return step{next: c}, nil
	case c.Holder != nil:
		return step{}, &ClaimedError{Holder: *c.Holder}
	case !by.MayRead(c):
		return step{}, ErrUntrained
	}
	s := step{next: c.take(by, now), event: c.event(EventClaimed, by, now), audit: "claimed", capacity: by.Capacity}
	if c.Urgent != "" {
		s.capacity = 0 // nobody in danger waits for a number
	}
	return s, nil
}

func (c Case) takeOver(by Actor, now time.Time) (step, error) {
	switch {
	case !by.Coordinator:
		return step{}, ErrNotAllowed
	case c.Holder == nil || c.Holder.ID == by.ID:
		return c.claim(by, now)
	}
	return step{next: c.take(by, now), event: c.event(EventTakeover, by, now), audit: "took over"}, nil
}

func (c Case) release(by Actor, note string, now time.Time) (step, error) {
	if err := c.mayAct(by); err != nil {
		return step{}, err
	}
	s := step{next: c.back(now), event: c.event(EventReleased, by, now), audit: "released"}
	s.addNote(c, by, note, now)
	return s, nil
}

func (c Case) transfer(by, to Actor, note string, now time.Time) (step, error) {
	if !by.Coordinator || c.Holder == nil {
		if err := c.mayAct(by); err != nil {
			return step{}, err
		}
	}
	if c.Holder.ID == to.ID {
		return step{next: c}, nil
	}
	if !to.MayRead(c) {
		return step{}, ErrUntrained
	}
	s := step{next: c.take(to, now), event: c.event(EventTransferred, by, now), audit: "transferred", capacity: to.Capacity}
	s.event.To, s.event.ToName = to.ID, to.Name
	s.addNote(c, by, note, now)
	return s, nil
}

// message is a reply or a note.
type message struct {
	id, text, article, revision string
}

// reply: the volunteer whose claim lapsed claims again by replying.
func (c Case) reply(by Actor, m message, now time.Time) (step, error) {
	s := step{next: c, audit: "replied", result: m.id}
	if strings.TrimSpace(m.text) == "" {
		return step{}, ErrEmpty
	}
	if err := c.mayAct(by); err != nil {
		if c.State != Waiting || c.Lapsed != by.ID {
			return step{}, err
		}
		s.next = c.take(by, now)
	}
	s.next.Touched, s.next.WaitingSince, s.next.Unread = now, time.Time{}, 0
	if s.next.Answered.IsZero() {
		s.next.Answered = now
	}
	s.entries = []bots.Entry{{ID: m.id, At: now, From: bots.FromVolunteer, By: by.Name, Text: m.text,
		Article: m.article, Revision: m.revision}}
	s.event = c.event(EventReply, by, now)
	s.event.Text, s.event.MessageID, s.event.Article, s.event.Revision = m.text, m.id, m.article, m.revision
	return s, nil
}

// note: whoever holds the case, everybody while nobody does, and coordinators may
// write notes.
func (c Case) note(by Actor, m message, now time.Time) (step, error) {
	if strings.TrimSpace(m.text) == "" {
		return step{}, ErrEmpty
	}
	if c.Holder != nil && c.Holder.ID != by.ID && !by.Coordinator {
		return step{}, &ClaimedError{Holder: *c.Holder}
	}
	if !by.MayRead(c) {
		return step{}, ErrUntrained
	}
	s := step{next: c, result: m.id}
	if c.Holder != nil && c.Holder.ID == by.ID {
		s.next.Touched = now
	}
	s.entries = []bots.Entry{{ID: m.id, At: now, From: bots.FromNote, By: by.Name, Text: m.text}}
	return s, nil
}

func (c Case) resolve(by Actor, topic, outcome, note string, now time.Time) (step, error) {
	if !by.Coordinator || c.Holder == nil {
		if err := c.mayAct(by); err != nil {
			return step{}, err
		}
	}
	s := step{next: c.close(by.ID, outcome, now), audit: "resolved"}
	if topic != "" {
		s.next.Topic = topic
	}
	s.event = s.next.event(EventResolved, by, now)
	s.event.Outcome = outcome
	s.addNote(c, by, note, now)
	return s, nil
}

func (c Case) close(by, outcome string, now time.Time) Case {
	c.State, c.Holder, c.Lapsed, c.Unread = Resolved, nil, "", 0
	c.WaitingSince, c.Touched, c.Claimed = time.Time{}, time.Time{}, time.Time{}
	c.Closed, c.ClosedBy, c.Outcome = now, by, outcome
	return c
}

func (s *step) addNote(c Case, by Actor, text string, now time.Time) {
	if strings.TrimSpace(text) == "" {
		return
	}
	s.entries = append(s.entries, bots.Entry{ID: "note-" + c.ID + "-" + c.version, At: now, From: bots.FromNote, By: by.Name, Text: text})
}

// timing is what the clock needs to know.
type timing struct {
	lease, nobody, again time.Duration
	hours                Hours
}

// expires is when the claim ends by itself, zero if it does not.
func (t timing) expires(c Case) time.Time {
	if c.State != Claimed || c.WaitingSince.IsZero() {
		return time.Time{}
	}
	last := c.Touched
	if c.WaitingSince.After(last) {
		last = c.WaitingSince // a question that came later starts the time anew
	}
	return last.Add(t.lease)
}

// nobodyAt is when the newcomer hears that nobody was free yet, zero if never.
func (t timing) nobodyAt(c Case) time.Time {
	if c.State != Waiting || c.Nobody || c.Urgent != "" {
		return time.Time{}
	}
	return t.hours.After(c.Queued, t.nobody)
}

// unansweredAt is when the volunteers are called again to somebody in danger, at any
// hour; zero if never.
func (t timing) unansweredAt(c Case) time.Time {
	if c.State != Waiting || c.Recalled || c.Urgent == "" {
		return time.Time{}
	}
	return c.Queued.Add(t.again)
}

// next is when something will happen by itself, zero if nothing will.
func (t timing) next(c Case) time.Time {
	for _, at := range []time.Time{t.expires(c), t.unansweredAt(c)} {
		if !at.IsZero() {
			return at
		}
	}
	return t.nobodyAt(c)
}

// tick is what happens by itself at now; ok is false when nothing is due.
func (t timing) tick(c Case, now time.Time) (s step, ok bool) {
	if at := t.expires(c); !at.IsZero() && !now.Before(at) {
		s = step{next: c.back(now), event: c.event(EventExpired, Actor{}, now), audit: "expired"}
		s.next.Lapsed = c.Holder.ID
		return s, true
	}
	if at := t.unansweredAt(c); !at.IsZero() && !now.Before(at) {
		s = step{next: c, event: c.event(EventUnanswered, Actor{}, now), audit: "called again"}
		s.next.Recalled = true
		return s, true
	}
	if at := t.nobodyAt(c); !at.IsZero() && !now.Before(at) {
		s = step{next: c, event: c.event(EventNobody, Actor{}, now)}
		s.next.Nobody = true
		return s, true
	}
	return step{}, false
}
