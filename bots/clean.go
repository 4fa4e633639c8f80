package bots

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// MaxText is the longest text taken from a contact, in runes.
const MaxText = 8000

// CleanText makes what a contact wrote safe to keep and to show: valid UTF-8
// without control characters (newline and tab stay) and without the marks that turn
// the direction of what follows. It is at most [MaxText] runes, cut after a whole
// letter; cut says so.
func CleanText(s string) (text string, cut bool) {
	s = clean(s)
	if len(s) <= MaxText || utf8.RuneCountInString(s) <= MaxText {
		return s, false
	}
	return cutRunes(s, MaxText), true
}

// cutRunes is the longest beginning of s with at most n runes that ends after a
// grapheme. A grapheme longer than that is cut inside.
func cutRunes(s string, n int) string {
	end, runes, state := 0, 0, -1
	for rest := s; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		runes += utf8.RuneCountInString(cluster)
		if runes > n {
			break
		}
		end += len(cluster)
	}
	if end == 0 {
		for i := range s {
			if n == 0 {
				return s[:i]
			}
			n--
		}
	}
	return s[:end]
}

// clean is valid UTF-8 without harmful characters.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, harmful) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if harmful(r) {
			return -1
		}
		return r
	}, s)
}

// harmful reports control characters and the embeddings, overrides and isolates
// with which a text can show something else than it says. LRM and RLM are harmless.
func harmful(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
		return true
	}
	return unicode.IsControl(r)
}
