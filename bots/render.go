package bots

import (
	"strconv"
	"unicode/utf16"

	"github.com/brug-helpdesk/brug/internal/web/direction"
)

// Render writes a reply in the form of a network and splits it into messages that
// the network takes.
//
// Part.Text is the same in every format: what is read on the screen, list markers
// and direction marks included, and the address of a link after its words, as it
// stands where links cannot be made. Limits.Text is kept by Part.Text and, where the
// network counts markup, by Part.Body; Limits.Text 0 is no limit.
//
// Choices go under the last part. Where the network has no buttons, or too few, they
// are a numbered list at the end of the text; [MatchChoice] reads the answer.
func Render(r Reply, l Limits, to Address) []Part {
	blocks := parse(r.Text)
	choices, listed := fitChoices(r, l)
	if listed {
		blocks = append(blocks, choiceBlocks(r.Choices)...)
	}
	blocks = isolate(blocks, r.Lang)
	w := writer{format: l.Format, rtl: direction.RTL(r.Lang)}
	messages := split(blocks, l.Text, func(b []block) (written, bool) {
		out := w.write(b)
		return out, out.fits(l)
	})
	if len(messages) == 0 && len(choices) > 0 {
		messages = []written{{}}
	}
	parts := make([]Part, len(messages))
	for i, out := range messages {
		parts[i] = Part{
			ID: r.ID + "-" + strconv.Itoa(i), To: to,
			Body: out.body, Text: out.text, Ranges: out.ranges,
			Lang: r.Lang, Urgent: r.Urgent, From: r.From, Article: r.Article, Revision: r.Revision,
		}
	}
	if len(parts) > 0 {
		parts[0].ReplyTo = r.ReplyTo
		parts[len(parts)-1].Choices = choices
	}
	return parts
}

// written is one message.
type written struct {
	body, text string
	ranges     []Range
	// markup says that the network counts the markup too.
	markup bool
}

func (w written) fits(l Limits) bool {
	if l.Text <= 0 {
		return true
	}
	if length(w.text, l.Unit) > l.Text {
		return false
	}
	return !w.markup || length(w.body, l.Unit) <= l.Text
}

func length(s string, u Unit) int {
	if u == Bytes {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// writer writes blocks in one format.
type writer struct {
	format Format
	rtl    bool // the reply's language is written from right to left
}

func (w writer) write(blocks []block) written {
	text, ranges := plain(blocks)
	out := written{body: text, text: text}
	switch w.format {
	case HTML:
		out.body = telegramHTML(blocks)
	case Page:
		out.body = pageHTML(blocks, w.rtl)
	case Markers:
		out.body, out.markup = markers(blocks), true
	case Styles:
		out.ranges = ranges
	}
	return out
}
