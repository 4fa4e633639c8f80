package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"

	"github.com/brug-helpdesk/brug/bots"
)

var errOffline = errors.New("whatsapp: not connected")

// personal is what the library's errors may hold: numbers, LIDs, keys, quoted things.
var personal = regexp.MustCompile(`["'<{\[].*|\S*\d{5,}\S*|\S+@\S+`)

// harmless is an error without anything personal. The original is not wrapped,
// because it would come out again.
func harmless(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(personal.ReplaceAllString(err.Error(), "…"))
}

// Codes of WhatsApp's refusals. They are documented nowhere; these are the ones that
// whatsmeow and its users have named.
const (
	codeTimelock  = 463 // the account may not write to people it does not know
	codeTooMany   = 429
	codeOverLimit = 419
)

// sendError says what err means for the part that was being sent.
func sendError(err error) *bots.SendError {
	se := &bots.SendError{Reason: bots.Retry, Err: harmless(err)}
	var query *whatsmeow.IQError
	var cut *whatsmeow.DisconnectedError
	switch {
	case errors.Is(err, whatsmeow.ErrServerReturnedError):
		refusal(se, code(err))
	case errors.As(err, &query):
		// A question about the contact's devices, not the message itself.
		if query.Code == codeTooMany || query.Code == codeOverLimit {
			refusal(se, query.Code)
		}
	case errors.Is(err, whatsmeow.ErrNotLoggedIn):
		se.Reason = bots.NotAllowed
	case errors.As(err, &cut), errors.Is(err, whatsmeow.ErrMessageTimedOut),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		se.Maybe = true
	}
	return se
}

func refusal(se *bots.SendError, code int) {
	se.Err = fmt.Errorf("whatsapp: refused with code %d", code)
	switch {
	case code == codeTooMany, code == codeOverLimit:
		se.Reason, se.RetryAfter, se.Channel = bots.RateLimited, time.Minute, true
	case code == codeTimelock, code == 401, code == 403:
		se.Reason = bots.NotAllowed
	case code == 404, code == 406, code == 410:
		se.Reason = bots.Unreachable
	case code >= 400 && code < 500:
		se.Reason = bots.Rejected
	}
}

// code is the number at the end of the library's error.
func code(err error) int {
	text := err.Error()
	n, convErr := strconv.Atoi(text[strings.LastIndexByte(text, ' ')+1:])
	if convErr != nil {
		return 0
	}
	return n
}
