package bots

import (
	"fmt"
	"time"
)

// Reason is why a part could not be sent.
type Reason string

// The reasons a send fails for. Only Retry and RateLimited may succeed later by
// themselves.
const (
	Retry       Reason = "retry"        // a passing fault: network, 5xx
	RateLimited Reason = "rate_limited" // wait RetryAfter
	Unreachable Reason = "unreachable"  // blocked by the contact, account gone
	Rejected    Reason = "rejected"     // the network refuses this very message
	NotAllowed  Reason = "not_allowed"  // our account may not send: token, captcha, ban
)

// SendError is the error of a channel's Send. Its text holds no message text,
// address or token.
type SendError struct {
	Reason Reason
	// RetryAfter is how long the network told us to wait; 0 leaves it to the sender.
	RetryAfter time.Duration
	// Channel says that the wait holds for the whole channel, not only for this
	// contact.
	Channel bool
	// Maybe says that the network may have taken the message all the same.
	Maybe bool
	Err   error
}

func (e *SendError) Error() string {
	if e.RetryAfter > 0 {
		return fmt.Sprintf("send: %s, retry after %s: %v", e.Reason, e.RetryAfter, e.Err)
	}
	return fmt.Sprintf("send: %s: %v", e.Reason, e.Err)
}

func (e *SendError) Unwrap() error { return e.Err }
