package search

import (
	"fmt"
	"strings"
)

// Why explains a hit. It is worked out when asked for.
type Why struct {
	index       *Index
	query, lang string
	article     int
	inputs      []float64
}

// Match is something of the question that the article has.
type Match struct {
	Words  string   // as in the question, normalised
	Kind   string   // word, term, concept or pair
	Fields []string // parts of the article that have it: title, questions, keywords, other languages, answer
	Weight float64  // what it counts; rare words count more
}

// Input is one number the confidence was computed from, and what it added to the logit.
type Input struct {
	Name         string
	Value        float64
	Contribution float64
}

// Matches lists what question and article share.
func (w Why) Matches() []Match {
	if w.index == nil {
		return nil
	}
	own, shared := w.index.indexes(w.lang)
	ix := own
	if !own.present[w.article] {
		ix = shared
	}
	query := read(w.query, w.lang)
	var out []Match
	for _, tok := range ix.tokens(query) {
		if tok.kind == function {
			continue
		}
		for _, p := range ix.terms.Of(tok.id) {
			if int(p.article) != w.article {
				continue
			}
			m := Match{Words: strings.Join(query.words[tok.from:tok.to], " "), Kind: [...]string{plain: "word", term: "term", concept: "concept", pair: "pair"}[tok.kind], Weight: float64(ix.weightOf(tok))}
			for f := range fields {
				if p.fields&(1<<f) != 0 {
					m.Fields = append(m.Fields, fieldNames[f])
				}
			}
			out = append(out, m)
		}
	}
	return out
}

// Inputs lists what the confidence was computed from.
func (w Why) Inputs() []Input {
	if w.index == nil {
		return nil
	}
	out := make([]Input, len(w.inputs))
	for i, v := range w.inputs {
		out[i] = Input{Name: inputNames[i], Value: v}
		if len(w.index.trust) > 0 {
			out[i].Contribution = v * w.index.trust[i+1]
		}
	}
	return out
}

// String explains in a few lines.
func (w Why) String() string {
	var b strings.Builder
	for _, m := range w.Matches() {
		fmt.Fprintf(&b, "%s %q in %s (%.1f)\n", m.Kind, m.Words, strings.Join(m.Fields, ", "), m.Weight)
	}
	for _, in := range w.Inputs() {
		fmt.Fprintf(&b, "%s %.2f adds %+.2f\n", in.Name, in.Value, in.Contribution)
	}
	return b.String()
}
