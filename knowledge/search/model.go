package search

import (
	"math"

	"github.com/brug-helpdesk/brug/knowledge"
)

// features describe how well one article fits one query, each about 0 to 1.
type features [nFeatures]float32

const (
	fWords = iota
	fCovered
	fLetters
	fNearest
	fTerm
	fUnknown
	fWeight
	fMargin
	nFeatures
)

var featureNames = [nFeatures]string{
	"words", "covered", "letters", "nearest", "term", "unknown", "weight", "margin",
}

func describe(s *scores, a int) features {
	var f features
	f[fWords] = s.words[a]
	f[fCovered] = s.covered[a]
	f[fLetters] = s.letters[a]
	f[fNearest] = s.nearest[a]
	f[fTerm] = s.term[a]
	f[fUnknown] = s.unknown
	f[fWeight] = float32(math.Log1p(float64(s.weight)) / 4)
	return f
}

// compare fills in what depends on the other candidates.
func compare(list []candidate) {
	for i := range list {
		rival := float32(0)
		if i > 0 {
			rival = list[0].fused
		} else if len(list) > 1 {
			rival = list[1].fused
		}
		list[i].features[fMargin] = list[i].fused - rival
	}
}

// model is a logistic regression over features.
type model struct {
	bias    float64
	weights [nFeatures]float64
}

func (m *model) confidence(f features) float64 {
	z := m.bias
	for i, w := range m.weights {
		z += w * float64(f[i])
	}
	return 1 / (1 + math.Exp(-z))
}

// sample is one candidate of a search whose right answer is known.
type sample struct {
	x      features
	right  bool
	weight float64
}

// fit searches every example question with itself left out, and questions no article answers.
func fit(ix *Index, base *knowledge.Base) model {
	var samples []sample
	sc := &scratch{by: map[*langIndex]*scores{}}
	for _, a := range base.Articles() {
		_ = a
	}
	for lang, li := range ix.langs {
		if li.shared {
			continue
		}
		texts := questionsOf(ix, li, lang)
		for u, q := range texts {
			if q == "" {
				continue
			}
			for _, c := range ix.candidates(sc, q, lang, u) {
				samples = append(samples, sample{c.features, int32(c.article) == li.units[u].article, 1})
			}
		}
	}
	return train(samples)
}

// questionsOf gives the text of each unit that is an example question, "" for others.
func questionsOf(ix *Index, li *langIndex, lang string) []string {
	out := make([]string, len(li.units))
	for a := range ix.articles {
		qs := ix.articles[a].Texts[lang][""].Questions
		i := 0
		for u := li.first[a]; u < li.first[a+1]; u++ {
			if li.units[u].field == question {
				out[u] = qs[i]
				i++
			}
		}
	}
	return out
}

// train fits by Newton's method with a small ridge.
func train(samples []sample) model {
	const n = nFeatures + 1
	var w [n]float64
	for range 12 {
		var g [n]float64
		var h [n][n]float64
		for i := range n {
			h[i][i] = 1e-2
			g[i] = -1e-2 * w[i]
		}
		for _, s := range samples {
			var x [n]float64
			x[0] = 1
			z := w[0]
			for i, v := range s.x {
				x[i+1] = float64(v)
				z += w[i+1] * float64(v)
			}
			p := 1 / (1 + math.Exp(-z))
			y := 0.0
			if s.right {
				y = 1
			}
			for i := range n {
				g[i] += s.weight * (y - p) * x[i]
				for j := range n {
					h[i][j] += s.weight * p * (1 - p) * x[i] * x[j]
				}
			}
		}
		step := solve(h, g)
		for i := range n {
			w[i] += step[i]
		}
	}
	m := model{bias: w[0]}
	copy(m.weights[:], w[1:])
	return m
}

// solve does Gaussian elimination with pivots; h is symmetric and positive definite.
func solve(h [nFeatures + 1][nFeatures + 1]float64, g [nFeatures + 1]float64) [nFeatures + 1]float64 {
	const n = nFeatures + 1
	for i := range n {
		p := i
		for r := i + 1; r < n; r++ {
			if math.Abs(h[r][i]) > math.Abs(h[p][i]) {
				p = r
			}
		}
		h[i], h[p] = h[p], h[i]
		g[i], g[p] = g[p], g[i]
		for r := i + 1; r < n; r++ {
			f := h[r][i] / h[i][i]
			for c := i; c < n; c++ {
				h[r][c] -= f * h[i][c]
			}
			g[r] -= f * g[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for c := i + 1; c < n; c++ {
			g[i] -= h[i][c] * g[c]
		}
		g[i] /= h[i][i]
	}
	return g
}
