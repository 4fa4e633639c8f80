package bots

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is the text without markup, and where it is bold and italic.
func plain(blocks []block) (string, []Range) {
	var sb strings.Builder
	var ranges []Range
	at := 0 // UTF-16 units written
	write := func(s string) int {
		sb.WriteString(s)
		n := length(s, UTF16)
		at += n
		return n
	}
	style := func(name string, start, n int) {
		for i := len(ranges) - 1; i >= 0; i-- {
			if r := &ranges[i]; r.Style == name {
				if r.Start+r.Len == start {
					r.Len += n
					return
				}
				break
			}
		}
		ranges = append(ranges, Range{Start: start, Len: n, Style: name})
	}
	for i, b := range blocks {
		if i > 0 {
			write(gap(blocks[i-1], b))
		}
		write(b.marker())
		for _, s := range mark(b) {
			start := at
			n := write(s.text)
			if s.bold && n > 0 {
				style("BOLD", start, n)
			}
			if s.italic && n > 0 {
				style("ITALIC", start, n)
			}
		}
	}
	slices.SortStableFunc(ranges, func(a, b Range) int { return a.Start - b.Start })
	return sb.String(), ranges
}

// zwsp keeps WhatsApp from reading the sign before it as a marker.
const zwsp = "\u200B"

// markers writes WhatsApp's *bold* and _italic_. A marker counts for WhatsApp only
// where a word begins or ends and within one line; where it would not count, the
// style is left out.
func markers(blocks []block) string {
	var sb strings.Builder
	for i, b := range blocks {
		if i > 0 {
			sb.WriteString(gap(blocks[i-1], b))
		}
		sb.WriteString(b.marker())
		for n, line := range lines(mark(b)) {
			if n > 0 {
				sb.WriteByte('\n')
			}
			writeMarked(&sb, line)
		}
	}
	return sb.String()
}

// lines cuts spans at line breaks and joins neighbours of one style.
func lines(spans []span) [][]span {
	all := [][]span{nil}
	for _, s := range spans {
		for i, piece := range strings.Split(s.text, "\n") {
			if i > 0 {
				all = append(all, nil)
			}
			if piece == "" {
				continue
			}
			line := &all[len(all)-1]
			s := span{text: piece, bold: s.bold, italic: s.italic, url: s.url}
			if n := len(*line); n > 0 && !s.url && !(*line)[n-1].url && (*line)[n-1].bold == s.bold && (*line)[n-1].italic == s.italic {
				(*line)[n-1].text += piece
				continue
			}
			*line = append(*line, s)
		}
	}
	return all
}

func writeMarked(sb *strings.Builder, line []span) {
	marked := false // a marker was written just before
	for i, s := range line {
		body := strings.TrimSpace(s.text)
		before, after, _ := strings.Cut(s.text, body)
		next := rune(0)
		if i+1 < len(line) {
			next, _ = utf8.DecodeRuneInString(line[i+1].text)
		}
		if after != "" {
			next = ' '
		}
		sb.WriteString(before)
		prev, _ := utf8.DecodeLastRuneInString(sb.String())
		mark := ""
		if !marked && !s.url && styleable(body) && !wordRune(prev) && !wordRune(next) && string(next) != zwsp {
			if s.bold {
				mark += "*"
			}
			if s.italic {
				mark += "_"
			}
		}
		sb.WriteString(mark)
		if s.url {
			sb.WriteString(safeURL(body))
		} else {
			sb.WriteString(safeText(body, i == 0 && mark == ""))
		}
		for n := len(mark) - 1; n >= 0; n-- {
			sb.WriteByte(mark[n])
		}
		sb.WriteString(after)
		marked = mark != "" && after == ""
	}
}

// styleable reports a text that markers can stand around: something to be seen, and
// nothing at its ends that makes them literal.
func styleable(s string) bool {
	return strings.Trim(s, lrm+rlm) != "" && !strings.HasPrefix(s, zwsp) && !strings.HasSuffix(s, zwsp)
}

func wordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r))
}

// safeText puts U+200B after signs that WhatsApp would take for markers: those of a
// style anywhere but inside a word, those of a quote or list where a line begins.
func safeText(s string, lineStart bool) string {
	if !strings.ContainsAny(s, "*_~`>-") {
		return s
	}
	var sb strings.Builder
	prev := rune(0)
	for i, r := range s {
		sb.WriteRune(r)
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		inWord := wordRune(prev) && wordRune(next)
		switch r {
		case '*', '~', '`', '_':
			if r == '`' || !inWord {
				sb.WriteString(zwsp)
			}
		case '>', '-':
			if lineStart && strings.Trim(s[:i], lrm+rlm) == "" && (next == ' ' || r == '>') {
				sb.WriteString(zwsp)
			}
		}
		prev = r
	}
	return sb.String()
}

// safeURL writes WhatsApp's markers in an address as percent escapes, which mean the
// same.
func safeURL(s string) string {
	if !strings.ContainsAny(s, "*_~`") {
		return s
	}
	var sb strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		inWord := i > 0 && i+1 < len(s) && alnum(s[i-1]) && alnum(s[i+1])
		if c == '*' || c == '~' || c == '`' || c == '_' && !inWord {
			sb.WriteString(map[byte]string{'*': "%2A", '~': "%7E", '`': "%60", '_': "%5F"}[c])
			continue
		}
		sb.WriteByte(c)
	}
	return sb.String()
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
