package language_test

import (
	"testing"

	"github.com/brug-helpdesk/brug/router/language"
)

func TestToScript(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"uk-Latn", "de otrymaty BSN", "де отримати BSN"},
		{"uk-Latn", "Dopomozhit, bud laska!", "допоможіт буд ласка"},
		{"uk-Latn", "dytyna zakhvorila", "дитина захворіла"},
		{"ru-Latn", "gde nayti kvartiru", "где найти квартиру"},
		{"ru-Latn", "shkola dlya rebyonka", "школа для ребёнка"},
		{"ar-Latn", "wein el baladiyye", "وين ل بالادي"},
		{"en", "where is my BSN", "where is my BSN"},
		{"uk", "де мій BSN", "де мій BSN"},
		{"uk-Latn", "dyv https://ind.nl", "див https://ind.nl"},
	} {
		if got := language.ToScript(c.text, language.Guess{Lang: c.lang}); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.text, got, c.want)
		}
	}
}

func TestAmbiguousLeansToUkrainian(t *testing.T) {
	for _, text := range []string{"страховка", "паспорт", "адвокат", "аптека", "документ"} {
		if g := trained().Detect(text); g.Lang != "uk" || g.Second != "ru" {
			t.Errorf("%q: %+v", text, g)
		}
	}
	if g := trained().Detect("банк"); !g.Ambiguous() {
		t.Errorf("one word of both languages is not ambiguous: %+v", g)
	}
	for _, text := range []string{"Підкажіть, будь ласка, де знайти лікаря", "Подскажите, пожалуйста, где найти врача", "هل يمكنني العمل"} {
		if g := trained().Detect(text); g.Ambiguous() {
			t.Errorf("%q is ambiguous: %+v", text, g)
		}
	}
}

func TestBase(t *testing.T) {
	for lang, want := range map[string]string{"uk-Latn": "uk", "ar-Latn": "ar", "nl": "nl", "und": ""} {
		if got := (language.Guess{Lang: lang}).Base(); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{"де BSN", "3andi mawa3ed", "\u200cسلام", "\xff\xfe", "ы\x00і", "''''", "@", "https://"} {
		f.Add(s)
	}
	d := language.New(nil)
	f.Fuzz(func(t *testing.T, text string) {
		g := d.Detect(text)
		if g.Lang == "" || g.Confidence < 0 || g.Confidence > 1 {
			t.Errorf("%q: %+v", text, g)
		}
		language.ToScript(text, g)
	})
}
