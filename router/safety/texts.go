package safety

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// SexualViolence is the text for violence that was sexual; see Finding.TextKind.
const SexualViolence = "sexual-violence"

// fallbackLang is the language for everyone we have no words for.
const fallbackLang = "en"

//go:embed texts/*.yaml
var textFiles embed.FS

// words are what one kind says in one language.
type words struct {
	Text     string `yaml:"text"`
	Guidance string `yaml:"guidance"`
	First    string `yaml:"first"`    // common.yaml: for every kind that has none of its own
	Language string `yaml:"language"` // common.yaml: that the lines may not speak yours
	Alerted  string `yaml:"alerted"`  // common.yaml: what happens next
}

// allWords holds texts/ by file name and language. The files are part of the program and
// read in its tests, so a mistake in them cannot reach a newcomer.
var allWords = sync.OnceValue(func() map[string]map[string]words {
	all := map[string]map[string]words{}
	for _, name := range append(Kinds(), SexualViolence, "common") {
		data, err := textFiles.ReadFile("texts/" + name + ".yaml")
		if err != nil {
			panic(fmt.Sprintf("safety: read texts: %v", err))
		}
		byLang := map[string]words{}
		if err := yaml.UnmarshalWithOptions(data, &byLang, yaml.Strict()); err != nil {
			panic(yamlProblem("texts/"+name+".yaml", err))
		}
		all[name] = byLang
	}
	return all
})

var reference = regexp.MustCompile(`\{\{([a-z-]+)\}\}`)

// TextKind is the kind to pass to Text: SexualViolence where that fits better than Violence.
func (f Finding) TextKind() string {
	if f.Kind == Violence && f.Sexual {
		return SexualViolence
	}
	return f.Kind
}

// Text returns the vetted words for a kind (one of Kinds, or SexualViolence) in lang, English
// if there are none in lang, as Markdown. Numbers to call stand in it as {{name}} for the
// caller to fill in; numbers lists these names in order. An unknown kind gives "".
func Text(kind, lang string) (markdown string, numbers []string) {
	w, found := wordsFor(kind, lang)
	if w.Text == "" {
		return "", nil
	}
	common := allWords()["common"][found]
	for _, m := range reference.FindAllStringSubmatch(w.Text, -1) {
		numbers = append(numbers, m[1])
	}
	return strings.TrimSpace(w.Text) + "\n\n" + common.Language + "\n\n" + common.Alerted, numbers
}

// Guidance returns the card for the volunteer who takes a case of this kind, as Markdown, in
// lang or else in English: what to say first, what to ask, what never to promise.
func Guidance(kind, lang string) string {
	if kind == SexualViolence {
		kind = Violence
	}
	w := allWords()[kind]
	if g := w[lang].Guidance; g != "" {
		return strings.TrimSpace(g)
	}
	return strings.TrimSpace(w[fallbackLang].Guidance)
}

// FirstLine returns what a volunteer says first to somebody in this danger, in the
// language of who reads it or else in English.
func FirstLine(kind, lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	for _, of := range []string{kind, "common"} {
		for _, l := range []string{lang, base} {
			if first := allWords()[of][l].First; first != "" {
				return first
			}
		}
		if first := allWords()[of][fallbackLang].First; first != "" {
			return first
		}
	}
	return ""
}

// wordsFor finds the words of a kind and says in which language: for "uk-Latn" they are in
// "uk", and in English for every language without words.
func wordsFor(kind, lang string) (words, string) {
	base, _, _ := strings.Cut(lang, "-")
	for _, l := range []string{lang, base} {
		if w := allWords()[kind][l]; w.Text != "" {
			return w, l
		}
	}
	return allWords()[kind][fallbackLang], fallbackLang
}
