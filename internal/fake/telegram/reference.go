package telegram

import (
	"net/url"
	"strings"
	"unicode/utf16"
)

// reference reads a character reference; what is none stays as it is written.
func (p *htmlParser) reference(out *strings.Builder) {
	end := p.pos + 1
	var code rune
	if p.peek(1) == '#' {
		code, end = numeric(p.in, p.pos)
	} else {
		for end < len(p.in) && (p.in[end]|0x20 >= 'a' && p.in[end]|0x20 <= 'z') {
			end++
		}
		code = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[p.in[p.pos+1:end]]
	}
	if code == 0 {
		out.WriteByte('&')
		p.pos++
		return
	}
	if end < len(p.in) && p.in[end] == ';' {
		end++
	}
	p.pos = end
	if utf16.IsSurrogate(code) {
		out.WriteString("\xed\xa0\x80") // invalid on its own; the check at the end finds it
		return
	}
	out.WriteRune(code)
}

// numeric reads &#1234 or &#x4d2 at pos; 0 where it is not one.
func numeric(s string, pos int) (code rune, end int) {
	end = pos + 2
	base, digits := rune(10), "0123456789"
	if end < len(s) && s[end] == 'x' {
		end++
		base, digits = 16, "0123456789abcdef"
	}
	for end < len(s) && end-pos < 10 {
		c := s[end]
		if 'A' <= c && c <= 'F' {
			c |= 0x20
		}
		d := strings.IndexByte(digits, c)
		if d < 0 {
			break
		}
		code = code*base + rune(d)
		end++
	}
	if code >= 0x10ffff || end-pos >= 10 {
		return 0, pos
	}
	return code, end
}

// units is the length of s in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// checkedLink is the address of a link as Telegram keeps it, "" for one it drops:
// only web and tg: addresses become links.
func checkedLink(address string) string {
	if !strings.Contains(address, ":") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if strings.Contains(u.Hostname(), ".") {
			return u.String()
		}
	case "tg":
		return address
	}
	return ""
}
