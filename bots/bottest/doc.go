// Package bottest is the suite every channel passes. It sees a channel from both
// sides: the helpdesk's, through [bots.Channel], and the newcomer's, through a
// [Phone] on a fake network that speaks the real protocol. It asks for features,
// never for the name of a network: what a network cannot do is left out of
// [Harness.Features], and then the suite checks that the channel does without.
//
// A channel's own test says
//
//	bottest.Run(t, func(t *testing.T) bottest.Harness { … })
//
// The tour: bottest.go (what a channel's test supplies), session.go (a running
// channel with a store behind it), incoming.go, restart.go, outgoing.go, faults.go
// (the tests), canary.go (what must not be in a log).
package bottest
