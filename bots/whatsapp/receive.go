package whatsapp

import (
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/brug-helpdesk/brug/bots"
)

// message takes a message of a contact, or of a volunteer on the phone.
func (s *session) message(e *events.Message) bool {
	if e.Info.IsGroup || !private(e.Info.Chat) {
		return true
	}
	if e.Info.IsFromMe {
		return s.own(e)
	}
	return s.take(func(ctx context.Context) error {
		c := s.ch
		contact := c.address(ctx, e.Info.Sender, e.Info.SenderAlt)
		got := convert(e, contact)
		if got.timer != nil {
			if err := c.setTimer(ctx, contact.ID, *got.timer); err != nil {
				return err
			}
		}
		if !got.keep {
			return nil
		}
		if err := s.store(ctx, got.Message); err != nil {
			return err
		}
		c.recent.put(e.Info.ID, contact.ID, got.Text)
		// It is stored; whatever comes now, it is to be confirmed.
		return c.dropNotice(context.WithoutCancel(ctx), contact, e.Info.ID)
	})
}

// own takes what came from the phone of our number, which shows that it is online.
func (s *session) own(e *events.Message) bool {
	c := s.ch
	if e.Info.Sender.Device == 0 {
		c.sawPhone(context.WithoutCancel(s.ctx))
	}
	me, lid := s.client.Store.GetJID(), s.client.Store.GetLID()
	if e.Info.Category == "peer" || e.Info.Chat.User == me.User || e.Info.Chat.User == lid.User {
		return true // between the devices of our number, or a note to oneself
	}
	return s.take(func(ctx context.Context) error {
		got := convert(e, c.address(ctx, e.Info.Chat, e.Info.RecipientAlt))
		m := got.Message
		if !got.keep || m.Action == bots.React || m.Action == bots.Delete {
			return nil
		}
		m.Action = bots.Operator
		return s.store(ctx, m)
	})
}

// receipts are those that say something about a message of ours on the contact's
// phone. "inactive" is from a linked device that nobody looks at.
var receipts = map[types.ReceiptType]bots.Action{
	types.ReceiptTypeDelivered: bots.Delivered,
	types.ReceiptTypeRead:      bots.Read,
}

func (s *session) receipt(e *events.Receipt) bool {
	c := s.ch
	if e.IsFromMe {
		if e.Sender.Device == 0 {
			c.sawPhone(context.WithoutCancel(s.ctx))
		}
		return true
	}
	action, ok := receipts[e.Type]
	if !ok || e.IsGroup || !private(e.Chat) {
		return true
	}
	return s.take(func(ctx context.Context) error {
		contact := c.address(ctx, e.Sender, e.SenderAlt)
		for _, id := range e.MessageIDs {
			err := s.store(ctx, bots.Message{
				Channel: bots.WhatsApp, ID: string(action) + "-" + id, Contact: contact, At: e.Timestamp.UTC(),
				Action: action, Target: id,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// store hands a message on. A panic in there is no success.
func (s *session) store(ctx context.Context, m bots.Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("accept: panic: %T", p)
		}
	}()
	if err := s.accept(ctx, m); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// unreadable takes note of a message that could not be decrypted. The library has
// confirmed it and asked for it again.
func (s *session) unreadable(e *events.UndecryptableMessage) {
	if e.Info.IsGroup || e.Info.IsFromMe || !private(e.Info.Chat) || e.DecryptFailMode == events.DecryptFailHide {
		return // hidden are reactions, edits and the like
	}
	c := s.ch
	ctx := context.WithoutCancel(s.ctx)
	m := bots.Message{Channel: bots.WhatsApp, Contact: c.address(ctx, e.Info.Sender, e.Info.SenderAlt), At: e.Info.Timestamp.UTC()}
	due := c.now()
	if e.UnavailableType == events.UnavailableTypeViewOnce {
		// Linked devices never get these.
		m.ID, m.Unsupported = e.Info.ID, kindViewOnce
	} else {
		// The identifier stays free for the message itself, if it comes later.
		m.ID, m.Target, m.Action = "unread-"+e.Info.ID, e.Info.ID, bots.Unread
		due = due.Add(c.unreadAfter)
	}
	c.notice(ctx, e.Info.ID, m, due)
}

// call notes that a contact tried to call: nobody can answer on a linked device.
func (s *session) call(e *events.CallOffer) {
	if !e.GroupJID.IsEmpty() || !private(e.CallCreator) {
		return
	}
	c := s.ch
	ctx := context.WithoutCancel(s.ctx)
	c.notice(ctx, "call-"+e.CallID, bots.Message{
		Channel: bots.WhatsApp, ID: "call-" + e.CallID, At: e.Timestamp.UTC(), Unsupported: kindCall,
		Contact: c.address(ctx, e.CallCreator, e.CallCreatorAlt),
	}, c.now())
}
