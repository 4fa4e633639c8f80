package safety

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// forgivingLength is the number of letters from which one may be wrong.
const forgivingLength = 8

// forgivingText is the length in bytes up to which wrong letters are looked for: long texts
// have enough other words, and looking costs most of the time.
const forgivingText = 2000

func forgiving(text string) bool { return utf8.RuneCountInString(text) >= forgivingLength }

// eachShorter calls f with text less one letter, for every letter but the first. f must not
// keep the slice.
func eachShorter(text string, f func([]byte)) {
	var buf [64]byte
	if len(text) > len(buf) {
		return
	}
	for i, r := range text {
		if i == 0 {
			continue
		}
		b := append(buf[:0], text[:i]...)
		f(append(b, text[i+utf8.RuneLen(r):]...))
	}
}

// lookup appends the parts that word can be in lex.
func (x *index) lookup(dst []int32, lex lexicon, word string) []int32 {
	m := &x.byText[lex]
	if lex == inCyrillic {
		if st := stemOf(word); st != "" {
			dst = append(dst, x.byStem.Of(textHash(st))...)
		}
	}
	dst = append(dst, m[whole].Of(textHash(word))...)
	for _, beginning := range beginnings(word, x.longest[lex][stem]) {
		dst = append(dst, m[stem].Of(beginning)...)
	}
	for start := range word {
		if len(word)-start <= x.longest[lex][ending] {
			dst = append(dst, m[ending].Of(textHash(word[start:]))...)
		}
		for _, run := range beginnings(word[start:], x.longest[lex][inside]) {
			dst = append(dst, m[inside].Of(run)...)
		}
	}
	return dst
}

// beginnings yields the ends of the first to last letter of word, up to longest bytes, and
// the hash of the text up to there.
func beginnings(word string, longest int) iter.Seq2[int, uint64] {
	return func(yield func(int, uint64) bool) {
		h := textHash("")
		for i, r := range word {
			end := i + utf8.RuneLen(r)
			if end > longest {
				return
			}
			h = hashOn(h, word[i:end])
			if !yield(end, h) {
				return
			}
		}
	}
}

// lookupNear appends the parts that word can be with one letter wrong, left out, put in or
// two exchanged. The first letter must be right.
func (x *index) lookupNear(dst []int32, lex lexicon, word string) []int32 {
	if !forgiving(word + "·") { // one may have been left out
		return dst
	}
	try := func(form string, hash uint64, full bool) {
		check := func(text uint64) {
			for _, id := range x.near[lex].Of(text) {
				s := x.spelled[id]
				if (full && s.shape == whole || s.shape == stem && sameEnd(form, s.text)) && !slices.Contains(dst, id) && oneLetterApart(form, s.text) {
					dst = append(dst, id)
				}
			}
		}
		check(hash)
		eachShorter(form, func(short []byte) { check(textHash(short)) })
	}
	n := 0
	for end, hash := range beginnings(word, len(word)) {
		if n++; n >= forgivingLength-1 {
			try(word[:end], hash, end == len(word))
		}
	}
	return dst
}

// sameEnd reports whether a and b end in the same letter. A stem must: what differs there is
// another word more often than a mistake.
func sameEnd(a, b string) bool {
	ra, _ := utf8.DecodeLastRuneInString(a)
	rb, _ := utf8.DecodeLastRuneInString(b)
	return ra == rb
}

// vowels are written for each other as they are heard; with other letters it is mostly another
// word.
const vowels = "аеиоуяюaeiouyاوي"

