package phrases

import (
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
)

//go:embed *.yaml
var files embed.FS

// Full are the languages every phrase exists in.
var Full = []string{"uk", "ar", "ru", "en", "nl"}

// Partial are the languages that have the first words only: a greeting, the
// languages to choose from, and that a person will help.
var Partial = []string{"ti", "fa", "tr", "pl", "fr", "so"}

// Names are the languages' names for themselves. They are offered by name: a flag
// is not a language.
var Names = map[string]string{
	"uk": "Українська", "ar": "العربية", "ru": "Русский", "en": "English", "nl": "Nederlands",
	"ti": "ትግርኛ", "fa": "فارسی", "tr": "Türkçe", "pl": "Polski", "fr": "Français", "so": "Soomaali",
}

// Data fills the places of a phrase: {{.Name}}.
type Data map[string]any

// Catalogue speaks. It is safe for concurrent use.
type Catalogue struct {
	speak map[string]*i18n.Localizer
}

// New loads the catalogue. An error names the file; the files are part of the
// program, so it shows in the first test.
func New() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	c := &Catalogue{speak: map[string]*i18n.Localizer{}}
	for _, lang := range append(slices.Clone(Full), Partial...) {
		if _, err := bundle.LoadMessageFileFS(files, lang+".yaml"); err != nil {
			return nil, fmt.Errorf("load phrases: %w", err)
		}
	}
	for lang := range Names {
		c.speak[lang] = i18n.NewLocalizer(bundle, lang, "en")
	}
	return c, nil
}

// Say returns a phrase in lang, or in English where lang has none. It panics on an
// identifier that English lacks: a test says every phrase once.
func (c *Catalogue) Say(lang, id string, data Data) string {
	return c.localize(lang, &i18n.LocalizeConfig{MessageID: id, TemplateData: data})
}

// Count is Say for a phrase with a plural; the phrase uses {{.N}}.
func (c *Catalogue) Count(lang, id string, n int, data Data) string {
	all := Data{"N": n}
	for k, v := range data {
		all[k] = v
	}
	return c.localize(lang, &i18n.LocalizeConfig{MessageID: id, TemplateData: all, PluralCount: n})
}

func (c *Catalogue) localize(lang string, config *i18n.LocalizeConfig) string {
	speaker, ok := c.speak[lang]
	if !ok {
		speaker = c.speak["en"]
	}
	text, err := speaker.Localize(config)
	if text == "" {
		panic(fmt.Sprintf("phrase %q in %q: %v", config.MessageID, lang, err))
	}
	return text // an error beside a text only says that English stood in
}

// Has says whether lang has every phrase of its own.
func Has(lang string) bool { return slices.Contains(Full, lang) }

// Known says whether lang has at least its first words.
func Known(lang string) bool { _, ok := Names[lang]; return ok }

// Date writes a day as lang does.
func (c *Catalogue) Date(lang string, t time.Time) string {
	return t.Format(c.Say(lang, "date_layout", nil))
}

// Weekday names a day of the week.
func (c *Catalogue) Weekday(lang string, d time.Weekday) string {
	return c.Say(lang, "weekday_"+[]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[d], nil)
}
