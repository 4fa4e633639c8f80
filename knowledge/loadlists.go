package knowledge

import (
	"errors"
	"io/fs"
)

func (l *loader) numbers() {
	const file = "numbers.yaml"
	data, err := fs.ReadFile(l.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var content struct {
		Numbers []Number `yaml:"numbers"`
	}
	if err != nil {
		l.fail(file, 0, "cannot be read: %v", err)
		return
	}
	if !l.decode(file, data, 0, &content) {
		return
	}
	for _, n := range content.Numbers {
		line := lineOf(data, "name: "+n.Name)
		switch {
		case !idPattern.MatchString(n.Name):
			l.fail(file, line, "name %q, expected small letters, digits and hyphens", n.Name)
		case n.Number == "":
			l.fail(file, line, "%s has no number", n.Name)
		case n.Confirmed.IsZero():
			l.fail(file, line, "%s has no confirmed day, expected the day somebody read it at its source", n.Name)
		case l.base.numbers[n.Name].Name != "":
			l.fail(file, line, "%s is given twice", n.Name)
		}
		l.base.numbers[n.Name] = n
	}
}

func (l *loader) terms() {
	const file = "terms.yaml"
	data, err := fs.ReadFile(l.fsys, file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var content struct {
		Terms []Term `yaml:"terms"`
	}
	if err != nil {
		l.fail(file, 0, "cannot be read: %v", err)
		return
	}
	if !l.decode(file, data, 0, &content) {
		return
	}
	seen := map[string]bool{}
	for _, t := range content.Terms {
		switch {
		case t.Term == "":
			l.fail(file, 0, "a term without its Dutch name, expected term: …")
		case seen[t.Term]:
			l.fail(file, lineOf(data, "term: "+t.Term), "%s is given twice", t.Term)
		}
		seen[t.Term] = true
	}
	l.base.terms = content.Terms
}
