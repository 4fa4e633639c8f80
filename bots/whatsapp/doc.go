// Package whatsapp is the WhatsApp channel: a device linked to one number's phone,
// by go.mau.fi/whatsmeow.
//
// WhatsApp keeps a message until our receipt for it. The receipt goes out after the
// message is accepted; what is refused, and all that comes after it, stays
// unconfirmed, and a new connection brings it again in the same order. A message is
// decrypted once only: its plain text stays in the database of the keys until it is
// accepted, and then goes. What the library confirms by itself (a message that cannot
// be decrypted, a call) is noted in a table of ours first.
//
// A contact is known by the LID where WhatsApp tells it, else by the number; the other
// one is beside it. Only chats with one person become messages: groups, broadcast
// lists, status and channels are left alone. Names of contacts are never kept.
//
// Every connection has a client of the library of its own, so that nothing of an old
// connection can overtake what comes again on the new one.
//
// The tour: channel.go (what it is), run.go and session.go (one connection after
// another), events.go (what the library tells), receive.go, notices.go and convert.go
// with its neighbours (what came, as a [bots.Message]), send.go, pace.go and sent.go
// (what goes out), pair.go (linking a phone), client.go (how the library is set up),
// database.go, keys.go and forget.go (what is kept), fetch.go (files), problems.go
// (what a coordinator reads), id.go (identifiers).
package whatsapp
