package router

import (
	"testing"
	"time"
)

func TestWhoWaitsAndKnocksHearsTheirPlaceOnceAnHour(t *testing.T) {
	d := newDesk(t)
	d.say("a", "I want to talk to a person")
	if got := d.say("a", "hello"); got == "" {
		t.Error("a greeting of somebody who waits was met with silence")
	}
	if got := d.say("a", "???"); got != "" {
		t.Errorf("told twice within the hour: %s", got)
	}
	d.clock.set(d.clock.Now().Add(time.Hour + time.Minute))
	wantText(t, d.say("a", "???"), "You are next in line.")
}
