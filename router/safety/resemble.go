package safety

import (
	"slices"
	"unicode/utf8"
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
const mostIdeas = 32

// outcomes are the kinds of danger and, last, calm.
const outcomes = dangers + 1

// weights say how much a feature speaks for each outcome.
type weights [outcomes]float32

// likeness is what was learned from the examples.
type likeness struct {
	known map[uint64]int32
	worth []float32 // by feature: what many examples share tells little
	vote  []weights // by feature
	lean  weights   // of a message without features
}

// nearness is what a message is most like.
type nearness struct {
	kind int
	odds float64 // logarithm of how much likelier that kind is than calm; 0 if nothing is known
}

// Resemblance in points. Of calm messages of situations it has not learned from, about 5 of
// 1000 hard ones and 2 of 1000 usual questions reach sureOdds without a rule; TestSituations
// holds that.
const (
	oddsNone    = -1.5 // worth nothing
	oddsPoint   = 3.0  // each of these is worth a point beside a rule
	alonePoint  = 4.0  // and without one
	mostPoints  = 1.2
	leastPoints = -0.5
	sureOdds    = 3.0 // with a word of a rule, danger without its speaking
)

// points is what the nearness is worth beside rules.
func (n nearness) points() float64 {
	if n.odds == 0 {
		return 0
	}
	return max(leastPoints, min(mostPoints, (n.odds-oddsNone)/oddsPoint))
}

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
		if n := l.judge(f.features); from == 0 || n.odds > best.odds {
			best = n
		}
		if to == len(f.tokens) {
			break
		}
	}
	return best
}

// judge adds up what the features speak for.
func (l *likeness) judge(features []uint64) nearness {
	var sum weights
	var square float32
	for _, h := range features {
		id, ok := l.known[h]
		if !ok {
			continue
		}
		w := l.worth[id]
		square += w * w
		v := &l.vote[id]
		for k := range sum {
			sum[k] += w * v[k]
		}
	}
	if square == 0 {
		return nearness{}
	}
	length := root(square)
	n := nearness{}
	for k := range sum {
		sum[k] = sum[k]/length + l.lean[k]
		if k < dangers && sum[k] > sum[n.kind] {
			n.kind = k
		}
	}
	n.odds = float64(sum[n.kind] - sum[outcomes-1])
	return n
}

// featuresOf appends the features of tokens from to to, each once.
func (f *found) featuresOf(dst []uint64, from, to int, active [lexicons]bool) []uint64 {
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
				s := hash(soundsOfArabizi(text), 's')
				dst = append(dst, s, previousSound*31+s*17+1)
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
			s := hash(soundsOfArabic(word), 's')
			dst = append(dst, s, previousSound*31+s*17+1)
			previousSound = s
		}
		h := hash(word, 'w')
		dst = append(dst, h)
		if previous != 0 {
			dst = append(dst, previous*31+h*17+1)
		}
		previous = h
		dst = grams(dst, text)
	}
	dst = f.ideas(dst, int32(from), int32(to))
	for _, u := range f.spoken {
		dst = append(dst, (uint64(u)+1)*0xC2B2AE3D27D4EB4F)
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// ideas appends the word lists found in tokens from to to, and those found near each other.
func (f *found) ideas(dst []uint64, from, to int32) []uint64 {
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
			dst = append(dst, h)
			if n < mostIdeas {
				all[n] = idea{f.tokens[s.first].pos, h}
				n++
			}
		}
	}
	for i := range n {
		for j := range i {
			if d := all[i].at - all[j].at; d <= pairDistance && d >= -pairDistance {
				dst = append(dst, all[i].id^all[j].id*3)
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
func grams(dst []uint64, word string) []uint64 {
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
				dst = append(dst, h)
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

func hash(s string, salt byte) uint64 {
	h := (offset ^ uint64(salt)) * prime
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}
