package search

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// features describe how well one article fits one query, each about 0 to 1.
type features [nFeatures]float32

const (
	fWords = iota
	fCovered
	fLetters
	fTerm
	fInTitle
	fInQuestions
	fInKeywords
	fInBody
	fOtherWords
	fOtherLetters
	fUnknown
	fWeight
	nFeatures
	nRanking = fUnknown // what follows is the same for all candidates of a query
)

var featureNames = [nFeatures]string{
	"words", "covered", "letters", "term", "in title", "in questions", "in keywords", "in answer",
	"shared words", "shared letters", "unknown", "weight",
}

// describe takes first from the language's own index, second from the one it shares.
func describe(first, second *scores, a int) features {
	var f features
	f[fWords] = first.words[a]
	f[fCovered] = first.covered[a]
	f[fLetters] = first.letters[a]
	f[fTerm] = first.term[a]
	f[fInTitle] = first.byField[title][a]
	f[fInQuestions] = first.byField[question][a]
	f[fInKeywords] = first.byField[keyword][a]
	f[fInBody] = first.byField[body][a]
	f[fOtherWords] = second.words[a]
	f[fOtherLetters] = second.letters[a]
	f[fUnknown] = first.unknown
	f[fWeight] = float32(math.Log1p(float64(first.weight)) / 4)
	return f
}

// weights are those of a linear model; the first is the constant.
type weights []float64

func (w weights) sum(x []float64) float64 {
	z := w[0]
	for i, v := range x {
		z += w[i+1] * v
	}
	return z
}

func (w weights) probability(x []float64) float64 { return 1 / (1 + math.Exp(-w.sum(x))) }

// What the scores weigh when candidates are ordered. Fitting these to the examples makes them worse on
// questions of other people: writers avoid repeating words from one example to the next.
const (
	rankWords, rankLetters       = 10, 10
	rankOtherWords, rankOtherLet = 3, 4
)

// order sorts candidates and gives each its share.
func order(list []candidate) {
	var total float64
	for i := range list {
		f := &list[i].features
		list[i].rank = float64(rankWords*f[fWords] + rankLetters*f[fLetters] + rankOtherWords*f[fOtherWords] + rankOtherLet*f[fOtherLetters])
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return -cmp.Compare(a.rank, b.rank) })
	for i := range list {
		list[i].share = math.Exp(list[i].rank - list[0].rank)
		total += list[i].share
	}
	for i := range list {
		list[i].share /= total
	}
}

// trustFeatures describe the candidate at place i of an ordered list.
func trustFeatures(list []candidate, i int, none float32) []float64 {
	c := list[i]
	rival := 0.0
	if i > 0 {
		rival = list[0].rank
	} else if len(list) > 1 {
		rival = list[1].rank
	}
	return []float64{
		c.rank / 10,
		c.share,
		math.Tanh((c.rank - rival) / 4),
		float64(c.features[fCovered]),
		float64(c.features[fUnknown]),
		float64(c.features[fWeight]),
		float64(none),
	}
}

//go:embed oos.txt
var oosList string

type oosLine struct{ lang, text string }

func readOOS() []oosLine {
	var out []oosLine
	for _, line := range strings.Split(oosList, "\n") {
		if lang, text, ok := strings.Cut(line, "\t"); ok {
			out = append(out, oosLine{lang, text})
		}
	}
	return out
}

// search is one search of the calibration and the article that is right; -1 if none is.
type calibration struct {
	query   string
	lang    string
	right   int
	without *example // in the index of its language
	unlike  *example // in the index of what no article answers
}

const asked = 4 // example questions per article and language that the calibration asks

// fit searches example questions with themselves left out, and questions no article answers.
func (ix *Index) fit() {
	var all []calibration
	for i, a := range ix.articles {
		for _, lang := range slices.Sorted(maps.Keys(a.Texts)) {
			qs := a.Texts[lang][""].Questions
			for n, q := range qs {
				if n*asked/len(qs) != (n-1)*asked/len(qs) || n == 0 {
					all = append(all, calibration{q, lang, i, &example{int32(i), question}, nil})
				}
			}
		}
	}
	for i, line := range readOOS() {
		all = append(all, calibration{line.text, line.lang, -1, nil, &example{int32(i), question}})
	}
	type result struct {
		xs [][]float64
		ys []bool
	}
	results := make([]result, len(all))
	var group errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() error {
			sc := &scratch{by: map[*langIndex]*scores{}}
			for n := w; n < len(all); n += workers {
				c := all[n]
				list := ix.candidates(sc, c.query, c.lang, c.without)
				none := ix.noneLike(sc, c.query, c.lang, c.unlike)
				for i := range min(3, len(list)) {
					results[n].xs = append(results[n].xs, trustFeatures(list, i, none))
					results[n].ys = append(results[n].ys, list[i].article == c.right)
				}
			}
			return nil
		})
	}
	_ = group.Wait() // searching cannot fail
	var xs [][]float64
	var ys []bool
	for _, r := range results {
		xs = append(xs, r.xs...)
		ys = append(ys, r.ys...)
	}
	ix.trust = trainLogistic(xs, ys, nil)
}

// noneLike says how much the query is like one no article answers.
func (ix *Index) noneLike(sc *scratch, query, lang string, without *example) float32 {
	s := sc.of(ix.none)
	ix.none.score(s, ix.none.tokens(query, lang), without)
	best := float32(0)
	for a := range s.words {
		best = max(best, fuse(s, a))
	}
	return best
}

// trainLogistic fits by Newton's method with a small ridge. weight may be nil: all alike.
func trainLogistic(xs [][]float64, ys []bool, weight []float64) weights {
	if len(xs) == 0 {
		return nil
	}
	n := len(xs[0]) + 1
	w := make(weights, n)
	x := make([]float64, n)
	for range 12 {
		g := make([]float64, n)
		h := make([][]float64, n)
		for i := range h {
			h[i] = make([]float64, n)
			h[i][i] = 0.1
			g[i] = -0.1 * w[i]
		}
		for s := range xs {
			x[0] = 1
			copy(x[1:], xs[s])
			p := w.probability(xs[s])
			y, sw := 0.0, 1.0
			if ys[s] {
				y = 1
			}
			if weight != nil {
				sw = weight[s]
			}
			for i := range n {
				g[i] += sw * (y - p) * x[i]
				k := sw * p * (1 - p) * x[i]
				for j := range n {
					h[i][j] += k * x[j]
				}
			}
		}
		for i, step := range solve(h, g) {
			w[i] += step
		}
	}
	return w
}

// solve does Gaussian elimination with pivots on a symmetric positive definite matrix; it changes both.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
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

// Describe prints the calibration.
func (ix *Index) Describe() string {
	return fmt.Sprintf("trust %.2f", ix.trust)
}
