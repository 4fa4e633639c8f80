package bots

import (
	"strconv"
	"strings"
)

// block is a paragraph or an item of a list.
type block struct {
	// list is the depth of the list, 0 for a paragraph.
	list int
	// number is the item's in an ordered list, 0 for a bullet.
	number int
	// more is a further paragraph of the item before it, or its rest after a split.
	more  bool
	spans []span
	// rtl is the direction of this block, set by isolate.
	rtl bool
}

// span is text in one style. A newline in it is a line break.
type span struct {
	text         string
	bold, italic bool
	// link is an http(s): or tel: address; found says that it is the text itself.
	link  string
	found bool
	// tail is the ": https://…" after a link, where links cannot be made.
	tail bool
	// url is text that is an address itself.
	url bool
	// run numbers the stretches that must not be cut and that keep their own
	// direction in right-to-left text; 0 is none.
	run int
}

// marker is what stands before a list item's text.
func (b block) marker() string {
	if b.list == 0 {
		return ""
	}
	indent := strings.Repeat("   ", b.list-1)
	switch {
	case b.more:
		return indent + "   "
	case b.number > 0:
		return indent + strconv.Itoa(b.number) + ". "
	default:
		return indent + "• "
	}
}

// gap is what stands between two blocks.
func gap(before, after block) string {
	if before.list > 0 && after.list > 0 {
		return "\n"
	}
	return "\n\n"
}

// text is the block's text without its marker.
func (b block) text() string {
	if len(b.spans) == 1 {
		return b.spans[0].text
	}
	var sb strings.Builder
	for _, s := range b.spans {
		sb.WriteString(s.text)
	}
	return sb.String()
}

// size is the length of the block's text in bytes.
func (b block) size() int {
	n := 0
	for _, s := range b.spans {
		n += len(s.text)
	}
	return n
}

// cut is the piece of the block's text from one byte to another.
func (b block) cut(from, to int) block {
	c := b
	c.spans = nil
	if from > 0 && b.list > 0 {
		c.more = true
	}
	at := 0
	for _, s := range b.spans {
		start, end := max(from, at), min(to, at+len(s.text))
		if start < end {
			piece := s
			piece.text = s.text[start-at : end-at]
			c.spans = append(c.spans, piece)
		}
		at += len(s.text)
	}
	return c
}

// trim removes blanks and line breaks at the ends of the block's text.
func (b block) trim() block {
	const blank = " \t\n\u00a0"
	t := b.text()
	end := len(strings.TrimRight(t, blank))
	start := len(t) - len(strings.TrimLeft(t, blank))
	if start == 0 && end == len(t) {
		return b
	}
	more := b.more
	b = b.cut(min(start, end), end)
	b.more = more
	return b
}
