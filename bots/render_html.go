package bots

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// tags writes nested elements: those that follow each other and share outer
// elements share them in the output too.
type tags struct {
	sb   strings.Builder
	open []tag
}

type tag struct{ name, attrs string }

// to closes and opens elements until exactly these are open.
func (t *tags) to(want ...tag) {
	same := 0
	for same < len(want) && same < len(t.open) && t.open[same] == want[same] {
		same++
	}
	for i := len(t.open) - 1; i >= same; i-- {
		name, _, _ := strings.Cut(t.open[i].name, "#")
		t.sb.WriteString("</" + name + ">")
	}
	t.open = t.open[:same]
	for _, w := range want[same:] {
		name, _, _ := strings.Cut(w.name, "#")
		t.sb.WriteString("<" + name + w.attrs + ">")
		t.open = append(t.open, w)
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func attr(name, value string) string { return " " + name + `="` + html.EscapeString(value) + `"` }

func web(link string) bool {
	return strings.HasPrefix(strings.ToLower(link), "http")
}

// telegramHTML writes the HTML subset of core.telegram.org/bots/api#html-style.
func telegramHTML(blocks []block) string {
	var t tags
	for i, b := range blocks {
		if i > 0 {
			t.sb.WriteString(gap(blocks[i-1], b))
		}
		t.sb.WriteString(b.marker())
		for _, s := range mark(b) {
			if s.tail {
				continue
			}
			var want []tag
			// Telegram links what is an address by itself.
			if web(s.link) && !s.found {
				want = append(want, tag{"a", attr("href", s.link)})
			}
			if s.bold {
				want = append(want, tag{name: "b"})
			}
			if s.italic {
				want = append(want, tag{name: "i"})
			}
			t.to(want...)
			t.sb.WriteString(escaper.Replace(s.text))
		}
		t.to()
	}
	return t.sb.String()
}

// pageHTML writes the HTML of our own pages. rtl is the direction it will stand in.
func pageHTML(blocks []block, rtl bool) string {
	var t tags
	var outer []tag // the open lists and, last, the open item
	item := 0
	for i, b := range blocks {
		switch {
		case b.list == 0:
			outer = nil
		case b.more && i > 0 && blocks[i-1].list == b.list:
			// A further paragraph of the open item.
			t.to(outer...)
			t.sb.WriteString("<br>")
		default:
			item++
			outer = itemTags(outer, b, i > 0 && blocks[i-1].list > 0, item, rtl)
		}
		inner := outer
		if b.list == 0 {
			inner = []tag{{"p#" + strconv.Itoa(i), direct(b, rtl)}}
		}
		for _, s := range b.spans {
			if s.tail {
				continue
			}
			t.to(append(inner[:len(inner):len(inner)], inline(b, s)...)...)
			t.sb.WriteString(strings.ReplaceAll(escaper.Replace(s.text), "\n", "<br>"))
		}
		t.to(inner...)
	}
	t.to()
	return t.sb.String()
}

// itemTags are the lists around an item, and the item. A list of another kind or an
// item after a paragraph begins a new list.
func itemTags(open []tag, b block, inList bool, n int, rtl bool) []tag {
	if !inList {
		open = nil
	}
	list := "ul"
	attrs := direct(b, rtl)
	if b.number > 0 {
		list = "ol"
		attrs += attr("value", strconv.Itoa(b.number))
	}
	if b.more {
		attrs += attr("class", "more")
	}
	var want []tag
	// open is list, item, list, item, …: keep what encloses this depth.
	if keep := 2 * (b.list - 1); len(open) >= keep {
		want = append(want, open[:keep]...)
	} else {
		want = append(want, open...)
	}
	for len(want) < 2*(b.list-1) {
		want = append(want, tag{name: "ul#" + strconv.Itoa(n) + "-" + strconv.Itoa(len(want))}, tag{name: "li#" + strconv.Itoa(n) + "-" + strconv.Itoa(len(want)), attrs: attr("class", "more")})
	}
	at := len(want)
	name := list + "#" + strconv.Itoa(n)
	if len(open) > at && strings.HasPrefix(open[at].name, list+"#") {
		name = open[at].name
	}
	return append(want, tag{name: name}, tag{name: "li#" + strconv.Itoa(n), attrs: attrs})
}

// direct is the dir attribute of a block that stands in the other direction.
func direct(b block, rtl bool) string {
	switch {
	case b.rtl == rtl:
		return ""
	case b.rtl:
		return attr("dir", "rtl")
	default:
		return attr("dir", "ltr")
	}
}

func inline(b block, s span) []tag {
	var want []tag
	if b.rtl && s.run != 0 {
		want = append(want, tag{fmt.Sprintf("bdi#%d", s.run), attr("dir", "ltr")})
	}
	switch {
	case web(s.link):
		want = append(want, tag{"a", attr("href", s.link) + attr("target", "_blank") + attr("rel", "noopener")})
	case s.link != "":
		want = append(want, tag{"a", attr("href", s.link)})
	}
	if s.bold {
		want = append(want, tag{name: "strong"})
	}
	if s.italic {
		want = append(want, tag{name: "em"})
	}
	return want
}
