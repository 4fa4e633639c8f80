package safety

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// line is a text of a rule file together with where it stands.
type line struct {
	text string
	line int
}

// UnmarshalYAML keeps the line of the text.
func (l *line) UnmarshalYAML(node ast.Node) error {
	l.line = node.GetToken().Position.Line
	switch n := node.(type) {
	case *ast.StringNode:
		l.text = n.Value
	case *ast.LiteralNode:
		l.text = n.Value.Value
	default:
		l.text = node.GetToken().Value
	}
	return nil
}

// ruleFile is one file of rules/ as written.
type ruleFile struct {
	Kind  string              `yaml:"kind"`
	Words map[string]wordList `yaml:"words"`
	Rules []ruleText          `yaml:"rules"`
	// Signs are, by language, words that tell which language Latin letters are.
	Signs map[string]line `yaml:"signs"`
}

// wordList is a named idea: by language the words for it, separated by commas.
type wordList struct {
	byLang map[string]line
}

// UnmarshalYAML reads the languages of the list.
func (w *wordList) UnmarshalYAML(unmarshal func(any) error) error { return unmarshal(&w.byLang) }

// ruleText is one rule as written.
type ruleText struct {
	Name    line     `yaml:"name"`
	When    []line   `yaml:"when"`
	AtLeast int      `yaml:"at_least"`
	Within  int      `yaml:"within"`
	Unless  []line   `yaml:"unless"`
	Points  *float64 `yaml:"points"`
	Sexual  bool     `yaml:"sexual"`
}

// idiomList is the word list whose phrases hide the words they cover from all others.
const idiomList = "idiom"

// notAfter is the entry of a word list that names another list: a word right behind one of
// that list does not count. So "не б'є" is not "б'є".
const notAfter = "not_after"

// load reads every *.yaml of fsys into r.
func (r *Rules) load(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return fmt.Errorf("list rule files: %w", err)
	}
	files := make([]ruleFile, len(names))
	words := newIndexer()
	var problems []error
	for i, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		if err := yaml.UnmarshalWithOptions(data, &files[i], yaml.Strict()); err != nil {
			problems = append(problems, yamlProblem(name, err))
			continue
		}
		problems = append(problems, r.addWords(words, name, files[i])...)
	}
	r.index = words.finish()
	for i, name := range names {
		problems = append(problems, r.addRules(name, files[i])...)
	}
	if len(problems) == 0 && len(r.rules) == 0 {
		problems = append(problems, errors.New("no rules found: expected files like violence.yaml"))
	}
	return errors.Join(problems...)
}

// yamlProblem says in one line what is wrong with a file's form.
func yamlProblem(name string, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", name, y.GetToken().Position.Line, y.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (r *Rules) addWords(x *indexer, name string, f ruleFile) []error {
	var problems []error
	for _, list := range sortedKeys(f.Words) {
		id := r.list(list)
		for _, lang := range sortedKeys(f.Words[list].byLang) {
			words := f.Words[list].byLang[lang]
			if lang == notAfter {
				r.denied[id] = append(r.denied[id], r.list(words.text))
				continue
			}
			for n, row := range strings.Split(words.text, "\n") {
				for entry := range strings.SplitSeq(row, ",") {
					if entry = strings.TrimSpace(entry); entry == "" {
						continue
					}
					if err := x.add(id, lang, entry); err != nil {
						problems = append(problems, fmt.Errorf("%s:%d: words %s: %w", name, words.line+n, list, err))
					}
				}
			}
		}
	}
	for lang, words := range f.Signs {
		lex, ok := lexiconOf[lang]
		if !ok {
			problems = append(problems, fmt.Errorf("%s:%d: signs: no language %q", name, words.line, lang))
		}
		for word := range strings.FieldsFuncSeq(words.text, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' }) {
			r.signs[word] = append(r.signs[word], lex)
		}
	}
	return problems
}

// list returns the number of a word list, giving it one if it is new.
func (r *Rules) list(name string) int32 {
	id, ok := r.lists[name]
	if !ok {
		id = int32(len(r.lists))
		r.lists[name] = id
	}
	return id
}

func (r *Rules) addRules(name string, f ruleFile) []error {
	var problems []error
	fail := func(l line, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d: %s", name, max(l.line, 1), fmt.Sprintf(format, args...)))
	}
	kind := slices.Index(order, f.Kind)
	if kind < 0 && len(f.Rules) > 0 {
		fail(line{}, "kind %q is none of %s", f.Kind, strings.Join(order, ", "))
		return problems
	}
	for _, t := range f.Rules {
		u := rule{kind: kind, name: strings.TrimSuffix(path.Base(name), ".yaml") + "/" + t.Name.text, within: t.Within, points: 1, sexual: t.Sexual}
		if t.Name.text == "" || len(t.When) == 0 {
			fail(t.Name, "a rule needs a name and when")
			continue
		}
		if t.Points != nil {
			u.points = *t.Points
		}
		if u.atLeast = t.AtLeast; u.atLeast == 0 {
			u.atLeast = len(t.When)
		}
		if u.atLeast < 1 || u.atLeast > len(t.When) {
			fail(t.Name, "at_least %d of %d ideas", u.atLeast, len(t.When))
		}
		if u.within == 0 {
			u.within = usualDistance
		}
		for _, w := range t.When {
			u.when = append(u.when, r.named(w, &problems, name))
		}
		for _, w := range t.Unless {
			u.unless = append(u.unless, r.named(w, &problems, name)...)
		}
		r.rules = append(r.rules, u)
	}
	return problems
}

// named resolves "partner | boss" to list numbers.
func (r *Rules) named(l line, problems *[]error, file string) []int32 {
	var ids []int32
	for name := range strings.SplitSeq(l.text, "|") {
		name = strings.TrimSpace(name)
		id, ok := r.lists[name]
		if !ok {
			*problems = append(*problems, fmt.Errorf("%s:%d: there are no words named %q", file, l.line, name))
			continue
		}
		ids = append(ids, id)
	}
	return ids
}
