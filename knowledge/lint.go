package knowledge

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
)

// Problem is something an editor should look at. The base is served all the same.
type Problem struct {
	File string
	Text string
}

func (p Problem) String() string { return p.File + ": " + p.Text }

// Langs every article should have an answer in.
var wantedLangs = []string{"ar", "en", "nl", "ru", "uk"}

// Words of an answer. A text for one audience may be short, for it stands beside the one for everyone.
const (
	fewestWords, mostWords               = 40, 190
	fewestVariantWords, mostVariantWords = 20, 150
	fewestQuestions                      = 5
)

// Lint lists what is missing, out of date or doubtful, ordered by file.
func Lint(b *Base, now time.Time) []Problem {
	l := &linter{base: b, now: now, asked: map[string]string{}}
	for _, a := range b.articles {
		l.article(a)
	}
	sort.SliceStable(l.problems, func(i, j int) bool { return l.problems[i].File < l.problems[j].File })
	return l.problems
}

type linter struct {
	base     *Base
	now      time.Time
	problems []Problem
	asked    map[string]string // file by language and question
}

func (l *linter) add(file, format string, args ...any) {
	l.problems = append(l.problems, Problem{file, fmt.Sprintf(format, args...)})
}

func (l *linter) article(a *Article) {
	meta := a.ID + "/article.yaml"
	for _, lang := range wantedLangs {
		if a.Texts[lang][""].Body == "" {
			l.add(meta, "no answer in %s", lang)
		}
	}
	for _, id := range a.Related {
		if l.base.byID[id] == nil {
			l.add(meta, "related article %q does not exist", id)
		}
	}
	switch {
	case a.Expired(l.now):
		l.add(meta, "was true until %s and is no longer given as an answer", a.ValidUntil)
	case a.Overdue(l.now):
		l.add(meta, "was to be checked again by %s", a.ReviewBy)
	case a.ReviewBy.IsZero():
		l.add(meta, "no review_by: nobody will be reminded to check it")
	}
	if len(a.Sources) == 0 {
		l.add(meta, "no source")
	}
	for _, s := range a.Sources {
		if s.Seen.After(l.now) {
			l.add(meta, "%s was seen on %s, which is yet to come", s.URL, s.Seen)
		}
	}
	for _, lang := range sortedKeys(a.Texts) {
		for _, audience := range sortedKeys(a.Texts[lang]) {
			l.text(a, a.Texts[lang][audience])
		}
	}
}

func (l *linter) text(a *Article, t Text) {
	fewest, most := fewestWords, mostWords
	if t.Audience != "" {
		fewest, most = fewestVariantWords, mostVariantWords
	}
	if n := len(strings.Fields(t.Body)); t.Body != "" && (n < fewest || n > most) {
		l.add(t.File, "the answer has %d words, expected %d to %d", n, fewest, most)
	}
	if t.Audience == "" && len(t.Questions) < fewestQuestions {
		l.add(t.File, "%d example questions, expected %d at least: without them it is not found", len(t.Questions), fewestQuestions)
	}
	if t.Audience == "" && len(t.Keywords) == 0 {
		l.add(t.File, "no keywords")
	}
	switch {
	case t.Lang == a.Source:
	case a.Outdated(t):
		l.add(t.File, "was translated from revision %s, the original is %s now", t.Of, a.Texts[a.Source][t.Audience].Revision)
	case t.Of == "" && t.Body != "" && a.Texts[a.Source][t.Audience].Body != "":
		l.add(t.File, "does not say which revision of the original it follows")
	}
	l.review(t)
	for _, s := range slices.Concat([]string{t.Title, t.Body}, t.Questions, t.Keywords) {
		for _, w := range mixedWords(s) {
			l.add(t.File, "%q mixes letters of two scripts", w)
		}
	}
	for _, q := range t.Questions {
		key := t.Lang + " " + strings.ToLower(strings.Join(strings.FieldsFunc(q, notWord), " "))
		if first, ok := l.asked[key]; ok {
			l.add(t.File, "the question %q is also in %s", q, first)
			continue
		}
		l.asked[key] = t.File
	}
}

// review asks for reviews that end when the text changes.
func (l *linter) review(t Text) {
	switch r := t.Reviewed; {
	case r == Review{}:
	case r.By == "" || r.On.IsZero():
		l.add(t.File, "reviewed needs both by and on")
	case r.Of == "":
		l.add(t.File, "reviewed needs the revision that was read, of: %q, or it goes on counting when the text changes", t.Revision)
	case r.Of != t.Revision:
		l.add(t.File, "changed since %s read it on %s: the revision is %q now", r.By, r.On, t.Revision)
	}
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// mixedWords finds words with letters of two scripts: usually a letter from the wrong keyboard that
// looks right and is never found.
func mixedWords(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		var latin, cyrillic, arabic bool
		for _, r := range w {
			latin = latin || unicode.Is(unicode.Latin, r)
			cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
			arabic = arabic || unicode.Is(unicode.Arabic, r)
		}
		// An Arabic prefix is written onto a Latin name: والـIND.
		if cyrillic && (latin || arabic) {
			out = append(out, w)
		}
	}
	return out
}
