// Package signal is the Signal channel: one number, through a signal-cli daemon that
// runs beside us, over JSON-RPC on TCP, on a unix socket or over HTTP.
//
// The daemon confirms a message to Signal before it hands it to us, so nothing can be
// refused: a message that cannot be stored is held here and tried again, and the
// daemon waits meanwhile. What is already on its way when we are killed is lost. A
// normal stop loses nothing on TCP and on a unix socket, where we can ask the daemon
// to stop first and take what it has still said. The daemon should run with
// --receive-mode=on-connection, so that messages wait at Signal while we are away.
//
// A contact is a UUID, with the phone number beside it where Signal tells it; profile
// names are not even read. A message's identifier is its timestamp, which is unique
// within its sender; one of ours has a letter before it.
//
// The tour: channel.go (lifecycle), session.go (one connection), transport.go,
// stream.go and http.go (the ways to the daemon), account.go, envelope.go, convert.go,
// media.go and kinds.go (what came, as [bots.Message]), edits.go, group.go, identity.go
// (new safety numbers), send.go (what goes out), outstanding.go (sends whose answer is
// late), errors.go (what the daemon says to it), captcha.go, health.go (what a
// coordinator reads), fetch.go (files), forget.go, link.go (pairing), check.go (for
// the doctor), id.go (identifiers).
package signal
