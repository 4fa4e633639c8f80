package router

import "time"

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
