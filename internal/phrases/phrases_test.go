package phrases_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/brug-helpdesk/brug/internal/phrases"
)

// forms are the plural forms of each language, https://www.unicode.org/cldr/charts/48/supplemental/language_plural_rules.html.
var forms = map[string][]string{
	"uk": {"few", "many", "one", "other"}, "ru": {"few", "many", "one", "other"}, "pl": {"few", "many", "one", "other"},
	"ar": {"few", "many", "one", "other", "two", "zero"},
	"fr": {"many", "one", "other"},
	"en": {"one", "other"}, "nl": {"one", "other"}, "fa": {"one", "other"}, "tr": {"one", "other"},
	"so": {"one", "other"}, "ti": {"one", "other"},
}

// sample fills every place that a phrase may have.
var sample = phrases.Data{
	"Org": "Bruggen", "Days": 30, "URL": "https://helpdesk.example/privacy", "Date": "4-3-2027", "Source": "IND", "Hours": "9:00",
	"From": "9:00", "To": "17:00", "Day": "4-3", "Time": "9:00", "Name": "Olena", "Link": "https://helpdesk.example",
	"Numbers": "**112**", "Lang": "English", "Audience": "–", "N": 3,
}

// message is a phrase by its plural form; one without plural has "other" only.
type message map[string]string

func (m *message) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*m = message{"other": node.Value}
		return nil
	}
	return node.Decode((*map[string]string)(m))
}

