package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

// newcomer is a person on some network.
type newcomer interface {
	name() string
	ask(text string)
	// heard is what the helpdesk said, oldest first.
	heard() []told
	// repeats says that the network has no key that makes a second send harmless.
	repeats() bool
}

type told struct {
	text string
	at   time.Time
}

var firstLine = regexp.MustCompile(`^[*#\s]*([^\n]+?)[*\s]*(\n|$)`)

// title is the first line of an answer, however the channel sets it off.
func (h told) title() string {
	if m := firstLine.FindStringSubmatch(h.text); m != nil {
		return m[1]
	}
	return ""
}

// onTelegram is a person whose network keeps what brug has not confirmed.
type onTelegram struct{ chat *fake.Chat }

func (p onTelegram) name() string    { return "telegram" }
func (p onTelegram) ask(text string) { p.chat.Text(text) }
func (p onTelegram) repeats() bool   { return true }

func (p onTelegram) heard() (all []told) {
	for _, s := range p.chat.Sent() {
		all = append(all, told{s.Text, s.At})
	}
	return all
}

// polled says whether brug has asked for updates after since.
func polled(telegram *fake.Server, since time.Time) func() bool {
	return func() bool {
		polls := telegram.Requests("getUpdates")
		return len(polls) > 0 && polls[len(polls)-1].At.After(since)
	}
}

// crashQuestion is a question that is answered outright, and the title it is
// answered with.
type crashQuestion struct {
	text, title string
	at          time.Time // when it was asked
}

// crashSet finds at least n questions about different articles.
func crashSet(t *testing.T, n int) []crashQuestion {
	t.Helper()
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		t.Fatal(err)
	}
	mind, err := buildMind(&Config{BaseURL: "http://localhost", Keep: 720 * time.Hour}, newLibrary(base), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var set []crashQuestion
	for _, a := range base.Articles() {
		text, ok := a.Answer("en", "")
		if !ok || len(a.Audiences()) > 0 {
			continue
		}
		i := slices.IndexFunc(text.Questions, func(q string) bool {
			v := mind.Ask(q, "", false)
			return v.Decision == "answer" && v.Article == a.ID && v.Language == "en" && len(strings.Fields(q)) > 2
		})
		if i >= 0 {
			set = append(set, crashQuestion{text: text.Questions[i], title: text.Title})
		}
		if len(set) == 4*n {
			break
		}
	}
	if len(set) < n {
		t.Fatalf("only %d questions are answered outright", len(set))
	}
	return set
}
