package bots

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/internal/web/direction"
)

// Direction marks of Unicode (UAX #9, 2.6).
const (
	lrm = "\u200E"
	rlm = "\u200F"
)

// isolate finds the direction of every block and the runs in it: addresses and
// numbers, which must not be cut, and in right-to-left blocks words of other
// scripts, which keep their own direction.
func isolate(blocks []block, lang string) []block {
	rtlLang := direction.RTL(lang)
	id := 0
	for i, b := range blocks {
		for n := range b.spans {
			b.spans[n].text = arabicDigits(b.spans[n].text)
		}
		text := b.text()
		b.rtl = blockRTL(text, rtlLang)
		runs := findRuns(text, b.rtl)
		if b.rtl {
			runs = joinLinks(runs, b.spans)
		}
		b.spans = splitRuns(b.spans, runs, &id)
		blocks[i] = b
	}
	return blocks
}

// joinLinks makes one run of a link whose words are all foreign: a title with a comma
// in it is still one title.
func joinLinks(runs []textRun, spans []span) []textRun {
	at := 0
	for _, s := range spans {
		start, end := at, at+len(s.text)
		at = end
		if s.link == "" || s.tail || strings.ContainsFunc(s.text, rtlLetter) {
			continue
		}
		first := slices.IndexFunc(runs, func(r textRun) bool { return r.start >= start && r.end <= end })
		if first < 0 {
			continue
		}
		last := first
		for last+1 < len(runs) && runs[last+1].end <= end {
			last++
		}
		if last > first {
			runs[first].end, runs[first].link, runs[first].url = runs[last].end, "", false
			runs = slices.Delete(runs, first+1, last+1)
		}
	}
	return runs
}

// blockRTL goes by the language, except that a whole sentence in the other
// direction keeps its own.
func blockRTL(text string, rtlLang bool) bool {
	first := strings.IndexFunc(text, strong)
	if first < 0 {
		return rtlLang
	}
	if !rtlLang {
		r, _ := utf8.DecodeRuneInString(text[first:])
		return rtlLetter(r)
	}
	if strings.ContainsFunc(text, rtlLetter) {
		return true
	}
	words := 0
	for w := range strings.FieldsSeq(text) {
		if strings.ContainsFunc(w, unicode.IsLetter) && !strings.Contains(w, "/") {
			words++
		}
	}
	return words < 4
}

func strong(r rune) bool { return unicode.IsLetter(r) }

// rtlLetter reports letters of the scripts written from right to left.
func rtlLetter(r rune) bool {
	if r < 0x0590 {
		return false
	}
	switch {
	case r <= 0x08FF, r >= 0xFB1D && r <= 0xFDFF, r >= 0xFE70 && r <= 0xFEFF,
		r >= 0x10800 && r <= 0x10FFF, r >= 0x1E800 && r <= 0x1EFFF:
		return unicode.IsLetter(r)
	}
	return false
}

// arabicDigits puts LRM around the signs between the digits ٠ to ٩. Unlike other
// digits they leave a sign between them the direction of the text, which turns the
// groups of ٠٨٠٠-٢٠٠٠ round (UAX #9, rules W4 and N1).
func arabicDigits(text string) string {
	if !strings.ContainsFunc(text, arabicDigit) {
		return text
	}
	var sb strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		between := i > 0 && i+1 < len(runes) && arabicDigit(runes[i-1]) && arabicDigit(runes[i+1])
		if between && strings.ContainsRune(" -–/.:", r) {
			sb.WriteString(lrm + string(r) + lrm)
		} else {
			sb.WriteRune(r)
		}
	}
	return sb.String()
}

func arabicDigit(r rune) bool { return '٠' <= r && r <= '٩' }

// splitRuns cuts spans where runs begin and end and notes the run in each.
func splitRuns(spans []span, runs []textRun, id *int) []span {
	if len(runs) == 0 {
		return spans
	}
	out := make([]span, 0, len(spans)+2*len(runs))
	at := 0
	for _, s := range spans {
		start, end := at, at+len(s.text)
		at = end
		for len(runs) > 0 && runs[0].start < end {
			r := runs[0]
			if start < r.start {
				before := s
				before.text = s.text[len(s.text)-(end-start) : len(s.text)-(end-r.start)]
				out = append(out, before)
				start = r.start
			}
			if start == r.start {
				*id++
			}
			stop := min(end, r.end)
			in := s
			in.text = s.text[len(s.text)-(end-start) : len(s.text)-(end-stop)]
			in.run, in.url = *id, r.url
			if in.link == "" && !s.tail {
				in.link, in.found = r.link, r.link != ""
			}
			out = append(out, in)
			start = stop
			if r.end > end {
				break
			}
			runs = runs[1:]
		}
		if start < end {
			s.text = s.text[len(s.text)-(end-start):]
			out = append(out, s)
		}
	}
	return out
}

// mark adds the direction marks that plain text needs: LRM on both sides of every
// run; RLM between two runs that nothing of the text's own direction parts, or both
// would stand in the order of the foreign one; RLM at the start of a line that
// begins with a run, because chats take the direction of a line from its first
// letter.
func mark(b block) []span {
	if !b.rtl {
		return b.spans
	}
	out := make([]span, len(b.spans))
	lineStart := true
	for i, s := range b.spans {
		before, after := "", ""
		if lineStart && foreignFirst(b.spans[i:], 0) {
			before = rlm
		}
		if s.run != 0 && (i == 0 || b.spans[i-1].run != s.run) {
			before += lrm
		}
		if s.run != 0 && (i+1 == len(b.spans) || b.spans[i+1].run != s.run) {
			after = lrm
			if foreignFirst(b.spans[i+1:], 0) {
				after += rlm
			}
		}
		lineStart = strings.HasSuffix(s.text, "\n")
		s.text = before + markLines(b.spans[i:]) + after
		out[i] = s
	}
	return out
}

// markLines is the first span's text with RLM at the start of the lines in it that
// begin with a run.
func markLines(spans []span) string {
	text := spans[0].text
	if !strings.Contains(text, "\n") {
		return text
	}
	var sb strings.Builder
	for from := 0; ; {
		n := strings.IndexByte(text[from:], '\n') + 1
		if n == 0 {
			sb.WriteString(text[from:])
			return sb.String()
		}
		sb.WriteString(text[from : from+n])
		if from += n; from < len(text) && foreignFirst(spans, from) {
			sb.WriteString(rlm)
		}
	}
}

// foreignFirst reports whether the rest of the line, from a byte of the first span
// on, has a run before any letter of the text's own direction.
func foreignFirst(spans []span, from int) bool {
	for _, s := range spans {
		if s.run != 0 {
			return true
		}
		for _, r := range s.text[from:] {
			if r == '\n' || rtlLetter(r) {
				return false
			}
		}
		from = 0
	}
	return false
}

// markText adds direction marks to a plain text, such as the label of a button.
func markText(text, lang string) string {
	b := isolate([]block{{spans: []span{{text: text}}}}, lang)[0]
	b.spans = mark(b)
	return b.text()
}
