package router

import (
	"strconv"
	"strings"
	"sync"

	"github.com/brug-helpdesk/brug/bots"
)

// mostRenders is how many rendered texts are remembered: all articles in some
// languages and forms.
const mostRenders = 2000

// renders remembers what the helpdesk's own texts look like on each network, so that
// an article is rendered once and not for everybody who reads it.
type renders struct {
	mu    sync.Mutex
	known map[string][]bots.Part
}

func newRenders() *renders { return &renders{known: map[string][]bots.Part{}} }

// render is [bots.Render] with a memory for articles. What people wrote is not
// remembered.
func (r *renders) render(reply bots.Reply, l bots.Limits, to bots.Address) []bots.Part {
	if reply.Article == "" || reply.From != bots.FromBot {
		return bots.Render(reply, l, to)
	}
	key := renderKey(reply, l)
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

func renderKey(reply bots.Reply, l bots.Limits) string {
	var b strings.Builder
	b.Grow(len(reply.Text) + 200)
	b.WriteString(string(l.Format))
	b.WriteByte(0)
	b.WriteString(strconv.Itoa(l.Text))
	b.WriteByte(0)
	b.WriteString(strconv.Itoa(l.Choices))
	b.WriteByte(0)
	b.WriteString(reply.Lang)
	b.WriteByte(0)
	b.WriteString(reply.Text)
	for _, c := range reply.Choices {
		b.WriteByte(0)
		b.WriteString(c.ID)
		b.WriteByte(0)
		b.WriteString(c.Label)
	}
	return b.String()
}
