// Package telegram is the Telegram channel: one bot, over the Bot API, by long
// polling or by webhook.
//
// An update is confirmed to Telegram only after it is accepted: polling moves its
// offset past it, the webhook answers 200. Until then Telegram keeps it for 24 hours
// and delivers it again. A message's identifier is the chat's message_id, so that
// edits, reactions and quotes can name it; every other event is named by its
// update_id. Both are the same when Telegram delivers again.
//
// Only private chats become messages. In a group the bot answers, when somebody
// speaks to it, with one sentence and a link to the private chat.
//
// The tour: channel.go and health.go (lifecycle), poll.go and webhook.go (the two ways
// in), update.go, convert.go, kinds.go and card.go (what came, as a [bots.Message]),
// group.go, send.go (what goes out), errors.go (what Telegram says to it), client.go
// (requests; the token stays inside), fetch.go (files), commands.go (the menu), id.go
// (identifiers).
package telegram
