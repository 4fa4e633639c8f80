package telegram

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// clean does to a text what Telegram does to a bot's before it sends it, and moves the
// entities with it.
func clean(text string, entities []Entity) (string, []Entity) {
	var out strings.Builder
	at := make([]int, 1, len(text)+1) // where each unit of text is in the output
	runes := []rune(text)
	size := 0
	for i, r := range runes {
		kept := cleanRune(runes, i)
		n := utf16.RuneLen(kept)
		for range utf16.RuneLen(r) {
			at = append(at, size+max(n, 0))
		}
		if n > 0 {
			out.WriteRune(kept)
			size += n
		}
	}
	left := strings.TrimLeft(out.String(), " \n")
	lead := size - units(left)
	trimmed := strings.TrimRight(left, " \n")
	end := units(trimmed)
	var moved []Entity
	for _, e := range entities {
		from, to := min(max(e.Offset, 0), len(at)-1), min(max(e.Offset+e.Length, 0), len(at)-1)
		e.Offset, e.Length = max(0, at[from]-lead), min(end, at[to]-lead)
		if e.Length -= e.Offset; e.Length > 0 {
			moved = append(moved, e)
		}
	}
	return trimmed, moved
}

// cleanRune is what becomes of the ith rune: -1 when it goes.
func cleanRune(text []rune, i int) rune {
	r := text[i]
	switch {
	case r == '\r', r >= 0x2028 && r <= 0x202e, slices.Contains(lines, r):
		return -1 // also bidi embeddings and overrides
	case r < 0x20 && r != '\n':
		return ' '
	case mark(r) && i+1 < len(text) && mark(text[i+1]):
		return 0x200c // of several direction marks in a row only the last stays
	}
	return r
}

// lines are combining marks that draw lines; the last is also the ring of a
// decomposed å.
var lines = []rune{0x333, 0x33f, 0x30a}

func mark(r rune) bool { return r == 0x200e || r == 0x200f }
