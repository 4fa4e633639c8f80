package whatsapp

import (
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/brug-helpdesk/brug/bots"
)

// converted is what a message of WhatsApp means.
type converted struct {
	bots.Message
	// keep is false for what is not said by anybody: settings, keys, headers of albums.
	keep bool
	// timer is the contact's disappearing-message timer, nil when the message does not
	// tell.
	timer *time.Duration
}

// convert never fails: what it does not understand, it names. It makes no requests.
func convert(e *events.Message, contact bots.Address) (out converted) {
	base := bots.Message{Channel: bots.WhatsApp, ID: e.Info.ID, Contact: contact, At: e.Info.Timestamp.UTC()}
	defer func() {
		if p := recover(); p != nil {
			// One message that breaks us must not stand in the way of all others.
			out = converted{Message: base, keep: true}
			out.Unsupported = kindUnknown
		}
	}()
	out = converted{Message: base, keep: true}
	m := unwrap(e.Message)
	if e.IsViewOnce {
		out.Unsupported = kindViewOnce // the sender does not want it kept
		return out
	}
	out.content(m)
	out.Text = strings.ToValidUTF8(out.Text, "\uFFFD")
	return out
}

// unwrap takes a message out of the envelopes that the library does not open.
func unwrap(m *waE2E.Message) *waE2E.Message {
	for range 8 { // envelopes can hold envelopes
		inner := envelope(m)
		if inner == nil {
			return m
		}
		m = inner
	}
	return m
}

// content fills in what the message says.
func (c *converted) content(m *waE2E.Message) {
	switch {
	case m.GetProtocolMessage() != nil:
		c.protocol(m.GetProtocolMessage())
		return
	case m.GetReactionMessage() != nil:
		r := m.GetReactionMessage()
		c.Action, c.Target, c.Text = bots.React, r.GetKey().GetID(), r.GetText()
		return
	case m.Conversation != nil:
		// A plain text comes only where nothing disappears.
		c.Text, c.timer = m.GetConversation(), new(time.Duration)
		return
	}
	if info := contextOf(m); info != nil {
		d := time.Duration(info.GetExpiration()) * time.Second
		c.Expires, c.timer = d, &d
		c.Target = info.GetStanzaID()
	}
	switch {
	case m.GetExtendedTextMessage() != nil:
		c.Text = m.GetExtendedTextMessage().GetText()
	case m.GetLocationMessage() != nil:
		l := m.GetLocationMessage()
		c.place(l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetName(), l.GetAddress())
		c.Text = l.GetComment()
	case m.GetLiveLocationMessage() != nil:
		l := m.GetLiveLocationMessage()
		c.place(l.GetDegreesLatitude(), l.GetDegreesLongitude())
		c.Text = l.GetCaption()
	case c.media(m), c.answer(m):
	default:
		c.Unsupported, c.Text, c.keep = nameOf(m)
	}
}

// protocol is what changes something said before, or a setting.
func (c *converted) protocol(p *waE2E.ProtocolMessage) {
	switch p.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		c.Action, c.Target = bots.Delete, p.GetKey().GetID()
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		var edited converted
		edited.content(unwrap(p.GetEditedMessage()))
		c.Action, c.Target, c.Text = bots.Edit, p.GetKey().GetID(), edited.Text
	case waE2E.ProtocolMessage_EPHEMERAL_SETTING:
		d := time.Duration(p.GetEphemeralExpiration()) * time.Second
		c.timer, c.keep = &d, false
	default:
		c.keep = false // between apps
	}
}

// place is a location; a latitude beyond the poles is none.
func (c *converted) place(lat, lon float64, names ...string) {
	if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		c.Unsupported = "location"
		return
	}
	c.Location = &bots.Location{Lat: lat, Lon: lon}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" && c.Location.Name == "" {
			c.Location.Name = strings.ToValidUTF8(name, "\uFFFD")
		}
	}
}

// answer is a tap on buttons or lists that somebody forwarded or that an app keeps;
// we send none, so that the words are the answer.
func (c *converted) answer(m *waE2E.Message) bool {
	switch {
	case m.GetButtonsResponseMessage() != nil:
		c.Text = m.GetButtonsResponseMessage().GetSelectedDisplayText()
	case m.GetListResponseMessage() != nil:
		c.Text = m.GetListResponseMessage().GetTitle()
	case m.GetTemplateButtonReplyMessage() != nil:
		c.Text = m.GetTemplateButtonReplyMessage().GetSelectedDisplayText()
	case m.GetInteractiveResponseMessage() != nil:
		c.Text = m.GetInteractiveResponseMessage().GetBody().GetText()
	default:
		return false
	}
	if c.Text == "" {
		c.Unsupported = "button"
	}
	return true
}
