package router

import (
	"slices"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router/language"
)

// Verdict is what brug would make of a first message.
type Verdict struct {
	Language string `json:"language"`
	// Decision is answer, clarify, urgent, escalate or talk.
	Decision   string      `json:"decision"`
	Article    string      `json:"article"`
	Confidence float64     `json:"confidence"`
	Candidates []Candidate `json:"candidates"`
	// Urgent is the kind of danger, or "".
	Urgent string `json:"urgent"`
	// Ask is "audience" when the answer depends on who asks.
	Ask  string `json:"ask"`
	Text string `json:"text"`
	// Why explains the candidates, in their order; only [Mind.Ask] with why fills it.
	Why []string `json:"why,omitempty"`
}

// Candidate is an article that may answer.
type Candidate struct {
	Article    string  `json:"article"`
	Confidence float64 `json:"confidence"`
}

// Ask decides about a message without a conversation, as if a new person had
// written it. An empty lang is detected.
func (m *Mind) Ask(text, lang string, why bool) Verdict {
	ears := m.ears()
	clean, _ := bots.CleanText(text)
	st := step{messages: []bots.Message{{Text: clean}}}
	s := State{Owner: Bot, Lang: lang, Chosen: lang != ""}
	ears.listen(&st, s)
	w := m.world(ears, handoff.DefaultHours())
	guess := ears.detector.Detect(clean)
	after, e := decide(w, s, []step{st})
	v := Verdict{Language: guess.Lang, Decision: "talk", Candidates: []Candidate{}}
	if lang != "" {
		v.Language = lang
	}
	hits := ears.hits(st, clean, lang, guess)
	for _, h := range hits[:min(3, len(hits))] {
		v.Candidates = append(v.Candidates, Candidate{h.Article, h.Confidence})
		if why {
			v.Why = append(v.Why, h.Article+": "+h.Why.String())
		}
	}
	for _, what := range e.counts {
		switch what {
		case "answered":
			v.Decision, v.Article = "answer", after.Article
		case "clarified":
			v.Decision = "clarify"
		case "escalated":
			v.Decision = "escalate"
		}
	}
	for _, c := range v.Candidates {
		if c.Article == v.Article {
			v.Confidence = c.Confidence
		}
	}
	if st.danger.Kind != "" && !st.danger.Unsure {
		v.Decision, v.Urgent = "urgent", st.danger.Kind
	}
	if len(e.said) > 0 {
		v.Text = e.said[len(e.said)-1].Text
	}
	for _, said := range e.said {
		if said.Urgent || said.Article != "" {
			v.Text = said.Text
		}
	}
	if v.Article != "" {
		if a := ears.library.Base.Article(v.Article); a != nil && len(a.Audiences()) > 0 {
			v.Ask = "audience"
			if t, l, ok := pick(a, after.Lang, ""); ok {
				d := &decision{w: w, s: after}
				v.Text = d.articleText(a, t, l)
			}
		}
	}
	return v
}

// hits are what a search finds for the text of a step, also where the step needed none.
func (e ears) hits(st step, text, lang string, g language.Guess) []search.Hit {
	if st.found.hits != nil {
		return st.found.hits
	}
	return e.library.Index.Search(language.ToScript(text, g), searchLang(lang, g), 8)
}

func searchLang(chosen string, g language.Guess) string {
	if chosen != "" {
		return chosen
	}
	return g.Base()
}

// Judge is what a search evaluation asks: the articles found for a first message,
// best first, and whether it would be answered outright. An empty lang is detected.
func (m *Mind) Judge(text, lang string) (articles []string, answered bool) {
	ears := m.ears()
	st := step{messages: []bots.Message{{Text: text}}}
	ears.listen(&st, State{Owner: Bot, Lang: lang, Chosen: lang != ""})
	guess := ears.detector.Detect(text)
	for _, h := range ears.hits(st, text, lang, guess) {
		articles = append(articles, h.Article)
	}
	urgent := st.danger.Kind != "" && !st.danger.Unsure
	if urgent { // what is said is about the danger, so the article about it comes first
		about := func(id string) int {
			if a := ears.library.Base.Article(id); a != nil && a.Urgent == st.danger.Kind {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(articles, func(a, b string) int { return about(a) - about(b) })
	}
	return articles, urgent || len(st.found.clear) > 0
}