// places are the names that a phrase has filled in, in any of its forms.
func (m message) places() []string {
	seen := map[string]bool{}
	for _, text := range m {
		for _, place := range place.FindAllString(text, -1) {
			seen[place] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

var place = regexp.MustCompile(`\{\{[^}]*\}\}`)

// load reads a language's file apart from the catalogue, so that both must agree.
func load(t *testing.T, lang string) map[string]message {
	t.Helper()
	source, err := os.ReadFile(lang + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]message
	if err := yaml.Unmarshal(source, &all); err != nil {
		t.Fatalf("%s.yaml: %v", lang, err)
	}
	return all
}

// known are all languages that the helpdesk has words in.
func known() []string { return slices.Sorted(maps.Keys(phrases.Names)) }

// each calls check with every text of every language, its places taken out.
func each(t *testing.T, check func(t *testing.T, lang, id, text string)) {
	t.Helper()
	for _, lang := range known() {
		t.Run(lang, func(t *testing.T) {
			for id, message := range load(t, lang) {
				for _, text := range message {
					check(t, lang, id, place.ReplaceAllString(text, " "))
				}
			}
		})
	}
}

func catalogue(t *testing.T) *phrases.Catalogue {
	t.Helper()
	c, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryFileIsALanguage(t *testing.T) {
	found, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range found {
		found[i] = strings.TrimSuffix(name, ".yaml")
	}
	if !slices.Equal(found, known()) {
		t.Errorf("files for %v, names for %v", found, known())
	}
	listed := slices.Sorted(slices.Values(slices.Concat(phrases.Full, phrases.Partial)))
	if !slices.Equal(listed, known()) {
		t.Errorf("Full and Partial list %v, Names %v", listed, known())
	}
	catalogue(t)
}

func TestSameAsEnglish(t *testing.T) {
	english := load(t, "en")
	for _, lang := range known() {
		t.Run(lang, func(t *testing.T) {
			messages := load(t, lang)
			for id, message := range messages {
				original, ok := english[id]
				if !ok {
					t.Errorf("%s is no phrase of en.yaml", id)
					continue
				}
				if got, want := message.places(), original.places(); !slices.Equal(got, want) {
					t.Errorf("%s has the places %v, expected %v", id, got, want)
				}
				want := []string{"other"}
				if len(original) > 1 {
					want = forms[lang]
				}
				if got := slices.Sorted(maps.Keys(message)); !slices.Equal(got, want) {
					t.Errorf("%s has the plural forms %v, expected %v", id, got, want)
				}
			}
			if !phrases.Has(lang) {
				return
			}
			for id := range english {
				if _, ok := messages[id]; !ok {
					t.Errorf("%s is missing", id)
				}
			}
		})
	}
}

func TestFirstWords(t *testing.T) {
	// What Tigrinya lacks is said in English: better than a sentence nobody is sure of.
	sure := []string{"hello", "language_few", "language_which", "button_person", "queued", "queued_person", "queued_more",
		"plea", "thanks", "claimed_anonymous"}
	first := slices.Concat(sure, []string{"privacy_first", "queued_media", "place", "withdrawn", "claimed", "resolved", "deleted",
		"delete_ask", "button_delete_yes", "button_delete_no", "hours_none"})
	for _, lang := range phrases.Partial {
		want := first
		if lang == "ti" {
			want = sure
		}
		messages := load(t, lang)
		for _, id := range want {
			if _, ok := messages[id]; !ok {
				t.Errorf("%s: %s is missing", lang, id)
			}
		}
	}
}

func TestEveryPhraseCanBeSaid(t *testing.T) {
	c := catalogue(t)
	for id, original := range load(t, "en") {
		for _, lang := range append(known(), "xx") {
			said := []string{}
			if len(original) == 1 {
				said = append(said, c.Say(lang, id, sample))
			} else {
				for n := range 120 {
					said = append(said, c.Count(lang, id, n, sample))
				}
			}
			for _, text := range said {
				if strings.TrimSpace(text) == "" || strings.Contains(text, "<no value>") || strings.ContainsAny(text, "{}") {
					t.Errorf("%s in %s: %q", id, lang, text)
				}
			}
		}
	}
}

func TestMissingPhraseIsSaidInEnglish(t *testing.T) {
	c := catalogue(t)
	if _, ok := load(t, "ti")["failed"]; ok {
		t.Fatal("ti has this phrase now; choose one that it lacks")
	}
	for _, lang := range []string{"ti", "xx", ""} {
		if got, want := c.Say(lang, "failed", nil), c.Say("en", "failed", nil); got != want {
			t.Errorf("in %q: %q, expected %q", lang, got, want)
		}
		if got := c.Count(lang, "place", 1, nil); got != c.Count("en", "place", 1, nil) {
			t.Errorf("place 1 in %q: %q", lang, got)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a phrase that nobody wrote did not panic")
		}
	}()
	c.Say("uk", "no_such_phrase", nil)
}

func TestPlaceNamesTheNumber(t *testing.T) {
	c := catalogue(t)
	for _, lang := range known() {
		for n := 2; n < 120; n++ {
			if got := c.Count(lang, "place", n, nil); !strings.Contains(got, fmt.Sprint(n)) {
				t.Errorf("place %d in %s: %q", n, lang, got)
			}
		}
	}
	for lang, want := range map[string]string{
		"en": "You are next in line.", "nl": "U bent als volgende aan de beurt.", "ar": "دوركم هو التالي.",
		"uk": "Ваш номер у черзі: 1.", "ru": "Ваш номер в очереди: 1.",
	} {
		if got := c.Count(lang, "place", 1, nil); got != want {
			t.Errorf("place 1 in %s: %q, expected %q", lang, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	c := catalogue(t)
	day := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	for lang, want := range map[string][2]string{
		"uk": {"04.03.2027", "четвер"}, "ru": {"04.03.2027", "четверг"}, "nl": {"4-3-2027", "donderdag"},
		"ar": {"4/3/2027", "الخميس"}, "en": {"4 March 2027", "Thursday"},
	} {
		if got := c.Date(lang, day); got != want[0] {
			t.Errorf("date in %s: %q, expected %q", lang, got, want[0])
		}
		if got := c.Weekday(lang, day.Weekday()); got != want[1] {
			t.Errorf("weekday in %s: %q, expected %q", lang, got, want[1])
		}
	}
	for _, lang := range phrases.Full {
		names := map[string]bool{}
		for d := range 7 {
			names[c.Weekday(lang, time.Weekday(d))] = true
		}
		if len(names) != 7 {
			t.Errorf("%s names %d different weekdays", lang, len(names))
		}
	}
}

func TestButtonsAreShort(t *testing.T) {
	each(t, func(t *testing.T, _, id, text string) {
		label := strings.HasPrefix(id, "button_") || strings.HasPrefix(id, "audience_") || strings.HasPrefix(id, "command_")
		if n := utf8.RuneCountInString(text); label && n > 40 {
			t.Errorf("%s has %d letters: %q", id, n, text)
		}
	})
}

func TestNobodyIsShoutedAt(t *testing.T) {
	each(t, func(t *testing.T, _, id, text string) {
		if strings.ContainsAny(text, "!！¡") {
			t.Errorf("%s has an exclamation mark: %q", id, text)
		}
	})
}

func TestLetters(t *testing.T) {
	scripts := []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Ethiopic}
	foreign := map[string]string{
		"uk": "ыэёъ'`ʼ", "ru": "іїєґ'`", "ar": "٠١٢٣٤٥٦٧٨٩پچژگکی", "fa": "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹كي",
		"tr": "'", "fr": "'", "so": "'",
	}
	each(t, func(t *testing.T, lang, id, text string) {
		if letters := foreign[lang]; letters != "" && strings.ContainsAny(strings.ToLower(text), letters) {
			t.Errorf("%s has one of %q: %q", id, letters, text)
		}
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
			used := 0
			for _, script := range scripts {
				if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(script, r) }) {
					used++
				}
			}
			if used != 1 {
				t.Errorf("%s mixes scripts in %q", id, word)
			}
		}
	})
}

func TestPlaceToCall(t *testing.T) {
	// Where English names 112, no language may lose it.
	english := load(t, "en")
	each(t, func(t *testing.T, _, id, text string) {
		if want := strings.Contains(english[id]["other"], "112"); strings.Contains(text, "112") != want {
			t.Errorf("%s names 112: %v, expected %v", id, !want, want)
		}
	})
}
