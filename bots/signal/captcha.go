package signal

import "time"

// setChallenge notes that Signal wants a captcha solved.
func (c *Channel) setChallenge(token, to string) {
	c.change(func() { c.challenge = challenge{token: token, to: to, at: c.now()} })
}

// challenge is a captcha that waits to be solved.
type challenge struct {
	token string
	to    string // whom we could not write to; "" for no challenge
	at    time.Time
}

// challengeTime is how long a captcha that is not asked for again stays on show, and
// how long only the contact it was about proves that it is solved.
const (
	challengeTime = 24 * time.Hour
	challengeMine = time.Hour
)

// sendWorked takes a solved captcha off the show. Contacts we know already can be
// written to all the while, so that at first they prove nothing.
func (c *Channel) sendWorked(to string) {
	c.mu.Lock()
	solved := c.challenge.to != "" && (c.challenge.to == to || c.now().Sub(c.challenge.at) > challengeMine)
	c.mu.Unlock()
	if solved {
		c.change(func() { c.challenge = challenge{} })
	}
}
