package search

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/brug-helpdesk/brug/knowledge"
)

// Index finds articles. It does not change, and many goroutines may search it.
type Index struct {
	base     *knowledge.Base
	articles []*knowledge.Article
	langs    map[string]*langIndex // by language, and by group
	trust    weights               // says how likely a candidate is right
	scratch  sync.Pool             // *scratch
}

// Hit is an article that may answer the question.
type Hit struct {
	Article    string
	Confidence float64 // probability that it is the right one, 0 to 1
	Score      float64 // what hits are ordered by; comparable within one search only
	Why        Why
}

// Option changes how an index is built.
type Option func(*options)

type options struct{ earlier *Index }

// WithCalibrationOf takes over the calibration of an earlier index instead of fitting a new one.
func WithCalibrationOf(earlier *Index) Option { return func(o *options) { o.earlier = earlier } }

// Build makes the index of everything in base.
func Build(base *knowledge.Base, opts ...Option) *Index {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	ix := &Index{base: base, articles: base.Articles(), langs: map[string]*langIndex{}}
	ix.scratch.New = func() any { return &scratch{} }
	glossary := newGlossary(base.Terms())
	plan := planTexts(base)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	for name, texts := range plan {
		group.Go(func() error {
			built := buildLang(analyser{isGroup(name), glossary}, len(ix.articles), texts)
			mu.Lock()
			defer mu.Unlock()
			ix.langs[name] = built
			return nil
		})
	}
	_ = group.Wait() // building cannot fail
	if o.earlier != nil {
		ix.trust = o.earlier.trust
	} else {
		ix.trust = ix.fit()
	}
	return ix
}

// scratch is the memory of one search.
type scratch struct {
	first, second, none *scores
}

func (ix *Index) borrow() *scratch {
	sc := ix.scratch.Get().(*scratch)
	if sc.first == nil {
		*sc = scratch{newScores(len(ix.articles)), newScores(len(ix.articles)), newScores(len(oosLines))}
	}
	return sc
}

// Search returns up to n articles for query, best first. lang is the language the query is
// written in, "" if not known; a language no article has is searched for official terms and in what
// is written in related languages.
func (ix *Index) Search(query, lang string, n int) []Hit {
	sc := ix.borrow()
	defer ix.scratch.Put(sc)
	r := read(query, lang)
	list := ix.candidates(sc, r, nil)
	unlike := ix.noneLike(sc, r, nil)
	hits := make([]Hit, 0, min(n, len(list)))
	for i, c := range list[:min(n, len(list))] {
		x := ix.trust.inputs(list, i, unlike)
		hits = append(hits, Hit{
			Article: ix.articles[c.article].ID, Confidence: ix.trust.probability(x), Score: c.score,
			Why: Why{index: ix, query: query, lang: lang, article: c.article, inputs: x},
		})
	}
	return hits
}

// candidate is an article with what speaks for it.
type candidate struct {
	article int
	score   float64
	share   float64 // of the probability that all candidates have together
	unknown float64
	weight  float64
}

const (
	considered  = 10  // candidates
	ownWords    = 10  // what a language's own index weighs …
	ownLetters  = 10  //
	sharedWords = 3   // … and the one it shares with related languages.
	sharedChars = 4   // Fitting these to the examples makes them worse on other people's questions:
	leastFused  = .01 // writers avoid repeating words from one example to the next.
)

// indexes returns the index of lang and the one it shares; both may be the same, or nil.
func (ix *Index) indexes(lang string) (own, shared *langIndex) {
	own, shared = ix.langs[lang], ix.langs[groupOf(lang)]
	if own == nil {
		own = shared
	}
	if own == nil {
		own = ix.langs[everyGroup]
	}
	if shared == nil {
		shared = own
	}
	return own, shared
}

// candidates scores all articles and returns the best.
func (ix *Index) candidates(sc *scratch, query *reading, without *example) []candidate {
	own, shared := ix.indexes(query.lang)
	if own == nil {
		return nil
	}
	own.score(sc.first, query, without)
	second := sc.first
	if shared != own {
		second = sc.second
		shared.score(second, query, without)
	}
	better := func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.score, b.score), cmp.Compare(a.article, b.article))
	}
	list := make([]candidate, 0, considered)
	for a := range ix.articles {
		first := sc.first
		if !own.present[a] {
			first = second
		}
		if first.fused(a)+second.fused(a) < leastFused {
			continue
		}
		c := candidate{
			article: a, unknown: float64(first.unknown), weight: math.Log1p(float64(first.weight)) / 4,
			score: float64(ownWords*first.words[a] + ownLetters*first.letters[a] + sharedWords*second.words[a] + sharedChars*second.letters[a]),
		}
		if at, _ := slices.BinarySearchFunc(list, c, better); at < considered {
			list = slices.Insert(list[:min(len(list), considered-1)], at, c)
		}
	}
	var total float64
	for i := range list {
		list[i].share = math.Exp(list[i].score - list[0].score)
		total += list[i].share
	}
	for i := range list {
		list[i].share /= total
	}
	return list
}

// noneLike says how much the query is like one that no article answers.
func (ix *Index) noneLike(sc *scratch, query *reading, without *example) float64 {
	none().score(sc.none, query, without)
	best := float32(0)
	for a := range oosLines {
		best = max(best, sc.none.fused(a))
	}
	return float64(best)
}
