package search

// analyser turns text into the tokens of one index.
type analyser struct {
	shared   bool // an index that several languages share: words as skeletons
	glossary *phrases
}

// reading is a text with everything about its words that is the same for every index.
type reading struct {
	lang     string
	words    []string // normalised
	stems    []string
	keys     []string // skeletons of the stems
	terms    []string // what official terms are found by
	function []bool   // is a function word
	concepts []match
}

// match is words that stand for something.
type match struct {
	target   string
	from, to int // words
}

// read splits a text into words.
func read(text, lang string) *reading {
	r := &reading{lang: lang, words: words(text)}
	n := len(r.words)
	room := make([]string, 3*n)
	r.stems, r.keys, r.terms = room[:n:n], room[n:2*n:2*n], room[2*n:]
	r.function = make([]bool, n)
	for i, w := range r.words {
		s := stem(w, lang)
		r.stems[i], r.keys[i] = s, skeleton(s)
		r.terms[i] = r.keys[i]
		if lang == "en" {
			r.terms[i] = stem(w, "nl") // terms are Dutch, whatever language is around them
		}
		r.function[i] = len(w) < 2 || isStop(w, lang)
	}
	for i := range r.words {
		if c, n := concepts.match(r.keys[i:]); n > 0 {
			r.concepts = append(r.concepts, match{c, i, i + n})
		}
	}
	return r
}

// token is one countable thing in a text.
type token struct {
	id       uint64 // hash of what is counted
	text     string // the word, or what is written for a term
	from, to int    // the words it comes from
	kind     kind
}

type kind uint8

const (
	plain    kind = iota
	function      // a function word: breaks ties, no more
	term          // an official term of the glossary
	concept       // any of several everyday words that mean the same
	pair          // two words in a row, not both function words
)

// tokens lists what a text has. A term, a concept and two words in a row give a token
// besides those of their words.
func (a *analyser) tokens(r *reading) []token {
	counted := r.stems
	if a.shared {
		counted = r.keys
	}
	out := make([]token, len(r.words), 2*len(r.words)+len(r.concepts)+4)
	for i, w := range r.words {
		out[i] = token{id: idOf(counted[i]), text: w, from: i, to: i + 1}
		if r.function[i] {
			out[i].kind = function
		}
	}
	next := r.concepts
	for i := range r.words {
		if t, n := a.glossary.match(r.terms[i:]); n > 0 {
			k := term
			if r.lang == "nl" {
				k = concept // in Dutch an official term is a word like others
			}
			out = append(out, token{id: idOf(t), text: t, from: i, to: i + n, kind: k})
		}
		if len(next) > 0 && next[0].from == i {
			out = append(out, token{id: idOf(next[0].target), from: i, to: next[0].to, kind: concept})
			next = next[1:]
		}
	}
	for i := 1; i < len(r.words); i++ {
		if out[i-1].kind != function || out[i].kind != function {
			id := hashOn(hashOn(out[i-1].id, " "), counted[i])
			out = append(out, token{id: id, from: i - 1, to: i + 1, kind: pair})
		}
	}
	return out
}

// idOf is FNV-1a of 64 bits: among some hundred thousand tokens no two are expected to
// meet.
func idOf(text string) uint64 { return hashOn(14695981039346656037, text) }

func hashOn(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h
}
