package router

import "strings"

// mixture is a wish that is told by what words a message is made of. Whoever writes in a
// second language, or in one where words stand freely, says it in an order that no list has.
type mixture struct {
	wish   Wish
	groups int
	of     map[string]int // bits of the groups that a word or phrase belongs to; 0 says nothing
}

// newMixture makes a mixture of groups, each of which must be there, and of what may stand
// beside them.
func newMixture(wish Wish, groups [][]string, beside []string) mixture {
	m := mixture{wish: wish, groups: 1<<len(groups) - 1, of: map[string]int{}}
	for _, p := range beside {
		m.of[plainWords(p)] = 0
	}
	for i, group := range groups {
		for _, p := range group {
			m.of[plainWords(p)] |= 1 << i
		}
	}
	return m
}

// longestPart is the most words of a phrase that a message is taken apart into.
const longestPart = 5

// mixture returns the wish whose words a message is made of, and courtesies.
func (w *wishes) mixture(plain string) Wish {
	for _, m := range w.mixed {
		seen := 0
		all := w.parts(plain, func(part string) bool {
			groups, ok := m.of[part]
			seen |= groups
			wish := w.whole[part]
			if wish == m.wish && wish.courtesy() {
				seen = m.groups
			}
			return ok || wish == please || wish == Greeting || wish == Thanks
		})
		if all && seen == m.groups {
			return m.wish
		}
	}
	return NoWish
}

// only returns the wish of a text that says nothing else, no plea either.
func (w *wishes) only(text string) Wish {
	if wish := w.plain(text); wish != NoWish {
		return wish
	}
	plain := plainWords(text)
	if !w.parts(plain, func(part string) bool { return w.whole[part] != NoWish && w.whole[part] != Plea }) {
		return w.mixture(plain)
	}
	return w.composed(plain)
}

// composed finds the wish of a message that consists of nothing but phrases of
// wishes.yaml: one wish among courtesies, the strongest courtesy, or a mixture.
func (w *wishes) composed(plain string) Wish {
	courtesy, other := NoWish, NoWish
	all := w.parts(plain, func(part string) bool {
		wish, ok := w.whole[part]
		switch {
		case !ok:
			return false
		case wish == please:
		case !wish.courtesy():
			if other != NoWish && other != wish {
				return false
			}
			other = wish
		case courtesy == NoWish, wish == Plea, wish == Thanks && courtesy == Greeting:
			courtesy = wish
		}
		return true
	})
	switch {
	case all && other != NoWish:
		return other
	case all && courtesy != NoWish:
		return courtesy
	}
	return w.mixture(plain)
}

// parts takes a message apart into the longest phrases that known accepts, and reports
// whether nothing is left over.
func (w *wishes) parts(plain string, known func(part string) bool) bool {
	words := strings.Fields(plain)
next:
	for len(words) > 0 {
		for n := min(len(words), longestPart); n > 0; n-- {
			if known(strings.Join(words[:n], " ")) {
				words = words[n:]
				continue next
			}
		}
		return false
	}
	return true
}
