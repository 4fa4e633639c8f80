package router

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"
)

// Wish is something a person wants of the helpdesk itself rather than an answer.
type Wish string

// The wishes. Each is plain words in every language (wishes.yaml), most are a command
// ("/person") and a button too.
const (
	NoWish     Wish = ""
	WishStart  Wish = "start"
	WishHelp   Wish = "help"
	WishPerson Wish = "person"
	WishWoman  Wish = "woman" // a person, who should be a woman
	WishLang   Wish = "language"
	WishData   Wish = "data"
	WishDelete Wish = "delete"
	WishStop   Wish = "stop"
	WishPlace  Wish = "place"
	WishHours  Wish = "hours"    // of the volunteers
	WishLeave  Wish = "withdraw" // the question in line
	// Not wishes of the helpdesk, but not questions either.
	Greeting Wish = "greeting"
	Thanks   Wish = "thanks"
	Plea     Wish = "plea"
	Emoji    Wish = "emoji"

	please Wish = "please" // around a wish
)

// courtesy says that a wish asks for nothing.
func (w Wish) courtesy() bool {
	return w == Greeting || w == Thanks || w == Plea || w == Emoji
}

//go:embed wishes.yaml
var wishesSource []byte

// wishes finds wishes in plain words.
type wishes struct {
	whole  map[string]Wish     // the message is just this
	within []phrase            // or holds this
	mixed  []mixture           // or is made of these words, in any order
	names  map[string][]string // of languages, by their tags
}

type phrase struct {
	words string // " a b c "
	wish  Wish
}

// wording is what wishes.yaml knows of a wish.
type wording struct {
	Whole  []string            `yaml:"whole"`
	Within []string            `yaml:"within"`
	MadeOf [][]string          `yaml:"made_of"`
	Beside []string            `yaml:"beside"`
	Named  map[string][]string `yaml:"named"`
}

// newWishes reads wishes.yaml: for each wish, phrases that are the whole message and
// phrases that may stand within a short one.
func newWishes() (*wishes, error) {
	var file map[Wish]wording
	if err := yaml.Unmarshal(wishesSource, &file); err != nil {
		return nil, fmt.Errorf("read wishes.yaml: %w", err)
	}
	w := &wishes{whole: map[string]Wish{}}
	for wish, phrases := range file {
		for _, p := range phrases.Whole {
			w.whole[plainWords(p)] = wish
		}
		for _, p := range phrases.Within {
			w.whole[plainWords(p)] = wish
			w.within = append(w.within, phrase{" " + plainWords(p) + " ", wish})
		}
		if len(phrases.MadeOf) > 0 {
			w.mixed = append(w.mixed, newMixture(wish, phrases.MadeOf, phrases.Beside))
		}
	}
	w.names = file[WishLang].Named
	// The longest phrase says most: "a female volunteer" is more than "a volunteer".
	slices.SortFunc(w.within, func(a, b phrase) int { return cmp.Or(len(b.words)-len(a.words), strings.Compare(a.words, b.words)) })
	slices.SortFunc(w.mixed, func(a, b mixture) int { return strings.Compare(string(a.wish), string(b.wish)) })
	return w, nil
}

// longestWish is the most words of a message that is read as a wish; a longer one
// tells a story, and the story counts.
const longestWish = 9

// tears are the signs of somebody who is not well.
const tears = "😢😭😥😰😱😨😞😔😩😫🥺💔🆘"

// find returns the wish a message expresses.
func (w *wishes) find(text string) Wish {
	if command, ok := strings.CutPrefix(text, "/"); ok {
		return commandWish(command)
	}
	plain := plainWords(text)
	if plain == "" && strings.ContainsAny(text, "?؟") {
		return Greeting // "???" asks whether anybody is there
	}
	if plain == "" {
		switch {
		case strings.ContainsAny(text, tears):
			return Plea
		case strings.TrimSpace(text) != "" && !strings.ContainsAny(text, "0123456789"):
			return Emoji
		}
		return NoWish
	}
	if wish := w.plain(text); wish != NoWish {
		return wish
	}
	if wish := w.sentence(text); wish != NoWish {
		return wish
	}
	if strings.Count(plain, " ") >= longestWish {
		return NoWish
	}
	padded := " " + plain + " "
	for _, p := range w.within {
		if strings.Contains(padded, p.words) {
			return p.wish
		}
	}
	return w.composed(plain)
}

// plain returns the wish that a text is word for word, politeness around it left out.
func (w *wishes) plain(text string) Wish {
	plain := plainWords(text)
	if wish, ok := w.whole[plain]; ok && wish != please {
		return wish
	}
	if wish := w.whole[w.bare(plain)]; wish != please {
		return wish
	}
	return NoWish
}

// named returns the one language that a wish for a language names; "" for none or several.
func (w *wishes) named(text string) string {
	found, plain := "", plainWords(text)
	for lang, names := range w.names {
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(plain, name) }) {
			if found != "" {
				return ""
			}
			found = lang
		}
	}
	return found
}

// sentence returns the wish for a person that a sentence of the text is.
func (w *wishes) sentence(text string) Wish {
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".!?؟\n", r) }) {
		bare := w.bare(plainWords(s))
		if wish := cmp.Or(w.whole[bare], w.mixture(bare)); wish == WishPerson || wish == WishWoman {
			return wish
		}
	}
	return NoWish
}

// bare is what remains of a phrase without politeness and a telephone number before and
// after it.
func (w *wishes) bare(plain string) string {
	words := strings.Fields(plain)
	around := func(words []string) bool {
		return w.whole[strings.Join(words, " ")] == please || isNumber(strings.Join(words, ""))
	}
	for n := min(longestNumber, len(words)); n > 0; n-- {
		if around(words[:n]) {
			return w.bare(strings.Join(words[n:], " "))
		}
		if around(words[len(words)-n:]) {
			return w.bare(strings.Join(words[:len(words)-n], " "))
		}
	}
	return strings.Join(words, " ")
}

// longestNumber is the most groups that a telephone number is written in: +31 6 12 34 56 78.
const longestNumber = 6

// isNumber says that a text is a telephone number in digits of any script, not how many or when.
func isNumber(text string) bool {
	return utf8.RuneCountInString(text) >= 6 && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

func commandWish(command string) Wish {
	name, _, _ := strings.Cut(command, " ")
	switch Wish(strings.ToLower(name)) {
	case WishStart:
		return WishStart
	case WishHelp:
		return WishHelp
	case WishPerson:
		return WishPerson
	case WishWoman:
		return WishWoman
	case WishLang, "lang":
		return WishLang
	case WishData, "mydata":
		return WishData
	case WishDelete:
		return WishDelete
	case WishStop:
		return WishStop
	case WishPlace:
		return WishPlace
	}
	return NoWish
}

// plainWords folds a message to its words: lower case, no marks, signs or vowel
// points, one apostrophe, Arabic letters in one form.
func plainWords(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.ToLower(text)) {
		switch r {
		case '’', 'ʼ', '`', '\'', '‘':
			b.WriteRune('\'')
			continue
		case 'أ', 'إ', 'آ':
			r = 'ا'
		case 'ى':
			r = 'ي'
		case 'ة':
			r = 'ه'
		case 'ё':
			r = 'е'
		case 'ـ':
			continue
		}
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r): // vowel points belong to no script; a heart ends in one too
		case unicode.IsLetter(r) || unicode.Is(unicode.M, r):
			b.WriteRune(r)
		case unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
