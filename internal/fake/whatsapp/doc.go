// Package whatsapp is a WhatsApp server for tests. The unmodified whatsmeow client
// speaks with it: the Noise XX handshake with a certificate of our own root, binary
// nodes, end-to-end encryption between two real clients. Nothing in the client is
// bypassed; what is ours is its certificate root ([Trust]) and its HTTP clients
// ([Server.Client]).
//
// A [Server] has accounts, an [Account] is a telephone number with its phone and its
// linked devices, a [Phone] is a person's app: itself a whatsmeow client.
//
// The server is as strict as the real one where a client's mistakes would show: the
// login's key must be the registered device's, a pre-key is given once, a message
// waits until its receipt or acknowledgement came, and is sent again after a new
// login; a second login of a device ends the first.
//
// Two things are kinder than life, for speed. A new device is told that the server
// has one of its pre-keys, so that it uploads 50 and not 812; and the connection is
// plain, behind a transport that says otherwise.
//
// The tour: server.go (listening, accounts), noise.go (handshake and frames),
// conn.go (one connection), login.go and pair.go (who is there), query.go (iq),
// route.go (messages and receipts), media.go (files), faults.go (what goes wrong),
// phone.go and phone_send.go (people).
package whatsapp
