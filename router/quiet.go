package router

import (
	"slices"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/router/safety"
)

// Nobody is woken: unasked messages wait from 22:00 to 8:00 by the newcomers' clock.
const (
	nightBegins = 22
	nightEnds   = 8
)

// unasked decides about a message that the newcomer did not just ask for: it may go
// now, later (not before the time returned), or never. Local is now by the
// newcomers' clock. Every sender of such a
// message calls it.
func unasked(s State, local time.Time) (ok bool, later time.Time) {
	if s.Quiet || s.Stopped {
		return false, time.Time{}
	}
	if h := local.Hour(); h >= nightEnds && h < nightBegins {
		return true, time.Time{}
	}
	morning := time.Date(local.Year(), local.Month(), local.Day(), nightEnds, 0, 0, 0, local.Location())
	if !morning.After(local) {
		morning = morning.AddDate(0, 0, 1)
	}
	return false, morning
}

// hush makes the conversation quiet after a danger of this kind. Where somebody near
// may be the danger, it returns how to take the chat off the phone, the first time.
func (d *decision) hush(kind string) (hint string) {
	if !slices.Contains(quietKinds, kind) {
		return ""
	}
	known := d.s.Quiet
	d.s.Quiet = true
	switch {
	case known || kind == safety.Suicide:
		return ""
	case d.s.Address.Channel == bots.Web:
		return "\n\n" + d.phrase("quiet_hint_web", nil)
	}
	return "\n\n" + d.phrase("quiet_hint", nil)
}

// discreet puts a first line above a text on a danger that a locked phone may show.
func (d *decision) discreet(kind, text string) string {
	if !slices.Contains(quietKinds, kind) {
		return text
	}
	return d.phrase("quiet_opening", nil) + "\n\n" + text
}
