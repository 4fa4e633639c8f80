package router

import (
	"strings"

	"github.com/brug-helpdesk/brug/router/safety"
)

// calmWishes sees danger in everything but a plain wish: in two words such as "delete
// everything" what resembles danger is found by chance.
type calmWishes struct {
	danger danger
	wishes *wishes
}

// Check is that of the rules, unless every line of the text is mere politeness or a
// wish of wishes.yaml that is no plea.
func (c calmWishes) Check(text, lang string) safety.Finding {
	for line := range strings.Lines(text) {
		wish := c.wishes.only(line)
		if wish == Plea || wish == NoWish && c.wishes.bare(plainWords(line)) != "" {
			return c.danger.Check(text, lang)
		}
	}
	return safety.Finding{}
}
