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

// exampleFile is one file of examples/ as written: by language the messages, a line each.
type exampleFile struct {
	Kind     string          `yaml:"kind"`
	Messages map[string]line `yaml:"messages"`
}

// usualFeatures is about how many features the examples have; growing step by step is slow.
const usualFeatures = 1 << 16

// loadExamples reads every *.yaml and *.txt of the folders.
func (r *Rules) loadExamples(folders []fs.FS) error {
	e := &examples{features: make(map[uint64]int32, usualFeatures)}
	var problems []error
	for _, fsys := range folders {
		names, err := fs.Glob(fsys, "*.*")
		if err != nil {
			return fmt.Errorf("list example files: %w", err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return fmt.Errorf("read examples: %w", err)
			}
			switch path.Ext(name) {
			case ".yaml":
				problems = append(problems, e.addYAML(name, data)...)
			case ".txt":
				problems = append(problems, e.addCases(name, string(data))...)
			}
		}
	}
	if len(e.kinds) > 0 {
		e.finish()
		r.examples = e
	}
	return errors.Join(problems...)
}

// addYAML takes in a file like examples/housing.yaml.
func (e *examples) addYAML(name string, data []byte) []error {
	var f exampleFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return []error{yamlProblem(name, err)}
	}
	kind, err := exampleKind(f.Kind)
	if err != nil {
		return []error{fmt.Errorf("%s:1: %w", name, err)}
	}
	var problems []error
	for _, lang := range sortedKeys(f.Messages) {
		if _, ok := lexiconOf[lang]; !ok {
			problems = append(problems, fmt.Errorf("%s:%d: messages: no language %q", name, f.Messages[lang].line, lang))
		}
		for message := range strings.Lines(f.Messages[lang].text) {
			e.add(kind, message)
		}
	}
	return problems
}

// addCases takes in a file like rules/cases/housing.txt: lines "uk: message", of the kind the
// file is named after.
func (e *examples) addCases(name, text string) []error {
	kind, err := exampleKind(strings.TrimSuffix(name, ".txt"))
	if err != nil {
		return []error{fmt.Errorf("%s: %w", name, err)}
	}
	for row := range strings.Lines(text) {
		if _, message, ok := strings.Cut(row, ": "); ok && !strings.HasPrefix(row, "#") {
			e.add(kind, message)
		}
	}
	return nil
}

func exampleKind(name string) (int, error) {
	kind := slices.Index(order, name)
	if kind < 0 || kind == anyKind {
		return 0, fmt.Errorf("kind %q is none of %s, calm", name, strings.Join(order[:dangers], ", "))
	}
	return kind, nil
}
