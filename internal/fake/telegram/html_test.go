package telegram

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseHTML(t *testing.T) {
	for _, tt := range []struct {
		in, text string
		entities []Entity
	}{
		{"plain", "plain", nil},
		{"a &lt;b&gt; &amp; &quot;c&quot; &#1111;&#x457;", `a <b> & "c" її`, nil},
		{"&nbsp; &apos; & &#0; &unknown; &#xZ;", "&nbsp; &apos; & &#0; &unknown; &#xZ;", nil},
		{"&ltx", "&ltx", nil},
		{"&lt x", "< x", nil},
		{"<b>a</b>", "a", []Entity{{Type: "bold", Length: 1}}},
		{"<STRONG>a</sTrong>", "a", []Entity{{Type: "bold", Length: 1}}},
		{"<b>a</>", "a", []Entity{{Type: "bold", Length: 1}}},
		{"<b></b>x", "x", nil},
		{"👋<i>їж</i>", "👋їж", []Entity{{Type: "italic", Offset: 2, Length: 2}}},
		{"<b>a<i>b</i></b>", "ab", []Entity{{Type: "bold", Length: 2}, {Type: "italic", Offset: 1, Length: 1}}},
		{`<a href="https://a.nl/?x=1&amp;y=2">z</a>`, "z", []Entity{{Type: "text_link", Length: 1, URL: "https://a.nl/?x=1&y=2"}}},
		{`<a href='a.nl'>z</a>`, "z", []Entity{{Type: "text_link", Length: 1, URL: "http://a.nl"}}},
		{`<a>https://a.nl</a>`, "https://a.nl", []Entity{{Type: "text_link", Length: 12, URL: "https://a.nl"}}},
		{`<a href="tel:112">112</a>`, "112", nil},
		{`<a href="http://localhost/">z</a>`, "z", nil},
		{`<span class="tg-spoiler">z</span>`, "z", []Entity{{Type: "spoiler", Length: 1}}},
		{`<pre><code class="language-go">z</code></pre>`, "z", []Entity{{Type: "pre", Length: 1, Lang: "go"}}},
		{`<blockquote expandable>z</blockquote>`, "z", []Entity{{Type: "blockquote", Length: 1}}},
		{`<b class=x-1.y other = "&lt;" >z</b >`, "z", []Entity{{Type: "bold", Length: 1}}},
	} {
		text, entities, err := ParseHTML(tt.in)
		if err != nil || text != tt.text || !cmp.Equal(entities, tt.entities) {
			t.Errorf("%s: %q %+v %v, want %q %+v", tt.in, text, entities, err, tt.text, tt.entities)
		}
	}
}

// The words are those of Telegram's own parser.
func TestParseHTMLErrors(t *testing.T) {
	for in, want := range map[string]string{
		"ї<b>a":                  `Can't find end tag corresponding to start tag "b"`,
		"<b>a</i>":               `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`,
		"a</b>":                  "Unexpected end tag at byte offset 1",
		"<br>":                   `Unsupported start tag "br" at byte offset 0`,
		"<b/>":                   `Unsupported start tag "b/" at byte offset 0`,
		"a < b":                  "Unsupported start tag \"\" at byte offset 2",
		"<3":                     "Unclosed start tag at byte offset 0",
		"<b":                     "Unclosed start tag at byte offset 0",
		"<b x":                   `Unclosed start tag "b" at byte offset 0`,
		"<a href=":               `Unclosed start tag "a" at byte offset 0`,
		`<a href="x`:             "Unclosed start tag at byte offset 0",
		"<a href=x/y>":           "Unexpected end of name token at byte offset 8",
		`<b "x">`:                `Empty attribute name in the tag "b" at byte offset 0`,
		"<b>x</b":                "Unclosed end tag at byte offset 4",
		"<span>x</span>":         `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"<bdi>x</bdi>":           `Unsupported start tag "bdi" at byte offset 0`,
		"&#xd83d;":               "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
		"<tg-emoji>x</tg-emoji>": "Invalid custom emoji identifier specified",
	} {
		if _, _, err := ParseHTML(in); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, seed := range []string{
		"<b>a<i>b</i></b>", `<a href="https://a.nl/?a&amp;b">x</a>`, "a &lt; b &#1111; &#x1f600;", "<b", "<a href='x", "</b>",
		`<pre><code class="language-go">x</code></pre>`, "<span class=tg-spoiler>x</span>", "&#xd83d;", "<b \x00>", "&#99999999999;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) || len(in) > maxRaw {
			return // the server refuses it before
		}
		text, entities, err := ParseHTML(in)
		if err != nil {
			return
		}
		if !utf8.ValidString(text) || len(text) > len(in) {
			t.Errorf("%q became %q", in, text)
		}
		for _, e := range entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > units(text) {
				t.Errorf("%q: %+v lies outside", in, e)
			}
		}
		// A text without markup is itself.
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(in)
		if plain, _, err := ParseHTML(escaped); err != nil || plain != in {
			t.Errorf("%q escaped became %q, %v", in, plain, err)
		}
	})
}
