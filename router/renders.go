package router

import (
	"hash/maphash"
	"strconv"
	"sync"

	"github.com/brug-helpdesk/brug/bots"
)

// mostRenders is how many rendered texts are remembered: all articles in some
// languages and forms.
const mostRenders = 2000

// renders remembers what the helpdesk's own texts look like on each network, so that
// an article is rendered once and not for everybody who reads it.
type renders struct {
	seeds [2]maphash.Seed
	mu    sync.Mutex
	known map[renderKey][]bots.Part
}

func newRenders() *renders {
	return &renders{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, known: map[renderKey][]bots.Part{}}
}

// render is [bots.Render] with a memory for articles. What people wrote is not
// remembered.
func (r *renders) render(reply bots.Reply, l bots.Limits, to bots.Address) []bots.Part {
	if reply.Article == "" || reply.From != bots.FromBot {
		return bots.Render(reply, l, to)
	}
	key := r.key(reply, l)
	r.mu.Lock()
	known, ok := r.known[key]
	r.mu.Unlock()
	if !ok {
		known = bots.Render(reply, l, bots.Address{})
		r.mu.Lock()
		if len(r.known) >= mostRenders {
			clear(r.known)
		}
		r.known[key] = known
		r.mu.Unlock()
	}
	parts := make([]bots.Part, len(known))
	for i, p := range known {
		p.ID, p.To = reply.ID+"-"+strconv.Itoa(i), to
		if p.ReplyTo = ""; i == 0 {
			p.ReplyTo = reply.ReplyTo
		}
		parts[i] = p
	}
	return parts
}

// renderKey is two hashes of all that a rendering depends on. The texts themselves would
// take half as much memory as what is remembered.
type renderKey [2]uint64

func (r *renders) key(reply bots.Reply, l bots.Limits) renderKey {
	var key renderKey
	for i, seed := range r.seeds {
		var h maphash.Hash
		h.SetSeed(seed)
		add := func(s string) {
			h.WriteString(s)
			h.WriteByte(0)
		}
		add(string(l.Format))
		add(strconv.Itoa(l.Text))
		add(strconv.Itoa(l.Choices))
		add(reply.Lang)
		add(reply.Text)
		for _, c := range reply.Choices {
			add(c.ID)
			add(c.Label)
		}
		key[i] = h.Sum64()
	}
	return key
}
