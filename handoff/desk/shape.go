package desk

import (
	"fmt"
	"net/url"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

// caseJSON is CASE of the API.
type caseJSON struct {
	ID      string        `json:"id"`
	State   handoff.State `json:"state"`
	Channel bots.Kind     `json:"channel"`
	Lang    string        `json:"lang"`
	// Topic and Preview stay empty for an urgent case: somebody may look over a
	// volunteer's shoulder, and lists are not the place to read of violence.
	Topic   string `json:"topic"`
	Urgent  string `json:"urgent"`
	Alias   string `json:"alias"`
	Preview string `json:"preview"`
	// Place counts from 1; 0 for a case that does not wait.
	Place  int             `json:"place"`
	Opened time.Time       `json:"opened"`
	Since  *time.Time      `json:"waiting_since"`
	Due    *time.Time      `json:"due"`
	Holder *handoff.Holder `json:"holder"`
	Unread int             `json:"unread"`
	Wishes []string        `json:"wishes,omitempty"`
	// Expires is when the claim ends by itself, Warn when the holder is warned.
	Expires *time.Time `json:"expires,omitempty"`
	Warn    *time.Time `json:"warn,omitempty"`
	// Answered is the moment of the first reply.
	Answered *time.Time `json:"answered,omitempty"`
	Closed   *time.Time `json:"closed,omitempty"`
	Outcome  string     `json:"outcome,omitempty"`
	// Recalled says that the volunteers were called a second time.
	Recalled bool `json:"recalled,omitempty"`
	// Blocked says that the person was shut out on this occasion.
	Blocked bool `json:"blocked,omitempty"`
}

// hiddenUrgency stands for the kind of urgency where the reader is not trained for it.
const hiddenUrgency = "restricted"

// seenBy leaves of an urgent case that it exists, for who may not read it.
func (j caseJSON) seenBy(a handoff.Actor, c handoff.Case) caseJSON {
	if a.MayRead(c) {
		return j
	}
	return j.hidden()
}

func (j caseJSON) hidden() caseJSON {
	j.Urgent, j.Preview, j.Topic, j.Outcome, j.Wishes = hiddenUrgency, "", "", "", nil
	return j
}

func (d *Desk) shape(c handoff.Case, place int) caseJSON {
	expires, warn := d.queue.Expires(c)
	j := caseJSON{
		ID: c.ID, State: c.State, Channel: c.Channel, Lang: c.Lang, Topic: c.Topic, Urgent: c.Urgent, Alias: c.Alias,
		Preview: c.Preview, Place: place, Opened: c.Opened, Since: maybe(c.WaitingSince), Due: maybe(c.Due),
		Holder: c.Holder, Unread: c.Unread, Wishes: c.Wishes, Expires: maybe(expires), Warn: maybe(warn),
		Answered: maybe(c.Answered), Closed: maybe(c.Closed), Outcome: c.Outcome,
		Recalled: c.Recalled, Blocked: c.Barred,
	}
	if c.Urgent != "" {
		j.Preview, j.Topic = "", ""
	}
	return j
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// caseDetail is CASE with everything that was said.
type caseDetail struct {
	caseJSON
	Messages []messageJSON `json:"messages"`
	// Guidance is how to go about an urgent case.
	Guidance *guidanceJSON `json:"guidance,omitempty"`
	// Wanted says that the editors know that this should be an article.
	Wanted bool `json:"wanted,omitempty"`
	// Earlier are the resolved cases of the same person, newest first.
	Earlier []earlierJSON `json:"earlier"`
}

// guidanceJSON is the card for the volunteer: Text in their language, First the first
// line in the newcomer's, Meaning the same in theirs.
type guidanceJSON struct {
	Text    string `json:"text"`
	First   string `json:"first"`
	Meaning string `json:"meaning"`
}

type earlierJSON struct {
	ID      string     `json:"id"`
	Opened  time.Time  `json:"opened"`
	Closed  *time.Time `json:"closed"`
	Topic   string     `json:"topic"`
	Outcome string     `json:"outcome"`
}

type messageJSON struct {
	ID        string         `json:"id"`
	At        time.Time      `json:"at"`
	From      string         `json:"from"`
	By        string         `json:"by"`
	Text      string         `json:"text"`
	Lang      string         `json:"lang,omitempty"`
	Article   string         `json:"article"`
	Revision  string         `json:"revision"`
	Delivery  string         `json:"delivery"`
	Reason    string         `json:"reason"`
	Edited    bool           `json:"edited,omitempty"`
	Withdrawn bool           `json:"withdrawn,omitempty"`
	Choices   []string       `json:"choices,omitempty"`
	Media     []mediaJSON    `json:"media,omitempty"`
	Location  *bots.Location `json:"location,omitempty"`
	// Hidden are the personal data that markers in Text stand for, in their order.
	Hidden []hiddenJSON `json:"hidden,omitempty"`
}

type mediaJSON struct {
	Kind bots.MediaKind `json:"kind"`
	Name string         `json:"name"`
	Size int64          `json:"size"`
	URL  string         `json:"url"`
}

// typingJSON says that the newcomer of a case is typing, for so many ms without further
// news; 0 when they have stopped.
type typingJSON struct {
	ID string `json:"id"`
	MS int    `json:"ms"`
}

func (d *Desk) shapeMessages(c handoff.Case, entries []bots.Entry) []messageJSON {
	list := make([]messageJSON, 0, len(entries))
	for _, e := range entries {
		m := messageJSON{ID: e.ID, At: e.At, From: e.From, By: e.By, Text: e.Text, Lang: e.Lang, Article: e.Article,
			Revision: e.Revision, Delivery: e.Delivery, Reason: e.Reason, Edited: e.Edited, Withdrawn: e.Withdrawn, Location: e.Location}
		if e.From == bots.FromVolunteer && e.Delivery == "" {
			m.Delivery = bots.DeliveryQueued // the router has not taken it yet
		}
		if hides(c, e) {
			m.Text, m.Hidden, _ = d.hide(e)
			m.Location = nil
		}
		for _, choice := range e.Choices {
			m.Choices = append(m.Choices, choice.Label)
		}
		for n, a := range e.Media {
			m.Media = append(m.Media, mediaJSON{Kind: a.Kind, Name: a.Name, Size: a.Size,
				URL: fmt.Sprintf("/desk/api/cases/%s/media/%s/%d", c.ID, url.PathEscape(e.ID), n)})
		}
		list = append(list, m)
	}
	return list
}
