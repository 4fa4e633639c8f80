package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// settled waits until no case is open, every message is in the transcript and every
// reply is sent, and returns the conversations of the people.
func settled(t *testing.T, desk *api, people []*caller) []transcript {
	t.Helper()
	logs := make([]transcript, len(people))
	var why string
	done := func() bool {
		var open, closed caseList
		desk.call("GET", "/desk/api/cases?state=open", nil, &open)
		desk.call("GET", "/desk/api/cases?state=resolved", nil, &closed)
		if why = fmt.Sprintf("%d open cases", len(open.Cases)); len(open.Cases) > 0 {
			return false
		}
		for _, c := range closed.Cases {
			var log transcript
			desk.call("GET", "/desk/api/cases/"+c.ID, nil, &log)
			i := slices.IndexFunc(people, func(p *caller) bool { return log.has(p.wrote[0]) })
			if i < 0 {
				t.Fatalf("case %s is nobody's", c.ID)
			}
			log.cases = append(logs[i].cases, c.ID)
			logs[i] = log
			for _, m := range log.Messages {
				if why = fmt.Sprintf("person %d: queued: %s", i, m.Text); m.Delivery == "queued" {
					return false
				}
			}
		}
		for i, p := range people {
			if why = fmt.Sprintf("person %d: %d of %d messages", i, len(logs[i].from("newcomer")), len(p.wrote)); len(logs[i].from("newcomer")) < len(p.wrote) {
				return false
			}
		}
		return true
	}
	for deadline := time.Now().Add(3 * patience.Limit); !done(); <-time.After(50 * time.Millisecond) {
		clear(logs)
		if time.Now().After(deadline) {
			t.Fatalf("the helpdesk does not come to rest: %s", why)
		}
	}
	return logs
}

// transcript is a conversation as the desk's API shows it.
type transcript struct {
	Messages []line
	cases    []string
}

type line struct {
	ID, From, By, Text, Delivery string
	At                           time.Time
}

func (t transcript) has(text string) bool {
	return slices.ContainsFunc(t.Messages, func(m line) bool { return m.Text == text })
}

// from is what one side said, in order.
func (t transcript) from(who string) (texts []string) {
	for _, m := range t.Messages {
		if m.From == who {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// deskCheck compares transcripts with what people and volunteers know they did.
type deskCheck struct {
	t       *testing.T
	kills   []kill
	holds   map[string][]hold // by case
	notices []string

	claims, replies          int
	written, before, dangers int // while a case was held
}

func newDeskCheck(t *testing.T, kills []kill, team []*volunteer) *deskCheck {
	t.Helper()
	say, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	d := &deskCheck{t: t, kills: kills, holds: map[string][]hold{}, notices: []string{say.Say("en", "back_in_line", nil)}}
	for _, v := range team {
		d.notices = append(d.notices, say.Say("en", "claimed", phrases.Data{"Name": v.name}), say.Say("en", "again", phrases.Data{"Name": v.name}))
		for _, h := range v.done() {
			d.holds[h.id] = append(d.holds[h.id], h)
		}
	}
	return d
}

// conversation checks that of one person.
func (d *deskCheck) conversation(i int, person *caller, log transcript) {
	d.t.Helper()
	if got := log.from("newcomer"); !slices.Equal(got, person.wrote) {
		d.t.Errorf("person %d wrote %q, in the transcript stands %q", i, person.wrote, got)
		return
	}
	var holds []hold
	for _, id := range log.cases {
		holds = append(holds, d.holds[id]...)
	}
	slices.SortFunc(holds, func(a, b hold) int { return a.from.Compare(b.from) })
	var want []string
	for n, h := range holds {
		want = append(want, h.replies...)
		if n > 0 && h.from.Before(holds[n-1].until) {
			d.t.Errorf("person %d: two volunteers held a case at once: %q, %q", i, holds[n-1].replies, h.replies)
		}
		d.silence(i, person, log, h)
	}
	d.claims += len(holds)
	d.replies += len(want)
	if got := log.from("volunteer"); !slices.Equal(got, want) {
		d.t.Errorf("person %d: volunteers replied %q, in the transcript stands %q", i, want, got)
	}
	var got, said []told
	for _, h := range person.heard() {
		if !slices.Contains(want, h.text) {
			continue
		}
		said = append(said, h)
		if !slices.ContainsFunc(got, func(b told) bool { return b.text == h.text }) {
			got = append(got, h)
		}
	}
	if !slices.EqualFunc(got, want, func(h told, text string) bool { return h.text == text }) {
		d.t.Errorf("person %d: volunteers replied %q, what came is %v", i, want, got)
	}
	checkRepeats(d.t, i, person, said, d.kills)
}

// silence checks that the bot said nothing while a case was held but that somebody
// took it or had given it back, what to do in danger, and the answer to what was
// written before the claim and stood in line before it.
func (d *deskCheck) silence(i int, person *caller, log transcript, h hold) {
	d.t.Helper()
	last := -1 // of the person's messages
	for _, m := range log.Messages {
		if m.From == "newcomer" {
			last++
			if at := person.at[last]; at.After(h.from) && at.Before(h.until) {
				d.written++
			}
		}
		if m.From != "bot" || m.At.Before(h.from) || m.At.After(h.until) || slices.Contains(d.notices, m.Text) {
			continue
		}
		switch {
		case last >= 0 && person.wrote[last] == deskDanger && strings.Contains(m.Text, "112"):
			d.dangers++
		case last >= 0 && person.at[last].Before(h.from):
			d.before++
		default:
			d.t.Errorf("person %d: the bot said %q at %s, between a claim at %s and %s", i, m.Text, m.At, h.from, h.until)
		}
	}
}
