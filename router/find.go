package router

import (
	"slices"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router/language"
)

// find looks for articles: for the text as a whole and, if it asks several things,
// for each of them.
func (e ears) find(messages []bots.Message, text, lang string) finding {
	hits := e.library.Index.Search(text, lang, 8)
	decided := e.library.Index.Decide(hits, lang)
	if several := e.several(messages, text, lang); len(several) > 1 {
		return finding{clear: several, hits: hits}
	}
	f := finding{hits: hits}
	for _, h := range decided.Hits {
		if e.stillTrue(h.Article) {
			f.maybe = append(f.maybe, h.Article)
		}
	}
	if decided.Kind == search.Answer && len(f.maybe) > 0 {
		f.clear = []answer{{article: f.maybe[0]}}
		for _, h := range hits[1:] {
			if e.stillTrue(h.Article) && len(f.maybe) < 4 && !slices.Contains(f.maybe, h.Article) {
				f.maybe = append(f.maybe, h.Article)
			}
		}
		f.maybe = f.maybe[1:]
	}
	return f
}

// mostAnswers is how many articles one turn is answered with.
const mostAnswers = 2

// several finds the answers to several clear questions in one turn, in their order.
func (e ears) several(messages []bots.Message, text, lang string) []answer {
	type part struct{ text, message string }
	var parts []part
	if len(messages) > 1 {
		for _, m := range messages {
			parts = append(parts, part{m.Text, m.ID})
		}
	} else {
		for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return r == '?' || r == '؟' || r == '\n' }) {
			parts = append(parts, part{text: sentence})
		}
	}
	if len(parts) < 2 {
		return nil
	}
	var found []answer
	for _, p := range parts {
		if len(strings.Fields(p.text)) < 2 || e.wishes.find(p.text) != NoWish {
			continue
		}
		decided := e.library.Index.Decide(e.library.Index.Search(p.text, lang, 8), lang)
		if decided.Kind != search.Answer || !e.stillTrue(decided.Hits[0].Article) {
			continue
		}
		a := answer{article: decided.Hits[0].Article, message: p.message}
		if !slices.ContainsFunc(found, func(b answer) bool { return b.article == a.article }) && len(found) < mostAnswers {
			found = append(found, a)
		}
	}
	return found
}

// stillTrue says that an article's last day has not passed.
func (e ears) stillTrue(id string) bool {
	a := e.library.Base.Article(id)
	return a != nil && !a.Expired(e.now)
}

// again searches anew for the question asked before, when a choice brings it back:
// another language, or that there is no danger.
func (e ears) again(st *step, s State) {
	if s.Question == "" || st.named == "" && st.choice != dangerNo && !strings.HasPrefix(st.choice, "lang:") {
		return
	}
	guess := e.detector.Detect(s.Question)
	lang := guess.Base()
	if lang == "" {
		lang = s.Lang
	}
	st.found = e.find([]bots.Message{{Text: s.Question}}, language.ToScript(s.Question, guess), lang)
}
