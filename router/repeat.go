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
// answered, and makes neither a second answer nor a second line for the volunteers. The
// first time they are shown a way on, since the answer did not help. Danger, a plea and a
// wish are never a repeat, nor is anything while the bot waits for an answer, and a
// volunteer who has the word hears everything.
func (d *decision) repeats(st step) bool {
	asked := d.s.Clarified || len(d.s.Pending) > 0 || d.s.Danger != "" || d.typed(st) != ""
	question := st.wish == NoWish || st.wish == Greeting
	thanks := st.wish == Thanks || st.wish == Emoji
	if asked || st.danger.Kind != "" || !question && !thanks || d.s.Owner == Volunteer {
		d.s.Heard = ""
		return false
	}
	mark := markOf(st.text)
	if mark != d.s.Heard || d.w.now.Sub(d.s.HeardAt) >= repeatWithin {
		d.s.Heard, d.s.HeardAt, d.s.HeardAgain = mark, d.w.now, false
		return false
	}
	d.read(st)
	d.count("repeated")
	if d.s.Owner == Bot && question && !d.s.HeardAgain && !d.barred() {
		d.s.HeardAgain = true
		d.speak("said_above", nil, d.button("person", "button_person"))
	}
	return true
}

// markOf tells texts apart without keeping them.
func markOf(text string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(strings.Fields(text), " "))))
	return hex.EncodeToString(sum[:8])
}
