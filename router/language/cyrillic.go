package language

import (
	"math"
	"slices"
	"strings"
)

// What evidence counts, in logits.
const (
	letterWeight = 3   // a letter that one of the two lacks
	wordWeight   = 2   // a word, or an apostrophe
	speechWeight = 0.7 // a word of colloquial Russian that looks Ukrainian

	surzhyk        = 0.5 // what Russian words count beside Ukrainian ones
	mostLetters    = 1   // what Russian n-grams can count beside Ukrainian words
	ukrainianFirst = 0.4 // in doubt it is Ukrainian
)

// A guess that rests on little evidence, or on evidence for both, must be this sure. Ukrainian answered in
// Russian hurts more than a question about the language.
const (
	sureUkrainian = 0.75
	sureRussian   = 0.6
)

// detectCyrillic decides between Ukrainian and Russian.
func (d *Detector) detectCyrillic(words []string) Guess {
	ukrainian, russian := d.weigh(words)
	var store [2]float64
	own := slices.ContainsFunc(words, func(w string) bool { return !d.shared[w] })
	if !own && ukrainian == russian {
		return Guess{Lang: "uk", Confidence: 0.5, Second: "ru"}
	}
	sums := d.cyrillic.sums(words, store[:0])
	letters := independent * (sums[0] - sums[1])
	if ukrainian > 0 {
		letters = max(letters, -mostLetters)
	}
	p := 1 / (1 + math.Exp(-(ukrainian - russian + letters + ukrainianFirst)))
	switch {
	case p >= 0.5 && (p >= sureUkrainian || ukrainian > 0 && russian == 0):
		return Guess{Lang: "uk", Confidence: p, Second: "ru"}
	case p < 0.5 && (1-p >= sureRussian || russian > 0 && ukrainian == 0):
		return Guess{Lang: "ru", Confidence: 1 - p, Second: "uk"}
	}
	return Guess{Lang: "und", Second: "uk"}
}

// weigh adds up what speaks for each language by its letters and words.
func (d *Detector) weigh(words []string) (ukrainian, russian float64) {
	for _, w := range words {
		if strings.ContainsAny(w, "іїєґ") {
			ukrainian += letterWeight
		}
		if i := strings.IndexByte(w, '\''); i > 0 && i < len(w)-1 {
			ukrainian += wordWeight
		}
		if strings.ContainsAny(w, "ыэёъ") {
			russian += letterWeight
		}
		speaks, seen := d.speaks[w]
		switch {
		case inBoth[w] || seen && speaks == 0:
		case inSpeech[w]:
			ukrainian += speechWeight
		case onlyUkrainian[w] && !onlyRussian[w], mistypedUkrainian[w]:
			ukrainian += wordWeight
		case onlyRussian[w] && !onlyUkrainian[w]:
			russian += wordWeight
		case speaks > 0, looksUkrainian(w):
			ukrainian += wordWeight
		case speaks < 0:
			russian += wordWeight
		}
	}
	if ukrainian > 0 {
		// Surzhyk borrows Russian words; Russian does not borrow Ukrainian ones.
		russian *= surzhyk
	}
	return ukrainian, russian
}
