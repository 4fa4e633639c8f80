package telegram

import (
	"math"
	"time"
)

// rates are how fast the bot may send (core.telegram.org/bots/faq): about 30 messages
// a second over all chats, one a second in a chat with short bursts allowed, 20 a
// minute in a group. Telegram does not tell its bursts; these are guesses.
type rates struct {
	perChat   float64 // a second
	chatBurst float64
	all       bucket
	perSecond float64
}

const groupRate, groupBurst = 20.0 / 60, 20.0

func (r *rates) init() {
	r.perChat, r.chatBurst = 1, 10
	r.perSecond = 30
}

// Rates sets other limits: messages a second in a private chat, how many of them may
// come at once, and messages a second over all chats.
func (s *Server) Rates(perChat, burst, overall float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rates.perChat, s.rates.chatBurst, s.rates.perSecond = perChat, burst, overall
	s.rates.all = bucket{}
	for _, c := range s.users {
		c.bucket = bucket{}
	}
}

// bucket is what is left of a limit. The zero value is full.
type bucket struct {
	used float64
	at   time.Time
}

// take uses one and returns 0, or how many seconds to wait for it.
func (b *bucket) take(rate, burst float64, now time.Time) int {
	b.used = max(0, b.used-now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.used+1 > burst {
		return max(1, int(math.Ceil((b.used+1-burst)/rate)))
	}
	b.used++
	return 0
}

// limit counts a send to a chat. The caller holds the lock.
func (s *Server) limit(b *bucket, group bool) *refusal {
	now := s.now()
	rate, burst := s.rates.perChat, s.rates.chatBurst
	if group {
		rate, burst = groupRate, groupBurst
	}
	if wait := b.take(rate, burst, now); wait > 0 {
		return tooMany(wait)
	}
	if wait := s.rates.all.take(s.rates.perSecond, s.rates.perSecond, now); wait > 0 {
		return tooMany(wait)
	}
	return nil
}
