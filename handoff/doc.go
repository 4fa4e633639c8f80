// Package handoff keeps the cases: what newcomers ask that needs a person, who is
// in line, who holds what, and when somebody must be told something.
//
// A conversation has at most one open case.
//
//	               Open
//	                │
//	                ▼     Claim, TakeOver, a late Reply
//	┌─────────► waiting ────────────────────────────► claimed ◄─┐ Transfer,
//	│               │  ◄────────────────────────────     │  │   │ TakeOver,
//	│               │    Release, Transfer to the queue, │  └───┘ Reply, Touch
//	│ Reopen        │    expired                         │
//	│               │ Withdraw                           │ Resolve, Withdraw
//	│               ▼                                    ▼
//	└─────────────────────────── resolved
//
// A case opened again goes back to who closed it, as a claim like any other, when they
// are there and have room; else into the queue.
//
// A claim is a lease kept by actions. While the newcomer waits for a word and the
// holder does nothing for [Options.Lease], the case goes back to its old place in
// the queue ("expired"). A case that nobody takes for [Options.Nobody] of office
// hours says so once ("nobody"); one of danger calls the volunteers again, at any hour,
// after [Options.Again] ("unanswered").
//
// Every transition is a pure function (transition.go) from a case to the next one
// and to what must be told; [Queue] commits it with everything that depends on it
// in one write, guarded by the case's version, and decides again when somebody was
// faster. What happened goes into the conversation's mailbox as an [Event]: only
// the router writes words to a newcomer.
//
// The tour: case.go and transition.go (the state machine), write.go (a case and its
// indexes in Redis), open.go (what the router uses), actions.go (what a volunteer
// does), timers.go (what happens by itself), hours.go (when the helpdesk is open),
// seat.go (who has room), alerts.go, news.go and reach.go (telling volunteers who are
// away), presence.go (who is at the desk now), volunteer.go (who may do all this),
// signin.go, session.go, passkey.go, password.go and codes.go (how they sign in),
// stats.go and audit.go.
package handoff
