package search

// Verdict is what a search comes to.
type Verdict int

// The verdicts, from nothing to certainty.
const (
	None    Verdict = iota // nothing fits: a person is needed
	Clarify                // one of these may be meant
	Answer                 // the first one is meant
)

const (
	answerFrom  = 0.6
	clarifyFrom = 0.2
	// choices is how many articles are offered.
	choices = 3
)

// Decide turns the hits of one search into a verdict and the articles it is about,
// best first.
func Decide(hits []Hit) (Verdict, []Hit) {
	if len(hits) == 0 || hits[0].Confidence < clarifyFrom {
		return None, nil
	}
	if hits[0].Confidence >= answerFrom {
		return Answer, hits[:1]
	}
	return Clarify, hits[:min(choices, len(hits))]
}
