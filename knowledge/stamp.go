package knowledge

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var ofLine = regexp.MustCompile(`(?m)^of:.*$`)

// Stamp writes into every translation in dir that it follows the present revision of its original, and
// returns how many files it changed. Only somebody who has compared the two should ask
// for it. Nothing else in the files changes.
func Stamp(dir string) (int, error) {
	base, err := Load(os.DirFS(dir))
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, a := range base.articles {
		for lang, byAudience := range a.Texts {
			for audience, t := range byAudience {
				original := a.Texts[a.Source][audience]
				if lang == a.Source || t.Body == "" || original.Body == "" || t.Of == original.Revision {
					continue
				}
				file := filepath.Join(dir, filepath.FromSlash(t.File))
				if err := stampFile(file, original.Revision); err != nil {
					return changed, fmt.Errorf("stamp %s: %w", t.File, err)
				}
				changed++
			}
		}
	}
	return changed, nil
}

func stampFile(file, revision string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	const fence = "\n---\n"
	front, body, _ := strings.Cut(strings.ReplaceAll(string(data), "\r\n", "\n"), fence)
	// Quoted, for a revision of digits alone would be a number.
	line := fmt.Sprintf("of: %q", revision)
	if ofLine.MatchString(front) {
		front = ofLine.ReplaceAllString(front, line)
	} else {
		front = strings.TrimRight(front, "\n") + "\n" + line
	}
	return os.WriteFile(file, []byte(front+fence+body), 0o644)
}
