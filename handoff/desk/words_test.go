package desk_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestScriptsAndPagesSayOnlyKnownWords(t *testing.T) {
	raw, err := os.ReadFile("words/en.yaml")
	must(t, err)
	var words map[string]any
	must(t, yaml.Unmarshal(raw, &words))
	used := map[string]bool{}
	said := regexp.MustCompile(`(?:word\('|say \$?\.?[a-zA-Z]+ "|words\.say\(v?\.?lang, "|words\.count\((?:v\.)?lang, "|refused\(v, "|d\.team\(v, "|boot\.words\.|[?:] ')([a-z_0-9]+)['")]`)
	for _, pattern := range []string{"files/*.js", "templates/*.html", "*.go"} {
		names, err := filepath.Glob(pattern)
		must(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(name)
			must(t, err)
			for _, m := range said.FindAllStringSubmatch(string(raw), -1) {
				used[m[1]] = true
				if words[m[1]] == nil && !strings.HasSuffix(m[1], "_") && strings.Contains(m[0], "(") {
					t.Errorf("%s says %q, which is no word", name, m[1])
				}
			}
		}
	}
	// Words that are put together from a kind and a value.
	made := regexp.MustCompile(`^(outcome|role|day|by|tab|empty|from|delivery|reason|urgent|wish|state|error|did)_`)
	for id := range words {
		if !used[id] && !made.MatchString(id) {
			t.Errorf("%q is never said", id)
		}
	}
}
