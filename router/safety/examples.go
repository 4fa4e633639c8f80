package safety

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// exampleFile is one file of examples/ as written: by situation and language the messages, a
// line each.
type exampleFile struct {
	Kind       string              `yaml:"kind"`
	Situations map[string]wordList `yaml:"situations"`
}

// example is a message of which is known what it is.
type example struct {
	kind      int
	situation string // what happens in it, as the file names it; "" for a case of the rules
	lang      string
	text      string
}

// exampleLanguages are the languages a message may be written in.
var exampleLanguages = []string{"uk", "ru", "ar", "en", "nl", "uk-Latn", "ru-Latn", "ar-Latn"}

// readExamples reads every *.yaml and *.txt of the folders.
func readExamples(folders []fs.FS) ([]example, error) {
	var all []example
	var problems []error
	for _, fsys := range folders {
		names, err := fs.Glob(fsys, "*.*")
		if err != nil {
			return nil, fmt.Errorf("list example files: %w", err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, fmt.Errorf("read examples: %w", err)
			}
			var more []example
			switch path.Ext(name) {
			case ".yaml":
				more, err = situations(name, data)
			case ".txt":
				more, err = cases(name, string(data))
			}
			all, problems = append(all, more...), append(problems, err)
		}
	}
	return all, errors.Join(problems...)
}

// situations reads a file like examples/housing.yaml.
func situations(name string, data []byte) ([]example, error) {
	var f exampleFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, yamlProblem(name, err)
	}
	kind, err := exampleKind(f.Kind)
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w", name, err)
	}
	var all []example
	var problems []error
	for _, situation := range sortedKeys(f.Situations) {
		byLang := f.Situations[situation].byLang
		for _, lang := range sortedKeys(byLang) {
			if !slices.Contains(exampleLanguages, lang) {
				problems = append(problems, fmt.Errorf("%s:%d: %s: language %q is none of %s", name, byLang[lang].line, situation, lang, strings.Join(exampleLanguages, ", ")))
			}
			for message := range strings.Lines(byLang[lang].text) {
				all = append(all, example{kind, situation, lang, strings.TrimSpace(message)})
			}
		}
	}
	return all, errors.Join(problems...)
}

// cases reads a file like rules/cases/housing.txt: lines "uk: message", of the kind the file
// is named after.
func cases(name, text string) ([]example, error) {
	kind, err := exampleKind(strings.TrimSuffix(name, ".txt"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var all []example
	for row := range strings.Lines(text) {
		if lang, message, ok := strings.Cut(row, ": "); ok && !strings.HasPrefix(row, "#") {
			all = append(all, example{kind, "", lang, strings.TrimSpace(message)})
		}
	}
	return all, nil
}

func exampleKind(name string) (int, error) {
	kind := slices.Index(order, name)
	if kind < 0 || kind == anyKind {
		return 0, fmt.Errorf("kind %q is none of %s, calm", name, strings.Join(order[:dangers], ", "))
	}
	return kind, nil
}
