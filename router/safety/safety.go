package safety

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

// The kinds of danger.
const (
	Medical      = "medical"
	Suicide      = "suicide"
	Violence     = "violence" // at home, sexual, or by strangers
	Exploitation = "exploitation"
	Trafficking  = "trafficking"
	Housing      = "housing" // no roof within 48 hours
	Minor        = "minor"   // a child alone
)

// order is every kind a rule file may have; of equally sure dangers the first one wins. Rules
// of kind "any" add to a danger seen otherwise, those of kind "calm" take away.
var order = []string{Suicide, Medical, Trafficking, Exploitation, Violence, Minor, Housing, "any", "calm"}

// Kinds lists the kinds of danger.
func Kinds() []string { return slices.Clone(order[:dangers]) }

const (
	dangers = 7 // the first so many of order
	anyKind = 7
	calm    = 8
)

// Points of a message.
const (
	surePoints     = 1.0
	unsurePoints   = 0.5
	mostRulePoints = 2.0 // of the rules of one kind
)

// usualDistance is how many words may lie between the ideas of a rule that does not say.
const usualDistance = 10

// Finding is what a message was found to be.
type Finding struct {
	Kind       string  // one of Kinds, or "" for a calm message
	Confidence float64 // from 0 to 1, for Kind
	// Unsure says that the signs do not suffice: the newcomer should be asked whether they
	// are in danger now before anything else happens.
	Unsure bool
	Sexual bool     // sexual violence: name the Centrum Seksueel Geweld
	Why    []string // names of the rules that spoke, calm ones too; never words of the message
}

// Rules decide about danger. They do not change after loading; Check may be called from
// many goroutines.
type Rules struct {
	index  *index
	rules  []rule
	lists  map[string]int32
	denied map[int32][]int32
	signs  map[string][]lexicon
	// likeness is nil if there are no examples.
	likeness *likeness
	scratch  sync.Pool
}

// rule is one line of reasoning: if at least so many ideas of when stand within so many words
// and none of unless is there, kind gets points.
type rule struct {
	name    string
	kind    int
	when    [][]int32
	atLeast int
	unless  []int32
	within  int
	points  float64
	sexual  bool
}

//go:embed rules/*.yaml
var ruleFiles embed.FS

//go:embed examples/*.yaml rules/cases/*.txt
var exampleFiles embed.FS

var standard = sync.OnceValues(func() (*Rules, error) {
	sub, err := fs.Sub(ruleFiles, "rules")
	if err != nil {
		return nil, fmt.Errorf("open rules: %w", err)
	}
	examples, err := fs.Sub(exampleFiles, "examples")
	if err != nil {
		return nil, fmt.Errorf("open examples: %w", err)
	}
	cases, err := fs.Sub(exampleFiles, "rules/cases")
	if err != nil {
		return nil, fmt.Errorf("open cases: %w", err)
	}
	return New(sub, examples, cases)
})

// Default returns the rules this program was built with.
func Default() (*Rules, error) { return standard() }

// New loads rules from the *.yaml files of one folder, and examples from the *.yaml and *.txt
// files of others. The error names every mistake with file and line.
func New(rules fs.FS, examples ...fs.FS) (*Rules, error) {
	r := &Rules{lists: map[string]int32{}, denied: map[int32][]int32{}, signs: map[string][]lexicon{}}
	r.scratch.New = func() any { return new(found) }
	r.list(idiomList)
	if err := r.load(rules); err != nil {
		return nil, fmt.Errorf("load safety rules: %w", err)
	}
	all, err := readExamples(examples)
	if err != nil {
		return nil, fmt.Errorf("load safety examples: %w", err)
	}
	if len(all) > 0 {
		r.likeness = r.learn(all)
	}
	return r, nil
}

// Check says whether text speaks of danger. lang is the language the text is believed to be
// in, or ""; it matters only for short texts in Latin letters.
func (r *Rules) Check(text, lang string) Finding {
	f := r.scratch.Get().(*found)
	defer r.scratch.Put(f)
	active := r.understand(f, text, lang)
	var near nearness
	if r.likeness != nil && len(text) <= forgivingText {
		near = r.likeness.resemblance(f, active)
	}
	return r.weigh(f, near)
}

// understand fills f with the ideas of text and the rules that speak.
func (r *Rules) understand(f *found, text, lang string) (active [lexicons]bool) {
	f.tokens = tokens(f.tokens[:0], text)
	active = r.languages(f.tokens, lang)
	r.index.read(f, active, len(text) <= forgivingText)
	r.index.match(f, len(r.lists))
	r.hide(f)
	f.spoken = f.spoken[:0]
	for i := range r.rules {
		if r.rules[i].speaks(f) {
			f.spoken = append(f.spoken, int32(i))
		}
	}
	return active
}

