package search

import (
	_ "embed"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/brug-helpdesk/brug/knowledge"
)

// analyser turns text into the tokens of one index.
type analyser struct {
	lang     string
	shared   bool // an index that several languages share: words as skeletons
	glossary *glossary
}

// token is one countable thing in a text.
type token struct {
	text string
	word string // the normalised word or words it comes from
	term bool   // a glossary term
	same bool   // a concept: any of several words that mean the same
	stop bool
}

// tokens splits text. A glossary term gives one token for the term besides those of its words.
func (a *analyser) tokens(text, lang string) []token {
	ws := words(text)
	out := make([]token, 0, len(ws)+2)
	stems := make([]string, len(ws))
	for i, w := range ws {
		stems[i] = stem(w, lang)
		if a.shared {
			stems[i] = skeleton(stems[i])
		}
		out = append(out, token{text: stems[i], word: w, stop: isStop(w, lang) || len(w) < 2})
	}
	if a.glossary != nil {
		for i := range ws {
			if term, n := a.glossary.match(ws[i:], lang); n > 0 {
				out = append(out, token{text: term, word: strings.Join(ws[i:i+n], " "), term: true})
			}
		}
	}
	for i := range ws {
		if concept, n := concepts.match(ws[i:], lang); n > 0 {
			out = append(out, token{text: concept, word: strings.Join(ws[i:i+n], " "), same: true})
		}
	}
	return out
}

// glossary leads every spelling of a term to the term.
type glossary struct {
	dutch bool // words in Latin letters are Dutch, whatever language is around them
	// phrases is by the first word's stem, then the whole phrase of stems, to the term's token.
	phrases map[string]map[string]string
	longest int // words in the longest phrase
}

func newGlossary(terms []knowledge.Term) *glossary {
	g := &glossary{dutch: true, phrases: map[string]map[string]string{}}
	for _, t := range terms {
		token := "§" + strings.Join(words(t.Term), " ")
		for _, part := range strings.FieldsFunc(t.Term, func(r rune) bool { return strings.ContainsRune("/()", r) }) {
			g.add(part, "nl", token)
		}
		for _, lang := range slices.Sorted(maps.Keys(t.Spellings)) {
			for _, s := range t.Spellings[lang] {
				g.add(s, lang, token)
			}
		}
	}
	return g
}

//go:embed concepts.txt
var conceptList string

// concepts leads everyday words to what they mean. Unlike terms they are no names.
var concepts = readConcepts(conceptList)

func readConcepts(list string) *glossary {
	g := &glossary{phrases: map[string]map[string]string{}}
	for n, line := range strings.Split(list, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		langs := [...]string{"uk", "ru", "ar", "en", "nl"}
		for i, part := range strings.Split(line, "|") {
			for _, spelling := range strings.Split(part, ",") {
				g.add(spelling, langs[i], "="+strconv.Itoa(n))
			}
		}
	}
	return g
}

func (g *glossary) add(spelling, lang, token string) {
	ws := words(spelling)
	if len(ws) == 0 || len(ws) == 1 && len(ws[0]) < 2 {
		return
	}
	g.longest = max(g.longest, len(ws))
	key := g.key(ws, lang)
	first, _, _ := strings.Cut(key, " ")
	if g.phrases[first] == nil {
		g.phrases[first] = map[string]string{}
	}
	if _, taken := g.phrases[first][key]; !taken {
		g.phrases[first][key] = token
	}
}

// key writes a phrase by its stems. Ukrainian and Russian spellings are one, for people mix them.
func (g *glossary) key(ws []string, lang string) string {
	stems := make([]string, len(ws))
	for i, w := range ws {
		if scriptOf(w) == latin && (g.dutch || lang != "en") {
			lang = "nl"
		}
		stems[i] = skeleton(stem(w, lang))
	}
	return strings.Join(stems, " ")
}

// match finds the longest spelling at the beginning of ws and says how many words it takes.
func (g *glossary) match(ws []string, lang string) (term string, n int) {
	byKey := g.phrases[g.key(ws[:1], lang)]
	if byKey == nil {
		return "", 0
	}
	for n := min(g.longest, len(ws)); n > 0; n-- {
		if term, ok := byKey[g.key(ws[:n], lang)]; ok {
			return term, n
		}
	}
	return "", 0
}
