package bots

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
)

// fitChoices are the buttons as the network can show them, and whether a numbered
// list must stand in for them.
func fitChoices(r Reply, l Limits) (choices []Choice, listed bool) {
	for _, c := range r.Choices {
		c.Label = fitLabel(c.Label, r.Lang, l.Label)
		choices = append(choices, c)
	}
	return choices, len(choices) > l.Choices
}

// fitLabel cuts a label at a whole letter. Direction marks count.
func fitLabel(label, lang string, max int) string {
	label = strings.Join(strings.Fields(clean(label)), " ")
	whole := markText(label, lang)
	if max <= 0 || utf8.RuneCountInString(whole) <= max {
		return whole
	}
	for n := max - 1; n > 0; n-- {
		short := markText(strings.TrimSpace(cutRunes(label, n)), lang) + "…"
		if utf8.RuneCountInString(short) <= max {
			return short
		}
	}
	return "…"
}

// choiceBlocks are choices as a list that is answered with a number. A link is not
// chosen, so it has none.
func choiceBlocks(choices []Choice) []block {
	var blocks []block
	n := 0
	for _, c := range choices {
		b := block{list: 1}
		label := strings.Join(strings.Fields(clean(c.Label)), " ")
		if c.URL == "" {
			n++
			b.number = n
		} else if address := strings.TrimPrefix(clean(c.URL), "tel:"); !shown(label, address) {
			label += ": " + address
		}
		b.spans = []span{{text: label}}
		if b = b.trim(); len(b.spans) > 0 {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// ordinals are how people name the first three of a list.
var ordinals = map[string]int{
	"перший": 1, "перша": 1, "перше": 1, "першу": 1, "другий": 2, "друга": 2, "друге": 2, "другу": 2,
	"третій": 3, "третя": 3, "третє": 3, "третю": 3,
	"первый": 1, "первая": 1, "первое": 1, "первую": 1, "второй": 2, "вторая": 2, "второе": 2, "вторую": 2,
	"третий": 3, "третья": 3, "третье": 3, "третью": 3,
	"الأول": 1, "الاول": 1, "الأولى": 1, "الاولى": 1, "أول": 1, "اول": 1, "الثاني": 2, "الثانية": 2, "ثاني": 2, "الثالث": 3, "الثالثة": 3, "ثالث": 3,
	"first": 1, "the first": 1, "1st": 1, "second": 2, "the second": 2, "2nd": 2, "third": 3, "the third": 3, "3rd": 3,
	"eerste": 1, "de eerste": 1, "1e": 1, "tweede": 2, "de tweede": 2, "2e": 2, "derde": 3, "de derde": 3, "3e": 3,
}

// MatchChoice finds the choice that a text names: by its title, its number in the
// list that [Render] writes (1, 2., (3), ٢, ۳, 1️⃣), or as the first, second or third.
// Two choices of one title are not told apart.
func MatchChoice(text string, choices []Choice) (id string, ok bool) {
	said := fold(text)
	if said == "" {
		return "", false
	}
	var byNumber []Choice
	for _, c := range choices {
		if c.URL == "" {
			byNumber = append(byNumber, c)
		}
	}
	for _, c := range byNumber {
		if fold(c.Label) != said {
			continue
		}
		if ok {
			return "", false
		}
		id, ok = c.ID, true
	}
	if ok {
		return id, true
	}
	n, found := ordinals[said]
	if !found {
		n, found = number(said)
	}
	if !found || n < 1 || n > len(byNumber) {
		return "", false
	}
	return byNumber[n-1].ID, true
}

// fold makes titles comparable: letter case, blanks, emoji, marks and punctuation at
// the ends do not count.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.So, r), unicode.Is(unicode.Sk, r), r >= 0xFE00 && r <= 0xFE0F, r == 0x20E3:
			return -1 // direction marks, joiners, emoji and what modifies them
		}
		return r
	}, clean(s))
	s = strings.Join(strings.Fields(s), " ")
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) || r == '№' })
	return cases.Fold().String(s)
}

// number reads digits of any script.
func number(s string) (int, bool) {
	n := 0
	for _, r := range s {
		d := digitValue(r)
		if d < 0 || n > 99 {
			return 0, false
		}
		n = 10*n + d
	}
	return n, s != ""
}

// digitValue is the value of a decimal digit, or -1. In every script the digits
// stand together in Unicode from zero to nine.
func digitValue(r rune) int {
	if !unicode.IsDigit(r) {
		return -1
	}
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}
