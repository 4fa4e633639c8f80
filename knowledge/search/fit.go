package search

import (
	_ "embed"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// inputNames are what the confidence is computed from, in the order of weights.
var inputNames = [...]string{"score", "share of candidates", "ahead of the next", "words unknown", "information", "like no article"}

// weights are those of a logistic regression; the first is the constant.
type weights []float64

// inputs describe the candidate at place i of an ordered list.
func (w weights) inputs(list []candidate, i int, none float64) []float64 {
	c := list[i]
	rival := 0.0
	if i > 0 {
		rival = list[0].score
	} else if len(list) > 1 {
		rival = list[1].score
	}
	return []float64{c.score / 10, c.share, math.Tanh((c.score - rival) / 4), c.unknown, c.weight, none}
}

// probability is 0 if nothing was fitted.
func (w weights) probability(x []float64) float64 {
	if len(w) == 0 {
		return 0
	}
	z := w[0]
	for i, v := range x {
		z += w[i+1] * v
	}
	return 1 / (1 + math.Exp(-z))
}

//go:embed oos.txt
var oosList string

type oosLine struct{ lang, text string }

var oosLines = readOOS(oosList)

func readOOS(list string) []oosLine {
	var out []oosLine
	for line := range strings.SplitSeq(list, "\n") {
		if lang, text, ok := strings.Cut(line, "\t"); ok {
			out = append(out, oosLine{lang, text})
		}
	}
	return out
}

// none is the index of the questions no article answers, each as if it were an article. It is the same for
// every base.
var none = sync.OnceValue(func() *langIndex {
	texts := make([]text, len(oosLines))
	for i, line := range oosLines {
		texts[i] = text{i, question, line.lang, line.text}
	}
	return buildLang(analyser{true, &phrases{}}, len(oosLines), texts)
})

// trial is one search of the calibration.
type trial struct {
	query, lang string
	right       int      // article that answers it; -1 if none does
	without     *example // in the articles
	unlike      *example // in the questions no article answers
}

const mostTrials = 2000 // more take longer and change nothing

// trials are example questions, each searched with itself left out, and questions no article answers.
func (ix *Index) trials() []trial {
	var all []trial
	for i, a := range ix.articles {
		for _, lang := range slices.Sorted(maps.Keys(a.Texts)) {
			t := a.Texts[lang][""]
			if t.Body == "" {
				continue // what has titles only is found, not answered in its language
			}
			for _, q := range t.Questions {
				all = append(all, trial{q, lang, i, &example{int32(i), question}, nil})
			}
		}
	}
	n := min(len(all), mostTrials)
	out := make([]trial, 0, n+len(oosLines))
	for i := range n { // evenly over articles and languages
		out = append(out, all[i*len(all)/n])
	}
	for i, line := range oosLines {
		out = append(out, trial{line.text, line.lang, -1, nil, &example{int32(i), question}})
	}
	return out
}

// fit finds how likely a candidate is right. It needs no clock and no chance: the same
// articles give the same weights.
func (ix *Index) fit() weights {
	trials := ix.trials()
	type result struct {
		inputs [][]float64
		right  []bool
	}
	results := make([]result, len(trials))
	workers := runtime.GOMAXPROCS(0)
	var group errgroup.Group
	for w := range workers {
		group.Go(func() error {
			sc := ix.borrow()
			defer ix.scratch.Put(sc)
			for n := w; n < len(trials); n += workers {
				t := trials[n]
				query := read(t.query, t.lang)
				list := ix.candidates(sc, query, t.without)
				unlike := ix.noneLike(sc, query, t.unlike)
				for i := range min(3, len(list)) {
					results[n].inputs = append(results[n].inputs, ix.trust.inputs(list, i, unlike))
					results[n].right = append(results[n].right, list[i].article == t.right)
				}
			}
			return nil
		})
	}
	_ = group.Wait() // searching cannot fail
	var xs [][]float64
	var ys []bool
	for _, r := range results {
		xs = append(xs, r.inputs...)
		ys = append(ys, r.right...)
	}
	return logistic(xs, ys)
}

// logistic fits by Newton's method with a small ridge.
func logistic(xs [][]float64, ys []bool) weights {
	if len(xs) == 0 {
		return nil
	}
	const ridge = 0.1
	n := len(xs[0]) + 1
	w := make(weights, n)
	x := make([]float64, n)
	x[0] = 1
	for range 10 {
		gradient := make([]float64, n)
		hessian := make([][]float64, n)
		for i := range hessian {
			hessian[i] = make([]float64, n)
			hessian[i][i] = ridge
			gradient[i] = -ridge * w[i]
		}
		for s := range xs {
			copy(x[1:], xs[s])
			p := w.probability(xs[s])
			y := 0.0
			if ys[s] {
				y = 1
			}
			for i := range n {
				gradient[i] += (y - p) * x[i]
				k := p * (1 - p) * x[i]
				for j := range n {
					hessian[i][j] += k * x[j]
				}
			}
		}
		for i, step := range solve(hessian, gradient) {
			w[i] += step
		}
	}
	return w
}

// solve does Gaussian elimination on a symmetric positive definite matrix; it changes both.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for i := range n {
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
