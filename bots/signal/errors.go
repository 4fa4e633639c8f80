package signal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// The daemon's codes that we tell apart (jsonrpc/SignalJsonRpcCommandHandler.java).
const (
	codeUser      = -1
	codeIO        = -3
	codeUntrusted = -4
	codeRateLimit = -5
	codeMethod    = -32601
	codeAccount   = -32602
	codeInternal  = -32603
)

// The types of a result (json/JsonSendMessageResult.java).
const (
	typeSuccess      = "SUCCESS"
	typeNetwork      = "NETWORK_FAILURE"
	typeUnregistered = "UNREGISTERED_FAILURE"
	typeIdentity     = "IDENTITY_FAILURE"
	typeRateLimit    = "RATE_LIMIT_FAILURE"
	typePreKey       = "INVALID_PRE_KEY_FAILURE"
)

// defaultWait is how long to wait when Signal limits us and does not say how long.
const defaultWait = time.Minute

// result is what became of a message at one recipient.
type result struct {
	Type string `json:"type"`
	// Token is there when Signal wants a captcha solved.
	Token string `json:"token"`
	// RetryAfter is in seconds; missing or -1 when Signal did not say.
	RetryAfter int64 `json:"retryAfterSeconds"`
}

// callError is a call that failed.
type callError struct {
	method string
	// code, message and results are the daemon's, zero when it did not answer.
	code    int
	message string
	results []result
	// cause is why there was no answer; status is that of HTTP, 0 for none.
	cause  error
	status int
	// sent says that the whole request was written: the daemon may have obeyed it.
	sent bool
}

func (e *callError) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("signal-cli %s: %v", e.method, e.cause)
	}
	text := fmt.Sprintf("signal-cli %s: %d %s", e.method, e.code, harmless(e.message))
	if t := e.failure().Type; t != "" {
		text += " (" + harmless(t) + ")"
	}
	return text
}

func (e *callError) Unwrap() error { return e.cause }

// failure is the first result that is not a success.
func (e *callError) failure() result {
	if i := slices.IndexFunc(e.results, func(r result) bool { return r.Type != typeSuccess }); i >= 0 {
		return e.results[i]
	}
	return result{}
}

// Messages quote what was sent and name people: in quotes, as numbers, as UUIDs.
var quoted = regexp.MustCompile(`(?s)["'«“].*|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\+?\d{4,}|\n.*`)

// harmless takes what a message may quote out of it.
func harmless(message string) string {
	message = quoted.ReplaceAllString(message, "…")
	if len(message) > 200 {
		message = strings.ToValidUTF8(message[:200], "") + "…"
	}
	return message
}

// hasCode reports whether the daemon refused with a code.
func hasCode(err error, code int) bool {
	var ce *callError
	return errors.As(err, &ce) && ce.cause == nil && ce.code == code
}

// readSent reads the answer to a send: the timestamp of our message, or what went
// wrong at the recipient although the call succeeded.
func readSent(raw json.RawMessage) (timestamp int64, err error) {
	var got struct {
		Timestamp int64    `json:"timestamp"`
		Results   []result `json:"results"`
	}
	if json.Unmarshal(raw, &got) != nil || !sane(got.Timestamp) {
		return 0, &callError{method: "send", cause: errors.New("the answer has another form"), sent: true}
	}
	e := &callError{method: "send", code: codeUser, results: got.Results}
	delivered := slices.ContainsFunc(got.Results, func(r result) bool { return r.Type == typeSuccess })
	if !delivered && e.failure().Type != "" {
		return 0, e
	}
	return got.Timestamp, nil
}

// sendError says what err means for the part that was being sent.
func sendError(err error) *bots.SendError {
	se := &bots.SendError{Reason: bots.Retry, Err: err}
	var ce *callError
	if !errors.As(err, &ce) {
		return se
	}
	if ce.cause != nil {
		se.Maybe = ce.sent
		return se
	}
	f := ce.failure()
	switch f.Type {
	case typeUnregistered:
		se.Reason = bots.Unreachable
	case typeNetwork:
		// One of the contact's devices may have it.
		se.Maybe = true
	case typeIdentity, typePreKey:
		// The key is trusted by now; a broken pre-key is replaced by the contact's app.
	case typeRateLimit:
		se.Reason = bots.RateLimited
		se.RetryAfter = defaultWait
		if f.RetryAfter > 0 {
			se.RetryAfter = time.Duration(min(f.RetryAfter, 7*24*3600)) * time.Second
		}
		if f.Token != "" {
			se.Reason, se.RetryAfter = bots.NotAllowed, 0
		}
	default:
		se.Reason = bots.Rejected
		byCode(se, ce)
	}
	return se
}

// byCode reads an error that has no results.
func byCode(se *bots.SendError, ce *callError) {
	switch ce.code {
	case codeAccount:
		se.Reason = bots.NotAllowed
	case codeUntrusted:
		se.Reason = bots.Retry
	case codeRateLimit:
		se.Reason, se.RetryAfter = bots.RateLimited, defaultWait
	case codeIO:
		se.Reason, se.Maybe = bots.Retry, true
	case codeInternal:
		se.Reason, se.Maybe = bots.Retry, true
		if strings.Contains(ce.message, "Authorization") {
			se.Reason, se.Maybe = bots.NotAllowed, false
		}
	case codeUser:
		if strings.Contains(ce.message, "is not registered") || strings.Contains(ce.message, "Invalid phone number") {
			se.Reason = bots.Unreachable
		}
	}
}

// untrusted reports whether the contact's safety number is why a send failed.
func untrusted(err error) bool {
	var ce *callError
	return errors.As(err, &ce) && ce.cause == nil &&
		(ce.code == codeUntrusted || ce.failure().Type == typeIdentity)
}

// errNoAccount is an account that the daemon does not have; problem says it to a
// coordinator.
type errNoAccount struct{ problem string }

func (e *errNoAccount) Error() string { return "signal-cli does not have the account" }

var errSilent = errors.New("signal-cli says nothing any more")

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
