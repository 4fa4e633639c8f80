// Package mailbox holds every event of a conversation in order and gives each to
// the router once, through crashes.
//
//	Accept ──► accept.lua ──► events of the conversation ──► Run takes a turn under a
//	           duplicate?     (a list)                       lease, decides, commits
//	           append,
//	           schedule
//
// Everything that can change a conversation is an event: messages, taps, edits, what
// volunteers do, failed deliveries. People write one question in several messages:
// free text waits for a short quiet time while the bot owns the conversation.
//
// What is due at once is taken where it was accepted, with the same script, when there is
// time for it; Run finds everything else.
//
// A turn is all events that wait. The handler turns state and turn into a new state
// and writes; they are committed together with the removal of the events, guarded by
// the lease and by the conversation's version. Whoever changes the conversation
// from outside (a volunteer's claim) raises the version, so a turn decided on an
// older one is refused and decided again.
//
// Keys, all under brug:{name}:
//
//	due:mail, leases:mail    conversations by due time; who works on them
//	contact:<hash>           conversation of a contact; expires with it
//	seen:<hash>              an accepted message; 8 days
//	conv:<id>                hash: v version, owner, state (sealed), contacts (sealed),
//	                         want, first, hot, dropped, tries, op
//	conv:<id>:events         list of sealed events
package mailbox
