package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words splits text into normalised words: small letters, one form for each apostrophe, Arabic
// letter and digit, no diacritics on Latin letters. Both articles and questions pass here.
func words(text string) []string {
	var b strings.Builder // of all words one after the other
	b.Grow(len(text))
	ends := make([]int, 0, 16)
	flush := func() {
		if n := len(ends); b.Len() > 0 && (n == 0 || ends[n-1] < b.Len()) {
			ends = append(ends, b.Len())
		}
	}
	if !norm.NFC.IsNormalString(text) {
		text = norm.NFC.String(text)
	}
	for _, r := range text {
		switch {
		case r < 0x80:
			switch {
			case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
				b.WriteByte(byte(r))
			case 'A' <= r && r <= 'Z':
				b.WriteByte(byte(r) + 'a' - 'A')
			case r == '\'' || r == '`':
				// an apostrophe belongs to the word, written or not
			default:
				flush()
			}
		case r == '’' || r == 'ʼ' || r == '‘' || r == '´':
		case r == 0x640 || r >= 0x64b && r <= 0x65f || r == 0x670 || r == 0x200c || r == 0x200d || r == 0x200e || r == 0x200f:
			// tatweel, vowel signs and joiners do not change the word
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			writeFolded(&b, unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r):
		default:
			flush()
		}
	}
	flush()
	if len(ends) == 0 {
		return nil
	}
	out, all, from := make([]string, len(ends)), b.String(), 0
	for i, end := range ends {
		out[i], from = all[from:end], end
	}
	return out
}

var folded = map[rune]rune{
	'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ی': 'ي', 'ې': 'ي', 'ئ': 'ي', 'ؤ': 'و', 'ة': 'ه', 'ۀ': 'ه',
	'ک': 'ك', 'گ': 'ك', 'ڭ': 'ك', 'ڤ': 'ف', 'پ': 'ب', 'چ': 'ج', 'ژ': 'ز',
	'ё': 'е', 'ґ': 'г', 'ъ': 'ь', 'ß': 's', 'ø': 'o', 'ł': 'l', 'ı': 'i', 'æ': 'e', 'œ': 'e', 'đ': 'd',
}

func writeFolded(b *strings.Builder, r rune) {
	if r == 'ء' {
		return
	}
	if f, ok := folded[r]; ok {
		b.WriteRune(f)
		return
	}
	if unicode.IsDigit(r) && r > 0x80 {
		if d := digitValue(r); d >= 0 {
			b.WriteByte(byte('0' + d))
			return
		}
	}
	if r < 0x250 { // Latin with diacritics: the base letter
		if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 {
			b.WriteByte(d[0])
			return
		}
	}
	b.WriteRune(r)
}

func digitValue(r rune) int {
	switch {
	case r >= 0x660 && r <= 0x669:
		return int(r - 0x660)
	case r >= 0x6f0 && r <= 0x6f9:
		return int(r - 0x6f0)
	}
	return -1
}

// script is the writing system of a normalised word.
type script uint8

const (
	latin script = iota
	cyrillic
	arabic
	other
	digits
)

func scriptOf(word string) script {
	for _, r := range word {
		switch {
		case r >= '0' && r <= '9':
			continue
		case r < 0x250:
			return latin
		case r >= 0x400 && r < 0x530:
			return cyrillic
		case r >= 0x600 && r < 0x780:
			return arabic
		default:
			return other
		}
	}
	return digits
}
