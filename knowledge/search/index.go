package search

import (
	"cmp"
	"maps"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/brug-helpdesk/brug/knowledge"
)

// Index finds articles. It does not change, and many goroutines may search it.
type Index struct {
	articles []*knowledge.Article
	langs    map[string]*langIndex // by language, and by group
	none     *langIndex            // what no article answers
	trust    weights               // says how likely a candidate is right
	scratch  sync.Pool             // *scratch
}

// Hit is an article that may answer the question.
type Hit struct {
	Article    string
	Confidence float64 // probability that it is the right one, 0 to 1
	Score      float64 // what the hits are ordered by; only comparable within one search
	Why        Why
}

// Option changes how an index is built.
type Option func(*options)

type options struct {
	earlier *Index
	noFit   bool
}

// WithCalibrationOf keeps the calibration of an earlier index instead of fitting a new one, which takes
// most of the time of Build.
func WithCalibrationOf(earlier *Index) Option {
	return func(o *options) { o.earlier = earlier; o.noFit = earlier == nil }
}

// Build makes the index of everything in base.
func Build(base *knowledge.Base, opts ...Option) *Index {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	ix := &Index{articles: base.Articles(), langs: map[string]*langIndex{}}
	ix.scratch.New = func() any { return &scratch{by: map[*langIndex]*scores{}} }
	g := newGlossary(base.Terms())
	plan := planTexts(base)
	names := make([]string, 0, len(plan))
	for name := range plan {
		names = append(names, name)
	}
	slices.Sort(names)
	built := make([]*langIndex, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			shared := name == cyrillicGroup || name == latinGroup || name == arabicGroup || name == everyGroup
			built[i] = buildLang(analyser{lang: name, shared: shared, glossary: g}, len(ix.articles), plan[name])
			return nil
		})
	}
	_ = group.Wait() // building cannot fail
	for i, name := range names {
		ix.langs[name] = built[i]
	}
	var oos []text
	for i, line := range readOOS() {
		oos = append(oos, text{article: i, field: question, lang: line.lang, text: line.text})
	}
	ix.none = buildLang(analyser{lang: everyGroup, shared: true}, len(oos), oos)
	if o.noFit {
		return ix
	}
	if o.earlier != nil {
		ix.trust = o.earlier.trust
	} else {
		ix.fit()
	}
	return ix
}

// planTexts says which text goes into which index.
func planTexts(base *knowledge.Base) map[string][]text {
	plan := map[string][]text{}
	for i, a := range base.Articles() {
		for _, lang := range slices.Sorted(maps.Keys(a.Texts)) {
			byAudience := a.Texts[lang]
			t := byAudience[""]
			var own []text
			add := func(f field, s string) {
				own = append(own, text{article: i, field: f, lang: lang, text: s})
			}
			add(title, t.Title)
			for _, q := range t.Questions {
				add(question, q)
			}
			for _, k := range t.Keywords {
				add(keyword, k)
			}
			plan[groupOf(lang)] = append(plan[groupOf(lang)], own...)
			plan[everyGroup] = append(plan[everyGroup], own...)
			plan[lang] = append(plan[lang], own...)
			if t.Body != "" {
				plan[lang] = append(plan[lang], text{article: i, field: body, lang: lang, text: t.Body})
			}
			for audience, variant := range byAudience {
				if audience != "" {
					plan[lang] = append(plan[lang], text{article: i, field: body, lang: lang, text: variant.Title + "\n" + variant.Body})
				}
			}
		}
	}
	// Dutch terms in Latin letters are asked for in every language.
	for name := range plan {
		if name == everyGroup || name == latinGroup {
			continue
		}
		for i, a := range base.Articles() {
			for lang, byAudience := range a.Texts {
				if lang == name {
					continue
				}
				t := byAudience[""]
				for _, s := range append([]string{t.Title}, t.Keywords...) {
					for _, w := range words(s) {
						if lang != "en" && scriptOf(w) == latin {
							plan[name] = append(plan[name], text{article: i, field: borrowed, lang: "nl", text: w})
						}
					}
				}
			}
		}
	}
	for name, texts := range plan {
		slices.SortStableFunc(texts, func(a, b text) int {
			return cmp.Or(cmp.Compare(a.article, b.article), cmp.Compare(a.lang, b.lang), cmp.Compare(a.field, b.field))
		})
		plan[name] = texts
	}
	return plan
}

type scratch struct {
	by map[*langIndex]*scores
}

func (s *scratch) of(ix *langIndex) *scores {
	if s.by[ix] == nil {
		s.by[ix] = newScores(ix)
	}
	return s.by[ix]
}

// Search returns up to n articles for query, best first. lang is the language the query is
// written in; a language no article has, or "und", is searched in all.
func (ix *Index) Search(query, lang string, n int) []Hit {
	sc := ix.scratch.Get().(*scratch)
	defer ix.scratch.Put(sc)
	cands := ix.candidates(sc, query, lang, nil)
	none := ix.noneLike(sc, query, lang, nil)
	hits := make([]Hit, 0, min(n, len(cands)))
	for i, c := range cands[:min(n, len(cands))] {
		hits = append(hits, Hit{
			Article:    ix.articles[c.article].ID,
			Confidence: ix.trust.probability(trustFeatures(cands, i, none)),
			Score:      c.rank,
		})
	}
	return hits
}

// candidate is an article with what speaks for it.
type candidate struct {
	article  int
	fused    float32
	features features
	rank     float64 // what the candidates are ordered by
	share    float64 // of the probability all candidates have together
}

const considered = 10 // candidates that get features

// candidates scores all articles and describes the best. An example is left out of the index.
func (ix *Index) candidates(sc *scratch, query, lang string, without *example) []candidate {
	primary := ix.langs[lang]
	secondary := ix.langs[groupOf(lang)]
	if primary == nil {
		primary, secondary = secondary, ix.langs[everyGroup]
	}
	if primary == nil {
		primary, secondary = secondary, nil
	}
	if primary == nil {
		return nil
	}
	s := sc.of(primary)
	primary.score(s, primary.tokens(query, lang), without)
	second := s
	if secondary != nil {
		second = sc.of(secondary)
		secondary.score(second, secondary.tokens(query, lang), without)
	}
	list := make([]candidate, 0, 64)
	for a := range ix.articles {
		first := s
		if !primary.present[a] {
			first = second
		}
		if f := fuse(first, a) + 0.25*fuse(second, a); f > 0 {
			list = append(list, candidate{article: a, fused: f})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.fused, b.fused), cmp.Compare(a.article, b.article))
	})
	list = list[:min(len(list), considered)]
	for i := range list {
		first := s
		if !primary.present[list[i].article] {
			first = second
		}
		list[i].features = describe(first, second, list[i].article)
	}
	order(list)
	return list
}

func fuse(s *scores, a int) float32 { return 0.5*s.words[a] + 0.5*s.letters[a] }