// oneLetterApart reports whether a and b are the same but for one letter too many or too few,
// two exchanged, or one vowel for another.
func oneLetterApart(a, b string) bool {
	ra, _ := utf8.DecodeRuneInString(a)
	rb, _ := utf8.DecodeRuneInString(b)
	if ra != rb {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && !(i == len(a) || utf8.RuneStart(a[i])) || i > 0 && !(i == len(b) || utf8.RuneStart(b[i])) {
		i--
	}
	a, b = a[i:], b[i:]
	if a == b {
		return true
	}
	va, na := utf8.DecodeRuneInString(a)
	vb, nb := utf8.DecodeRuneInString(b)
	if a[na:] == b || a == b[nb:] {
		return true
	}
	if a[na:] == b[nb:] {
		return strings.ContainsRune(vowels, va) && strings.ContainsRune(vowels, vb)
	}
	if a == "" || b == "" {
		return false
	}
	_, na2 := utf8.DecodeRuneInString(a[na:])
	_, nb2 := utf8.DecodeRuneInString(b[nb:])
	return a[:na] == b[nb:nb+nb2] && b[:nb] == a[na:na+na2] && a[na+na2:] == b[nb+nb2:]
}

// span is where an idea stands: first and last token.
type span struct{ first, last int32 }

// found is what one message holds: the parts of each token and the ideas they make up.
type found struct {
	tokens []token
	parts  []int32
	from   []int // parts of token i are parts[from[i]:from[i+1]]
	forms  []string
	places [][]span // by word list

	spoken []int32 // the rules that speak

	features []feature // of a window of the message, for the resemblance to examples
}

func (f *found) of(i int) []int32 { return f.parts[f.from[i]:f.from[i+1]] }

// read fills f with everything the message may be saying.
func (x *index) read(f *found, active [lexicons]bool, careful bool) {
	f.parts, f.from = f.parts[:0], append(f.from[:0], 0)
	for _, t := range f.tokens {
		start := len(f.parts)
		switch t.script {
		case cyrillic:
			f.parts = x.word(f.parts, inCyrillic, t.text, careful)
		case arabic:
			f.forms = arabicForms(f.forms[:0], t.text)
			for _, form := range f.forms {
				f.parts = x.lookup(f.parts, inArabic, form)
			}
			if careful && len(f.parts) == start {
				for _, form := range f.forms {
					f.parts = x.lookupNear(f.parts, inArabic, form)
				}
			}
		case latin:
			f.parts = x.latinWord(f.parts, t.text, active, careful)
		case number:
			for _, n := range x.numbers {
				if t.value >= n.low && t.value <= n.high {
					f.parts = append(f.parts, n.id)
				}
			}
		}
		f.from = append(f.from, len(f.parts))
	}
}

func (x *index) word(dst []int32, lex lexicon, word string, careful bool) []int32 {
	n := len(dst)
	dst = x.lookup(dst, lex, word)
	if careful && len(dst) == n {
		dst = x.lookupNear(dst, lex, word)
	}
	return dst
}

func (x *index) latinWord(dst []int32, word string, active [lexicons]bool, careful bool) []int32 {
	for _, lex := range [...]lexicon{inEnglish, inDutch} {
		if active[lex] {
			dst = x.word(dst, lex, word, careful)
		}
	}
	if active[inCyrillic] {
		asG, asH := toCyrillic(word)
		dst = x.word(dst, inCyrillic, asG, careful)
		if asH != "" {
			dst = x.word(dst, inCyrillic, asH, careful)
		}
	}
	if active[inSounds] {
		dst = x.lookup(dst, inSounds, soundsOfArabizi(word))
	}
	return dst
}

// maxPlaces bounds how often one idea is noted in a message.
const maxPlaces = 64

// match notes where each word list occurs.
func (x *index) match(f *found, lists int) {
	if len(f.places) < lists {
		f.places = make([][]span, lists)
	}
	for i := range f.places {
		f.places[i] = f.places[i][:0]
	}
	for i := range f.tokens {
		for _, id := range f.of(i) {
			for _, n := range x.starts.Of(uint64(id)) {
				p := x.phrases[n]
				if len(f.places[p.words]) >= maxPlaces {
					continue
				}
				if last, ok := follow(f, x.elements[p.from+1:p.to], i); ok {
					f.places[p.words] = append(f.places[p.words], span{int32(i), int32(last)})
				}
			}
		}
	}
}

// follow finds the rest of a phrase behind token i.
func follow(f *found, rest []element, i int) (last int, ok bool) {
	if len(rest) == 0 {
		return i, true
	}
	reach := 1
	if rest[0].gap {
		reach += maxGap
	}
	for j := i + 1; j <= i+reach && j < len(f.tokens); j++ {
		if slices.Contains(f.of(j), rest[0].part) {
			if last, ok := follow(f, rest[1:], j); ok {
				return last, true
			}
		}
	}
	return 0, false
}
