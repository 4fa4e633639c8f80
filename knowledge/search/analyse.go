package search

import "strings"

// analyser turns text into the tokens of one index.
type analyser struct {
	shared   bool // an index that several languages share: words as skeletons
	glossary *phrases
}

// token is one countable thing in a text.
type token struct {
	text string
	word string // the normalised word or words it comes from
	kind kind
}

type kind uint8

const (
	plain    kind = iota
	function      // a function word: breaks ties, no more
	term          // an official term of the glossary
	concept       // any of several everyday words that mean the same
	pair          // two words in a row, not both function words
)

// tokens splits text. A term, a concept and two words in a row give a token besides those of their words.
func (a *analyser) tokens(text, lang string) []token {
	ws := words(text)
	out := make([]token, len(ws), len(ws)+4)
	termKeys := make([]string, len(ws))
	conceptKeys := termKeys
	if lang == "en" {
		conceptKeys = make([]string, len(ws))
	}
	for i, w := range ws {
		s := stem(w, lang)
		key := skeleton(s)
		out[i] = token{text: s, word: w}
		if a.shared {
			out[i].text = key
		}
		if len(w) < 2 || isStop(w, lang) {
			out[i].kind = function
		}
		conceptKeys[i] = key
		if lang == "en" {
			termKeys[i] = stem(w, "nl") // terms are Dutch, whatever language is around them
		}
	}
	for i := range ws {
		if t, n := a.glossary.match(termKeys[i:]); n > 0 {
			k := term
			if lang == "nl" {
				k = concept // in Dutch an official term is a word like others
			}
			out = append(out, token{text: t, word: strings.Join(ws[i:i+n], " "), kind: k})
		}
		if c, n := concepts.match(conceptKeys[i:]); n > 0 {
			out = append(out, token{text: c, word: strings.Join(ws[i:i+n], " "), kind: concept})
		}
	}
	for i := 1; i < len(ws); i++ {
		if out[i-1].kind != function || out[i].kind != function {
			out = append(out, token{text: out[i-1].text + " " + out[i].text, word: ws[i-1] + " " + ws[i], kind: pair})
		}
	}
	return out
}
