package whatsapp

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"go.mau.fi/whatsmeow/types/events"
)

// deadAfter is after how many unanswered pings, one in about half a minute, a
// connection counts as dead.
const deadAfter = 3

// handle takes every event of the library. false leaves it unconfirmed. The library
// would take a panic for success.
func (s *session) handle(evt any) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			s.ch.log.Error("whatsapp: panic while handling an event", "event", fmt.Sprintf("%T", evt), "stack", string(debug.Stack()))
			s.mu.Lock()
			s.closed = true
			s.mu.Unlock()
			s.finish(ending{problem: problemStore})
			ok = false
		}
	}()
	switch e := evt.(type) {
	case *events.Message:
		return s.message(e)
	case *events.Receipt:
		return s.receipt(e)
	case *events.UndecryptableMessage:
		s.unreadable(e)
	case *events.ChatPresence:
		s.typing(e)
	case *events.CallOffer:
		s.call(e)
	case *events.OfflineSyncCompleted:
		if e.Count == settleMark {
			s.passed <- struct{}{}
		}
	default:
		s.connection(evt)
	}
	return true
}

// connection takes the events that tell how the connection is.
func (s *session) connection(evt any) {
	c := s.ch
	switch e := evt.(type) {
	case *events.Connected:
		s.works(problem{})
	case *events.KeepAliveTimeout:
		if e.ErrorCount >= deadAfter {
			s.finish(ending{problem: problemSilent})
			return
		}
		s.works(problemSilent)
	case *events.KeepAliveRestored:
		s.works(problem{})
	case *events.Disconnected:
		s.finish(ending{problem: problemAway, good: true})
	case *events.ManualLoginReconnect: // WhatsApp asks for a new login
		s.finish(ending{problem: problemAway, wait: c.minWait})
	case *events.StreamError:
		// WhatsApp ends the connection now; if not, wait does.
		c.log.Warn("whatsapp: stream error", "code", e.Code)
		s.mu.Lock()
		s.over = c.now().Add(overdue)
		s.mu.Unlock()
	case *events.StreamReplaced:
		s.finish(ending{problem: problemReplaced, err: ErrReplaced})
	case *events.LoggedOut:
		c.log.Warn("whatsapp: the device is not linked any more", "reason", int(e.Reason))
		if err := c.unlink(context.WithoutCancel(s.ctx)); err != nil {
			c.log.Error("whatsapp: forget the device", "error", err)
		}
		// The connection may have ended before this was told.
		c.setLoggedOut(loggedOutProblem(e.Reason))
		s.finish(ending{problem: loggedOutProblem(e.Reason), wait: c.minWait})
	case *events.TemporaryBan:
		wait := e.Expire
		if wait <= 0 {
			wait = c.longWait
		}
		c.log.Error("whatsapp: the number is banned", "code", int(e.Code), "for", wait)
		s.finish(ending{problem: banProblem(e, c.now().Add(wait)), wait: wait + time.Second})
	case *events.ClientOutdated:
		s.finish(c.outdated(s.ctx))
	case *events.ConnectFailure:
		c.log.Warn("whatsapp: the connection is refused", "code", int(e.Reason))
		s.finish(ending{problem: failureProblem(e.Reason), wait: c.longWait / 4})
	}
}

// works reports the connection as up, unless it is over already: the library tells by
// goroutines of its own.
func (s *session) works(p problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.ready = true
	s.ch.setHealth(true, p)
}
