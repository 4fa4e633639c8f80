package signal

import "time"

// Problems as a coordinator reads them.
const (
	ProblemAway    = problemAway
	ProblemStore   = problemStore
	ProblemHost    = problemHost
	ProblemAccount = problemAccount
	ProblemNone    = problemNone
	ProblemSeveral = problemSeveral
	ProblemNewKey  = problemNewKey
)

// SetClock replaces the clock. Before Run.
func (c *Channel) SetClock(now func() time.Time) { c.now = now }

// SetWaits replaces the waits after a failure, those for a sign of life, and that of a
// send for the connection. Before Run.
func (c *Channel) SetWaits(least, most, ping, dead, ready time.Duration) {
	c.minWait, c.maxWait, c.pingAfter, c.deadAfter, c.readyTime = least, most, ping, dead, ready
}

// SetStopTime replaces how long a stop waits for what the daemon has still said. Before
// Run.
func (c *Channel) SetStopTime(d time.Duration) { c.stopTime = d }

// CheckAt is [Check] at another time, and Age what it says of a version.
var (
	CheckAt = check
	Age     = age
)
