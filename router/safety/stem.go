package safety

import (
	"strings"
	"unicode/utf8"
)

// A Cyrillic word of stemLength letters or more may have another ending, as long as
// stemRest letters of it are left.
const (
	stemLength = 5
	stemRest   = 4
)

// reflexive stands at the end of the stem of a reflexive verb: "отключился" is not "отключил".
const reflexive = "+"

// endings are taken off Ukrainian and Russian words, the longest that fits first, so that
// "забрали" is found where an editor wrote "забрав". They are in folded spelling.
var endings = []string{
	"увати", "овати", "ивати", "ають", "уются",
	"ами", "ями", "ого", "ому", "ему", "его", "ими", "ают", "яют", "ует", "уют", "аеш", "аем", "ает", "имо", "емо", "ати", "ити", "ути", "ять",
	"ала", "али", "ало", "ила", "или", "ило", "ула", "ули", "ела", "ели",
	"ам", "ям", "ах", "ях", "ою", "ею", "ом", "ем", "ов", "ев", "ив", "им", "их", "ая", "ое", "ие", "ию", "ия", "ои", "еи", "ую",
	"ит", "ет", "ут", "ют", "ат", "ят", "иш", "еш", "ал", "ав", "ил", "ул", "ув", "ел", "ла", "ли", "ло", "ти",
	"а", "я", "о", "е", "и", "у", "ю", "в", "л", "т",
}

// endingsBy are the endings by their last byte: most words are compared with few of them.
var endingsBy = func() (by [256][]string) {
	for _, e := range endings {
		last := e[len(e)-1]
		by[last] = append(by[last], e)
	}
	return by
}()

// stemOf takes the ending off a folded Cyrillic word, or returns "" if the word is too short.
func stemOf(word string) string {
	if utf8.RuneCountInString(word) < stemLength {
		return ""
	}
	mark := ""
	for _, r := range [...]string{"ся", "с"} {
		if rest, ok := strings.CutSuffix(word, r); ok && utf8.RuneCountInString(rest) >= stemRest {
			word, mark = rest, reflexive
			break
		}
	}
	for _, e := range endingsBy[word[len(word)-1]] {
		if rest, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(rest) >= stemRest {
			return rest + mark
		}
	}
	return word + mark
}
