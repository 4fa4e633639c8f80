package router

import (
	"slices"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/knowledge"
)

// give answers with an article, or first asks who asks where the answer differs.
// The answer points at the message replyTo, if that is not "".
func (d *decision) give(id, replyTo string) {
	a := d.w.library.Base.Article(id)
	if a == nil || a.Expired(d.w.now) {
		d.bring("", d.s.Question) // deleted or out of date since it was offered
		return
	}
	d.s.Article = id
	if d.asksAudience(a) {
		d.s.Pending = append(slices.Clone(d.s.Pending), id)
		if len(d.s.Pending) == 1 {
			d.speak("ask_audience", nil, d.audiences(a)...)
		}
		return
	}
	text, lang, ok := pick(a, d.lang(), d.s.Audience)
	if !ok {
		d.bring(id, d.s.Question)
		return
	}
	d.reply(bots.Reply{
		Text: d.discreet(a.Urgent, d.articleText(a, text, lang)), Lang: lang, Article: id, Revision: text.Revision, ReplyTo: replyTo,
		Choices: []bots.Choice{
			d.button("helped:"+id, "button_helped"),
			d.button("other:"+id, "button_other"),
			d.button("person", "button_person"),
		},
	})
	d.count("article:" + id)
}

// asksAudience says that the answer depends on who asks and nobody told us yet.
func (d *decision) asksAudience(a *knowledge.Article) bool {
	return d.s.Audience == "" && len(a.Audiences()) > 0
}

// audienceOrder is the order in which situations are offered.
var audienceOrder = []string{"ukraine", "third-country", "asylum", "status-holder"}

// anyAudience is who is in none of them.
const anyAudience = "any"

func (d *decision) audiences(a *knowledge.Article) []bots.Choice {
	has := map[string]bool{}
	for _, audience := range a.Audiences() {
		has[audience] = true
	}
	var choices []bots.Choice
	for _, audience := range audienceOrder {
		if has[audience] {
			choices = append(choices, d.button("audience:"+audience, "audience_"+audience))
		}
	}
	return append(choices, d.button("audience:"+anyAudience, "audience_any"))
}

// pick chooses the text to give: in the language asked, or in another one that the
// article exists in. What is not true any more is not given.
func pick(a *knowledge.Article, lang, audience string) (knowledge.Text, string, bool) {
	for _, l := range []string{lang, a.Source, "en"} {
		if t, ok := a.Answer(l, audience); ok {
			return t, l, true
		}
	}
	return knowledge.Text{}, "", false
}

// articleText is an article as it is said: its own words, where they are from, and
// who stands for them.
func (d *decision) articleText(a *knowledge.Article, t knowledge.Text, lang string) string {
	var b strings.Builder
	if lang != d.lang() {
		b.WriteString(d.phrase("other_language", nil) + "\n\n")
	}
	b.WriteString("**" + t.Title + "**\n\n")
	b.WriteString(knowledge.Expand(strings.TrimSpace(t.Body), d.w.library.Base.Numbers()))
	b.WriteString("\n\n" + d.provenance(a, t, lang))
	return b.String()
}

func (d *decision) provenance(a *knowledge.Article, t knowledge.Text, lang string) string {
	var names []string
	var seen []string
	for _, s := range a.Sources {
		if day := d.w.say.Date(lang, s.Seen.Time); !slices.Contains(seen, day) {
			seen = append(seen, day)
		}
		names = append(names, "["+s.Title+"]("+s.URL+")")
	}
	comma := d.w.say.Say(lang, "comma", nil)
	id, data := "unconfirmed", phrases.Data{"Source": strings.Join(names, comma), "Date": strings.Join(seen, comma)}
	if t.Confirmed() {
		id, data["Date"] = "checked", d.w.say.Date(lang, t.Reviewed.On.Time)
	}
	line := d.w.say.Say(lang, id, data)
	if a.Overdue(d.w.now) {
		line += "\n\n" + d.w.say.Say(lang, "overdue", phrases.Data{"Date": d.w.say.Date(lang, a.ReviewBy.Time)})
	}
	return line
}