// languages says in which word lists the Latin words of a message are looked up.
func (r *Rules) languages(ts []token, lang string) (active [lexicons]bool) {
	var votes [lexicons]int
	if lex, ok := lexiconOf[strings.TrimSuffix(lang, "-Latn")]; ok {
		if lex == inArabic {
			lex = inSounds
		}
		votes[lex]++
	}
	latins, others := 0, 0
	for _, t := range ts {
		if t.script == cyrillic || t.script == arabic {
			others++
		}
		if t.script != latin {
			continue
		}
		latins++
		for _, lex := range r.signs[t.text] {
			if lex == inArabic {
				lex = inSounds
			}
			votes[lex]++
		}
		if strings.ContainsAny(t.text, "23579") && strings.ContainsAny(t.text, "abcdefghijklmnoqrstuwyz") {
			votes[inSounds]++
		}
	}
	most := slices.Max(votes[:])
	for lex, n := range votes {
		active[lex] = 3*n >= 2*most
	}
	if others >= latins { // Latin words in other letters are names and Dutch terms
		active[inCyrillic], active[inSounds] = false, false
	}
	return active
}

// hide removes what idioms cover and what stands behind a denial.
func (r *Rules) hide(f *found) {
	idioms := f.places[r.lists[idiomList]]
	if len(idioms) > 0 {
		for id, places := range f.places {
			if int32(id) == r.lists[idiomList] {
				continue
			}
			f.places[id] = slices.DeleteFunc(places, func(s span) bool {
				return slices.ContainsFunc(idioms, func(i span) bool { return s.first <= i.last && i.first <= s.last })
			})
		}
	}
	for id, deniers := range r.denied {
		if len(f.places[id]) == 0 {
			continue
		}
		f.places[id] = slices.DeleteFunc(f.places[id], func(s span) bool {
			return slices.ContainsFunc(deniers, func(d int32) bool {
				return slices.ContainsFunc(f.places[d], func(n span) bool { return n.last+1 == s.first })
			})
		})
	}
}

// weigh adds up the points of all rules that speak and of resemblance.
func (r *Rules) weigh(f *found, near nearness) Finding {
	var points [calm + 1]float64
	var sexual bool
	var why []string
	for _, i := range f.spoken {
		u := &r.rules[i]
		points[u.kind] += u.points
		sexual = sexual || u.sexual
		why = append(why, u.name)
	}
	best, most := 0, math.Inf(-1)
	for k := range dangers {
		if sum := min(mostRulePoints, points[k]) + near.points(k); sum > most {
			best, most = k, sum
		}
	}
	if near.points(best) > 0 {
		why = append(why, "resembles/"+order[best])
	}
	sum := most + points[anyKind] - points[calm]
	if sum < unsurePoints {
		return Finding{Why: why}
	}
	return Finding{
		Kind:       order[best],
		Confidence: min(0.99, 0.4+0.3*sum),
		Unsure:     sum < surePoints,
		Sexual:     sexual && order[best] != Medical,
		Why:        why,
	}
}

// speaks reports whether the rule applies to the message.
func (u *rule) speaks(f *found) bool {
	lacking := len(u.when) - u.atLeast
	for _, ideas := range u.when {
		if !slices.ContainsFunc(ideas, func(id int32) bool { return len(f.places[id]) > 0 }) {
			if lacking--; lacking < 0 {
				return false
			}
		}
	}
	if slices.ContainsFunc(u.unless, func(id int32) bool { return len(f.places[id]) > 0 }) {
		return false
	}
	return u.atLeast == 1 || u.together(f)
}

// together reports whether all ideas of the rule stand within its distance.
func (u *rule) together(f *found) bool {
	type place struct {
		from, to int // positions
		idea     int
	}
	var all []place
	for i, ideas := range u.when {
		for _, id := range ideas {
			for _, s := range f.places[id] {
				all = append(all, place{f.tokens[s.first].pos, f.tokens[s.last].pos, i})
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Compare(a.from, b.from) })
	for i := range all {
		seen, missing, end := make([]bool, len(u.when)), u.atLeast, 0
		for _, p := range all[i:] {
			if p.from-all[i].from > u.within {
				break
			}
			if seen[p.idea] || p.to-all[i].from > u.within+maxGap {
				continue
			}
			seen[p.idea], end = true, max(end, p.to)
			if missing--; missing == 0 {
				return true
			}
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
