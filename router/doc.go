// Package router decides what happens to a message.
//
//	turn of the mailbox ─► gather ─► decide ─► carry out ─► one commit
//	                       language   pure       render, case,
//	                       danger     state      transcript,
//	                       wishes     machine    statistics
//	                       search
//
// Gathering asks everything that needs a clock, Redis or the index. Deciding is a
// pure function: state and step in, state and effects out; a whole day can be
// replayed in a test. Carrying out turns effects into writes that the mailbox
// commits at once.
//
// A conversation has one owner:
//
//	        no answer, a wish, danger            a volunteer claims
//	┌─────┐ ──────────────────────► ┌─────────┐ ───────────────► ┌───────────┐
//	│ bot │                         │ waiting │                  │ volunteer │
//	└─────┘ ◄────────────────────── └─────────┘ ◄─────────────── └───────────┘
//	   ▲     withdrawn                            released, expired     │
//	   └──────────────────────────────────────────────────────────────┘
//	                            resolved
//
// In every state danger and wishes are read. Only this package writes words to a
// newcomer; they stand in internal/phrases, the articles and router/safety.
//
// The tour: state.go (what is remembered), gather.go, find.go, wish.go and wishmix.go (what is
// heard), decide.go, hear.go, repeat.go, wished.go, question.go, tap.go, urgent.go, told.go (what
// is decided), answer.go (how
// an article is said), quiet.go (whether an unasked message may go), effects.go
// (how it is carried out), router.go (the parts together), ask.go (one question
// without a conversation).
package router
