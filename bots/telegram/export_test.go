package telegram

import "time"

// Problems as a coordinator reads them.
const (
	ProblemToken     = problemToken
	ProblemConflict  = problemConflict
	ProblemWebhook   = problemWebhook
	ProblemUnreached = problemUnreached
)

// Secret is what Telegram says to the webhook.
func (c *Channel) Secret() string { return c.secret }

// SetClock replaces the clock. Before Run.
func (c *Channel) SetClock(now func() time.Time) { c.now = now }

// SetStopTime replaces how long a stop waits for the last words. Before Run.
func (c *Channel) SetStopTime(d time.Duration) { c.stopTime = d }

// SetWaits replaces the waits after a failure and between two looks at the webhook.
// Before Run.
func (c *Channel) SetWaits(least, most, check time.Duration) {
	c.minWait, c.maxWait, c.webhookCheck = least, most, check
}
