package desk_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestScriptsAndPagesSayOnlyKnownWords(t *testing.T) {
	raw, err := os.ReadFile("words/en.yaml")
	must(t, err)
	var words map[string]any
	must(t, yaml.Unmarshal(raw, &words))
	used := map[string]bool{}
	said := regexp.MustCompile(`(?:word\('|say \$?\.?[a-zA-Z]+ "|w(?:ords)?\.say\(v?\.?lang, "|words\.count\((?:v\.)?lang, "|refused\(v, r, "|tell\(w, r, "[a-z/]+", "|word :?= "|d\.team\(v, "|boot\.words\.|[?:] ')([a-z_0-9]+)['")]`)
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
	made := regexp.MustCompile(`^(outcome|role|day|by|tab|empty|from|delivery|reason|urgent|wish|state|error|did|data|alerts|media)_`)
	for id := range words {
		if !used[id] && !made.MatchString(id) {
			t.Errorf("%q is never said", id)
		}
	}
}

// TestTheLogHasWordsForEveryAction reads where actions are written into the audit log.
func TestTheLogHasWordsForEveryAction(t *testing.T) {
	raw, err := os.ReadFile("words/en.yaml")
	must(t, err)
	var words map[string]any
	must(t, yaml.Unmarshal(raw, &words))
	action := regexp.MustCompile(`audit: "([^"]+)"|auditOps\([^"\n]*, "([^"]+)"|\.Log\((?:ctx|r\.Context\(\)), [^"\n]*?, "([^"]+)"|\baction, about :?= "([^"]+)"|"[a-z-]+": "([a-z -]+)"`)
	seen := 0
	for _, pattern := range []string{"*.go", "../*.go", "../../cmd/brug/*.go"} {
		names, err := filepath.Glob(pattern)
		must(t, err)
		for _, name := range names {
			raw, err := os.ReadFile(name)
			must(t, err)
			text := string(raw)
			if strings.HasSuffix(name, "_test.go") || !strings.Contains(text, "handoff") {
				continue
			}
			for _, m := range action.FindAllStringSubmatch(text, -1) {
				if m[5] != "" && name != "people.go" {
					continue // another table than that of changes
				}
				seen++
				id := "did_" + strings.NewReplacer(" ", "_", "-", "_").Replace(strings.Join(m[1:], ""))
				if words[id] == nil {
					t.Errorf("%s writes %q, and there is no %s", name, m[0], id)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d actions were found", seen)
	}
}

// TestProblemsOfChannelsHaveWords in every language but English, which is the channels' own.
func TestProblemsOfChannelsHaveWords(t *testing.T) {
	var codes []string
	code := regexp.MustCompile(`problem[A-Z]\w*: +"([a-z]+_[a-z_]+)"|[cC]ode(?:: | = )"([a-z]+_[a-z_]+)"|(?:problem\{|return fmt\.Sprintf\(.*\), )"([a-z]+_[a-z_]+)"`)
	for _, pattern := range []string{"../../bots/*/*.go", "../mail/*.go"} {
		names, err := filepath.Glob(pattern)
		must(t, err)
		for _, name := range names {
			raw, err := os.ReadFile(name)
			must(t, err)
			for _, m := range code.FindAllStringSubmatch(string(raw), -1) {
				codes = append(codes, m[1]+m[2]+m[3])
			}
		}
	}
	slices.Sort(codes)
	if len(codes) < 20 {
		t.Fatalf("only %d codes were found: %v", len(codes), codes)
	}
	for _, lang := range []string{"nl", "uk"} {
		raw, err := os.ReadFile("problems/" + lang + ".yaml")
		must(t, err)
		var words map[string]string
		must(t, yaml.Unmarshal(raw, &words))
		if d := cmp.Diff(codes, slices.Sorted(maps.Keys(words))); d != "" {
			t.Errorf("%s (-codes of the channels +words):\n%s", lang, d)
		}
	}
}
