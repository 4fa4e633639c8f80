package safety

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/brug-helpdesk/brug/internal/compact"
)

// lexicon is one body of words: a token is looked up only in those it may belong to.
type lexicon uint8

const (
	inCyrillic lexicon = iota
	inArabic
	inSounds // Arabic by its consonants, for Latin letters
	inEnglish
	inDutch
	lexicons
)

// maxGap is how many words ".." in a phrase may stand for.
const maxGap = 3

// phrase is one entry of a word list.
type phrase struct {
	words    int32 // the list it belongs to
	from, to int32 // its elements
}

// element is a part within a phrase.
type element struct {
	part int32
	gap  bool // whether up to maxGap words may stand before it
}

// shape says how a part is compared with a token.
type shape uint8

const (
	exact  shape = iota // =толкает
	whole               // any ending if the word is Cyrillic
	stem                // душ-
	ending              // -душ
	inside              // -душ-
	shapes
)

// index finds the parts a token can be. Texts are looked up by their hash.
type index struct {
	byText  [lexicons][shapes]compact.Lists[int32]
	longest [lexicons][shapes]int // in bytes
	byStem  compact.Lists[int32]  // whole Cyrillic words by their stem
	// near holds words and stems with one letter left out, for words written with a mistake.
	near     [lexicons]compact.Lists[int32]
	numbers  []numberPart
	spelled  []spelling           // by part
	starts   compact.Lists[int32] // phrases by their first part
	phrases  []phrase
	elements []element // of all phrases
}

// indexer gathers what an index is made of.
type indexer struct {
	index  *index
	byText [lexicons][shapes]entries
	byStem entries
	near   [lexicons]entries
	starts entries
	parts  map[string]int32 // every part once, by lexicon and spelling
}

// entries are numbers with the hash of what leads to them.
type entries []compact.Entry[int32]

func (e *entries) add(hash uint64, number int32) {
	*e = append(*e, compact.Entry[int32]{Hash: hash, Value: number})
}

type numberPart struct {
	low, high int
	id        int32
}

type spelling struct {
	text  string
	shape shape
}

func newIndexer() *indexer { return &indexer{index: &index{}, parts: map[string]int32{}} }

// finish makes the index.
func (x *indexer) finish() *index {
	ix := x.index
	for l := range lexicons {
		for s := range shapes {
			ix.byText[l][s] = compact.NewLists(x.byText[l][s])
		}
		ix.near[l] = compact.NewLists(x.near[l])
	}
	ix.byStem, ix.starts = compact.NewLists(x.byStem), compact.NewLists(x.starts)
	ix.spelled, ix.phrases, ix.elements = slices.Clone(ix.spelled), slices.Clone(ix.phrases), slices.Clone(ix.elements)
	return ix
}

// gluedMa is the negation that gluedNegation takes off.
var gluedMa = regexp.MustCompile(`(^| )ما((?:عم|بد|بق|عن|عد|في|عاد|بي|بن|بع|كو|خل)\pL*)`)

// innerHyphen is one between letters: "кто-то" is two words.
var innerHyphen = regexp.MustCompile(`(\pL)-(\pL)`)

// add compiles one entry of a word list. lang is the language of the list.
func (x *indexer) add(words int32, lang, entry string) error {
	lex, ok := lexiconOf[lang]
	if !ok {
		return fmt.Errorf("language %q is none of uk, ru, ar, ar-Latn, en, nl", lang)
	}
	var elements []element
	gap := false
	loud := lex != inArabic || len(soundsOfArabic(foldArabic(entry))) >= enoughSounds
	fields := strings.Fields(gluedMa.ReplaceAllString(innerHyphen.ReplaceAllString(entry, "$1 $2"), "${1}ما $2"))
	for _, f := range fields {
		if lex == inSounds && len(fields) > 1 && f != ".." && soundsOfArabizi(f) == "" {
			gap = len(elements) > 0 // "w", "ya": only vowels, often left out
			continue
		}
		if f == ".." {
			if len(elements) == 0 || gap {
				return fmt.Errorf("%q: \"..\" must stand between two words", entry)
			}
			gap = true
			continue
		}
		id, err := x.part(lex, f, loud)
		if err != nil {
			return fmt.Errorf("%q: %w", entry, err)
		}
		elements = append(elements, element{id, gap})
		gap = false
	}
	if len(elements) == 0 || gap {
		return fmt.Errorf("%q: expected a word, a stem- or a phrase", entry)
	}
	ix := x.index
	x.starts.add(uint64(elements[0].part), int32(len(ix.phrases)))
	from := int32(len(ix.elements))
	ix.elements = append(ix.elements, elements...)
	ix.phrases = append(ix.phrases, phrase{words, from, int32(len(ix.elements))})
	return nil
}

