package bots

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// textRun is a stretch of text, in bytes, that is read as one: an address, a number
// with what belongs to it, words of another script.
type textRun struct {
	start, end int
	url        bool
	link       string // http(s): or tel:, where the run itself can be followed
}

// findRuns finds addresses and numbers in a text; in one written from right to left
// also left-to-right words.
func findRuns(text string, rtl bool) []textRun {
	f := finder{s: text, words: rtl}
	var runs []textRun
	for i := 0; i < len(text); {
		if end := f.address(i); end > i {
			link := text[i:end]
			if lower(link[0]) == 'w' {
				link = "https://" + link
			}
			runs = append(runs, textRun{start: i, end: end, url: true, link: link})
			i = end
			continue
		}
		if end := f.run(i); end > i {
			runs = append(runs, textRun{start: i, end: end, link: phoneLink(text[i:end])})
			i = end
			continue
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		i += n
	}
	return runs
}

type finder struct {
	s     string
	words bool
}

func (f finder) at(i int) (rune, int) {
	if i >= len(f.s) {
		return 0, 0
	}
	return utf8.DecodeRuneInString(f.s[i:])
}

func (f finder) before(i int) rune {
	r, _ := utf8.DecodeLastRuneInString(f.s[:i])
	return r
}

func (f finder) digit(i int) bool {
	r, n := f.at(i)
	return n > 0 && unicode.IsDigit(r)
}

// core reports a letter or digit of a run.
func (f finder) core(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || f.words && ('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}
	return unicode.IsDigit(r) || f.words && unicode.IsLetter(r) && !rtlLetter(r)
}

func (f finder) coreAt(i int) bool {
	r, n := f.at(i)
	return n > 0 && f.core(r)
}

// cores is the end of the letters and digits from i on.
func (f finder) cores(i int) int {
	for {
		r, n := f.at(i)
		if n == 0 || !f.core(r) && !(unicode.Is(unicode.Mn, r) && f.words) {
			return i
		}
		i += n
	}
}

// run is the end of the run that begins at i, or i.
func (f finder) run(i int) int {
	next := f.begin(i)
	if next < 0 {
		return i
	}
	end := i
	for next >= 0 {
		end = f.cores(next)
		if next = f.join(i, end); next < 0 {
			next = f.bracket(i, end)
		}
	}
	return f.suffix(end)
}

// begin is the first letter or digit of a run that begins at i, with a sign before
// it or without, or -1.
func (f finder) begin(i int) int {
	r, n := f.at(i)
	if f.core(r) {
		return i
	}
	switch r {
	case '€', '$', '£', '₴':
		if b, m := f.at(i + n); (b == ' ' || b == '\u00a0') && f.digit(i+n+m) {
			return i + n + m
		}
		if f.digit(i + n) {
			return i + n
		}
	case '+', '#', '№', '-', '−':
		if f.digit(i+n) && !f.core(f.before(i)) {
			return i + n
		}
	case '(': // (020) 123 45 67
		if end := f.cores(i + n); f.digit(i+n) && strings.HasPrefix(f.s[end:], ") ") && f.digit(end+2) {
			return i + n
		}
	}
	return -1
}

// joiners stand inside a run between two letters or digits, without a gap.
const joiners = ".,:;/-–—−'’&+@_#%=?~*·|\\×°\u066B\u066C" + lrm

// join is where the run from start to end goes on behind a gap or a sign, or -1.
func (f finder) join(start, end int) int {
	if f.s[start] == '(' && strings.HasPrefix(f.s[end:], ") ") && f.digit(end+2) && !strings.Contains(f.s[start:end], ")") {
		return end + 2 // (020) 123 45 67
	}
	if strings.HasPrefix(f.s[end:], lrm+" "+lrm) && f.digit(end+2*len(lrm)+1) {
		return end + 2*len(lrm) + 1
	}
	r, n := f.at(end)
	if r == ' ' || r == '\u00a0' {
		next := end + n
		if f.coreAt(next) && (f.words || f.digit(next) && unicode.IsDigit(f.before(end))) && f.address(next) == next {
			return next
		}
		// 06 - 1234 5678
		if (f.s[start] == '0' || f.s[start] == '+') && strings.HasPrefix(f.s[next:], "- ") && f.digit(next+2) {
			return next + 2
		}
		return -1
	}
	i := end
	for range 3 {
		r, n := f.at(i)
		if n == 0 || !strings.ContainsRune(joiners, r) {
			return -1
		}
		if i += n; f.coreAt(i) {
			return i
		}
	}
	return -1
}

// bracket is the end of a bracket behind end that holds nothing of another
// direction, or -1: BSN (burgerservicenummer), +31 (0)20.
func (f finder) bracket(start, end int) int {
	open := end
	if r, n := f.at(open); r == ' ' || r == '\u00a0' {
		open += n
	}
	if r, _ := f.at(open); r != '(' {
		return -1
	}
	length := strings.IndexByte(f.s[open:], ')')
	if length < 2 || length > 120 {
		return -1
	}
	inside := f.s[open+1 : open+length]
	phone := (f.s[start] == '0' || f.s[start] == '+') && strings.Trim(inside, "0123456789") == ""
	if !phone && (!f.words || strings.ContainsFunc(inside, rtlLetter) || strings.ContainsAny(inside, "(\n")) {
		return -1
	}
	if !phone && !strings.ContainsFunc(inside, f.core) {
		return -1
	}
	return open + length + 1
}

// suffix is the end of a sign behind a number that ends at end.
func (f finder) suffix(end int) int {
	if end == 0 || !unicode.IsDigit(f.before(end)) {
		return end
	}
	i := end
	if r, n := f.at(i); r == ' ' || r == '\u00a0' {
		if r, _ := f.at(i + n); !strings.ContainsRune("€%$₴", r) || r == 0 {
			return end
		}
		i += n
	}
	r, n := f.at(i)
	if n == 0 || !strings.ContainsRune("%‰°+€$£₴", r) {
		return end
	}
	return i + n
}

// address is the end of a web address that begins at i, or i.
func (f finder) address(i int) int {
	c := lower(f.s[i])
	if c != 'h' && c != 'w' {
		return i
	}
	rest := f.s[i:]
	prefix := ""
	for _, p := range []string{"https://", "http://", "www."} {
		if len(rest) > len(p) && strings.EqualFold(rest[:len(p)], p) {
			prefix = p
			break
		}
	}
	if prefix == "" || unicode.IsLetter(f.before(i)) {
		return i
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>\"«»“”،؛؟\u200E\u200F", r)
	})
	if end < 0 {
		end = len(rest)
	}
	address := rest[:end]
	for {
		r, n := utf8.DecodeLastRuneInString(address)
		open := r == ')' && strings.Count(address, "(") >= strings.Count(address, ")")
		if open || !strings.ContainsRune(".,:;!?'’)]}*_…", r) || len(address) <= len(prefix) {
			break
		}
		address = address[:len(address)-n]
	}
	if len(address) <= len(prefix) {
		return i
	}
	return i + len(address)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// phoneLink is the tel: address of a number that can be called: a Dutch or
// international one, or an emergency line; else "".
func phoneLink(s string) string {
	if s == "112" || s == "113" {
		return "tel:" + s
	}
	if strings.Trim(s, "+0123456789 -()\u00a0") != "" {
		return ""
	}
	digits := digitsOf(s)
	if strings.HasPrefix(s, "+") {
		// +31 (0)20 123 4567: the zero is for callers at home.
		digits = digitsOf(strings.Replace(s, "(0)", "", 1))
		if len(digits) >= 8 && len(digits) <= 15 {
			return "tel:+" + digits
		}
		return ""
	}
	free := strings.HasPrefix(digits, "0800") || strings.HasPrefix(digits, "0900")
	switch {
	case free && (len(digits) == 8 || len(digits) == 11):
	case strings.HasPrefix(digits, "0") && len(digits) == 10 && !strings.HasPrefix(digits, "00"):
	default:
		return ""
	}
	return "tel:" + digits
}

// digitsOf are the ASCII digits of s.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
