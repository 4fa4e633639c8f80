// Package patience is how tests wait for what other goroutines and processes bring
// about: for the thing itself, with a deadline that a loaded machine does not reach.
package patience

import (
	"testing"
	"time"
)

// Limit is how long something that must happen may take. What normally takes
// milliseconds takes seconds on a machine that does ten other things.
const Limit = time.Minute

// Until waits until ok is true, and fails the test when that takes longer than
// [Limit]. Only the test's own goroutine may call it.
func Until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	pause := time.Millisecond
	for end := time.Now().Add(Limit); !ok(); pause = min(2*pause, 20*time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(pause)
	}
}
