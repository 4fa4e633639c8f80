package whatsapp

import (
	"context"
	"errors"
	"sync"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/brug-helpdesk/brug/bots"
)

const (
	// loginTime bounds the way from the first byte to the login.
	loginTime = 40 * time.Second
	// farewell bounds each step of a normal stop.
	farewell = time.Second
	// overdue is how long WhatsApp may take to end a connection that it called broken.
	overdue = 5 * time.Second
	// awayAfter is how long we stay "online" after showing "typing…": the phone rings
	// for nobody while we are.
	awayAfter = 25 * time.Second
)

// session is one connection.
type session struct {
	ch     *Channel
	client *whatsmeow.Client
	ctx    context.Context // Run's
	accept bots.AcceptFunc
	end    chan ending
	passed chan struct{} // the mark of settle went through the library's queue

	handling sync.WaitGroup // events on their way to accept

	mu     sync.Mutex
	closed bool // nothing is taken any more
	stored bool // something was
	ready  bool // logged in
	online time.Time
	over   time.Time // when to end it ourselves, zero for never
}

// connect holds one connection until it ends or ctx does.
func (c *Channel) connect(ctx context.Context, d *store.Device, accept bots.AcceptFunc) ending {
	// The last receipts go out after ctx has ended.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	s := &session{ch: c, ctx: ctx, accept: accept, end: make(chan ending, 1), passed: make(chan struct{}, 1)}
	s.client = c.newClient(own, d)
	s.client.AddEventHandlerWithSuccessStatus(s.handle)
	c.setSession(s)
	defer c.setSession(nil)

	unhook := context.AfterFunc(ctx, cancel)
	login := time.AfterFunc(loginTime, cancel)
	defer login.Stop()
	err := s.client.ConnectContext(own)
	if !unhook() || err != nil {
		s.close()
		if err != nil && ctx.Err() == nil {
			c.log.Warn("whatsapp: no connection", "error", harmless(err))
		}
		return ending{problem: problemAway}
	}
	end := s.wait(login)
	s.close()
	return end
}

// wait lives as long as the connection.
func (s *session) wait(login *time.Timer) ending {
	c := s.ch
	ticker := time.NewTicker(c.tick)
	defer ticker.Stop()
	nextHour := c.now().Add(time.Hour)
	for {
		select {
		case <-s.ctx.Done():
			s.settle()
			return ending{}
		case end := <-s.end:
			s.mu.Lock()
			end.good = end.good && s.ready || s.stored && end.wait == 0
			s.mu.Unlock()
			return end
		case <-ticker.C:
		}
		s.mu.Lock()
		ready, over := s.ready, !s.over.IsZero() && c.now().After(s.over)
		s.mu.Unlock()
		if over {
			return ending{problem: problemAway}
		}
		if !ready {
			continue
		}
		login.Stop()
		c.deliverNotices(s)
		s.goAway()
		if now := c.now(); now.After(nextHour) {
			nextHour = now.Add(time.Hour)
			if err := c.hourly(s.ctx); err != nil {
				return ending{problem: problemCopy, err: err}
			}
		}
	}
}

// hourly clears what has expired and keeps the claim on the keys.
func (c *Channel) hourly(ctx context.Context) error {
	if err := c.dropSent(ctx); err != nil {
		c.log.Warn("whatsapp: clear what was sent", "error", err)
	}
	err := c.claim(ctx)
	if errors.Is(err, ErrCopy) {
		return err
	}
	if err != nil {
		c.log.Warn("whatsapp: the keys cannot be claimed", "error", err)
	}
	return nil
}

// finish ends the session for a reason; the first one counts.
func (s *session) finish(end ending) {
	select {
	case s.end <- end:
	default:
	}
}

// take hands one event on, unless the session takes nothing any more. After a refusal
// it does not: what comes later must not overtake.
func (s *session) take(keep func(ctx context.Context) error) bool {
	s.mu.Lock()
	if s.closed || s.ctx.Err() != nil {
		s.mu.Unlock()
		return false
	}
	s.handling.Add(1)
	s.mu.Unlock()
	defer s.handling.Done()
	err := keep(s.ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.stored = true
		return true
	}
	s.closed = true
	if s.ctx.Err() == nil {
		s.ch.log.Warn("whatsapp: a message could not be stored; it will come again", "error", err)
		s.finish(ending{problem: problemStore})
	}
	return false
}

// close ends the connection and waits for what is on its way.
func (s *session) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.client.Disconnect()
	s.handling.Wait()
}

// settle lets the receipt of the last accepted message go out. The library sends it
// after our handler returned, and takes the next node only afterwards; so a node of
// our own, put in behind, tells when it is done.
func (s *session) settle() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.handling.Wait()
		close(done)
	}()
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		return // the store hangs; close waits for it
	}
	mark, err := waBinary.Marshal(waBinary.Node{Tag: "ib", Content: []waBinary.Node{
		{Tag: "offline", Attrs: waBinary.Attrs{"count": settleMark}},
	}})
	if err != nil || !s.client.IsConnected() {
		return
	}
	//lint:ignore SA1019 the library has no other way behind its queue
	s.client.DangerousInternals().HandleFrame(context.WithoutCancel(s.ctx), mark)
	select {
	case <-s.passed:
	case <-timer.C:
	}
}

// settleMark is no count that WhatsApp sends.
const settleMark = -1

// goAway takes "online" back some time after typing.
func (s *session) goAway() {
	s.mu.Lock()
	due := !s.online.IsZero() && s.ch.now().Sub(s.online) > awayAfter
	if due {
		s.online = time.Time{}
	}
	s.mu.Unlock()
	if due {
		// Nobody waits for it; the next connection begins offline anyway.
		_ = s.client.SendPresence(s.ctx, types.PresenceUnavailable)
	}
}
