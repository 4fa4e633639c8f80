package safety

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The kinds of personal data.
const (
	BSN      = "bsn"
	IBAN     = "iban"
	Card     = "card"     // a bank card
	Document = "document" // passport, identity card, residence card, driving licence
	Phone    = "phone"
	Address  = "address"
	Email    = "email"
	VNumber  = "vnumber" // the number of a foreigner's file at the IND
)

// Span is one piece of personal data in a text.
type Span struct {
	Kind       string
	Start, End int // bytes
	Text       string
}

// hard are the kinds no helpdesk needs: they are never stored.
var hard = map[string]bool{BSN: true, IBAN: true, Card: true, Document: true}

// marker is what stands in place of a masked span; it is the same in every language.
func marker(kind string) string { return "⟦" + strings.ToUpper(kind) + "⟧" }

// Mask takes BSNs, IBANs, card and document numbers out of text for good. found tells what
// stood where, in order and without overlaps. Invalid UTF-8 is replaced first, and offsets
// count in the result of that. Masking twice changes nothing more.
func Mask(text string) (masked string, found []Span) { return mask(text, true) }

// MaskSoft takes out all personal data, phones, addresses, e-mail and V-numbers too: for
// lists, previews and everything that leaves the case.
func MaskSoft(text string) (masked string, found []Span) { return mask(text, false) }

func mask(text string, hardOnly bool) (masked string, found []Span) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	masked = text
	// What was masked no longer stands between a number and the word that explains it, so
	// look again until nothing more is found; every round takes digits away.
	for range 8 {
		more := personal(masked, hardOnly)
		if len(more) == 0 {
			break
		}
		found = join(text, found, more)
		masked = replace(text, found)
	}
	return masked, found
}

// join adds to the spans found in text those found where their markers stood in their place.
func join(text string, found, more []Span) []Span {
	all := slices.Clone(found)
	next, grown := 0, 0 // the span after this place, and by how much markers moved the place
	for _, m := range more {
		for ; next < len(found) && found[next].Start+grown < m.Start; next++ {
			grown += len(marker(found[next].Kind)) - len(found[next].Text)
		}
		m.Start, m.End = m.Start-grown, m.End-grown
		m.Text = text[m.Start:m.End]
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

func replace(text string, spans []Span) string {
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		b.WriteString(marker(s.Kind))
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// A number worth masking for good has at least fewestDigits digits, with at most widestGap
// other signs between two of them ("NL91 ABNA 0417").
const (
	fewestDigits = 5
	widestGap    = 6
)

// mayHold says quickly whether there is anything to look for.
func mayHold(text string, hardOnly bool) bool {
	run, gap, some := 0, 0, false
	for _, r := range text {
		switch {
		case digit(r) >= 0:
			if gap > widestGap {
				run = 0
			}
			if run, gap, some = run+1, 0, true; run >= fewestDigits {
				return true
			}
		case r == '@':
			some = true
		default:
			gap++
		}
	}
	return some && !hardOnly
}

// personal finds all personal data in valid UTF-8, or only what is masked for good, in order
// and without overlaps.
func personal(text string, hardOnly bool) []Span {
	if !mayHold(text, hardOnly) {
		return nil
	}
	p := plain(text)
	var all []Span
	take := func(kind string, from, to int) {
		start, end := p.offsets[from], p.offsets[to-1]
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
		for _, s := range all {
			if start < s.End && s.Start < end {
				return
			}
		}
		all = append(all, Span{kind, start, end, text[start:end]})
	}
	findIBAN(p, take)
	findNumbers(p, take)
	findCodes(p, take)
	if hardOnly {
		all = slices.DeleteFunc(all, func(s Span) bool { return !hard[s.Kind] })
	} else {
		findEmail(p, take)
		findAddress(p, take)
	}
	slices.SortFunc(all, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return joinAddresses(text, all)
}

// plainText is a text in which every letter, digit and mark of any script is one byte, so
// that numbers can be looked for in one way.
type plainText struct {
	bytes   string
	offsets []int  // of each byte in the text it was made from
	runes   []rune // of each byte, in lower case
	capital []bool // whether the letter was a capital
}

// Bytes of a plainText that are not themselves.
const (
	letter = '\x01' // a letter outside a–z
	masked = '\x02' // a marker
)

func plain(text string) plainText {
	var b strings.Builder
	p := plainText{}
	put := func(c byte, at int, r rune) {
		b.WriteByte(c)
		p.offsets = append(p.offsets, at)
		p.runes = append(p.runes, unicode.ToLower(r))
		p.capital = append(p.capital, unicode.IsUpper(r))
	}
	skip := 0
	for i, r := range text {
		if i < skip {
			continue
		}
		switch {
		case r == '⟦':
			if end := strings.Index(text[i:], "⟧"); end > 0 && end < 20 {
				skip = i + end + len("⟧")
				put(masked, i, r)
				continue
			}
			put('(', i, r)
		case digit(r) >= 0:
			put(byte('0'+digit(r)), i, r)
		case r < 0x80:
			put(byte(unicode.ToLower(r)), i, r)
		case unicode.IsLetter(r):
			put(letter, i, r)
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r), r == 'ـ':
			continue // direction marks and vowel signs inside numbers and words
		case unicode.IsSpace(r):
			put(' ', i, r)
		case unicode.Is(unicode.Pd, r), r == '−':
			put('-', i, r)
		case r == '＋':
			put('+', i, r)
		default:
			put('?', i, r)
		}
	}
	p.bytes = b.String()
	return p
}

// before returns up to n letters of the text before byte i, in lower case, after the last
// masked span.
func (p plainText) before(i, n int) string {
	from := max(0, i-n)
	if m := strings.LastIndexByte(p.bytes[from:i], masked); m >= 0 {
		from += m + 1
	}
	return string(p.runes[from:i])
}

// after returns up to n letters of the text from byte i on, in lower case.
func (p plainText) after(i, n int) string {
	to := min(len(p.runes), i+n)
	if m := strings.IndexByte(p.bytes[i:to], masked); m >= 0 {
		to = i + m
	}
	return string(p.runes[i:to])
}
