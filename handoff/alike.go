package handoff

import (
	"strings"
	"unicode/utf8"
)

const (
	// alikeFrom is how many people who wait with the same words look like one sender.
	alikeFrom = 3
	// alikeLetters is how long a text is at least that people do not write alike by
	// chance.
	alikeLetters = 30
)

// alike finds the waiting cases that three or more people opened with the same words:
// perhaps a wave of spam, perhaps a text that people pass on. They are nobody's danger
// and lose nothing but their turn to the others.
func alike(waiting []Case) func(Case) bool {
	words := func(c Case) string {
		if c.Urgent != "" || utf8.RuneCountInString(c.Preview) < alikeLetters {
			return ""
		}
		return strings.ToLower(strings.Join(strings.Fields(c.Preview), " "))
	}
	count := map[string]int{}
	for _, c := range waiting {
		count[words(c)]++
	}
	return func(c Case) bool { w := words(c); return w != "" && count[w] >= alikeFrom }
}
