package privacy

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/brug-helpdesk/brug/internal/phrases"
)

// keys are the texts of a language, the forms of days apart.
func keys(t *testing.T, lang string) []string {
	t.Helper()
	texts, err := source(lang)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(texts)), func(k string) bool { return strings.HasPrefix(k, "days_") })
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	want := keys(t, "en")
	for _, lang := range phrases.Full {
		if diff := cmp.Diff(want, keys(t, lang)); diff != "" {
			t.Errorf("%s (-en +%s):\n%s", lang, lang, diff)
		}
		texts, err := source(lang)
		if err != nil {
			t.Fatal(err)
		}
		english, err := source("en")
		if err != nil {
			t.Fatal(err)
		}
		places := regexp.MustCompile(`\{\{.*?\}\}`)
		for _, key := range want {
			if diff := cmp.Diff(places.FindAllString(english[key], -1), places.FindAllString(texts[key], -1)); diff != "" {
				t.Errorf("%s in %s has other places:\n%s", key, lang, diff)
			}
		}
	}
}

func TestEveryTextIsOnThePage(t *testing.T) {
	for _, lang := range phrases.Full {
		for _, c := range []Config{full, {KeepDays: 30, Channels: full.Channels}} {
			body := get(t, c, "/privacy?lang="+lang, "").Body.String()
			p, err := newPage(lang, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range keys(t, lang) {
				if named := c.Org != ""; strings.HasSuffix(key, "_named") && !named || strings.HasSuffix(key, "_unnamed") && named {
					continue
				}
				text, err := p.Say(key)
				if err != nil {
					t.Fatal(err)
				}
				if strings.TrimSpace(string(text)) == "" || !strings.Contains(body, string(text)) {
					t.Errorf("%s: %s is empty or on no page", lang, key)
				}
			}
		}
	}
}

func TestTextsAreWrittenAsAgreed(t *testing.T) {
	foreign := map[string]*regexp.Regexp{
		"uk": regexp.MustCompile(`[ыэёъЫЭЁЪ]|['ʼ]`),
		"ru": regexp.MustCompile(`[іїєґІЇЄҐ]`),
		// Latin letters outside <bdi>, digits and signs of other scripts.
		"ar": regexp.MustCompile(`[A-Za-z٠-٩,;?]`),
		"en": regexp.MustCompile(`\p{Cyrillic}|\p{Arabic}|'`),
		"nl": regexp.MustCompile(`\p{Cyrillic}|\p{Arabic}|'`),
	}
	isolated := regexp.MustCompile(`<bdi>[^<]*</bdi>|\{\{[^}]*\}\}`)
	for _, lang := range phrases.Full {
		texts, err := source(lang)
		if err != nil {
			t.Fatal(err)
		}
		for key, text := range texts {
			if strings.ContainsAny(text, "!！") {
				t.Errorf("%s: %s carries an exclamation mark", lang, key)
			}
			if found := foreign[lang].FindString(isolated.ReplaceAllString(text, "")); found != "" {
				t.Errorf("%s: %s has %q", lang, key, found)
			}
		}
	}
}

func TestEveryNumberOfDaysHasItsForm(t *testing.T) {
	for lang, want := range map[string]map[int]string{
		"uk": {1: "1 день", 2: "2 дні", 5: "5 днів", 11: "11 днів", 31: "31 день", 90: "90 днів"},
		"ru": {1: "1 день", 3: "3 дня", 14: "14 дней", 30: "30 дней", 101: "101 день"},
		"ar": {1: "يوماً واحداً", 2: "يومين", 7: "7 أيام", 30: "30 يوماً", 100: "100 يوم"},
		"en": {1: "1 day", 30: "30 days"},
		"nl": {1: "1 dag", 30: "30 dagen"},
	} {
		w, err := readWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 400; n++ {
			got, err := w.days(n)
			if err != nil {
				t.Fatalf("%s: %d days: %v", lang, n, err)
			}
			if want := want[n]; want != "" && got != want {
				t.Errorf("%s: %d days are %q, want %q", lang, n, got, want)
			}
		}
	}
}

func TestWordsToTypeAreUnderstood(t *testing.T) {
	raw, err := os.ReadFile("../../router/wishes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var wishes map[string]struct {
		Whole []string `yaml:"whole"`
	}
	if err := yaml.Unmarshal(raw, &wishes); err != nil {
		t.Fatal(err)
	}
	for _, lang := range phrases.Full {
		texts, err := source(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, wish := range []string{"data", "delete", "stop"} {
			if word := texts["word_"+wish]; !slices.Contains(wishes[wish].Whole, word) {
				t.Errorf("%s: %q is not understood as %s", lang, word, wish)
			}
		}
	}
}
