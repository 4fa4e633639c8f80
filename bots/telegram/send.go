package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"github.com/brug-helpdesk/brug/bots"
)

// sendTime bounds one request that sends.
const sendTime = 30 * time.Second

// noPreview keeps Telegram from putting a picture of a linked page under a text.
const noPreview = `{"is_disabled":true}`

// Send sends one part. A body whose markup Telegram cannot read goes out as plain
// text. Telegram has no key against sending twice: after an error with Maybe the
// contact may get the part again.
func (c *Channel) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	chatID, ok := parseChat(p.To)
	if !ok {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Unreachable, Err: errors.New("not a telegram chat")}
	}
	params := sendParams(chatID, p)
	receipt, err := c.send(ctx, params)
	var ce *callError
	if errors.As(err, &ce) && ce.code == 400 && ce.has("can't parse entities") && p.Text != "" {
		c.log.Warn("telegram cannot read the markup; sending plain text", "error", err)
		delete(params, "parse_mode")
		params["text"] = p.Text + unlinked(p)
		receipt, err = c.send(ctx, params)
	}
	if err != nil {
		se := sendError(err)
		if se.Reason == bots.RateLimited {
			se.Channel = c.limitedElsewhere(chatID, se.RetryAfter)
		}
		return bots.Receipt{}, se
	}
	return receipt, nil
}

func (c *Channel) send(ctx context.Context, params tgbotapi.Params) (bots.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	var sent message
	if err := c.api.call(ctx, "sendMessage", params, &sent); err != nil {
		return bots.Receipt{}, err
	}
	return bots.Receipt{ID: messageID(sent.ID), At: time.Unix(sent.Date, 0).UTC()}, nil
}

func sendParams(chatID int64, p bots.Part) tgbotapi.Params {
	params := tgbotapi.Params{
		"text":                 p.Body + html.EscapeString(unlinked(p)),
		"parse_mode":           "HTML",
		"link_preview_options": noPreview,
	}
	params.AddNonZero64("chat_id", chatID)
	if keys := keyboard(p.Choices); keys != "" {
		params["reply_markup"] = keys
	}
	if id := parseMessageID(p.ReplyTo); id != 0 {
		params["reply_parameters"] = replyParameters(id)
	}
	return params
}

// replyParameters quotes a message, if it is still there.
func replyParameters(id int64) string {
	return fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, id)
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// keyboard is one button in a row, so that labels are not cut; "" for no buttons.
func keyboard(choices []bots.Choice) string {
	rows := [][]button{}
	for _, c := range choices {
		switch {
		case c.URL == "":
			rows = append(rows, []button{{Text: c.Label, Data: c.ID}})
		case linkable(c.URL):
			rows = append(rows, []button{{Text: c.Label, URL: c.URL}})
		}
	}
	if len(rows) == 0 {
		return ""
	}
	keys, _ := json.Marshal(map[string]any{"inline_keyboard": rows}) // strings always encode
	return string(keys)
}

// linkable reports whether Telegram takes an address on a button. It refuses the
// whole message for a tel: address or a host without a dot. The app makes a number in
// the text tappable by itself.
func linkable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && strings.Contains(u.Hostname(), ".")
}

// unlinked are lines for the links that cannot be buttons and that the text does not
// name. Direction marks keep the digits of a number in order.
func unlinked(p bots.Part) string {
	var lines strings.Builder
	for _, c := range p.Choices {
		address := strings.TrimPrefix(c.URL, "tel:")
		if c.URL != "" && !linkable(c.URL) && !strings.Contains(p.Text, address) {
			fmt.Fprintf(&lines, "\n%s: \u200e%s\u200e", c.Label, address)
		}
	}
	return lines.String()
}

// lastLimit is the last chat Telegram told to wait for, and until when.
type lastLimit struct {
	chat  int64
	until time.Time
}

// limitedElsewhere notes a rate limit and reports whether another chat is under one
// too: Telegram does not say whether it means the chat or the whole bot.
func (c *Channel) limitedElsewhere(chat int64, wait time.Duration) bool {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	both := c.limit.chat != 0 && c.limit.chat != chat && now.Before(c.limit.until)
	c.limit = lastLimit{chat: chat, until: now.Add(wait)}
	return both
}

// Typing shows "typing…" to a contact for five seconds.
func (c *Channel) Typing(ctx context.Context, to bots.Address) error {
	chatID, ok := parseChat(to)
	if !ok {
		return errors.New("telegram: not a telegram chat")
	}
	params := tgbotapi.Params{"action": "typing"}
	params.AddNonZero64("chat_id", chatID)
	return c.api.call(ctx, "sendChatAction", params, nil)
}
