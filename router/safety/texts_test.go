package safety

import (
	"slices"
	"strings"
	"testing"
)

// numbersKnown are the names that knowledge/articles/numbers.yaml holds.
var numbersKnown = []string{
	"emergency", "police", "suicide-prevention", "veilig-thuis", "sexual-violence", "comensha", "labour-authority", "juridisch-loket", "nidos",
}

func TestTexts(t *testing.T) {
	for _, kind := range append(Kinds(), SexualViolence) {
		for _, lang := range []string{"uk", "ru", "ar", "en", "nl"} {
			if allWords()[kind][lang].Text == "" || allWords()["common"][lang].Alerted == "" || allWords()["common"][lang].Language == "" {
				t.Errorf("%s has no words in %s", kind, lang)
			}
			text, numbers := Text(kind, lang)
			if len(numbers) == 0 || numbers[0] != "emergency" {
				t.Errorf("%s %s: numbers %v, 112 must come first", kind, lang, numbers)
			}
			for _, n := range numbers {
				if !slices.Contains(numbersKnown, n) {
					t.Errorf("%s %s: number %q is not known", kind, lang, n)
				}
			}
			if strings.Count(text, "{{") != len(numbers) {
				t.Errorf("%s %s: a reference is misspelled in\n%s", kind, lang, text)
			}
			if _, inEnglish := Text(kind, "en"); !slices.Equal(numbers, inEnglish) {
				t.Errorf("%s %s: numbers %v differ from the English %v", kind, lang, numbers, inEnglish)
			}
			if strings.ContainsAny(text, "!！") {
				t.Errorf("%s %s: an exclamation mark in bad news", kind, lang)
			}
			if first := FirstLine(kind, lang); first == "" || lang != "en" && first == FirstLine(kind, "en") {
				t.Errorf("%s %s: a volunteer has no first line", kind, lang)
			}
		}
		for _, lang := range []string{"uk", "nl", "en"} {
			if lang != "en" && Guidance(kind, lang) == Guidance(kind, "en") || Guidance(kind, lang) == "" {
				t.Errorf("%s has no guidance in %s", kind, lang)
			}
		}
	}
}

func TestTextFallsBack(t *testing.T) {
	english, _ := Text(Medical, "en")
	if got, _ := Text(Medical, "xx"); got != english {
		t.Errorf("a language without words got %q", got)
	}
	ukrainian, _ := Text(Medical, "uk")
	if got, _ := Text(Medical, "uk-Latn"); got != ukrainian {
		t.Errorf("uk-Latn got %q", got)
	}
	if got, numbers := Text("party", "en"); got != "" || numbers != nil {
		t.Errorf("an unknown kind got %q %v", got, numbers)
	}
}
