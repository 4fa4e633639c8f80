package whatsapp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"github.com/brug-helpdesk/brug/bots"
)

// messageID is WhatsApp's identifier for a part of ours: the same for every try, so
// that phones take a repeat for the same message. Its form is that of WhatsApp Web.
func messageID(part string) types.MessageID {
	sum := sha256.Sum256([]byte("brug part " + part))
	return whatsmeow.WebMessageIDPrefix + strings.ToUpper(hex.EncodeToString(sum[:9]))
}

// parseContact is the JID of one person.
func parseContact(id string) (types.JID, bool) {
	j, err := types.ParseJID(id)
	if err != nil || j.User == "" || strings.Trim(j.User, "0123456789") != "" {
		return types.JID{}, false
	}
	return j.ToNonAD(), j.Server == types.DefaultUserServer || j.Server == types.HiddenUserServer
}

// address is the contact behind one or two JIDs: the LID comes first. What WhatsApp
// does not say, the library may know.
func (c *Channel) address(ctx context.Context, first, second types.JID) bots.Address {
	first, second = person(first), person(second)
	if second.IsEmpty() {
		var err error
		switch first.Server {
		case types.HiddenUserServer:
			second, err = c.lids.GetPNForLID(ctx, first)
		case types.DefaultUserServer:
			second, err = c.lids.GetLIDForPN(ctx, first)
		}
		if err != nil {
			// Either form is enough to find the conversation by.
			c.log.Warn("whatsapp: look up the other form of a contact", "error", err)
			second = types.EmptyJID
		}
		second = person(second)
	}
	if second.Server == types.HiddenUserServer {
		first, second = second, first
	}
	a := bots.Address{Channel: bots.WhatsApp, ID: first.String()}
	if !second.IsEmpty() && second != first {
		a.Alt = []string{second.String()}
	}
	return a
}

// person is a JID without device, in one of the two forms; numbers hosted elsewhere
// are numbers.
func person(j types.JID) types.JID {
	switch j.Server {
	case types.HostedServer:
		j.Server = types.DefaultUserServer
	case types.HostedLIDServer:
		j.Server = types.HiddenUserServer
	case types.DefaultUserServer, types.HiddenUserServer:
	default:
		return types.EmptyJID
	}
	return j.ToNonAD()
}

// private reports whether a chat is with one person: no group, list, status, channel
// or bot of WhatsApp's.
func private(chat types.JID) bool { return !person(chat).IsEmpty() && !chat.IsBot() }
