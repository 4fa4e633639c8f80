package telegram

import (
	"encoding/json"
	"slices"
)

// around are the fields of a message that are not its content.
var around = []string{
	"author_signature", "business_connection_id", "caption_entities", "chat", "date", "direct_messages_topic",
	"edit_date", "effect_id", "entities", "external_reply", "forward_date", "forward_from", "forward_from_chat",
	"forward_from_message_id", "forward_origin", "forward_sender_name", "forward_signature", "from",
	"has_media_spoiler", "has_protected_content", "is_automatic_forward", "is_from_offline", "is_paid_post",
	"is_topic_message", "link_preview_options", "media_group_id", "message_id", "message_thread_id",
	"paid_star_count", "quote", "reply_markup", "reply_to_checklist_task_id", "reply_to_message",
	"reply_to_story", "sender_boost_count", "sender_business_bot", "sender_chat", "show_caption_above_media",
	"suggested_post_info", "via_bot",
}

// notices are what Telegram writes into a chat by itself. Nobody said anything, so
// nobody waits for an answer.
var notices = []string{
	"boost_added", "chat_background_set", "chat_shared", "connected_website", "message_auto_delete_timer_changed",
	"pinned_message", "proximity_alert_triggered", "users_shared", "web_app_data", "write_access_allowed",
}

// unknownKind names the content of a message that brug does not understand; said is
// false for a mere notice.
func unknownKind(raw json.RawMessage) (kind string, said bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return "", false
	}
	var kinds []string
	for name := range fields {
		if slices.Contains(notices, name) {
			return "", false
		}
		if name != "" && !slices.Contains(around, name) {
			kinds = append(kinds, name)
		}
	}
	if len(kinds) == 0 {
		return "unknown", true
	}
	return slices.Min(kinds), true
}
