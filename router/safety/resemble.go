package safety

import (
	"slices"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/internal/compact"
)

// Resemblance is the second witness: what a message is told by the examples it is like. Every
// feature of a message (words, pairs of words, parts of words, ideas of the rules and pairs of
// them) has learned at the start how much it speaks for each kind and for calm.

// Grams are looked at from this to that many letters.
const (
	shortestGram = 3
	longestGram  = 4
)

// windowWords is how many words of a message are looked at at once: what is told on the way to
// a question must not be lost in a long message.
const windowWords = 24

// fewestWords is how many words a message must have to be like anything: "thank you" and "yes"
// stand in all of them.
const fewestWords = 2

// pairDistance is how many words may lie between two ideas that are looked at together.
const pairDistance = 8

// mostIdeas bounds the ideas of a window that are looked at in pairs.
const mostIdeas = 64

// block is what sort of evidence a feature is. Each block weighs the same in a message,
// however many features it has there: runs of letters must not outvote what is meant.
type block uint64

const (
	ofWords block = iota // words and pairs of words
	ofLetters
	ofIdeas
	ofPairs // of ideas, and rules that speak
	blocks
)

// feature is a hash with its block in the lowest bits.
type feature uint64

func (b block) feature(hash uint64) feature { return feature(hash&^(uint64(blocks)-1) | uint64(b)) }

func (f feature) block() block { return block(f) & (blocks - 1) }

// outcomes are the kinds of danger and, last, calm.
const outcomes = dangers + 1

// weights say how much a feature speaks for each outcome.
type weights [outcomes]float32

// likeness is what was learned from the examples.
type likeness struct {
	known compact.Keys // features
	worth []float32    // by number of the feature; what many examples share tells little
	vote  []weights
	lean  weights // of a message without features
}

// nearness is how much likelier each kind is than calm, as a logarithm; 0 if nothing is known.
type nearness [dangers]float64

// Resemblance in points, beside those of the rules. Where danger and calm are as likely there
// is a little for danger: to miss it costs more than to alarm for nothing.
const (
	oddsNone    = -0.5 // worth nothing
	oddsPoint   = 1.5  // each of these more is worth a point
	mostPoints  = 3.0
	leastPoints = -0.8
)

// points is what the nearness of a kind is worth; without any there are none.
func (n *nearness) points(kind int) float64 {
	if *n == (nearness{}) {
		return 0
	}
	return max(leastPoints, min(mostPoints, (n[kind]-oddsNone)/oddsPoint))
}

func (n *nearness) most() float64 { return slices.Max(n[:]) }

// resemblance is that of the most dangerous window of the message.
func (l *likeness) resemblance(f *found, active [lexicons]bool) nearness {
	best := nearness{}
	if len(f.tokens) < fewestWords {
		return best
	}
	for from := 0; from < len(f.tokens); from += windowWords {
		to := min(from+windowWords, len(f.tokens))
		if from > 0 && to-from < windowWords/2 {
			from = max(0, to-windowWords)
		}
		f.features = f.featuresOf(f.features[:0], from, to, active)
		if n := l.judge(f.features); from == 0 || n.most() > best.most() {
			best = n
		}
		if to == len(f.tokens) {
			break
		}
	}
	return best
}

// judge adds up what the features speak for.
func (l *likeness) judge(features []feature) nearness {
	var sums [blocks]weights
	var squares [blocks]float32
	for _, h := range features {
		n, ok := l.known.Find(uint64(h))
		if !ok {
			continue
		}
		b, w, v := h.block(), l.worth[n], &l.vote[n]
		squares[b] += w * w
		for k := range v {
			sums[b][k] += w * v[k]
		}
	}
	if squares == [blocks]float32{} {
		return nearness{}
	}
	total := l.lean
	for b, share := range shares(squares) {
		for k := range total {
			total[k] += share * sums[b][k]
		}
	}
	n := nearness{}
	for k := range n {
		n[k] = float64(total[k] - total[outcomes-1])
	}
	return n
}

// doubt is what a block is taken to hold besides: of two words little is to be learned.
const doubt = 100

// shares are by how much the features of each block are multiplied, given the sum of the
// squares of their worth, so that all of them together have a length of nearly 1.
func shares(squares [blocks]float32) (s [blocks]float32) {
	for b, square := range squares {
		if square > 0 {
			s[b] = 1 / root((square+doubt)*float32(blocks))
		}
	}
	return s
}

