package telegram

import (
	"strconv"
	"time"
)

// Group is a group the bot is a member of.
type Group struct {
	s      *Server
	id     int64 // negative
	title  string
	sent   []*Sent
	known  map[int64]bool
	bucket bucket
}

// Group makes a group with the bot in it. Its id is negative.
func (s *Server) Group(id int64, title string) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Group{s: s, id: id, title: title, known: make(map[int64]bool)}
	s.groups[id] = g
	return g
}

// Text lets a person write into the group.
func (g *Group) Text(from *Chat, text string) int64 { return g.message(from, textFields(text)) }

// Reply lets a person answer a message of the bot in the group.
func (g *Group) Reply(from *Chat, to int64, text string) int64 {
	f := textFields(text)
	f["reply_to_message"] = Fields{"message_id": to, "from": botFields(), "chat": g.chat(), "date": time.Now().Unix()}
	return g.message(from, f)
}

func (g *Group) message(from *Chat, f Fields) int64 {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.s.lastID++
	id := g.s.lastID
	g.known[id] = true
	f["message_id"], f["from"], f["chat"], f["date"] = id, from.user(), g.chat(), time.Now().Unix()
	g.s.push("message", "chat "+strconv.FormatInt(g.id, 10), f)
	return id
}

func (g *Group) chat() Fields { return Fields{"id": g.id, "type": "group", "title": g.title} }

// Sent is what the bot sent to the group, oldest first.
func (g *Group) Sent() []Sent {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return copies(g.sent)
}