var lexiconOf = map[string]lexicon{
	"uk": inCyrillic, "ru": inCyrillic, "ar": inArabic, "ar-Latn": inSounds, "en": inEnglish, "nl": inDutch,
}

// enoughSounds is how many consonants an Arabic entry must have to be looked for in Latin
// letters too; short ones sound like too many other words.
const enoughSounds = 4

// part returns the id of one word of an entry. loud says that an Arabic entry can be known by
// its sounds.
func (x *indexer) part(lex lexicon, field string, loud bool) (int32, error) {
	if strings.HasPrefix(field, "<") {
		return x.numberPart(field)
	}
	if _, err := strconv.Atoi(field); err == nil {
		return x.numberPart("<" + field + "-" + field + ">")
	}
	key := string('0'+rune(lex)) + field
	if !loud {
		key += " "
	}
	if id, ok := x.parts[key]; ok {
		return id, nil
	}
	s := whole
	text := field
	if t, ok := strings.CutPrefix(text, "="); ok {
		text, s = t, exact
	}
	if t, ok := strings.CutSuffix(text, "-"); ok {
		text, s = t, stem
	}
	if t, ok := strings.CutPrefix(text, "-"); ok {
		text = t
		if s == stem {
			s = inside
		} else {
			s = ending
		}
	}
	folded := tokens(nil, text)
	if len(folded) != 1 {
		return 0, fmt.Errorf("%q is not one word", field)
	}
	word := folded[0].text
	id := int32(len(x.index.spelled))
	x.parts[key] = id
	x.index.spelled = append(x.index.spelled, spelling{word, s})
	written := folded[0].script
	switch {
	case lex == inSounds:
		sounds := soundsOfArabizi(word)
		if sounds == "" {
			return 0, fmt.Errorf("%q has no consonant to know it by", field)
		}
		x.put(inSounds, s, sounds, id)
	case written == arabic && lex == inArabic:
		x.put(inArabic, s, word, id)
		if sounds := soundsOfArabic(word); loud && sounds != "" && s != inside {
			x.put(inSounds, s, sounds, id)
		}
	case written == latin && (lex == inEnglish || lex == inDutch), written == cyrillic && lex == inCyrillic:
		if st := stemOf(word); lex == inCyrillic && s == whole && st != "" {
			x.byStem.add(textHash(st), id)
		}
		x.put(lex, s, word, id)
	case written == latin: // a Dutch word in another language, as in "під gemeente"
		x.put(inEnglish, s, word, id)
		x.put(inDutch, s, word, id)
	default:
		return 0, fmt.Errorf("%q is not in the letters of its language", field)
	}
	return id, nil
}

func (x *indexer) numberPart(field string) (int32, error) {
	if id, ok := x.parts[field]; ok {
		return id, nil
	}
	low, high, ok := strings.Cut(strings.Trim(field, "<>"), "-")
	a, errA := strconv.Atoi(low)
	b, errB := strconv.Atoi(high)
	if !ok || errA != nil || errB != nil || a > b || !strings.HasSuffix(field, ">") {
		return 0, fmt.Errorf("%q is no range of numbers, expected the form <10-17>", field)
	}
	id := int32(len(x.index.spelled))
	x.parts[field] = id
	x.index.spelled = append(x.index.spelled, spelling{field, whole})
	x.index.numbers = append(x.index.numbers, numberPart{a, b, id})
	return id, nil
}

func (x *indexer) put(lex lexicon, s shape, text string, id int32) {
	forgive := s == whole || s == stem
	if s == exact {
		s = whole // differs in not being found by its stem or with a mistake
	}
	x.byText[lex][s].add(textHash(text), id)
	x.index.longest[lex][s] = max(x.index.longest[lex][s], len(text))
	if !forgive || lex == inSounds || !forgiving(text) {
		return
	}
	x.near[lex].add(textHash(text), id)
	eachShorter(text, func(short []byte) { x.near[lex].add(textHash(short), id) })
}
