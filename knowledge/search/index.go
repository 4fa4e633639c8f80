package search

import (
	"cmp"
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
	model    model
	scratch  sync.Pool // *scratch
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

type options struct{ model *model }

// WithCalibrationOf keeps the calibration of an earlier index instead of fitting a new one, which takes
// most of the time of Build.
func WithCalibrationOf(earlier *Index) Option {
	return func(o *options) { o.model = &earlier.model }
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
	if o.model != nil {
		ix.model = *o.model
	} else {
		ix.model = fit(ix, base)
	}
	return ix
}

// planTexts says which text goes into which index.
func planTexts(base *knowledge.Base) map[string][]text {
	plan := map[string][]text{}
	for i, a := range base.Articles() {
		langs := map[string]bool{}
		for lang := range a.Texts {
			langs[lang] = true
		}
		for lang, byAudience := range a.Texts {
			t := byAudience[""]
			own := []text{{i, title, lang, t.Title}}
			for _, q := range t.Questions {
				own = append(own, text{i, question, lang, q})
			}
			for _, k := range t.Keywords {
				own = append(own, text{i, keyword, lang, k})
			}
			plan[groupOf(lang)] = append(plan[groupOf(lang)], own...)
			plan[everyGroup] = append(plan[everyGroup], own...)
			plan[lang] = append(plan[lang], own...)
			if t.Body != "" {
				plan[lang] = append(plan[lang], text{i, body, lang, t.Body})
			}
			for audience, variant := range byAudience {
				if audience != "" {
					plan[lang] = append(plan[lang], text{i, body, lang, variant.Title + "\n" + variant.Body})
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
							plan[name] = append(plan[name], text{i, borrowed, "nl", w})
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
	cands := ix.candidates(sc, query, lang, -1)
	hits := make([]Hit, 0, min(n, len(cands)))
	for _, c := range cands[:min(n, len(cands))] {
		hits = append(hits, Hit{
			Article:    ix.articles[c.article].ID,
			Confidence: ix.model.confidence(c.features),
			Score:      float64(c.fused),
		})
	}
	return hits
}

// candidate is an article with what speaks for it.
type candidate struct {
	article  int
	fused    float32
	features features
}

const considered = 8 // candidates that get features

// candidates scores all articles and describes the best. without is a unit of the language's own
// index that the query is, or -1.
func (ix *Index) candidates(sc *scratch, query, lang string, without int) []candidate {
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
	tokens := primary.tokens(query, lang)
	s := sc.of(primary)
	primary.score(s, tokens, without)
	var second *scores
	if secondary != nil && without < 0 {
		second = sc.of(secondary)
		secondary.score(second, secondary.tokens(query, lang), -1)
	}
	list := make([]candidate, 0, 64)
	for a := range ix.articles {
		from, f := s, fuse(s, a)
		if second != nil && !primary.present[a] {
			from, f = second, 0.9*fuse(second, a)
		}
		if f > 0 {
			list = append(list, candidate{article: a, fused: f, features: describe(from, a)})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.fused, b.fused), cmp.Compare(a.article, b.article))
	})
	list = list[:min(len(list), considered)]
	compare(list)
	return list
}

func fuse(s *scores, a int) float32 { return 0.5*s.words[a] + 0.5*s.letters[a] }
