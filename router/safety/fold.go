package safety

import (
	"strings"
	"unicode"
)

// script says which word lists a token can be found in.
type script uint8

const (
	other script = iota
	latin
	cyrillic
	arabic
	number
)

// token is one word of a message in its folded form.
type token struct {
	text   string
	script script
	value  int // of a number token
	pos    int // place in the text; the end of a sentence counts as two more words
}

// sentenceGap is how many words the end of a sentence counts for when a rule asks whether
// two ideas stand close together.
const sentenceGap = 2

// tokens splits text into folded words and appends them to dst.
func tokens(dst []token, text string) []token {
	var b strings.Builder
	var scripts [number + 1]bool
	pos, pending := 0, 0
	flush := func() {
		if b.Len() == 0 {
			return
		}
		pos += 1 + pending
		pending = 0
		t := finish(b.String(), scripts, pos)
		if rest, ok := gluedNegation(t); ok {
			dst = append(dst, token{text: "ما", script: arabic, pos: pos, value: -1})
			pos++
			t.text, t.pos = rest, pos
		}
		dst = append(dst, t)
		b.Reset()
		scripts = [number + 1]bool{}
	}
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			s := scriptOf(r)
			if scripts[number] && b.Len() > 0 && (s != latin || onlyNumber(scripts) && b.Len() > 1) {
				flush() // "14років" and "16yo" are two words, arabizi "3ala" is one
			}
			scripts[s] = true
			b.WriteRune(unicode.ToLower(r))
		case digit(r) >= 0:
			if scripts[cyrillic] || scripts[arabic] {
				flush()
			}
			scripts[number] = true
			b.WriteByte(byte('0' + digit(r)))
		case isApostrophe(r):
			if b.Len() > 0 && !scripts[number] {
				continue
			}
			flush()
		case unicode.Is(unicode.Mn, r), r == 'ـ', unicode.Is(unicode.Cf, r):
			continue // accents, vowel signs, tatweel, invisible marks
		default:
			flush()
			if strings.ContainsRune(".!?…\n؟;؛", r) && len(dst) > 0 {
				pending = sentenceGap
			}
		}
	}
	flush()
	return dst
}

// gluedNegation takes the "not" off words like "مابدي", which are written as one as often as
// two. Only before particles that no other word begins with.
func gluedNegation(t token) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(t.text, "ما")
	if !ok || t.script != arabic || len(rest) < 2*2 {
		return "", false
	}
	for _, p := range [...]string{"عم", "بد", "بق", "عن", "عد", "في", "عاد", "بي", "بن", "بع", "كو", "خل"} {
		if strings.HasPrefix(rest, p) {
			return rest, true
		}
	}
	return "", false
}

// onlyNumber reports whether a word has digits and nothing else so far.
func onlyNumber(scripts [number + 1]bool) bool {
	return scripts == [number + 1]bool{number: true}
}

// finish folds one raw word.
func finish(raw string, scripts [number + 1]bool, pos int) token {
	t := token{pos: pos, value: -1}
	switch {
	case scripts[cyrillic]:
		t.script, t.text = cyrillic, foldCyrillic(raw)
	case scripts[arabic]:
		t.script, t.text = arabic, foldArabic(raw)
	case scripts[latin]:
		t.script, t.text = latin, foldLatin(raw)
	case scripts[number]:
		t.script, t.text = number, raw
		if len(raw) <= 4 {
			t.value = 0
			for _, c := range []byte(raw) {
				t.value = t.value*10 + int(c-'0')
			}
		}
	default:
		t.text = raw
	}
	return t
}

func scriptOf(r rune) script {
	switch {
	case r < 0x250, r >= 0x1E00 && r < 0x1F00:
		return latin
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= 0x600 && r < 0x780, r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFF00:
		return arabic
	case unicode.Is(unicode.Latin, r):
		return latin
	}
	return other
}

// digit returns the value of a decimal digit of any script, or -1.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	// Decimal digits stand in runs of ten, zero first; the mathematical ones follow each
	// other from U+1D7CE without a gap.
	if r >= 0x1D7CE && r <= 0x1D7FF {
		return int(r-0x1D7CE) % 10
	}
	zero := r
	for zero > r-10 && unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return int(r-zero) % 10
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', '`', '´', '′':
		return true
	}
	return false
}

// foldCyrillic brings Ukrainian, Russian and their mixtures to one spelling.
func foldCyrillic(s string) string {
	var b strings.Builder
	var last rune
	was := strings.HasPrefix(s, "был") // "была" is not Ukrainian "била"
	for _, r := range s {
		switch r {
		case 'ы':
			if !was {
				r = 'и'
			}
		case 'і', 'ї', 'й', 'i', 'ӣ':
			r = 'и'
		case 'є', 'э', 'ё', 'e':
			r = 'е'
		case 'ґ':
			r = 'г'
		case 'щ':
			r = 'ш'
		case 'ъ', 'ь':
			continue
		case 'a': // Latin letters that look Cyrillic
			r = 'а'
		case 'o':
			r = 'о'
		case 'c':
			r = 'с'
		case 'p':
			r = 'р'
		case 'x':
			r = 'х'
		case 'y', 'ў':
			r = 'у'
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// foldArabic brings the spellings of standard, Levantine and Iraqi writing together.
func foldArabic(s string) string {
	var b strings.Builder
	var last rune
	for _, r := range s {
		switch r {
		case 'أ', 'إ', 'آ', 'ٱ':
			r = 'ا'
		case 'ى', 'ئ', 'ی', 'ې':
			r = 'ي'
		case 'ة', 'ە', 'ۀ', 'ہ':
			r = 'ه'
		case 'ؤ':
			r = 'و'
		case 'ء':
			continue
		case 'گ':
			r = 'ق'
		case 'چ', 'ک':
			r = 'ك'
		case 'پ':
			r = 'ب'
		case 'ڤ':
			r = 'ف'
		case 'ظ':
			r = 'ض'
		case 'ذ':
			r = 'د'
		case 'ث':
			r = 'ت'
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// foldLatin takes accents off and shortens letters held down for emphasis.
func foldLatin(s string) string {
	var b strings.Builder
	var last rune
	run := 0
	for _, r := range s {
		if r >= 0x80 {
			r = plainLatin(r)
		}
		if r == last {
			run++
		} else {
			run = 1
		}
		last = r
		if run > 2 {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func plainLatin(r rune) rune {
	const from, to = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿšžčćđğışłńśźżąęěřůāēīū", "aaaaaaceeeeiiiinoooooouuuuyyszccdgislnszzaeeruaeiu"
	i := 0
	for _, f := range from {
		if f == r {
			return rune(to[i])
		}
		i++
	}
	return r
}
