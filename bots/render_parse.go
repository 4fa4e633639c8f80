package bots

import (
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown has no link reference definitions: they would swallow lines that a
// volunteer wrote as they are. It knows bare addresses, so that the signs in them
// are not taken for emphasis.
var markdown = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(parser.DefaultInlineParsers()...),
	parser.WithInlineParsers(util.Prioritized(extension.NewLinkifyParser(), 999)),
)

// maxURL is the longest address of a link; a longer one is none.
const maxURL = 2000

// parse reads Markdown. What is not paragraph, list, emphasis, link or line break
// becomes its plain text; a heading is a bold paragraph.
func parse(source string) []block {
	src := []byte(clean(source))
	p := parsing{src: src}
	p.blocksOf(markdown.Parse(text.NewReader(src)), 0)
	return p.blocks
}

type parsing struct {
	src    []byte
	blocks []block
	// item is the marker of the next block, once.
	item *block
	// style of the inline text being read
	bold, italic int
}

func (p *parsing) blocksOf(parent ast.Node, depth int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.List:
			number := n.Start
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				p.item = &block{list: depth + 1}
				if n.IsOrdered() {
					p.item.number = number
					number++
				}
				p.blocksOf(item, depth+1)
				p.item = nil
			}
		case *ast.Heading:
			p.bold++
			p.add(p.inlines(n), depth)
			p.bold--
		case *ast.Paragraph, *ast.TextBlock:
			p.add(p.inlines(n), depth)
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			p.add(p.lines(n), depth)
		case *ast.ThematicBreak:
		default:
			p.blocksOf(n, depth)
		}
	}
}

func (p *parsing) add(spans []span, depth int) {
	b := block{list: depth, more: depth > 0}
	if p.item != nil {
		b, p.item = *p.item, nil
	}
	b.spans = spans
	if b = b.trim(); len(b.spans) > 0 {
		p.blocks = append(p.blocks, b)
	}
}

func (p *parsing) lines(n ast.Node) []span {
	var sb strings.Builder
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		sb.Write(line.Value(p.src))
	}
	return []span{{text: sb.String()}}
}

func (p *parsing) inlines(parent ast.Node) []span {
	var spans []span
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			s := string(n.Value(p.src))
			if !n.IsRaw() {
				s = literal(s)
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				// Chats keep the lines people write.
				s = strings.TrimRight(s, " ") + "\n"
			}
			spans = p.span(spans, s)
		case *ast.String:
			spans = p.span(spans, string(n.Value))
		case *ast.Emphasis:
			style := &p.italic
			if n.Level == 2 {
				style = &p.bold
			}
			*style++
			spans = append(spans, p.inlines(n)...)
			*style--
		case *ast.Link:
			spans = append(spans, p.linked(literal(string(n.Destination)), p.inlines(n))...)
		case *ast.AutoLink:
			spans = p.span(spans, string(n.Label(p.src)))
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				spans = p.span(spans, string(segment.Value(p.src)))
			}
		default:
			spans = append(spans, p.inlines(n)...)
		}
	}
	return spans
}

func (p *parsing) span(spans []span, s string) []span {
	if s = clean(s); s == "" {
		return spans
	}
	return append(spans, span{text: s, bold: p.bold > 0, italic: p.italic > 0})
}

// linked makes words a link. An address that must be seen to be of use, and any
// address where links cannot be made, follows the words.
func (p *parsing) linked(url string, words []span) []span {
	url = strings.TrimSpace(clean(url))
	scheme, rest, _ := strings.Cut(url, ":")
	scheme = strings.ToLower(scheme)
	label := strings.TrimSpace(block{spans: words}.text())
	if len(url) > maxURL || rest == "" || strings.ContainsAny(url, " \t\n<>\"") {
		return words
	}
	switch scheme {
	case "http", "https":
		if label == "" {
			return append(words, span{text: url, bold: p.bold > 0, italic: p.italic > 0})
		}
		for i := range words {
			words[i].link = url
		}
		if bare(label) == bare(url) {
			return words
		}
		return append(words, span{text: ": " + url, tail: true})
	case "tel", "mailto":
		if shown(label, rest) {
			return words
		}
		if label != "" {
			rest = ": " + rest
		}
		return append(words, span{text: rest, bold: p.bold > 0, italic: p.italic > 0})
	}
	return words
}

// bare is an address without what people leave out.
func bare(url string) string {
	for _, prefix := range []string{"https://", "http://", "www."} {
		url = strings.TrimPrefix(url, prefix)
	}
	return strings.TrimSuffix(url, "/")
}

// shown reports whether a text holds an address already, a number also with other
// gaps between its digits or without the country's code.
func shown(label, address string) bool {
	if strings.Contains(label, address) {
		return true
	}
	digits := digitsOf(address)
	national := strings.TrimPrefix(digits, "31")
	return len(digits) >= 3 && !strings.Contains(address, "@") && strings.HasSuffix(digitsOf(label), national)
}

// literal resolves Markdown's backslashes and HTML's entities.
func literal(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var sb strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]) {
			sb.WriteString(html.UnescapeString(s[from:i]))
			sb.WriteByte(s[i+1])
			i++
			from = i + 1
		}
	}
	sb.WriteString(html.UnescapeString(s[from:]))
	return sb.String()
}
