// Package telegram is a Bot API server for tests, on a loopback address, as strict
// as Telegram's own: its limits, its error texts, its redelivery. A test puts the
// people who write to the bot on top of it ([Server.User]), lets it fail
// ([Server.Fail]) and reads what the bot asked for ([Server.Requests]).
//
// It follows the documentation (core.telegram.org/bots/api) and the behaviour of the
// server Telegram publishes (github.com/tdlib/telegram-bot-api).
//
// The tour: server.go (requests in, answers out), args.go (form, JSON and multipart
// bodies), updates.go and webhook.go (the two ways updates go out), chat.go and
// groups.go (people), send.go (what the bot may send), html.go, reference.go and
// clean.go (its texts), taps.go, commands.go, rate.go (limits), faults.go (what goes
// wrong), files.go (attachments).
package telegram
