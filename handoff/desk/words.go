package desk

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"github.com/brug-helpdesk/brug/bots"
)

var (
	//go:embed words/*.yaml
	wordFiles embed.FS
	//go:embed problems/*.yaml
	problemFiles embed.FS
)

// languages the desk speaks; the first stands in for all others.
var languages = []string{"en", "nl", "uk"}

// languageNames are the languages' names for themselves.
var languageNames = map[string]string{"en": "English", "nl": "Nederlands", "uk": "Українська"}

// words are the desk's own words in every language.
type words struct {
	speak map[string]*i18n.Localizer
	// ids are all words, for the pages' scripts.
	ids []string
	// problems are those of channels, by language and code. Channels say them in
	// English, and no script needs them.
	problems map[string]map[string]string
}

func loadWords() (*words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	w := &words{speak: map[string]*i18n.Localizer{}, problems: map[string]map[string]string{}}
	for _, lang := range languages {
		file, err := bundle.LoadMessageFileFS(wordFiles, "words/"+lang+".yaml")
		if err != nil {
			return nil, fmt.Errorf("load words: %w", err)
		}
		w.speak[lang] = i18n.NewLocalizer(bundle, lang, languages[0])
		if lang == languages[0] {
			for _, m := range file.Messages {
				w.ids = append(w.ids, m.ID)
			}
			continue
		}
		raw, err := problemFiles.ReadFile("problems/" + lang + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("load words: %w", err)
		}
		problems := map[string]string{}
		if err := yaml.Unmarshal(raw, &problems); err != nil {
			return nil, fmt.Errorf("load words: problems/%s.yaml: %w", lang, err)
		}
		w.problems[lang] = problems
	}
	return w, nil
}

func (w *words) has(lang string) bool { return w.speak[lang] != nil }

// say is a word in a language, English where it has none. It panics on a word that
// English lacks: every page is written once by a test.
func (w *words) say(lang, id string) string {
	return w.speak[lang].MustLocalize(&i18n.LocalizeConfig{MessageID: id})
}

// find is a word in a language, if there is one.
func (w *words) find(lang, id string) (string, bool) {
	s, err := w.speak[lang].Localize(&i18n.LocalizeConfig{MessageID: id})
	return s, err == nil
}

// problem is what is wrong with a channel, and the language it is said in: that of the
// reader where there are words for it, else English.
func (w *words) problem(lang string, h bots.Health) (text, in string) {
	if text := w.problems[lang][h.Code]; text != "" {
		return strings.ReplaceAll(text, "{}", h.Arg), lang
	}
	return h.Problem, languages[0]
}

// count is a word with a number in it, {{.N}}.
func (w *words) count(lang, id string, n int) string {
	return w.speak[lang].MustLocalize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n, TemplateData: map[string]int{"N": n}})
}

// date is a day as a language writes it.
func (w *words) date(lang string, t time.Time) string { return t.Format(w.say(lang, "date_layout")) }

// table is what the scripts of the pages say: all words without a number.
func (w *words) table(lang string) map[string]string {
	t := make(map[string]string, len(w.ids))
	for _, id := range w.ids {
		if s, err := w.speak[lang].Localize(&i18n.LocalizeConfig{MessageID: id}); err == nil {
			t[id] = s
		}
	}
	return t
}
