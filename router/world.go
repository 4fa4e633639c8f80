package router

import (
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router/safety"
)

// Library is one state of the knowledge base with its index.
type Library struct {
	Base  *knowledge.Base
	Index *search.Index
}

// world is everything a decision may look at besides state and step. It does not
// change during a turn.
type world struct {
	now     time.Time
	say     *phrases.Catalogue
	library Library
	hours   handoff.Hours
	org     string
	// privacy is the address of the privacy page, keepDays what it promises.
	privacy  string
	keepDays int
	// place is the place in line of the open case, or that a new one would get.
	place int
	// wait is how long a first answer usually takes, 0 when nobody can say honestly.
	wait time.Duration
	// speaks says whether any volunteer writes a language; one that is not in it was
	// not looked up.
	speaks map[string]bool
	// hasCase says that a case is open.
	hasCase bool
	// reopen says that the case closed last may be opened again, again to whom it goes
	// then; "" is the queue.
	reopen bool
	again  string
	// kept is the transcript, read only for who asks for their data or takes words back.
	kept []bots.Entry
	// dossier is everything that is kept, as JSON, for who asks for that.
	dossier string
}

// step is one thing that happened, with everything that was found out about it.
type step struct {
	kind stepKind
	// messages are what the person sent; several for text written in one go.
	messages []bots.Message
	// alone is what danger each of them speaks of by itself, as far as it was found
	// out when it came.
	alone []*safety.Finding
	// again are the ids of messages that only say once more what one of them says.
	again []string
	// text is their joined text, in the script its language is written in.
	text   string
	lang   string // "" when the text does not tell
	sure   bool   // lang is certain enough to switch to
	danger safety.Finding
	wish   Wish
	named  string // the language that is wished for
	// found are the answers, one for each clear question; else candidates.
	found  finding
	choice string
	event  handoff.Event
	parked bots.Parked
}

type stepKind int

const (
	heardText stepKind = iota
	heardMedia
	heardTap
	heardEdit
	heardDelete
	heardReaction
	heardOperator
	heardBlocked
	heardUnread
	toldByDesk
	toldParked
	toldDropped
	toldFailed
	toldTime
)

// finding is what the search made of a text.
type finding struct {
	// clear are articles that answer it: one, or one for each of several questions.
	clear []answer
	// maybe are articles that may answer it, best first.
	maybe []string
	// hits are what was found for the whole text.
	hits []search.Hit
}

// answer is an article for the question in one message.
type answer struct {
	article string
	// message is the network's id of that message when there were several, so that
	// the answer can point at it.
	message string
}

// effects is what a turn leads to, in order.
type effects struct {
	said     []bots.Reply
	log      []bots.Entry
	open     *handoff.NewCase
	reopen   bool
	change   *handoff.Change
	withdraw bool
	erase    bool
	closed   bool
	// unkept are the replies whose words the transcript leaves out, by their ids.
	unkept []string
	// unsaid are words taken back, wherever they were copied to.
	unsaid []rewording
	// missing is what a newcomer missed in an answer, for the editors.
	missing *handoff.Wanted
	// greet adds where the privacy page is to the last reply.
	greet  bool
	counts []string
	read   []string // network ids of messages to mark as read
}
