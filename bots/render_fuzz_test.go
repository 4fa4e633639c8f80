package bots

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

var formats = []Format{HTML, Page, Markers, Styles, PlainSMS}

// seen is what a contact reads of a body, without markup.
func seen(t *testing.T, f Format, body string) string {
	t.Helper()
	switch f {
	case HTML, Page:
		checkTags(t, f, body)
		body = strings.ReplaceAll(body, "<br>", "\n")
		return html.UnescapeString(element.ReplaceAllString(body, ""))
	case Markers:
		return seenMarkers(body)
	}
	return body
}

// seenMarkers reads *bold* and _italic_ as WhatsApp does: a marker opens before and
// closes after a word, on one line.
func seenMarkers(body string) string {
	for _, m := range []byte("*_~") {
		var out []string
		for line := range strings.SplitSeq(body, "\n") {
			out = append(out, unwrap(line, m))
		}
		body = strings.Join(out, "\n")
	}
	return strings.ReplaceAll(body, zwsp, "")
}

func unwrap(line string, m byte) string {
	open := -1
	for i := 0; i < len(line); i++ {
		if line[i] != m {
			continue
		}
		prev, _ := utf8.DecodeLastRuneInString(line[:i])
		next, _ := utf8.DecodeRuneInString(line[i+1:])
		free := i+1 < len(line) && !unicode.IsSpace(next) && !strings.HasPrefix(line[i+1:], zwsp)
		switch {
		case open >= 0 && i > open+1 && !unicode.IsSpace(prev) && !wordRune(next) && !strings.HasPrefix(line[i+1:], zwsp):
			line = line[:open] + line[open+1:i] + line[i+1:]
			i -= 2
			open = -1
		case free && !wordRune(prev):
			open = i
		}
	}
	return line
}

var element = regexp.MustCompile(`<(/?)([a-z]+)([^>]*)>|[<>]`)

