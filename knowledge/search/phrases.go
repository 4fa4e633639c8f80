package search

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/brug-helpdesk/brug/knowledge"
)

// phrases leads words, and several words in a row, to what they stand for. Ukrainian and Russian
// spellings meet in their skeleton, for people mix the two.
type phrases struct {
	byFirst map[string][]phrase // by the first word, longest phrase first
}

type phrase struct {
	rest   []string
	target string
}

// newGlossary makes every spelling of a term lead to the term.
func newGlossary(terms []knowledge.Term) *phrases {
	p := &phrases{byFirst: map[string][]phrase{}}
	for _, t := range terms {
		target := "§" + strings.Join(words(t.Term), " ")
		for _, part := range strings.FieldsFunc(t.Term, func(r rune) bool { return strings.ContainsRune("/()", r) }) {
			p.add(part, "nl", target)
		}
		for _, lang := range slices.Sorted(maps.Keys(t.Spellings)) {
			for _, s := range t.Spellings[lang] {
				p.add(s, lang, target)
			}
		}
	}
	p.sort()
	return p
}

//go:embed concepts.txt
var conceptList string

var concepts = readConcepts(conceptList)

func readConcepts(list string) *phrases {
	p := &phrases{byFirst: map[string][]phrase{}}
	langs := [...]string{"uk", "ru", "ar", "en", "nl"}
	for n, line := range strings.Split(list, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		for i, part := range strings.Split(line, "|") {
			for spelling := range strings.SplitSeq(part, ",") {
				p.add(spelling, langs[i], "="+strconv.Itoa(n))
			}
		}
	}
	p.sort()
	return p
}

// add takes a spelling; the first target of a spelling keeps it.
func (p *phrases) add(spelling, lang, target string) {
	ws := words(spelling)
	if len(ws) == 0 || len(ws) == 1 && len(ws[0]) < 2 {
		return
	}
	for i, w := range ws {
		if scriptOf(w) == latin && lang != "en" {
			ws[i] = stem(w, "nl")
		} else {
			ws[i] = skeleton(stem(w, lang))
		}
	}
	same := func(o phrase) bool { return slices.Equal(o.rest, ws[1:]) }
	if !slices.ContainsFunc(p.byFirst[ws[0]], same) {
		p.byFirst[ws[0]] = append(p.byFirst[ws[0]], phrase{ws[1:], target})
	}
}

func (p *phrases) sort() {
	for _, list := range p.byFirst {
		slices.SortStableFunc(list, func(a, b phrase) int { return len(b.rest) - len(a.rest) })
	}
}

// match finds the longest phrase at the beginning of keys and says how many words it takes.
func (p *phrases) match(keys []string) (target string, n int) {
	for _, ph := range p.byFirst[keys[0]] {
		if len(ph.rest) < len(keys) && slices.Equal(ph.rest, keys[1:1+len(ph.rest)]) {
			return ph.target, 1 + len(ph.rest)
		}
	}
	return "", 0
}
