package signal

import (
	"bytes"
	"encoding/json"
	"slices"
)

// around are the fields of a dataMessage that are not its content, and those that
// nobody waits for an answer to: a vote, a pin, the end of a poll.
var around = []string{
	"adminDelete", "expiresInSeconds", "groupInfo", "isExpirationUpdate", "mentions", "message", "pinMessage",
	"pollTerminate", "pollVote", "previews", "quote", "storyContext", "textStyles", "timestamp", "unpinMessage",
	"viewOnce",
}

// kinds are content as brug calls it.
var kinds = map[string]string{"pollCreate": "poll", "giftBadge": "gift", "payment": "payment"}

// unknownKind names the content of a dataMessage that brug does not understand. "" is
// none: apps send such messages by themselves, with a new profile key.
func unknownKind(raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return ""
	}
	var names []string
	for name, value := range fields {
		empty := !present(value) || slices.Contains([]string{"[]", "{}", "false"}, string(bytes.TrimSpace(value)))
		if name != "" && !empty && !slices.Contains(around, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	name := slices.Min(names)
	if kind, ok := kinds[name]; ok {
		return kind
	}
	return name
}
