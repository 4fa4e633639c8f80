package router

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/router/language"
	"github.com/brug-helpdesk/brug/router/mailbox"
	"github.com/brug-helpdesk/brug/router/safety"
)

const (
	// eventDesk is the kind of a [handoff.Event] in the mailbox.
	eventDesk = "desk"
	// EventParked is the kind of a [bots.Parked] in the mailbox.
	EventParked = "parked"
)

// ears find out what a text says. They do not change during a turn.
type ears struct {
	detector *language.Detector
	wishes   *wishes
	danger   danger
	library  Library
	now      time.Time
}

// steps turns the events of a turn into steps. Text written in one go is one step.
func (e ears) steps(t mailbox.Turn, s State) ([]step, error) {
	var steps []step
	for _, ev := range t.Events {
		switch ev.Kind {
		case "message":
			steps = addMessage(steps, *ev.Message, ev.Danger)
		case eventDesk:
			st := step{kind: toldByDesk}
			if err := json.Unmarshal(ev.Data, &st.event); err != nil {
				return nil, fmt.Errorf("read desk event: %w", err)
			}
			steps = append(steps, st)
		case EventParked:
			st := step{kind: toldParked}
			if err := json.Unmarshal(ev.Data, &st.parked); err != nil {
				return nil, fmt.Errorf("read parked reply: %w", err)
			}
			steps = append(steps, st)
		default:
			return nil, fmt.Errorf("unknown kind of event %q", ev.Kind)
		}
	}
	for i := range steps {
		switch steps[i].kind {
		case heardText, heardMedia, heardEdit:
			e.listen(&steps[i], s)
		case heardTap:
			e.again(&steps[i], s)
		}
	}
	if t.Dropped > 0 {
		steps = append(steps, step{kind: toldDropped})
	}
	if len(t.Events) == 0 {
		steps = append(steps, step{kind: toldTime})
	}
	return steps, nil
}

// addMessage adds a message as a step, or to the step before it if both are text or
// attachments sent in one go.
func addMessage(steps []step, m bots.Message, alone *safety.Finding) []step {
	kind := heardText
	switch m.Action {
	case bots.New:
		if m.Text == "" {
			kind = heardMedia
		}
	case bots.Tap:
		return append(steps, step{kind: heardTap, messages: []bots.Message{m}, choice: m.Choice})
	case bots.Edit:
		kind = heardEdit
	case bots.Delete:
		kind = heardDelete
	case bots.React:
		kind = heardReaction
	case bots.Operator:
		kind = heardOperator
	case bots.Blocked:
		kind = heardBlocked
	case bots.Unread:
		kind = heardUnread
	default:
		return steps // delivery notices are written without a decision; being let back in changes nothing
	}
	st := step{kind: kind, messages: []bots.Message{m}, alone: []*safety.Finding{alone}}
	if m.Action != bots.New || strings.HasPrefix(m.Text, "/") || len(steps) == 0 {
		return append(steps, st)
	}
	last := &steps[len(steps)-1]
	joins := last.kind == heardText && !strings.HasPrefix(last.messages[0].Text, "/") || last.kind == heardMedia
	if !joins {
		return append(steps, st)
	}
	if kind == heardText && !carries(m) && slices.ContainsFunc(last.messages, func(o bots.Message) bool { return o.Text == m.Text }) {
		last.again = append(last.again, m.ID)
		return steps
	}
	last.messages, last.alone = append(last.messages, m), append(last.alone, alone)
	if kind == heardMedia {
		last.kind = heardMedia // the words beside it do not make it readable
	}
	return steps
}

// listen finds out everything about a step's text.
func (e ears) listen(st *step, s State) {
	var texts []string
	for _, m := range st.messages {
		if m.Text != "" {
			texts = append(texts, m.Text)
		}
	}
	joined := strings.Join(texts, "\n")
	guess := e.detector.Detect(joined)
	st.lang, st.sure = guess.Base(), !guess.Ambiguous()
	st.text = joined
	st.danger = e.dangerOf(st)
	attached := slices.ContainsFunc(st.messages, carries)
	if len(st.messages) == 1 && !attached {
		if st.choice, _ = bots.MatchChoice(joined, s.Offered); st.choice != "" {
			e.again(st, s)
			return
		}
	}
	st.wish = e.wishOf(texts)
	if st.wish == WishLang {
		st.named = e.wishes.named(joined)
		e.again(st, s)
	}
	if attached && st.wish.courtesy() {
		st.wish = NoWish // "thank you" under a photo is about the photo
		st.kind = asMedia(st.kind)
	}
	if st.wish != NoWish || joined == "" || st.danger.Kind != "" && !st.danger.Unsure {
		return
	}
	searched := s.Lang
	if !s.Chosen && st.lang != "" || searched == "" {
		searched = st.lang
	}
	st.found = e.find(st.messages, language.ToScript(joined, guess), searched)
	if attached && len(st.found.clear) == 0 {
		st.kind = asMedia(st.kind) // what the photo shows is part of the question
	}
}

