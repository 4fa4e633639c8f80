package signal

import (
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// typingHolds is how long somebody counts as typing: Signal's apps repeat it every ten
// seconds (TypingStatusSender.REFRESH_TYPING_TIMEOUT in Signal-Android).
const typingHolds = 12 * time.Second

// typing is a contact at the keys; lasts is 0 when they have stopped.
type typing struct {
	who   bots.Address
	lasts time.Duration
}

// OnTyping names who is told that a contact is typing.
func (c *Channel) OnTyping(heard bots.TypingFunc) { c.typed = heard }
