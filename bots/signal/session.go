package signal

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/brug-helpdesk/brug/bots"
)

const (
	// setupTime bounds the first calls, which the daemon answers by itself.
	setupTime = 30 * time.Second
	// asideTime bounds a call that nobody waits for, asideLimit is how many may be
	// under way.
	asideTime  = time.Minute
	asideLimit = 64
)

// session is one connection to the daemon.
type session struct {
	c      *Channel
	t      transport
	run    context.Context // ends when the channel stops
	ctx    context.Context // ends with the session
	accept bots.AcceptFunc
	asides errgroup.Group
	// last is what remains of time to store something once the channel stops.
	last func() context.Context

	// The daemon pushes by itself in all modes but "manual", which it does not tell.
	// We subscribe, and take that back when something comes without.
	pushed       atomic.Bool
	subscription atomic.Int64 // -1 for none
}

// session connects, receives until the connection ends, and says why it did. worked
// is whether messages could come.
func (c *Channel) session(run context.Context, accept bots.AcceptFunc) (worked bool, err error) {
	t, err := c.end.dial(run, c.config.Account, c.now)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancelCause(run)
	s := &session{c: c, t: t, run: run, ctx: ctx, accept: accept}
	s.asides.SetLimit(asideLimit)
	s.subscription.Store(-1)
	var ends context.CancelFunc = func() {}
	s.last = sync.OnceValue(func() context.Context {
		last, end := context.WithTimeout(context.WithoutCancel(run), c.stopTime)
		ends = end
		return last
	})

	var parts sync.WaitGroup
	read := make(chan error, 1)
	parts.Go(func() { read <- s.read() })
	parts.Go(func() { cancel(s.introduce(&worked)) })
	parts.Go(func() { cancel(s.watch()) })
	select {
	case err = <-read:
	case <-ctx.Done():
		err = context.Cause(ctx)
		if run.Err() != nil && t.finish(time.Now().Add(c.stopTime)) {
			<-read
		}
	}
	c.change(func() { c.up, c.live = false, nil })
	cancel(err)
	t.close()
	parts.Wait()
	_ = s.asides.Wait()
	ends()
	return worked, err
}

// introduce finds our account, sees to it that its messages come, and keeps the
// connection for sending.
func (s *session) introduce(worked *bool) error {
	ctx, cancel := context.WithTimeout(s.ctx, setupTime)
	defer cancel()
	c := s.c
	number, err := findAccount(ctx, s.t, c.config.Account)
	if err != nil {
		return err
	}
	if number != "" {
		c.change(func() { c.me.number = number })
	}
	if s.t.subscribes() {
		var id int64
		if err := call(ctx, s.t, "subscribeReceive", c.params(map[string]any{}), &id); err != nil {
			return err
		}
		s.subscription.Store(id)
		s.dropSubscription()
	}
	c.change(func() { c.live, c.refused = s.t, false })
	s.findUUID(ctx)
	select {
	case <-s.t.opened():
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
	c.change(func() { c.up, c.trouble, *worked = true, "", true })
	c.log.Info("connected to signal-cli")
	<-s.ctx.Done()
	return context.Cause(s.ctx)
}

// dropSubscription takes back the subscription when the daemon pushes by itself, so
// that nothing comes twice.
func (s *session) dropSubscription() {
	if !s.pushed.Load() {
		return
	}
	if id := s.subscription.Swap(-1); id >= 0 {
		s.t.post("unsubscribeReceive", s.c.params(map[string]any{"subscription": id}), func(_ json.RawMessage, err error) {
			if err != nil {
				s.c.log.Debug("the subscription stays", "error", err)
			}
		})
	}
}

// watch ends a connection on which nothing is said any more, as after the machine of
// the daemon has gone, and one whose account has gone.
func (s *session) watch() error {
	tick := time.NewTicker(s.c.pingAfter / 2)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		case <-s.c.suspect:
			var account *errNoAccount
			if _, err := findAccount(s.ctx, s.t, s.c.config.Account); errors.As(err, &account) {
				return err
			}
		case <-tick.C:
			alive := s.t.alive()
			switch silence := s.c.now().Sub(alive); {
			case alive.IsZero(): // we are the slow ones
			case silence > s.c.deadAfter:
				return errSilent
			case silence > s.c.pingAfter && s.t.subscribes():
				s.t.post("version", nil, func(json.RawMessage, error) {})
			}
		}
	}
}

// read takes what comes, one after the other, until the connection ends.
func (s *session) read() error {
	for {
		params, err := s.t.next()
		var shape *shapeError
		var refused *callError
		switch {
		case errors.As(err, &shape):
			s.c.log.Warn("signal-cli said something that cannot be read", "error", err)
		case errors.As(err, &refused):
			return err
		case err != nil:
			return &callError{method: "receive", cause: withoutAddress(err)}
		default:
			s.take(params)
		}
	}
}

// take hands on what a notification means.
func (s *session) take(params json.RawMessage) {
	c := s.c
	me := c.self()
	e, err := convert(params, me)
	if err != nil {
		c.log.Warn("an event cannot be read", "error", err)
	}
	if e.account != "" && me.number != "" && e.account != me.number {
		return // another account of the same daemon
	}
	switch {
	case e.pushed:
		s.pushed.Store(true)
		s.dropSubscription()
	case e.subscribed && s.pushed.Load():
		return // what is pushed by itself is all there is
	}
	for _, m := range e.messages {
		if m.Target != "" {
			c.original(&m)
		}
		s.store(m)
	}
	if e.typing != nil {
		c.typed(e.typing.who, e.typing.lasts)
	}
	if e.untrusted != nil {
		s.trustOrNote(*e.untrusted)
	}
	if e.group != "" {
		s.answerGroup(e.group)
	}
}

// store keeps trying until m is stored. The daemon waits meanwhile: it has forgotten
// m, and so has Signal.
func (s *session) store(m bots.Message) {
	c := s.c
	for wait := c.minWait; s.run.Err() == nil; wait = min(2*wait, c.maxWait) {
		err := s.accept(s.run, m)
		if err == nil {
			if c.isFull() {
				c.change(func() { c.full = false })
			}
			return
		}
		if s.run.Err() != nil {
			break
		}
		c.log.Warn("a message cannot be stored", "error", err)
		c.change(func() { c.full = true })
		sleep(s.run, wait)
	}
	if err := s.accept(s.last(), m); err != nil {
		c.log.Error("a message is lost: it could not be stored before the stop", "error", err)
	}
}

func (c *Channel) isFull() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.full
}

// aside does something that the reader must not wait for. It reports whether there
// was room for it.
func (s *session) aside(what func(ctx context.Context)) bool {
	return s.asides.TryGo(func() error {
		ctx, cancel := context.WithTimeout(s.ctx, asideTime)
		defer cancel()
		what(ctx)
		return nil
	})
}

// answerGroup says in a group where we can be spoken to.
func (s *session) answerGroup(group string) {
	text := s.c.groupNotice(group)
	if text == "" {
		return
	}
	s.aside(func(ctx context.Context) {
		if err := s.c.do(ctx, "send", map[string]any{"groupId": group, "message": text}, nil); err != nil {
			s.c.log.Debug("a group was not answered", "error", err)
		}
	})
}
