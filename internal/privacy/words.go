package privacy

import (
	"embed"
	"fmt"
	"html/template"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/feature/plural"
	tag "golang.org/x/text/language"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// words are the texts of one language: a template each, by their key.
type words struct {
	lang  tag.Tag
	texts *template.Template
}

// source reads the texts as they are written.
func source(lang string) (map[string]string, error) {
	raw, err := wordFiles.ReadFile("words/" + lang + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read privacy words: %w", err)
	}
	var texts map[string]string
	if err := yaml.Unmarshal(raw, &texts); err != nil {
		return nil, fmt.Errorf("read privacy words of %s: %w", lang, err)
	}
	return texts, nil
}

func readWords(lang string) (*words, error) {
	texts, err := source(lang)
	if err != nil {
		return nil, err
	}
	w := &words{lang: tag.Make(lang), texts: template.New(lang)}
	for key, text := range texts {
		if _, err := w.texts.New(key).Parse(text); err != nil {
			return nil, fmt.Errorf("read privacy words of %s: %w", lang, err)
		}
	}
	return w, nil
}

func (w *words) say(key string, data any) (template.HTML, error) {
	var b strings.Builder
	if err := w.texts.ExecuteTemplate(&b, key, data); err != nil {
		return "", fmt.Errorf("privacy words: %w", err)
	}
	return template.HTML(b.String()), nil
}

// forms are the endings of the keys days_….
var forms = map[plural.Form]string{plural.Zero: "other", plural.One: "one", plural.Two: "two", plural.Few: "few",
	plural.Many: "many", plural.Other: "other"}

// days writes so many days as the answer to "for how long".
func (w *words) days(n int) (string, error) {
	form := plural.Cardinal.MatchPlural(w.lang, n, 0, 0, 0, 0)
	text, err := w.say("days_"+forms[form], n)
	return string(text), err
}
