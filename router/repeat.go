package router

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// repeatWithin is how long a text that comes again is answered by what was said to it.
const repeatWithin = 2 * time.Minute

// repeats says that the person only sends once more what they sent just now: it was
// answered, and makes neither a second answer nor a second line for the volunteers.
// Danger and a wish are never a repeat, nor is anything while the bot waits for an answer,
// and a volunteer who has the word hears everything.
func (d *decision) repeats(st step) bool {
	asked := d.s.Clarified || len(d.s.Pending) > 0 || d.s.Danger != "" || d.typed(st) != ""
	if asked || st.danger.Kind != "" || st.wish != NoWish && !st.wish.courtesy() || d.s.Owner == Volunteer {
		d.s.Heard = ""
		return false
	}
	mark := markOf(st.text)
	if mark == d.s.Heard && d.w.now.Sub(d.s.HeardAt) < repeatWithin {
		for _, m := range st.messages {
			d.e.read = append(d.e.read, m.ID)
		}
		d.e.read = append(d.e.read, st.again...)
		d.count("repeated")
		return true
	}
	d.s.Heard, d.s.HeardAt = mark, d.w.now
	return false
}

// markOf tells texts apart without keeping them.
func markOf(text string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(strings.Fields(text), " "))))
	return hex.EncodeToString(sum[:8])
}
