package safety

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Resemblance is the second witness: what a message is told by the examples it is closest to.
// It sees danger that is told without a word the rules name, and calm in messages that use
// such words for everyday things.

// Grams are looked at from this to that many letters.
const (
	shortestGram = 3
	longestGram  = 5
)

// windowWords is how many words of a message are compared with the examples at once: what is
// told on the way to a question must not be lost in a long message.
const windowWords = 24

// The message is compared with its nearest examples of a kind: with the nearest alone and
// with the mean of the nearest few.
const (
	nearestFew  = 3
	weightOfTop = 0.6
)

// examples are messages of which is known what they are.
type examples struct {
	features map[uint64]int32
	uses     [][]use // by feature: the examples that have it
	idf      []float32
	kinds    []int // by example
	raw      [][]int32
}

// use is a feature's weight in an example.
type use struct {
	example int32
	weight  float32
}

// nearness is how close a message is to the examples of each kind, and to calm ones.
type nearness struct {
	kind   int
	danger float64
	calm   float64
}

// add takes in one example.
func (e *examples) add(kind int, text string) {
	var ids []int32
	for h := range featuresOf(tokens(nil, text), false) {
		id, ok := e.features[h]
		if !ok {
			id = int32(len(e.features))
			e.features[h] = id
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	e.raw = append(e.raw, slices.Compact(ids))
	e.kinds = append(e.kinds, kind)
}

// finish weighs the features once all examples are there: what many examples share tells
// little.
func (e *examples) finish() {
	count := make([]int, len(e.features))
	for _, ids := range e.raw {
		for _, id := range ids {
			count[id]++
		}
	}
	e.idf, e.uses = make([]float32, len(count)), make([][]use, len(count))
	for id, n := range count {
		e.idf[id] = float32(math.Log(float64(len(e.raw)+1) / float64(n)))
		e.uses[id] = make([]use, 0, n)
	}
	for i, ids := range e.raw {
		length := e.length(ids)
		for _, id := range ids {
			e.uses[id] = append(e.uses[id], use{int32(i), e.idf[id] / length})
		}
	}
	e.raw = nil
}

func (e *examples) length(ids []int32) float32 {
	var sum float32
	for _, id := range ids {
		sum += e.idf[id] * e.idf[id]
	}
	return float32(math.Sqrt(float64(max(sum, 1e-6))))
}

// compare returns how close the words are to the examples. scores is scratch space.
func (e *examples) compare(ts []token, asCyrillic bool, f *found) nearness {
	f.scores = slices.Grow(f.scores[:0], len(e.kinds))[:len(e.kinds)]
	clear(f.scores)
	f.features = f.features[:0]
	var unknown int
	for h := range featuresOf(ts, asCyrillic) {
		if id, ok := e.features[h]; ok {
			f.features = append(f.features, id)
		} else {
			unknown++
		}
	}
	slices.Sort(f.features)
	f.features = slices.Compact(f.features)
	length := e.length(f.features)
	// Words no example has make the message less like any of them.
	rarest := math.Log(float64(len(e.kinds) + 1))
	length = float32(math.Sqrt(float64(length)*float64(length) + unknownWeight*float64(unknown)*rarest*rarest))
	for _, id := range f.features {
		w := e.idf[id] / length
		for _, u := range e.uses[id] {
			f.scores[u.example] += w * u.weight
		}
	}
	var top [calm + 1][nearestFew]float32
	for i, s := range f.scores {
		t := &top[e.kinds[i]]
		if s <= t[nearestFew-1] {
			continue
		}
		at := nearestFew - 1
		for ; at > 0 && t[at-1] < s; at-- {
			t[at] = t[at-1]
		}
		t[at] = s
	}
	n := nearness{calm: closeness(top[calm])}
	for k := range dangers {
		if c := closeness(top[k]); c > n.danger {
			n.kind, n.danger = k, c
		}
	}
	return n
}

func closeness(top [nearestFew]float32) float64 {
	var sum float32
	for _, s := range top {
		sum += s
	}
	return float64(weightOfTop*top[0] + (1-weightOfTop)*sum/nearestFew)
}

// Resemblance in points.
const (
	unknownWeight = 0.3
	marginNone    = 0.03 // so much closer to danger than to calm is worth nothing yet
	marginPoint   = 0.12 // each of these is worth a point
	mostPoints    = 1.2
	fewestWords   = 3
	leastPoints   = -0.1
)

// points is what the nearness is worth.
func (n nearness) points() float64 {
	if n.danger == 0 && n.calm == 0 {
		return 0
	}
	return max(leastPoints, min(mostPoints, (n.danger-n.calm-marginNone)/marginPoint))
}

// resemblance is that of the most dangerous window of the message. Words in Latin letters are
// read as Ukrainian or Russian too if asCyrillic.
func (e *examples) resemblance(f *found, asCyrillic bool) nearness {
	var best nearness
	if len(f.tokens) < fewestWords {
		return best // "thank you" and "yes" resemble everything
	}
	for from := 0; from < len(f.tokens); from += windowWords {
		to := min(from+windowWords, len(f.tokens))
		if from > 0 && to-from < windowWords/2 {
			from = max(0, to-windowWords)
		}
		n := e.compare(f.tokens[from:to], false, f)
		if asCyrillic { // perhaps: the reading that the examples know better
			if c := e.compare(f.tokens[from:to], true, f); max(c.danger, c.calm) > max(n.danger, n.calm) {
				n = c
			}
		}
		if from == 0 || n.points() > best.points() {
			best = n
		}
		if to == len(f.tokens) {
			break
		}
	}
	return best
}

// featuresOf yields the words, pairs of words and grams of a message as hashes; words in an
// ending-free form where there is one.
func featuresOf(ts []token, asCyrillic bool) func(func(uint64) bool) {
	return func(yield func(uint64) bool) {
		var previous uint64
		for _, t := range ts {
			text := t.text
			if t.script == number {
				text = "0"
			}
			if asCyrillic && t.script == latin {
				text, _ = toCyrillic(text)
			}
			word := text
			if t.script == cyrillic || asCyrillic {
				if st := stemOf(text); st != "" {
					word = st
				}
			}
			if t.script == arabic {
				word = bareArabic(text)
			}
			h := hash(word, 'w')
			if !yield(h) || previous != 0 && !yield(previous*31+h*17+1) {
				return
			}
			previous = h
			if !grams(text, yield) {
				return
			}
		}
	}
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

// grams yields the hashes of the runs of letters of a word, its edges being letters too.
func grams(word string, yield func(uint64) bool) bool {
	var ends [40]int
	var b strings.Builder
	b.WriteByte('_')
	b.WriteString(word)
	b.WriteByte('_')
	s, n := b.String(), 0
	for i := range s {
		if n == len(ends)-1 {
			break
		}
		ends[n] = i
		n++
	}
	if utf8.RuneCountInString(s) < len(ends) {
		ends[n] = len(s)
	}
	for i := range n {
		for j := i + shortestGram; j <= min(i+longestGram, n); j++ {
			if ends[j] > ends[i] && !yield(hash(s[ends[i]:ends[j]], 'g')) {
				return false
			}
		}
	}
	return true
}

// hash is FNV-1a.
func hash(s string, salt byte) uint64 {
	h := (uint64(14695981039346656037) ^ uint64(salt)) * 1099511628211
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
