package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// callError is a request that failed.
type callError struct {
	method string
	// code and description are Telegram's, 0 and "" when it did not answer.
	code        int
	description string
	retryAfter  time.Duration
	// cause is why there was no answer, without the token.
	cause error
	// status is the HTTP status, 0 when there was none.
	status int
	// sent says that the request was written: Telegram may have obeyed it.
	sent bool
}

func (e *callError) Error() string {
	switch {
	case e.cause != nil && e.status != 0:
		return fmt.Sprintf("telegram %s: status %d: %v", e.method, e.status, e.cause)
	case e.cause != nil:
		return fmt.Sprintf("telegram %s: %v", e.method, e.cause)
	}
	return fmt.Sprintf("telegram %s: %d %s", e.method, e.code, harmless(e.description))
}

func (e *callError) Unwrap() error { return e.cause }

// has reports whether Telegram's description holds s.
func (e *callError) has(s string) bool { return strings.Contains(e.description, s) }

// refused reports whether Telegram does not know the token: only a person can help.
func (e *callError) refused() bool {
	return e.code == http.StatusUnauthorized || e.code == http.StatusNotFound
}

// Descriptions quote what was sent (a tag, an address) and name chats.
var quoted = regexp.MustCompile(`["'].*|\d{4,}`)

// harmless takes what a description may quote out of it.
func harmless(description string) string {
	return quoted.ReplaceAllString(description, "…")
}

// unreachable are the descriptions that say that this contact gets nothing from us
// any more, or never did.
var unreachable = []string{
	"chat not found",
	"PEER_ID_INVALID",
	"user is deactivated",
	"group chat was upgraded to a supergroup chat",
}

// sendError says what err means for the part that was being sent. The table is that
// of core.telegram.org/bots/api#making-requests and of the server's source
// (Client.cpp, fail_query_with_error).
func sendError(err error) *bots.SendError {
	se := &bots.SendError{Reason: bots.Retry, Err: err}
	var ce *callError
	if !errors.As(err, &ce) {
		return se
	}
	switch {
	case ce.cause != nil, ce.code >= 500, ce.code == 0:
		se.Maybe = ce.sent
	case ce.code == http.StatusTooManyRequests:
		se.Reason = bots.RateLimited
		se.RetryAfter = ce.retryAfter
	case ce.refused():
		se.Reason = bots.NotAllowed
	case ce.code == http.StatusForbidden:
		se.Reason = bots.Unreachable
	default:
		se.Reason = bots.Rejected
		for _, s := range unreachable {
			if ce.has(s) {
				se.Reason = bots.Unreachable
			}
		}
	}
	return se
}

// passing reports whether err may go away by itself.
func passing(err error) bool {
	reason := sendError(err).Reason
	return reason == bots.Retry || reason == bots.RateLimited
}

// sleep waits for d and reports whether ctx still lives.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
