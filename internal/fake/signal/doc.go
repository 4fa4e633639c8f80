// Package signal is a signal-cli daemon for tests: JSON-RPC over TCP, over a unix
// socket or over HTTP with server-sent events, as strict as the real one. What it
// says was recorded from signal-cli 0.13.19; the rest follows its source
// (github.com/AsamK/signal-cli). A test puts newcomers on the other side
// ([Daemon.Person]), lets calls fail ([Daemon.Fail]), takes the daemon away
// ([Daemon.Leave]) and reads what was asked ([Daemon.Requests]).
//
// Like the real daemon it forgets an event once it is written to a connection,
// whether or not anybody read it.
//
// The tour: daemon.go (lifecycle), stream.go and http.go (the ways in and out),
// rpc.go (requests), commands.go and send.go (what they do), events.go (what is
// pushed), person.go and envelopes.go (newcomers), link.go (linking a device),
// faults.go (what goes wrong).
package signal
