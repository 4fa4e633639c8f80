package bottest

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
)

// canary is the log of a channel, and all it must not hold.
type canary struct {
	t *testing.T

	mu     sync.Mutex
	log    bytes.Buffer
	secret []string
}

func newCanary(t *testing.T, h Harness) *canary {
	c := &canary{t: t}
	for _, s := range h.Secrets {
		c.watch(s)
	}
	return c
}

// watch adds what must not be in the log. Words of a few letters would be found by
// chance.
func (c *canary) watch(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(s) >= 6 {
		c.secret = append(c.secret, s)
	}
}

// Write takes a line of the log.
func (c *canary) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.Write(p)
}

// write takes another text that people read: an error, a problem.
func (c *canary) write(what, text string) {
	_, _ = c.Write([]byte(what + ": " + text + "\n")) // a buffer takes everything
}

// check fails the test if the log, an error or the health report gives something away.
func (c *canary) check(channel bots.Channel) {
	c.t.Helper()
	if h, ok := channel.(bots.HealthReporter); ok {
		c.write("health", h.Health().Problem)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	log := c.log.String()
	for _, s := range c.secret {
		if strings.Contains(log, s) {
			c.t.Errorf("the log holds %q:\n%s", s, log)
		}
	}
}
