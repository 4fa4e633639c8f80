package telegram

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Chat is a person's private chat with the bot, seen from the person's side. The
// methods that write return the message's id.
type Chat struct {
	s    *Server
	id   int64
	name string
	lang string

	started bool // wrote to the bot, so that it may answer
	blocked bool
	gone    bool // deleted the account
	typing  int
	sent    []*Sent         // by the bot
	known   map[int64]bool  // ids of all messages
	bucket  bucket          // of the bot's sends here
	texts   map[int64]int64 // time of each own message, for edits
}

// Sent is a message the bot sent.
type Sent struct {
	ID   int64
	Text string
	// Entities are the formatted stretches of Text.
	Entities []Entity
	// Buttons are the rows under it.
	Buttons [][]Button
	// ReplyTo is the message it answers, 0 for none.
	ReplyTo int64
	At      time.Time
}

// Button is one of an inline keyboard.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// User makes a person known to Telegram. lang is the language of the person's app. The
// bot may write only after the person did.
func (s *Server) User(id int64, name, lang string) *Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.users[id]; c != nil {
		return c
	}
	c := &Chat{s: s, id: id, name: name, lang: lang, known: make(map[int64]bool), texts: make(map[int64]int64)}
	s.users[id] = c
	return c
}

// ID is the number of the person and of the chat.
func (c *Chat) ID() int64 { return c.id }

// Fields are the fields of a Telegram object.
type Fields map[string]any

// Text writes a text.
func (c *Chat) Text(text string) int64 { return c.Message(textFields(text)) }

// Reply writes a text in answer to another message.
func (c *Chat) Reply(to int64, text string) int64 {
	f := textFields(text)
	f["reply_to_message"] = c.stub(to)
	return c.Message(f)
}

// Message writes anything: the fields are those of Telegram's Message besides its
// number, sender, chat and date.
func (c *Chat) Message(f Fields) int64 {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.lastID++
	id := c.s.lastID
	c.started = true
	c.known[id] = true
	c.texts[id] = time.Now().Unix()
	c.s.push("message", "chat "+strconv.FormatInt(c.id, 10), c.complete(id, f))
	return id
}

// Edit changes a text the person wrote.
func (c *Chat) Edit(id int64, text string) {
	c.EditMessage(id, textFields(text))
}

// EditMessage changes anything the person wrote.
func (c *Chat) EditMessage(id int64, f Fields) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	m := c.complete(id, f)
	m["date"] = c.texts[id]
	m["edit_date"] = time.Now().Unix()
	c.s.push("edited_message", "chat "+strconv.FormatInt(c.id, 10), m)
}

// complete adds to the fields of a message what every message has.
func (c *Chat) complete(id int64, f Fields) Fields {
	m := Fields{"message_id": id, "from": c.user(), "chat": c.chat(), "date": time.Now().Unix()}
	maps.Copy(m, f)
	return m
}

func (c *Chat) user() Fields {
	u := Fields{"id": c.id, "is_bot": false, "first_name": c.name}
	if c.lang != "" {
		u["language_code"] = c.lang
	}
	return u
}

func (c *Chat) chat() Fields {
	return Fields{"id": c.id, "type": "private", "first_name": c.name}
}

// stub is another message of the chat, as one refers to it.
func (c *Chat) stub(id int64) Fields {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, m := range c.sent {
		if m.ID == id {
			return Fields{"message_id": id, "from": botFields(), "chat": c.chat(), "date": m.At.Unix(), "text": m.Text}
		}
	}
	return c.complete(id, nil)
}

func botFields() Fields {
	return Fields{"id": BotID, "is_bot": true, "first_name": "Bridge", "username": BotName}
}

// Tap taps a button under the bot's message and returns the id of the callback query.
func (c *Chat) Tap(message int64, data string) string {
	stub := c.stub(message)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.lastID++
	id := strconv.FormatInt(c.id<<20+c.s.lastID, 10)
	c.s.taps[id] = &tapped{}
	c.s.push("callback_query", "taps "+strconv.FormatInt(c.id, 10), Fields{
		"id": id, "from": c.user(), "message": stub, "data": data,
		"chat_instance": strconv.FormatInt(c.id*31, 10),
	})
	return id
}

// React puts an emoji on a message; "" takes it away.
func (c *Chat) React(message int64, emoji string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	reaction := []Fields{}
	if emoji != "" {
		reaction = append(reaction, Fields{"type": "emoji", "emoji": emoji})
	}
	c.s.push("message_reaction", "chat "+strconv.FormatInt(c.id, 10), Fields{
		"chat": c.chat(), "message_id": message, "user": c.user(), "date": time.Now().Unix(),
		"old_reaction": []Fields{}, "new_reaction": reaction,
	})
}

// Block blocks the bot: it can send nothing any more.
func (c *Chat) Block() { c.member("member", "kicked") }

// Unblock lets the bot in again.
func (c *Chat) Unblock() { c.member("kicked", "member") }

func (c *Chat) member(before, after string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.started = true
	c.blocked = after == "kicked"
	status := func(s string) Fields { return Fields{"user": botFields(), "status": s} }
	c.s.push("my_chat_member", "chat "+strconv.FormatInt(c.id, 10), Fields{
		"chat": c.chat(), "from": c.user(), "date": time.Now().Unix(),
		"old_chat_member": status(before), "new_chat_member": status(after),
	})
}

// Deactivate deletes the person's account.
func (c *Chat) Deactivate() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.gone = true
}

// Sent is what the bot sent to this chat, oldest first.
func (c *Chat) Sent() []Sent {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return copies(c.sent)
}

func copies(sent []*Sent) []Sent {
	out := make([]Sent, len(sent))
	for i, m := range sent {
		out[i] = *m
		out[i].Buttons = slices.Clone(m.Buttons)
	}
	return out
}

// Typing is how often the bot showed that it is typing.
func (c *Chat) Typing() int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.typing
}

var (
	commandWord = regexp.MustCompile(`^/[A-Za-z0-9_]+(@[A-Za-z0-9_]+)?`)
	mentionWord = regexp.MustCompile(`@[A-Za-z0-9_]{5,32}`)
)

// textFields is a text with the entities Telegram itself finds in it.
func textFields(text string) Fields {
	f := Fields{"text": text}
	var entities []Entity
	if w := commandWord.FindString(text); w != "" {
		entities = append(entities, Entity{Type: "bot_command", Length: units(w)})
	}
	for _, at := range mentionWord.FindAllStringIndex(text, -1) {
		if strings.HasPrefix(text, "/") && at[0] < len(commandWord.FindString(text)) {
			continue
		}
		entities = append(entities, Entity{
			Type: "mention", Offset: units(text[:at[0]]), Length: units(text[at[0]:at[1]]),
		})
	}
	if entities != nil {
		f["entities"] = entities
	}
	return f
}
