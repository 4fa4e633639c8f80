package router

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/brug-helpdesk/brug/internal/phrases"
)

func loadWishes(t *testing.T) *wishes {
	t.Helper()
	w, err := newWishes()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func lines(text string) []string {
	return strings.Split(strings.TrimSpace(text), "\n")
}

func TestWishes(t *testing.T) {
	w := loadWishes(t)
	for wish, texts := range meant {
		for _, text := range lines(texts) {
			if got := w.find(text); got != wish {
				t.Errorf("%q is read as %q, expected %q", text, got, wish)
			}
		}
	}
}

// TestEveryPhraseHasOneWish guards the file: the order in which its wishes are read
// must make no difference.
func TestEveryPhraseHasOneWish(t *testing.T) {
	var file map[Wish]wording
	d := yaml.NewDecoder(bytes.NewReader(wishesSource))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	owner := map[string]Wish{}
	for wish, kinds := range file {
		if _, ok := meant[wish]; !ok && wish != please {
			t.Errorf("%q is no wish with examples", wish)
		}
		for _, p := range slices.Concat(kinds.Whole, kinds.Within) {
			plain := plainWords(p)
			if plain == "" {
				t.Errorf("%s: %q has no words", wish, p)
			}
			if first, ok := owner[plain]; ok {
				t.Errorf("%q stands under %s and %s", p, first, wish)
			}
			owner[plain] = wish
		}
		for _, p := range slices.Concat(append(kinds.MadeOf, kinds.Beside)...) {
			if n := len(strings.Fields(plainWords(p))); n == 0 || n > longestPart {
				t.Errorf("%s: %q has %d words", wish, p, n)
			}
		}
	}
	w := loadWishes(t)
	for plain, wish := range owner {
		for _, p := range w.within {
			if p.wish != wish && strings.Contains(" "+plain+" ", p.words) {
				t.Errorf("%q of %s holds %q of %s", plain, wish, p.words, p.wish)
			}
		}
	}
}

// TestHelpKeepsItsWord reads the words that the help text tells people to write.
func TestHelpKeepsItsWord(t *testing.T) {
	say, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	w := loadWishes(t)
	bold := regexp.MustCompile(`(?m)^- \*\*(.+?)\*\*`)
	want := []Wish{WishPerson, WishLang, WishData, WishDelete, WishStop}
	for _, lang := range phrases.Full {
		words := bold.FindAllStringSubmatch(say.Say(lang, "help", nil), -1)
		if len(words) != len(want) {
			t.Errorf("help in %s offers %d words, expected %d", lang, len(words), len(want))
			continue
		}
		for i, word := range words {
			if got := w.find(word[1]); got != want[i] {
				t.Errorf("help in %s offers %q, which is read as %q, expected %q", lang, word[1], got, want[i])
			}
		}
	}
}
