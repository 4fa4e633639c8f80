package signal

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"
)

// groupPause is how long we then keep silent in the same group.
const groupPause = time.Hour

// inGroup reports whether a dataMessage was written in a group.
func inGroup(data json.RawMessage) bool {
	var d struct {
		Group json.RawMessage `json:"groupInfo"`
	}
	return json.Unmarshal(data, &d) == nil && present(d.Group)
}

// addresses reports whether a group's message speaks to us: it mentions us or answers
// what we wrote.
func (d *dataMessage) addresses(me identity) bool {
	if d.Quote != nil && me.is(d.Quote.AuthorNumber, d.Quote.AuthorUUID) && d.Reaction == nil {
		return true
	}
	return slices.ContainsFunc(d.Mentions, func(m mention) bool { return me.is(m.Number, m.UUID) })
}

// groupNotice returns what to say in a group, "" for silence.
func (c *Channel) groupNotice(group string) string {
	if c.config.GroupNotice == nil {
		return ""
	}
	now, key := c.now(), sha256.Sum256([]byte(group))
	c.mu.Lock()
	for id, said := range c.groups {
		if now.Sub(said) >= groupPause {
			delete(c.groups, id)
		}
	}
	_, silent := c.groups[key]
	if !silent {
		c.groups[key] = now
	}
	me := c.me
	c.mu.Unlock()
	if silent {
		return ""
	}
	text := c.config.GroupNotice("")
	if me.number != "" {
		text += "\nhttps://signal.me/#p/" + me.number
	}
	return text
}
