package whatsapp

import (
	"context"
	"errors"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/brug-helpdesk/brug/bots"
)

// Send sends one part under an identifier made from the part's, so that a repeat is
// the same message. Parts that are not urgent keep a human pace; when that would take
// long, Send says how long instead of waiting.
func (c *Channel) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	to, ok := parseContact(p.To.ID)
	if !ok {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Unreachable, Err: errors.New("whatsapp: not a person's address")}
	}
	s, err := c.connected(ctx, nil)
	if err != nil {
		return bots.Receipt{}, err
	}
	if !p.Urgent {
		if err := c.pace.wait(ctx); err != nil {
			return bots.Receipt{}, err
		}
	}
	if to.Server == types.DefaultUserServer {
		// WhatsApp moves all chats to LIDs; receipts come in the form we send to.
		if lid, err := c.lids.GetLIDForPN(ctx, to); err == nil && !lid.IsEmpty() {
			to = lid.ToNonAD()
		}
	}
	id := messageID(p.ID)
	m := c.compose(p, to)
	if err := c.keepSent(ctx, id, p.To.ID, m); err != nil {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Retry, Err: err}
	}
	r, err := s.client.SendMessage(ctx, to, m, whatsmeow.SendRequestExtra{ID: id})
	if errors.Is(err, whatsmeow.ErrNotConnected) {
		// The connection ended and nobody has told us yet. Nothing was sent.
		if s, err = c.connected(ctx, s); err != nil {
			return bots.Receipt{}, err
		}
		r, err = s.client.SendMessage(ctx, to, m, whatsmeow.SendRequestExtra{ID: id})
	}
	if err != nil {
		return bots.Receipt{}, sendError(err)
	}
	if p.Last {
		if err := c.Forget(ctx, p.To); err != nil {
			c.log.Warn("whatsapp: forget whom the last word went to", "error", err)
		}
	}
	return bots.Receipt{ID: id, At: r.Timestamp.UTC()}, nil
}

// compose is the message for a part: plain where nothing more is to be said, else with
// the contact's timer and what it answers.
func (c *Channel) compose(p bots.Part, to types.JID) *waE2E.Message {
	expires := c.timer(p.To)
	if p.ReplyTo == "" && expires == 0 {
		return &waE2E.Message{Conversation: proto.String(p.Body)}
	}
	info := &waE2E.ContextInfo{}
	if expires > 0 {
		info.Expiration = proto.Uint32(uint32(expires / time.Second))
	}
	if p.ReplyTo != "" {
		info.StanzaID, info.Participant = proto.String(p.ReplyTo), proto.String(to.String())
		info.QuotedMessage = &waE2E.Message{Conversation: proto.String(c.recent.get(p.ReplyTo))}
	}
	return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(p.Body), ContextInfo: info}}
}

// timer is the disappearing-message timer of a contact.
func (c *Channel) timer(a bots.Address) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range append([]string{a.ID}, a.Alt...) {
		if d := c.timers[id]; d > 0 {
			return d
		}
	}
	return 0
}

// offline is the error while there is no connection: NotAllowed when waiting does not
// help.
func (c *Channel) offline() *bots.SendError {
	c.mu.Lock()
	code := c.health.Code
	c.mu.Unlock()
	switch code {
	case problemUnlinked.code, problemReplaced.code, problemCopy.code, problemLocked.code, problemBanned.code, problemRemoved.code:
		return &bots.SendError{Reason: bots.NotAllowed, Err: errOffline}
	}
	return &bots.SendError{Reason: bots.Retry, Err: errOffline}
}

// Typing shows "typing…" to a contact for about 25 s. WhatsApp shows it only from
// somebody who is online.
func (c *Channel) Typing(ctx context.Context, to bots.Address) error {
	j, ok := parseContact(to.ID)
	s := c.current()
	if !ok || s == nil {
		return errOffline
	}
	// Without a name of our own, which the phone tells, WhatsApp takes no presence.
	if err := s.client.SendPresence(ctx, types.PresenceAvailable); err == nil {
		s.mu.Lock()
		s.online = c.now()
		s.mu.Unlock()
	}
	return harmless(s.client.SendChatPresence(ctx, j, types.ChatPresenceComposing, types.ChatPresenceMediaText))
}

// MarkRead shows a contact two blue ticks, unless our account hides them.
func (c *Channel) MarkRead(ctx context.Context, to bots.Address, ids []string) error {
	j, ok := parseContact(to.ID)
	s := c.current()
	if !ok || s == nil {
		return errOffline
	}
	if len(ids) == 0 {
		return nil
	}
	return harmless(s.client.MarkRead(ctx, ids, c.now(), j, j))
}
