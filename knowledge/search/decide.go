package search

import "slices"

// Kind is what to do with a message.
type Kind string

// What to do with a message.
const (
	Answer  Kind = "answer"  // give the first article outright
	Clarify Kind = "clarify" // offer up to three titles to choose from
	None    Kind = "none"    // no article answers this
)

// Decision is what the hits of a message are good for.
type Decision struct {
	Kind Kind
	Hits []Hit // the answer alone, or what to choose from
}

// Thresholds of confidence. At answerFrom nine of ten answers to questions nobody tuned for are right; below
// clarifyFrom a choice would be noise.
const (
	answerFrom  = 0.65
	clarifyFrom = 0.25
	offered     = 3
	offeredFrom = 0.02 // least confidence of a title that is offered beside better ones
)

// Decide says what to do with the hits of one search. What is offered to choose from differs: of
// articles with nearly the same title only the best is offered.
func (ix *Index) Decide(hits []Hit, lang string) Decision {
	if len(hits) == 0 || hits[0].Confidence < clarifyFrom && sumOf(hits) < clarifyFrom {
		if hits = ix.titled(hits, lang); len(hits) == 0 {
			return Decision{Kind: None}
		}
	}
	if hits[0].Confidence >= answerFrom {
		return Decision{Answer, hits[:1]}
	}
	return Decision{Clarify, ix.choice(hits, lang)}
}

// titled are the hits whose title holds every word of the message: "work?" says too little for any
// confidence, and still what it is about.
func (ix *Index) titled(hits []Hit, lang string) []Hit {
	if len(hits) == 0 {
		return nil
	}
	said := contentStems(hits[0].Why.query, lang)
	if len(said) == 0 {
		return nil
	}
	var out []Hit
	for _, h := range hits {
		title := ix.titleStems(h.Article, lang)
		if !slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(title, w) }) {
			out = append(out, h)
		}
	}
	return out
}

// choice are the first hits with different titles.
func (ix *Index) choice(hits []Hit, lang string) []Hit {
	var choice []Hit
	var titles [][]string
	for _, h := range hits {
		if len(choice) == offered || h.Confidence < offeredFrom && len(choice) > 0 {
			break
		}
		title := ix.titleStems(h.Article, lang)
		if slices.ContainsFunc(titles, func(t []string) bool { return alike(t, title) }) {
			continue
		}
		choice = append(choice, h)
		titles = append(titles, title)
	}
	return choice
}

func sumOf(hits []Hit) float64 {
	var sum float64
	for _, h := range hits[:min(len(hits), offered)] {
		sum += h.Confidence
	}
	return sum
}

func (ix *Index) titleStems(id, lang string) []string {
	for _, a := range ix.articles {
		if a.ID == id {
			return contentStems(a.Title(lang), lang)
		}
	}
	return nil
}

func contentStems(text, lang string) []string {
	var out []string
	for _, w := range words(text) {
		if !isStop(w, lang) {
			out = append(out, stem(w, lang))
		}
	}
	return out
}

// alike reports that two titles share all but few of their words.
func alike(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	shared := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			shared++
		}
	}
	return float64(shared) >= 0.75*float64(max(len(a), len(b)))
}