// featuresOf appends the features of tokens from to to, each once.
func (f *found) featuresOf(dst []feature, from, to int, active [lexicons]bool) []feature {
	var previous, previousSound uint64
	for _, t := range f.tokens[from:to] {
		text := t.text
		switch t.script {
		case number:
			text = "0"
			if t.value >= 4 && t.value < 18 {
				text = "child"
			}
		case latin:
			if active[inCyrillic] {
				if asG, _ := toCyrillic(text); asG != "" {
					text = asG
				}
			} else if active[inSounds] {
				text = soundsOfArabizi(text)
				s := hash(text, 's')
				dst = append(dst, ofWords.feature(s), ofWords.feature(previousSound*31+s*17))
				previousSound = s
			}
		}
		word := text
		switch {
		case t.script == cyrillic || t.script == latin && active[inCyrillic]:
			if st := stemOf(text); st != "" {
				word = st
			}
		case t.script == arabic:
			word = bareArabic(text)
			dst = grams(dst, soundsOfArabic(text))
			s := hash(soundsOfArabic(word), 's')
			dst = append(dst, ofWords.feature(s), ofWords.feature(previousSound*31+s*17))
			previousSound = s
		}
		h := hash(word, 'w')
		dst = append(dst, ofWords.feature(h))
		if previous != 0 {
			dst = append(dst, ofWords.feature(previous*31+h*17))
		}
		previous = h
		dst = grams(dst, text)
	}
	dst = f.ideas(dst, int32(from), int32(to))
	for _, u := range f.spoken {
		dst = append(dst, ofPairs.feature((uint64(u)+1)*0xC2B2AE3D27D4EB4F))
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// ideas appends the word lists found in tokens from to to, and those found near each other.
func (f *found) ideas(dst []feature, from, to int32) []feature {
	type idea struct {
		at int
		id uint64
	}
	var all [mostIdeas]idea
	n := 0
	for id, places := range f.places {
		for _, s := range places {
			if s.first < from || s.first >= to {
				continue
			}
			h := (uint64(id) + 1) * 0x9E3779B97F4A7C15
			dst = append(dst, ofIdeas.feature(h))
			if n < mostIdeas {
				all[n] = idea{f.tokens[s.first].pos, h}
				n++
			}
		}
	}
	for i := range n {
		for j := range i {
			if d := all[i].at - all[j].at; d <= pairDistance && d >= -pairDistance {
				dst = append(dst, ofPairs.feature(all[i].id^all[j].id*3))
			}
		}
	}
	return dst
}

// bareArabic takes "and", "the" and particles off a word, as far as that leaves one.
func bareArabic(word string) string {
	var forms [16]string
	bare := word
	for _, form := range arabicForms(forms[:0], word) {
		if len(form) < len(bare) {
			bare = form
		}
	}
	return bare
}

// grams appends the hashes of the runs of letters of a word, its edges being letters too.
func grams(dst []feature, word string) []feature {
	var buf [128]byte
	var ends [42]int
	b := append(buf[:0], '_')
	b = append(b, word[:min(len(word), len(buf)-2)]...)
	b = append(b, '_')
	n := 0
	for i := 0; i < len(b) && n < len(ends)-1; n++ {
		ends[n] = i
		_, size := utf8.DecodeRune(b[i:])
		i += size
		ends[n+1] = i
	}
	for i := range n {
		h := offset ^ uint64('g')*prime
		for j := i + 1; j <= min(i+longestGram, n); j++ {
			for _, c := range b[ends[j-1]:ends[j]] {
				h = (h ^ uint64(c)) * prime
			}
			if j-i >= shortestGram {
				dst = append(dst, ofLetters.feature(h))
			}
		}
	}
	return dst
}

// FNV-1a.
const (
	offset = uint64(14695981039346656037)
	prime  = uint64(1099511628211)
)

func hash(s string, salt byte) uint64 { return hashOn((offset^uint64(salt))*prime, s) }

// textHash is what the index looks a text up by.
func textHash[T string | []byte](text T) uint64 { return hashOn(offset, text) }

func hashOn[T string | []byte](h uint64, text T) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return h
}
