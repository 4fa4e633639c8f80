package router

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router/language"
	"github.com/brug-helpdesk/brug/router/mailbox"
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
			steps = addMessage(steps, *ev.Message)
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
func addMessage(steps []step, m bots.Message) []step {
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
	st := step{kind: kind, messages: []bots.Message{m}}
	if m.Action != bots.New || strings.HasPrefix(m.Text, "/") || len(steps) == 0 {
		return append(steps, st)
	}
	last := &steps[len(steps)-1]
	joins := last.kind == heardText && !strings.HasPrefix(last.messages[0].Text, "/") || last.kind == heardMedia
	if !joins {
		return append(steps, st)
	}
	last.messages = append(last.messages, m)
	if kind == heardText {
		last.kind = heardText
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
	st.danger = e.danger.Check(joined, st.lang)
	if st.danger.Kind == "" && len(texts) > 1 {
		for _, text := range texts {
			if f := e.danger.Check(text, st.lang); f.Kind != "" {
				st.danger = f
				break
			}
		}
	}
	if len(texts) == 1 && len(st.messages) == 1 {
		st.choice, _ = bots.MatchChoice(joined, s.Offered)
		st.wish = e.wishes.find(joined)
	} else if len(texts) > 0 {
		st.wish = e.politeness(texts)
	}
	if st.choice != "" || st.wish != NoWish || joined == "" || st.danger.Kind != "" && !st.danger.Unsure {
		return
	}
	searched := s.Lang
	if !s.Chosen && st.lang != "" || searched == "" {
		searched = st.lang
	}
	st.found = e.find(st.messages, language.ToScript(joined, guess), searched)
}

// politeness is the wish of several messages that hold nothing but courtesies.
func (e ears) politeness(texts []string) Wish {
	found := NoWish
	for _, text := range texts {
		switch wish := e.wishes.find(text); wish {
		case Greeting, Thanks, Emoji, Plea:
			if found != Plea {
				found = wish
			}
		default:
			return NoWish
		}
	}
	return found
}

// find looks for articles: for the text as a whole and, if it asks several things,
// for each of them.
func (e ears) find(messages []bots.Message, text, lang string) finding {
	hits := e.library.Index.Search(text, lang, 8)
	decided := e.library.Index.Decide(hits, lang)
	if several := e.several(messages, text, lang); len(several) > 1 {
		return finding{clear: several}
	}
	var f finding
	for _, h := range decided.Hits {
		if e.stillTrue(h.Article) {
			f.maybe = append(f.maybe, h.Article)
		}
	}
	if decided.Kind == search.Answer && len(f.maybe) > 0 {
		f.clear = []answer{{article: f.maybe[0]}}
		for _, h := range hits[1:] {
			if e.stillTrue(h.Article) && len(f.maybe) < 4 && !slices.Contains(f.maybe, h.Article) {
				f.maybe = append(f.maybe, h.Article)
			}
		}
		f.maybe = f.maybe[1:]
	}
	return f
}

// mostAnswers is how many articles one turn is answered with.
const mostAnswers = 2

// several finds the answers to several clear questions in one turn, in their order.
func (e ears) several(messages []bots.Message, text, lang string) []answer {
	type part struct{ text, message string }
	var parts []part
	if len(messages) > 1 {
		for _, m := range messages {
			parts = append(parts, part{m.Text, m.ID})
		}
	} else {
		for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return r == '?' || r == '؟' || r == '\n' }) {
			parts = append(parts, part{text: sentence})
		}
	}
	if len(parts) < 2 {
		return nil
	}
	var found []answer
	for _, p := range parts {
		if len(strings.Fields(p.text)) < 2 || e.wishes.find(p.text) != NoWish {
			continue
		}
		decided := e.library.Index.Decide(e.library.Index.Search(p.text, lang, 8), lang)
		if decided.Kind != search.Answer || !e.stillTrue(decided.Hits[0].Article) {
			continue
		}
		a := answer{article: decided.Hits[0].Article, message: p.message}
		if !slices.ContainsFunc(found, func(b answer) bool { return b.article == a.article }) && len(found) < mostAnswers {
			found = append(found, a)
		}
	}
	return found
}

// stillTrue says that an article's last day has not passed.
func (e ears) stillTrue(id string) bool {
	a := e.library.Base.Article(id)
	return a != nil && !a.Expired(e.now)
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
	if !w.hasCase && s.Last != "" && w.now.Sub(s.Closed) < reopenWithin {
		if c.last, w.reopen, err = r.queue.Last(ctx, t.Conversation); err != nil {
			return c, err
		}
	}
	if w.hasCase {
		w.place, _, err = r.queue.Place(ctx, c.open.ID)
	} else if slices.ContainsFunc(steps, func(st step) bool { return len(st.found.clear) == 0 }) {
		urgent := slices.ContainsFunc(steps, func(st step) bool { return st.danger.Kind != "" })
		w.place, err = r.queue.NextPlace(ctx, urgent)
	}
	if err != nil {
		return c, err
	}
	if slices.ContainsFunc(steps, func(st step) bool { return st.wish == WishData }) {
		if w.kept, err = r.transcript.Read(ctx, t.Conversation); err != nil {
			return c, err
		}
	}
	return c, nil
}

// reopenWithin is how long after closing a new message belongs to the old case.
const reopenWithin = 24 * time.Hour
