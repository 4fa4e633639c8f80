package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// pending is an update nobody has confirmed.
type pending struct {
	id   int64
	kind string
	raw  json.RawMessage
	// lane keeps the order in webhook mode: the updates of a chat, its taps apart.
	lane string
	// again marks one delivered a further time; it goes when it was given out.
	again bool

	// Webhook mode: when it may be tried next, after how many failures, and whether
	// it is being delivered.
	due    time.Time
	fails  int
	flying bool
}

// queue are the updates on their way to the bot.
type queue struct {
	lastID  int64
	waiting []*pending
	history map[int64]*pending // all there ever were, for Again
	allowed []string           // empty: the default
	held    bool
	// changed is closed and made anew when something new can be given out.
	changed chan struct{}

	poller     chan *refusal // ends the request that waits
	lastOffset int
	lastStart  time.Time
	conflictAt time.Time // when the next conflict may be told without delay
}

func (q *queue) init() {
	q.lastID = 700000000
	q.history = make(map[int64]*pending)
	q.changed = make(chan struct{})
}

// notByDefault are the kinds that come only when they are asked for by name.
var notByDefault = []string{"chat_member", "message_reaction", "message_reaction_count"}

func (q *queue) wants(kind string) bool {
	if len(q.allowed) == 0 {
		return !slices.Contains(notByDefault, kind)
	}
	return slices.Contains(q.allowed, kind)
}

// allow remembers the kinds a bot asks for; an argument left out changes nothing.
func (q *queue) allow(list string) {
	var kinds []string
	if json.Unmarshal([]byte(list), &kinds) == nil {
		q.allowed = kinds
	}
}

func (s *Server) wake() {
	close(s.queue.changed)
	s.queue.changed = make(chan struct{})
	s.webhook.wake()
}

// push makes an update of one kind and returns its id; 0 if the bot does not want it.
// The caller holds the lock.
func (s *Server) push(kind, lane string, content any) int64 {
	if !s.queue.wants(kind) {
		return 0
	}
	s.queue.lastID++
	id := s.queue.lastID
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{"update_id": id, kind: content}); err != nil {
		panic(err) // a test gave something that is no JSON
	}
	s.add(&pending{id: id, kind: kind, lane: lane, raw: bytes.TrimSpace(raw.Bytes())})
	return id
}

func (s *Server) add(p *pending) {
	s.queue.history[p.id] = p
	s.queue.waiting = append(s.queue.waiting, p)
	s.wake()
}

// Raw delivers an update that is this JSON, and returns its id. Every %d in it is the
// id.
func (s *Server) Raw(update string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.lastID++
	id := s.queue.lastID
	raw := bytes.ReplaceAll([]byte(update), []byte("%d"), []byte(strconv.FormatInt(id, 10)))
	s.add(&pending{id: id, kind: "raw", lane: "raw", raw: raw})
	return id
}

// LastUpdate is the id of the newest update.
func (s *Server) LastUpdate() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.lastID
}

// Again delivers updates a further time, in this order, whatever was confirmed.
func (s *Server) Again(ids ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if p := s.queue.history[id]; p != nil {
			s.queue.waiting = append(s.queue.waiting,
				&pending{id: id, kind: p.kind, lane: p.lane, raw: p.raw, again: true})
		}
	}
	s.wake()
}

// Hold keeps all updates back until [Server.Release], which gives them out together.
func (s *Server) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.held = true
}

// Release ends [Server.Hold].
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.held = false
	s.wake()
}

// Pending is how many updates the bot has not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue.waiting)
}

// Forget jumps to another row of update ids, as Telegram does after a week without
// updates: nothing waits then.
func (s *Server) Forget(next int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.lastID = next - 1
}

const (
	maxPoll    = 50 // seconds
	pollMax    = 100
	pollBehind = 10 // how far above the newest id an offset may lie
)

func (s *Server) getUpdates(ctx context.Context, p map[string]string) (any, *refusal) {
	s.mu.Lock()
	if s.webhook.url != "" {
		wait := s.conflictDelay()
		s.mu.Unlock()
		return nil, conflict(ctx, wait, "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	offset := number(p, "offset", 0, -1<<31, 1<<31-1)
	limit := number(p, "limit", 100, 1, pollMax)
	timeout := number(p, "timeout", 0, 0, maxPoll)
	if list, ok := p["allowed_updates"]; ok {
		s.queue.allow(list)
	}
	// A bot that asks for the same again and again is slowed down.
	q, now := &s.queue, s.now()
	if since := now.Sub(q.lastStart); offset == q.lastOffset {
		if timeout < 3 && since < 3*time.Second {
			timeout = 3
		}
		if since < 500*time.Millisecond {
			limit = 1
		}
	}
	q.lastOffset, q.lastStart = offset, now
	s.confirm(offset)
	if ready := s.ready(limit); len(ready) > 0 || timeout == 0 {
		s.mu.Unlock()
		return ready, nil
	}
	// One request may wait; it ends the one before.
	if q.poller != nil {
		q.poller <- refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
	}
	ended := make(chan *refusal, 1)
	q.poller = ended
	s.mu.Unlock()
	return s.waitForUpdates(ctx, ended, limit, time.Duration(timeout)*time.Second)
}

func (s *Server) waitForUpdates(ctx context.Context, ended chan *refusal, limit int, wait time.Duration) (any, *refusal) {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	over := false
	for {
		s.mu.Lock()
		select {
		case r := <-ended: // q.poller is another by now
			delay := s.conflictDelay()
			s.mu.Unlock()
			return nil, conflict(ctx, delay, r.description[len("Conflict: "):])
		default:
		}
		ready := s.ready(limit)
		if len(ready) > 0 || over || ctx.Err() != nil {
			s.queue.poller = nil
			s.mu.Unlock()
			return ready, nil
		}
		changed := s.queue.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-deadline.C:
			over = true
		case r := <-ended:
			ended <- r
		case <-ctx.Done():
		}
	}
}

// conflictDelay is how long to wait before telling of a conflict: a second one within
// three seconds is told three seconds later. The caller holds the lock.
func (s *Server) conflictDelay() time.Duration {
	now := s.now()
	if now.Before(s.queue.conflictAt) {
		return 3 * time.Second
	}
	s.queue.conflictAt = now.Add(3 * time.Second)
	return 0
}

func conflict(ctx context.Context, wait time.Duration, text string) *refusal {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
	return refuse(409, "Conflict: %s", text)
}

// confirm forgets what lies below offset; a negative one keeps that many of the
// newest. An offset from another row of ids confirms nothing.
func (s *Server) confirm(offset int) {
	q := &s.queue
	switch {
	case offset < 0:
		q.waiting = q.waiting[max(0, len(q.waiting)+offset):]
	case offset > 0 && int64(offset) <= q.lastID+pollBehind:
		q.waiting = slices.DeleteFunc(q.waiting, func(p *pending) bool {
			return !p.again && p.id < int64(offset)
		})
	}
}

// ready gives out up to limit updates. The caller holds the lock.
func (s *Server) ready(limit int) []json.RawMessage {
	out := []json.RawMessage{}
	if s.queue.held {
		return out
	}
	s.queue.waiting = slices.DeleteFunc(s.queue.waiting, func(p *pending) bool {
		if len(out) == limit {
			return false
		}
		out = append(out, p.raw)
		return p.again
	})
	return out
}
