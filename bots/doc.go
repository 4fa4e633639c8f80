// Package bots says what a channel is: one number or bot connected to one
// network. A channel turns the network's events into a [Message] and hands it to
// an [AcceptFunc]; it sends a [Part], which is one message of a [Reply] rendered
// and split for that network.
//
// The tour: message.go (what comes in), reply.go (what goes out), channel.go (the
// contract), senderror.go (what can go wrong), render.go and its neighbours
// (Markdown to each network's form), outbox.go and delivery.go (parts wait in
// Redis and are sent in order, once).
//
// Each network has a folder of its own that knows only this package; the suite in
// bottest holds them all to the same contract.
package bots
