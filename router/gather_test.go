package router

import (
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/router/mailbox"
	"github.com/brug-helpdesk/brug/router/safety"
)

// counted counts how often a text is looked at.
type counted struct {
	danger
	checks int
}

func (c *counted) Check(text, lang string) safety.Finding {
	c.checks++
	return c.danger.Check(text, lang)
}

func TestDangerFoundOnAcceptIsNotLookedForAgain(t *testing.T) {
	m := newMind(t, tuesday.UTC)
	ears := m.ears()
	seen := &counted{danger: ears.danger}
	ears.danger = seen
	event := func(text string) mailbox.Event {
		found := m.Danger(text)
		return mailbox.Event{Kind: "message", Message: &bots.Message{Text: text}, Danger: &found}
	}
	danger := func(events ...mailbox.Event) string {
		t.Helper()
		steps, err := ears.steps(mailbox.Turn{Events: events}, State{})
		if err != nil || len(steps) != 1 {
			t.Fatalf("%d steps, %v", len(steps), err)
		}
		return steps[0].danger.Kind
	}
	if got := danger(event("my husband beats me")); got != safety.Violence || seen.checks != 0 {
		t.Errorf("one message: %q after %d more checks", got, seen.checks)
	}
	if got := danger(event("how do I get a BSN?"), event("my husband beats me")); got != safety.Violence {
		t.Errorf("one of two messages: %q", got)
	}
	seen.checks = 0
	if got := danger(event("my husband"), event("beats me")); got != safety.Violence || seen.checks != 1 {
		t.Errorf("two messages together: %q after %d more checks", got, seen.checks)
	}
	early := mailbox.Event{Kind: "message", Message: &bots.Message{Text: "my husband beats me"}} // of an earlier version
	if got := danger(early); got != safety.Violence {
		t.Errorf("a message that was not looked at yet: %q", got)
	}
}
