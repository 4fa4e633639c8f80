package telegram

import (
	"strings"
	"time"
	"unicode/utf16"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// groupPause is how long the bot then keeps silent in the same group.
const groupPause = time.Hour

// groupNotice returns the parameters of the sentence to say in a group, nil for
// silence.
func (c *Channel) groupNotice(m *message) tgbotapi.Params {
	self := c.me()
	if c.config.GroupNotice == nil || self.Username == "" || !addressed(m, self) {
		return nil
	}
	lang := ""
	if m.From != nil {
		lang = m.From.Lang
	}
	now := c.now()
	c.mu.Lock()
	for id, said := range c.groups {
		if now.Sub(said) >= groupPause {
			delete(c.groups, id)
		}
	}
	_, silent := c.groups[m.Chat.ID]
	if !silent {
		c.groups[m.Chat.ID] = now
	}
	c.mu.Unlock()
	if silent {
		return nil
	}
	p := tgbotapi.Params{
		"text":                 c.config.GroupNotice(lang) + "\nhttps://t.me/" + self.Username,
		"link_preview_options": noPreview,
	}
	p.AddNonZero64("chat_id", m.Chat.ID)
	p["reply_parameters"] = replyParameters(m.ID)
	return p
}

// addressed reports whether a group's message speaks to the bot: it mentions it, is
// a command for it, or answers it.
func addressed(m *message, self user) bool {
	if m.ReplyTo != nil && m.ReplyTo.From != nil && m.ReplyTo.From.ID == self.ID {
		return true
	}
	text := utf16.Encode([]rune(m.Text))
	for _, e := range m.Entities {
		if e.Offset < 0 || e.Length <= 0 || e.Offset > len(text) || e.Length > len(text)-e.Offset {
			continue
		}
		word := string(utf16.Decode(text[e.Offset : e.Offset+e.Length]))
		_, name, named := strings.Cut(word, "@")
		switch e.Type {
		case "mention":
			if strings.EqualFold(name, self.Username) {
				return true
			}
		case "bot_command":
			if !named || strings.EqualFold(name, self.Username) {
				return true
			}
		}
	}
	return false
}
