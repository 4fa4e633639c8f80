package handoff

import "slices"

// fit is how well a waiting case is for a volunteer; less is better.
type fit int

const (
	wished fit = iota // the newcomer wished for somebody like them
	plain             // the newcomer wished for nobody
	other             // the newcomer wished for somebody else
)

func (v Volunteer) fit(c Case) fit {
	switch {
	case len(c.Wishes) == 0:
		return plain
	case slices.ContainsFunc(c.Wishes, func(w string) bool { return !slices.Contains(v.Meets, w) }):
		return other
	}
	return wished
}

// Choose returns which of the waiting cases, given in the queue's order, a volunteer
// should take, best first. Urgent cases stand first; among equals, those whose wish
// the volunteer meets, and last those that many opened with the same words. A case whose
// newcomer wished for somebody else is among them only when nobody has taken it for a
// while, or in danger. GroupOf tells the group of a topic.
func (v Volunteer) Choose(waiting []Case, groupOf func(topic string) string) []Case {
	var mine []Case
	for _, c := range waiting {
		knows := c.Urgent != "" || c.Topic == "" || len(v.Topics) == 0 ||
			slices.Contains(v.Topics, c.Topic) || slices.Contains(v.Topics, groupOf(c.Topic))
		leave := v.fit(c) == other && c.Urgent == "" && !c.Nobody
		if knows && !leave && v.Speaks(c.Lang) && v.Actor().MayRead(c) {
			mine = append(mine, c)
		}
	}
	many := alike(waiting)
	slices.SortStableFunc(mine, func(a, b Case) int {
		if a.Urgent != "" && b.Urgent == "" {
			return -1
		}
		if a.Urgent == "" && b.Urgent != "" {
			return 1
		}
		if x, y := many(a), many(b); x != y {
			if x {
				return 1
			}
			return -1
		}
		return int(v.fit(a) - v.fit(b))
	})
	return mine
}