// dangerOf is the danger that a step's text speaks of: all messages together, or one of
// them alone.
func (e ears) dangerOf(st *step) safety.Finding {
	var alone []safety.Finding
	for i, m := range st.messages {
		switch {
		case m.Text == "":
		case i < len(st.alone) && st.alone[i] != nil:
			alone = append(alone, *st.alone[i])
		default:
			alone = append(alone, e.danger.Check(m.Text, st.lang))
		}
	}
	if len(alone) == 1 {
		return alone[0]
	}
	found := e.danger.Check(st.text, st.lang)
	for _, f := range alone {
		if f.Kind != "" && (found.Kind == "" || found.Unsure && !f.Unsure) {
			found = f
		}
	}
	return found
}

// carries says that a message holds something which only a person can look at.
func carries(m bots.Message) bool {
	return len(m.Media) > 0 || m.Location != nil || m.Unsupported != ""
}

func asMedia(kind stepKind) stepKind {
	if kind == heardText {
		return heardMedia
	}
	return kind
}

// wishOf is the wish of messages sent in one go: one wish among courtesies, or the
// strongest courtesy. A person is wished for whatever else is said.
func (e ears) wishOf(texts []string) Wish {
	found, person, story := NoWish, NoWish, false
	for _, text := range texts {
		wish := e.wishes.find(text)
		switch {
		case wish == WishWoman:
			return wish
		case wish == WishPerson:
			person = wish
		case wish == NoWish || !wish.courtesy() && found != NoWish && !found.courtesy() && found != wish:
			story = true
		case found == NoWish || !wish.courtesy() || wish == Plea && found.courtesy():
			found = wish
		}
	}
	switch {
	case person != NoWish:
		return person
	case story:
		return NoWish
	}
	return found
}

// look asks Redis what the decision needs to know: the line, and what is kept.
func (r *Router) look(ctx context.Context, t mailbox.Turn, s State, steps []step, w *world) (cases, error) {
	var c cases
	var err error
	if s.Case != "" {
		if c.open, w.hasCase, err = r.queue.ByConversation(ctx, t.Conversation); err != nil {
			return c, err
		}
	}
	closed := s.Case != "" || s.Last != "" && w.now.Sub(s.Closed) < reopenWithin // perhaps just now, unheard of
	if !w.hasCase && closed {
		if c.last, w.reopen, err = r.queue.Last(ctx, t.Conversation); err != nil {
			return c, err
		}
	}
	if w.reopen && slices.ContainsFunc(steps, s.mayQueue) {
		if c.seat, err = r.queue.SeatFor(ctx, c.last); err != nil {
			return c, err
		}
		if c.seat != nil {
			w.again = c.seat.Name
		}
	}
	if w.hasCase {
		w.place, _, err = r.queue.Place(ctx, c.open.ID)
	} else if slices.ContainsFunc(steps, s.mayQueue) {
		urgent := slices.ContainsFunc(steps, func(st step) bool { return st.danger.Kind != "" })
		if w.place, err = r.queue.NextPlace(ctx, urgent); err == nil {
			err = r.lookAtVolunteers(ctx, s, steps, w)
		}
	}
	if err != nil {
		return c, err
	}
	if slices.ContainsFunc(steps, func(st step) bool {
		return st.wish == WishData || st.kind == heardEdit || st.kind == heardDelete
	}) {
		if w.kept, err = r.transcript.Read(ctx, t.Conversation); err != nil {
			return c, err
		}
	}
	if slices.ContainsFunc(steps, func(st step) bool { return st.choice == dataJSON }) {
		if w.dossier, err = r.dossier(ctx, t.Conversation); err != nil {
			return c, err
		}
	}
	return c, nil
}

// mayQueue says that a step may put somebody in line.
func (s State) mayQueue(st step) bool {
	if st.kind == toldByDesk || st.wish.courtesy() {
		return false
	}
	answered := len(st.found.clear) > 0 && st.kind != heardMedia && !s.Missing && (s.Lang == "" || phrases.Has(s.Lang))
	return !answered
}

// lookAtVolunteers finds out what can honestly be promised of them.
func (r *Router) lookAtVolunteers(ctx context.Context, s State, steps []step, w *world) error {
	var err error
	if w.wait, _, err = r.queue.ExpectedWait(ctx); err != nil {
		return err
	}
	w.speaks = map[string]bool{}
	langs := []string{s.Lang}
	for _, st := range steps {
		langs = append(langs, st.lang)
	}
	own := len(langs)
	for i := 0; i < len(langs); i++ {
		lang := langs[i]
		if _, known := w.speaks[lang]; known || lang == "" {
			continue
		}
		if w.speaks[lang], err = r.options.Speaks(ctx, lang); err != nil {
			return err
		}
		if !w.speaks[lang] && i < own {
			langs = append(langs, phrases.Full...) // to offer one that both know
		}
	}
	return nil
}

// reopenWithin is how long after closing a new message belongs to the old case.
const reopenWithin = 24 * time.Hour
