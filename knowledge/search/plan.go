package search

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/brug-helpdesk/brug/knowledge"
)

// Indexes that several languages share; no language tag looks like these names.
const (
	cyrillicGroup = "uk+ru"
	latinGroup    = "latin"
	arabicGroup   = "ar+fa"
	everyGroup    = "*"
)

// groupOf is the index a language shares.
func groupOf(lang string) string {
	switch base, _, _ := strings.Cut(lang, "-"); base {
	case "uk", "ru":
		return cyrillicGroup
	case "ar", "fa":
		return arabicGroup
	case "en", "nl", "pl", "tr", "fr", "es", "so":
		return latinGroup
	}
	return everyGroup
}

func isGroup(name string) bool {
	return name == cyrillicGroup || name == latinGroup || name == arabicGroup || name == everyGroup
}

// planTexts says which text goes into which index, ordered by article.
func planTexts(base *knowledge.Base) map[string][]text {
	plan := map[string][]text{}
	add := func(index string, texts ...text) { plan[index] = append(plan[index], texts...) }
	for i, a := range base.Articles() {
		for _, lang := range slices.Sorted(maps.Keys(a.Texts)) {
			own := asked(i, a.Texts[lang][""])
			add(groupOf(lang), own...)
			if groupOf(lang) != everyGroup {
				add(everyGroup, own...)
			}
			add(lang, own...)
			for _, audience := range slices.Sorted(maps.Keys(a.Texts[lang])) {
				t := a.Texts[lang][audience]
				if audience != "" {
					add(lang, text{i, body, lang, t.Title})
				}
				add(lang, text{i, body, lang, t.Body})
			}
		}
	}
	terms := dutchTerms(base)
	for name := range plan {
		if name != everyGroup && name != latinGroup {
			for _, t := range terms {
				if t.from != name {
					add(name, t.text)
				}
			}
		}
		slices.SortStableFunc(plan[name], func(a, b text) int { return cmp.Compare(a.article, b.article) })
	}
	return plan
}

// asked are the parts of an article that say what people ask.
func asked(article int, t knowledge.Text) []text {
	out := []text{{article, title, t.Lang, t.Title}}
	for _, q := range t.Questions {
		out = append(out, text{article, question, t.Lang, q})
	}
	for _, k := range t.Keywords {
		out = append(out, text{article, keyword, t.Lang, k})
	}
	return out
}

// dutchTerm is a word in Latin letters from a text in another language.
type dutchTerm struct {
	from string
	text
}

// dutchTerms are the words in Latin letters in titles and keywords, for official terms are asked for in
// every language. Of the languages in Latin letters only Dutch counts; the others have words of their own.
func dutchTerms(base *knowledge.Base) []dutchTerm {
	var out []dutchTerm
	for i, a := range base.Articles() {
		for _, lang := range slices.Sorted(maps.Keys(a.Texts)) {
			if groupOf(lang) == latinGroup && lang != "nl" {
				continue
			}
			t := a.Texts[lang][""]
			for _, s := range append([]string{t.Title}, t.Keywords...) {
				for _, w := range words(s) {
					if scriptOf(w) == latin {
						out = append(out, dutchTerm{lang, text{i, borrowed, "nl", w}})
					}
				}
			}
		}
	}
	return out
}
