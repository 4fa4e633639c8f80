package telegram

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"
)

var (
	commandName = regexp.MustCompile(`^[a-z0-9_]+$`)
	langCode    = regexp.MustCompile(`^([a-z]{2})?$`)
)

func (s *Server) setCommands(p map[string]string) (any, *refusal) {
	var commands []struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	if json.Unmarshal([]byte(p["commands"]), &commands) != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	var scope struct {
		Type string `json:"type"`
	}
	if p["scope"] != "" && (json.Unmarshal([]byte(p["scope"]), &scope) != nil || scope.Type == "") {
		return nil, badRequest("can't parse BotCommandScope JSON object")
	}
	if !langCode.MatchString(p["language_code"]) {
		return nil, badRequest("invalid language code specified")
	}
	if len(commands) > 100 {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range commands {
		switch n := utf8.RuneCountInString(c.Description); {
		case c.Command == "":
			return nil, badRequest("command must be non-empty")
		case len(c.Command) > 32:
			return nil, badRequest("command length must not exceed 32")
		case !commandName.MatchString(c.Command):
			return nil, badRequest("BOT_COMMAND_INVALID")
		case n == 0:
			return nil, badRequest("command description must be non-empty")
		case n > 256:
			return nil, badRequest("command description length must not exceed 256")
		}
	}
	s.commands[p["language_code"]] = json.RawMessage(p["commands"])
	return true, nil
}

// Commands is the menu the bot set for a language, as JSON; "" for none.
func (s *Server) Commands(lang string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.commands[lang])
}
