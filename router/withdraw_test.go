package router

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/router/safety"
)

// kept is everything that is kept of a conversation, opened.
func (d *desk) kept(who string) string {
	d.t.Helper()
	ctx := d.t.Context()
	turn, err := d.mailbox.Peek(ctx, d.conversation(who))
	if err != nil {
		d.t.Fatal(err)
	}
	all := fmt.Sprintf("%s %+v %+v", turn.State, turn.Events, d.transcript(who))
	cases, err := d.queue.Earlier(ctx, d.conversation(who))
	if err != nil {
		d.t.Fatal(err)
	}
	if c, ok := d.open(who); ok {
		cases = append(cases, c)
	}
	wanted, err := d.queue.Wanted(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return all + fmt.Sprintf("%+v %+v", cases, wanted)
}

func TestWordsTakenBackAreKeptNowhere(t *testing.T) {
	const secret = "мій сусід грає на трубі щоночі і розводить бджіл на балконі"
	for when, then := range map[string]func(*testing.T, *desk){
		"waiting": func(*testing.T, *desk) {},
		"with a volunteer": func(t *testing.T, d *desk) {
			c, _ := d.open("a")
			if _, err := d.queue.Claim(t.Context(), c.ID, olha); err != nil {
				t.Fatal(err)
			}
			d.settle()
		},
		"resolved": func(t *testing.T, d *desk) {
			c, _ := d.open("a")
			if _, err := d.queue.Claim(t.Context(), c.ID, olha); err != nil {
				t.Fatal(err)
			}
			if err := d.queue.Want(t.Context(), handoff.Wanted{Case: c.ID, Question: c.Preview}); err != nil {
				t.Fatal(err)
			}
			if _, err := d.queue.Resolve(t.Context(), c.ID, olha, "", handoff.OutcomeVolunteer, ""); err != nil {
				t.Fatal(err)
			}
			d.settle()
		},
	} {
		for what, m := range map[string]bots.Message{
			"withdrawn": {Action: bots.Delete, Target: "the message"},
			"edited":    {Action: bots.Edit, Target: "the message", Text: "Як отримати БСН?"},
		} {
			t.Run(what+" "+when, func(t *testing.T) {
				d := newDesk(t)
				d.send("a", bots.Message{ID: "the message", Text: secret})
				if _, ok := d.open("a"); !ok {
					d.tap("a", "person")
				}
				then(t, d)
				if kept := d.kept("a"); !strings.Contains(kept, secret) {
					t.Fatalf("it was not there: %s", kept)
				}
				d.send("a", m)
				if kept := d.kept("a"); strings.Contains(kept, secret) {
					t.Errorf("it is there still: %s", kept)
				}
				for _, e := range d.transcript("a") {
					if e.ID == "the message" && (e.Withdrawn != (m.Action == bots.Delete) || e.Text != m.Text) {
						t.Errorf("the entry is %+v", e)
					}
				}
			})
		}
	}
}

// maskNumbers is what nobody may keep.
func maskNumbers(text string) string {
	masked, _ := safety.Mask(text)
	return masked
}

func TestNumbersInDangerAreMaskedWhenTheCaseCloses(t *testing.T) {
	for how, end := range map[string]func(*testing.T, *desk, handoff.Case){
		"resolved": func(t *testing.T, d *desk, c handoff.Case) {
			if _, err := d.queue.Claim(t.Context(), c.ID, olha); err != nil {
				t.Fatal(err)
			}
			d.settle()
			if !strings.Contains(d.kept("a"), "111222333") {
				t.Error("the volunteer cannot read it")
			}
			if _, err := d.queue.Resolve(t.Context(), c.ID, olha, "", handoff.OutcomeVolunteer, ""); err != nil {
				t.Fatal(err)
			}
			d.settle()
		},
		"withdrawn": func(_ *testing.T, d *desk, _ handoff.Case) { d.tap("a", "withdraw") },
	} {
		t.Run(how, func(t *testing.T) {
			d := newDesk(t)
			d.say("a", "Чоловік мене б'є, мій БСН 111222333")
			c, ok := d.open("a")
			if !ok {
				t.Fatal("no case")
			}
			end(t, d, c)
			entries := d.transcript("a")
			if !strings.Contains(entries[0].Text, "⟦BSN⟧") || strings.Contains(fmt.Sprint(entries), "111222333") {
				t.Errorf("kept after the case is closed: %q", entries[0].Text)
			}
		})
	}
}
