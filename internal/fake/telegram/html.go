package telegram

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Entity is a stretch of formatted text.
type Entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"` // in UTF-16 units
	Length int    `json:"length"`
	URL    string `json:"url,omitempty"`
	Lang   string `json:"language,omitempty"`
}

// tags are the ones Telegram knows, with the entity each makes
// (core.telegram.org/bots/api#html-style).
var tags = map[string]string{
	"a": "text_link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
	"u": "underline", "ins": "underline", "tg-spoiler": "spoiler", "span": "spoiler",
	"tg-emoji": "custom_emoji", "pre": "pre", "code": "code", "blockquote": "blockquote",
}

// ParseHTML reads a text in Telegram's HTML as sendMessage does with parse_mode HTML.
// Its errors have Telegram's own words, those after "can't parse entities: ".
func ParseHTML(s string) (string, []Entity, error) {
	p := htmlParser{in: s}
	for p.pos < len(p.in) {
		var err error
		switch {
		case p.in[p.pos] == '&':
			p.reference(&p.out)
		case p.in[p.pos] != '<':
			p.out.WriteByte(p.in[p.pos])
			p.pos++
		case p.peek(1) == '/':
			err = p.endTag()
		default:
			err = p.startTag()
		}
		if err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, markupError("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	text := p.out.String()
	if !utf8.ValidString(text) {
		return "", nil, markupError("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
	}
	slices.SortStableFunc(p.entities, func(a, b Entity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
	return text, p.entities, nil
}

// badMarkup is an error in Telegram's words, which begin with a capital.
type badMarkup string

func (e badMarkup) Error() string { return string(e) }

func markupError(format string, args ...any) error {
	return badMarkup(fmt.Sprintf(format, args...))
}

type htmlParser struct {
	in       string
	pos      int
	out      strings.Builder
	open     []openTag
	entities []Entity
}

type openTag struct {
	name     string
	argument string // of a link its address, of a code its language
	start    int    // in bytes of the output
}

// peek is the byte ahead by n, 0 behind the end.
func (p *htmlParser) peek(n int) byte {
	if p.pos+n < len(p.in) {
		return p.in[p.pos+n]
	}
	return 0
}

func space(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// until moves on to the first byte stop wants, or the end, and returns what it passed.
func (p *htmlParser) until(stop func(byte) bool) string {
	from := p.pos
	for p.pos < len(p.in) && p.in[p.pos] != 0 && !stop(p.in[p.pos]) {
		p.pos++
	}
	return p.in[from:p.pos]
}

func (p *htmlParser) skipSpace() { p.until(func(c byte) bool { return !space(c) }) }

func (p *htmlParser) startTag() error {
	begin := p.pos
	p.pos++
	name := strings.ToLower(p.until(func(c byte) bool { return space(c) || c == '>' }))
	if p.peek(0) == 0 {
		return markupError("Unclosed start tag at byte offset %d", begin)
	}
	if tags[name] == "" {
		return markupError("Unsupported start tag \"%s\" at byte offset %d", name, begin)
	}
	tag := openTag{name: name, start: p.out.Len()}
	for {
		p.skipSpace()
		if p.peek(0) == '>' {
			p.pos++
			break
		}
		if err := p.attribute(&tag, begin); err != nil {
			return err
		}
	}
	if name == "span" && tag.argument != "spoiler" {
		return markupError("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	p.open = append(p.open, tag)
	return nil
}

// attribute reads one attribute of the tag that began at begin.
func (p *htmlParser) attribute(tag *openTag, begin int) error {
	name := p.until(func(c byte) bool { return space(c) || strings.IndexByte(`=>/"'`, c) >= 0 })
	if name == "" && p.peek(0) != 0 {
		return markupError("Empty attribute name in the tag \"%s\" at byte offset %d", tag.name, begin)
	}
	p.skipSpace()
	if p.peek(0) == '=' {
		p.pos++
		p.skipSpace()
	} else if p.peek(0) != 0 {
		return nil
	}
	if p.peek(0) == 0 {
		return markupError("Unclosed start tag \"%s\" at byte offset %d", tag.name, begin)
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	if p.peek(0) == 0 {
		return markupError("Unclosed start tag at byte offset %d", begin)
	}
	switch {
	case tag.name == "a" && name == "href", tag.name == "tg-emoji" && name == "emoji-id":
		tag.argument = value
	case tag.name == "code" && name == "class":
		if lang, ok := strings.CutPrefix(value, "language-"); ok {
			tag.argument = lang
		}
	case tag.name == "span" && name == "class":
		if class, ok := strings.CutPrefix(value, "tg-"); ok {
			tag.argument = class
		}
	}
	return nil
}

// value reads a quoted value or a name token.
func (p *htmlParser) value() (string, error) {
	quote := p.peek(0)
	if quote != '"' && quote != '\'' {
		from := p.pos
		token := p.until(func(c byte) bool {
			return c != '.' && c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
		})
		if c := p.peek(0); !space(c) && c != '>' {
			return "", markupError("Unexpected end of name token at byte offset %d", from)
		}
		return strings.ToLower(token), nil
	}
	p.pos++
	var b strings.Builder
	for p.peek(0) != 0 && p.peek(0) != quote {
		if p.peek(0) == '&' {
			p.reference(&b)
			continue
		}
		b.WriteByte(p.in[p.pos])
		p.pos++
	}
	if p.peek(0) == quote {
		p.pos++
	}
	return b.String(), nil
}

func (p *htmlParser) endTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return markupError("Unexpected end tag at byte offset %d", begin)
	}
	p.pos += 2
	name := strings.ToLower(p.until(func(c byte) bool { return space(c) || c == '>' }))
	p.skipSpace()
	if p.peek(0) != '>' {
		return markupError("Unclosed end tag at byte offset %d", begin)
	}
	p.pos++
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return markupError("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	return p.close(tag)
}

// close makes the entity of a tag that ends here; an empty one makes none.
func (p *htmlParser) close(tag openTag) error {
	inside := p.out.String()[tag.start:]
	if inside == "" {
		return nil
	}
	e := Entity{Type: tags[tag.name], Offset: units(p.out.String()[:tag.start]), Length: units(inside)}
	switch tag.name {
	case "a":
		address := tag.argument
		if address == "" {
			address = inside
		}
		if e.URL = checkedLink(address); e.URL == "" {
			return nil // the text stays, the link does not
		}
	case "tg-emoji":
		if strings.Trim(tag.argument, "0123456789") != "" || strings.Trim(tag.argument, "0") == "" {
			return markupError("Invalid custom emoji identifier specified")
		}
	case "code":
		e.Lang = tag.argument
	case "pre":
		// <pre><code class="language-…"> is one block with a language.
		if n := len(p.entities); n > 0 && p.entities[n-1].Type == "code" &&
			p.entities[n-1].Offset == e.Offset && p.entities[n-1].Length == e.Length {
			e.Lang = p.entities[n-1].Lang
			p.entities = p.entities[:n-1]
		}
	}
	p.entities = append(p.entities, e)
	return nil
}
