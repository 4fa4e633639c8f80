package telegram

import (
	"strconv"

	"github.com/brug-helpdesk/brug/bots"
)

// messageID names a message of a private chat. Telegram numbers all messages of one
// bot's private chats in one row, so that it also is unique within the contact.
func messageID(n int64) string { return strconv.FormatInt(n, 10) }

// parseMessageID is the reverse of [messageID]; 0 for anything else.
func parseMessageID(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return 0
	}
	return n
}

// eventID names what is not a message: a tap, an edit, a block. The letter keeps it
// apart from a message's identifier.
func eventID(updateID int64) string { return "u" + strconv.FormatInt(updateID, 10) }

// address is the contact of a private chat; chat and user have the same number.
func address(chatID int64) bots.Address {
	return bots.Address{Channel: bots.Telegram, ID: strconv.FormatInt(chatID, 10)}
}

// parseChat is the reverse of [address]. Groups have negative numbers (the desk may
// be told of escalations in one); names such as @channel are not accepted.
func parseChat(a bots.Address) (int64, bool) {
	n, err := strconv.ParseInt(a.ID, 10, 64)
	return n, err == nil && n != 0
}
