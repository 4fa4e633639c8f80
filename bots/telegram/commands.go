package telegram

import (
	"context"
	"encoding/json"
	"regexp"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// privateChats is where the menu shows: in groups the bot only points to the private
// chat.
const privateChats = `{"type":"all_private_chats"}`

var twoLetters = regexp.MustCompile(`^([a-z]{2})?$`)

// setCommands gives Telegram the bot's menu in every language. It repeats what
// failed in passing until ctx ends.
func (c *Channel) setCommands(ctx context.Context) {
	for lang, commands := range c.config.Commands {
		if !twoLetters.MatchString(lang) {
			continue // Telegram knows languages by two letters only
		}
		params := commandParams(lang, commands)
		for wait := c.minWait; ; wait = min(2*wait, c.maxWait) {
			err := c.api.call(ctx, "setMyCommands", params, nil)
			if err == nil {
				break
			}
			if !passing(err) {
				c.log.Warn("the menu of a language is not set", "lang", lang, "error", err)
				break
			}
			if !sleep(ctx, max(wait, retryAfter(err))) {
				return
			}
		}
	}
}

func commandParams(lang string, commands []Command) tgbotapi.Params {
	type line struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	lines := make([]line, len(commands))
	for i, c := range commands {
		lines[i] = line{c.Name, c.Description}
	}
	menu, _ := json.Marshal(lines) // strings always encode
	params := tgbotapi.Params{"commands": string(menu), "scope": privateChats}
	params.AddNonEmpty("language_code", lang)
	return params
}
