package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/brug-helpdesk/brug/bots"
)

// typingHolds is how long a contact counts as typing who says nothing more: the apps
// repeat "composing" about every ten seconds.
const typingHolds = 12 * time.Second

// OnTyping names who is told that a contact is typing. WhatsApp tells it only while we
// are online ourselves, which is for a moment after [Channel.Typing]: the phone of our
// number must go on ringing. We subscribe to nobody's presence; when somebody was last
// online is none of our business.
func (c *Channel) OnTyping(heard bots.TypingFunc) { c.typed = heard }

func (s *session) typing(e *events.ChatPresence) {
	if e.IsGroup || e.IsFromMe || !private(e.Chat) {
		return
	}
	lasts := time.Duration(0)
	if e.State == types.ChatPresenceComposing {
		lasts = typingHolds
	}
	s.ch.typed(s.ch.address(context.WithoutCancel(s.ctx), e.Sender, e.SenderAlt), lasts)
}
