package safety

import "strings"

// slavicLetters are tried longest first: how Ukrainian and Russian are typed in Latin letters.
var slavicLetters = []struct{ latin, cyrillic string }{
	{"shch", "ш"}, {"sch", "ш"},
	{"zh", "ж"}, {"kh", "х"}, {"ts", "ц"}, {"tz", "ц"}, {"ch", "ч"}, {"sh", "ш"},
	{"ya", "я"}, {"ja", "я"}, {"ia", "я"}, {"yu", "ю"}, {"ju", "ю"}, {"iu", "ю"},
	{"ye", "е"}, {"je", "е"}, {"ie", "е"}, {"yo", "е"}, {"jo", "е"}, {"yi", "и"}, {"ji", "и"},
	{"a", "а"}, {"b", "б"}, {"c", "ц"}, {"d", "д"}, {"e", "е"}, {"f", "ф"}, {"g", "г"}, {"h", "г"},
	{"i", "и"}, {"j", "и"}, {"k", "к"}, {"l", "л"}, {"m", "м"}, {"n", "н"}, {"o", "о"}, {"p", "п"},
	{"q", "к"}, {"r", "р"}, {"s", "с"}, {"t", "т"}, {"u", "у"}, {"v", "в"}, {"w", "в"}, {"x", "х"},
	{"y", "и"}, {"z", "з"}, {"4", "ч"}, {"6", "ш"},
}

// toCyrillic reads a folded Latin word as Ukrainian or Russian. A plain h is read as г; where
// it may be х the second form is given too.
func toCyrillic(word string) (asG, asH string) {
	var g, h strings.Builder
	ambiguous := false
	for i := 0; i < len(word); {
		found := false
		for _, l := range slavicLetters {
			if strings.HasPrefix(word[i:], l.latin) {
				g.WriteString(l.cyrillic)
				if l.latin == "h" {
					ambiguous = true
					h.WriteString("х")
				} else {
					h.WriteString(l.cyrillic)
				}
				i += len(l.latin)
				found = true
				break
			}
		}
		if !found {
			return "", ""
		}
	}
	asG = foldCyrillic(g.String())
	if ambiguous {
		asH = foldCyrillic(h.String())
	}
	return asG, asH
}

var arabicSounds = map[rune]string{
	'ب': "b", 'ت': "t", 'ث': "t", 'ج': "j", 'ح': "h", 'خ': "x", 'د': "d", 'ذ': "d", 'ر': "r", 'ز': "z",
	'س': "s", 'ش': "c", 'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "d", 'ع': "3", 'غ': "g", 'ف': "f", 'ق': "q",
	'ك': "k", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h",
}

// soundsOfArabic gives the consonants of a folded Arabic word, the form in which it is
// compared with Arabic typed in Latin letters.
func soundsOfArabic(word string) string {
	var b strings.Builder
	last := ""
	runes := []rune(word)
	for i, r := range runes {
		s := arabicSounds[r]
		if r == 'ه' && i == len(runes)-1 {
			s = "" // the feminine ending is typed as a vowel
		}
		if s == "" || s == last {
			continue
		}
		b.WriteString(s)
		last = s
	}
	return b.String()
}

var arabiziSounds = []struct{ latin, sound string }{
	{"sh", "c"}, {"ch", "c"}, {"kh", "x"}, {"gh", "g"}, {"th", "t"}, {"dh", "d"}, {"3'", "g"},
	{"a", ""}, {"e", ""}, {"i", ""}, {"o", ""}, {"u", ""}, {"y", ""}, {"w", ""},
	{"b", "b"}, {"c", "k"}, {"d", "d"}, {"f", "f"}, {"g", "j"}, {"h", "h"}, {"j", "j"}, {"k", "k"}, {"l", "l"},
	{"m", "m"}, {"n", "n"}, {"p", "b"}, {"q", "q"}, {"r", "r"}, {"s", "s"}, {"t", "t"}, {"v", "f"}, {"x", "x"},
	{"z", "z"}, {"2", "q"}, {"3", "3"}, {"5", "x"}, {"6", "t"}, {"7", "h"}, {"8", "q"}, {"9", "s"},
}

// soundsOfArabizi gives the consonants of Arabic typed in Latin letters and digits.
func soundsOfArabizi(word string) string {
	var b strings.Builder
	last := ""
	for i := 0; i < len(word); {
		step := 1
		for _, s := range arabiziSounds {
			if strings.HasPrefix(word[i:], s.latin) {
				step = len(s.latin)
				if s.sound == "h" && s.latin == "h" && i+step == len(word) && i > 0 {
					break // the feminine ending again
				}
				if s.sound != "" && s.sound != last {
					b.WriteString(s.sound)
					last = s.sound
				}
				break
			}
		}
		i += step
	}
	return b.String()
}

// arabicForms appends the word and the forms left when clinging particles are taken off.
func arabicForms(dst []string, word string) []string {
	dst = append(dst, word)
	stems := [2]string{word, ""}
	n := 1
	for _, p := range [...]string{"و", "ف"} {
		if rest, ok := strings.CutPrefix(word, p); ok && len(rest) >= 2*2 {
			dst = append(dst, rest)
			stems[1], n = rest, 2
		}
	}
	for _, s := range stems[:n] {
		for _, p := range [...]string{"بال", "عال", "هال", "كال", "لل", "ال", "ب", "ل", "ك", "ه", "ع", "ح"} {
			if rest, ok := strings.CutPrefix(s, p); ok && len(rest) >= 2*3 {
				dst = append(dst, rest)
				if len(p) > 2 {
					break
				}
			}
		}
	}
	return dst
}