func checkTags(t *testing.T, f Format, body string) {
	t.Helper()
	known := map[Format][]string{HTML: {"a", "b", "i"}, Page: {"a", "strong", "em", "bdi", "p", "ul", "ol", "li"}}[f]
	var open []string
	for _, m := range element.FindAllStringSubmatch(body, -1) {
		name := m[2]
		switch {
		case name == "br" && f == Page:
		case !slices.Contains(known, name):
			t.Fatalf("%s: %q in %q", f, m[0], body)
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Fatalf("%s: %q closes %q in %q", f, m[0], open, body)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("%s: %q stay open in %q", f, open, body)
	}
	if strings.Contains(strings.ToLower(body), `="javascript`) {
		t.Fatalf("%s: %q", f, body)
	}
}

// letters are what must be the same everywhere: all but blanks, marks and what
// formats write differently (the signs of lists, addresses after links).
func letters(s string) string {
	s = strings.NewReplacer(lrm, "", rlm, "", zwsp, "", "%2A", "*", "%7E", "~", "%60", "`", "%5F", "_", "•", "").Replace(s)
	return strings.Join(strings.Fields(s), "")
}

func checkParts(t *testing.T, r Reply, l Limits, parts []Part) {
	t.Helper()
	for i, p := range parts {
		if !utf8.ValidString(p.Body) || !utf8.ValidString(p.Text) {
			t.Fatalf("%s: invalid UTF-8 in part %d: %q", l.Format, i, p.Body)
		}
		if l.Text > 0 && length(p.Text, l.Unit) > l.Text {
			t.Fatalf("%s: part %d has %d of %d: %q", l.Format, i, length(p.Text, l.Unit), l.Text, p.Text)
		}
		if l.Text > 0 && l.Format == Markers && length(p.Body, l.Unit) > l.Text {
			t.Fatalf("%s: part %d is %d of %d long: %q", l.Format, i, length(p.Body, l.Unit), l.Text, p.Body)
		}
		body := letters(seen(t, l.Format, p.Body))
		text := letters(p.Text)
		switch l.Format {
		case Styles, PlainSMS:
			if p.Body != p.Text {
				t.Fatalf("%s: %q is not %q", l.Format, p.Body, p.Text)
			}
		case Markers:
			if body != text {
				t.Fatalf("%s: reads %q, not %q", l.Format, body, text)
			}
		default: // addresses of links are not seen, and the page numbers its lists
			if !subsequence(body, text) {
				t.Fatalf("%s: reads %q, not %q", l.Format, body, text)
			}
		}
		units := len(utf16.Encode([]rune(p.Body)))
		for _, s := range p.Ranges {
			if s.Start < 0 || s.Len <= 0 || s.Start+s.Len > units {
				t.Fatalf("range %+v of %d", s, units)
			}
			u := utf16.Encode([]rune(p.Body))
			if utf16.IsSurrogate(rune(u[s.Start])) && u[s.Start] >= 0xDC00 || s.Start+s.Len < units && u[s.Start+s.Len] >= 0xDC00 && u[s.Start+s.Len] < 0xE000 {
				t.Fatalf("range %+v cuts a letter", s)
			}
		}
	}
}

// checkReply renders a reply and compares it with itself without a limit: nothing is
// lost on the way, nothing comes twice or in another order.
func checkReply(t *testing.T, r Reply, l Limits) []Part {
	t.Helper()
	parts := Render(r, l, Address{})
	checkParts(t, r, l, parts)
	whole := parts
	if len(parts) != 1 {
		free := Limits{Format: l.Format, Choices: l.Choices}
		if whole = Render(r, free, Address{}); len(whole) != 1 {
			t.Fatalf("%s: %d parts without a limit", l.Format, len(whole))
		}
		checkParts(t, r, free, whole)
	}
	plain := Render(r, Limits{Format: PlainSMS, Choices: l.Choices}, Address{})
	if whole[0].Text != plain[0].Text {
		t.Fatalf("%s: %q, elsewhere %q", l.Format, whole[0].Text, plain[0].Text)
	}
	var all strings.Builder
	for i, p := range parts {
		if p.ID != fmt.Sprintf("%s-%d", r.ID, i) {
			t.Fatalf("part %d is called %s", i, p.ID)
		}
		all.WriteString(p.Text)
	}
	if got, want := letters(all.String()), letters(whole[0].Text); got != want {
		t.Fatalf("%s in %d: %q became %q", l.Format, l.Text, want, got)
	}
	return parts
}

func subsequence(short, long string) bool {
	for _, r := range short {
		i := strings.IndexRune(long, r)
		if i < 0 {
			return false
		}
		long = long[i+utf8.RuneLen(r):]
	}
	return true
}

var seeds = []string{
	"Це **важливо**, *справді* 😀.\n\n- раз\n- два [IND](https://ind.nl/x_y?a=1&b=2)\n\n1. три\n2. чотири",
	"رقم **BSN** (burgerservicenummer) هو 0800-2000 و € 14,99.\n\n1. قولوا «ambulance»، «fire»\n2. [هنا](https://ind.nl)",
	"e\u0301e\u0301 👨‍👩‍👧‍👦👨‍👩‍👧‍👦 +31 88 0767 000 ٠٨٠٠-٢٠٠٠",
	"*a* _b_ ~c~ `d` \\*e\\* 2*3 snake_case **x**y __z__ > - q\n> w\n- \\- e",
	"<b>&amp;</b> &#x202e; [x](javascript:alert(1)) [y](tel:112) ![z](q)",
	"- a\n  - b\n\n    c\n      1. d\n- e\n\n f",
	"***\n***a** b*\\\nc  \nd\n\n\t\n\n# h\n===\n",
	"\u0600\u0601٪ (x) (y z) 1 (2) +3 (4)5 -6 --7 #8 ( 9",
}

func FuzzRender(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint8(0), 40)
		f.Add(s, uint8(1), 200)
	}
	f.Fuzz(func(t *testing.T, text string, which uint8, limit int) {
		if len(text) > 3000 {
			return
		}
		lang := []string{"uk", "ar", "", "fa"}[which%4]
		unit := Unit(which / 4 % 2)
		r := Reply{ID: "r", Text: text, Lang: lang, Choices: []Choice{{ID: "a", Label: "x"}}}
		for _, format := range formats {
			l := Limits{Format: format, Unit: unit, Choices: 1}
			if limit >= 24 && limit <= 5000 {
				l.Text = limit
			}
			checkReply(t, r, l)
		}
	})
}

func FuzzCleanText(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add("a\x00b\u202Ec\xff\r\n" + strings.Repeat("👨‍👩‍👧‍👦", 1300))
	f.Fuzz(func(t *testing.T, s string) {
		got, cut := CleanText(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > MaxText {
			t.Fatalf("%q", got)
		}
		if strings.ContainsFunc(got, harmful) {
			t.Fatalf("harmful: %q", got)
		}
		if again, cut2 := CleanText(got); again != got || cut2 {
			t.Fatalf("%q became %q", got, again)
		}
		if !cut && utf8.ValidString(s) && !strings.ContainsFunc(s, harmful) && got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}
