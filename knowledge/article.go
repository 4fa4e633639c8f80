package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"time"
)

// Article is one piece of knowledge in all its languages.
type Article struct {
	ID         string
	Group      string // shelf it stands on: registration, housing, …
	Indicator  string // indicator of integration the question counts under
	Audience   string // any, or the one group it is for: ukraine, third-country, asylum, status-holder
	Urgent     string // kind of urgency its questions announce, or ""
	Source     string // language of the original
	Sources    []Source
	ReviewBy   Date // zero if not given
	ValidUntil Date // last day it is true; zero if not limited
	Owner      string
	Related    []string
	// Texts is by language and then by audience; "" is the text for everyone.
	Texts map[string]map[string]Text
}

// Source is where the facts of an article were read.
type Source struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
	Seen  Date   `yaml:"seen"` // day the page was read
}

// Review says which person stands for a text. Of is the revision that was read; without
// it the review counts for every later change too.
type Review struct {
	By string `yaml:"by"`
	On Date   `yaml:"on"`
	Of string `yaml:"of"`
}

// Text is an article in one language, for everyone or for one audience.
type Text struct {
	Lang      string
	Audience  string // "" for everyone
	Title     string
	Questions []string // how people really ask
	Keywords  []string
	Of        string // revision of the original this was translated from
	Reviewed  Review
	Body      string // Markdown with {{number}} references; empty if the text serves for finding only
	Revision  string
	File      string // path within the base
}

// Date is a calendar day, kept as midnight UTC; the zero Date is "not given".
type Date struct{ time.Time }

// UnmarshalYAML reads a day written 2026-11-22.
func (d *Date) UnmarshalYAML(data []byte) error {
	text := strings.Trim(strings.TrimSpace(string(data)), `"'`)
	if text == "" || text == "null" || text == "~" {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is not a day, expected the form 2026-11-22", text)
	}
	d.Time = t
	return nil
}

// MarshalYAML writes the day as 2026-11-22.
func (d Date) MarshalYAML() ([]byte, error) { return []byte(d.String()), nil }

// String returns the day as 2026-11-22, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// Confirmed reports whether an editor stands for this text as it is now.
func (t Text) Confirmed() bool {
	r := t.Reviewed
	return r.By != "" && !r.On.IsZero() && (r.Of == "" || r.Of == t.Revision)
}

// Revision is the first 12 hexadecimal digits of SHA-256 over title, a newline and answer.
func Revision(title, body string) string {
	sum := sha256.Sum256([]byte(title + "\n" + body))
	return hex.EncodeToString(sum[:])[:12]
}

// Audiences lists, sorted, the audiences for which the answer differs in any language. It
// is empty if everyone gets the same answer.
func (a *Article) Audiences() []string {
	seen := map[string]bool{}
	for _, byAudience := range a.Texts {
		for audience := range byAudience {
			if audience != "" {
				seen[audience] = true
			}
		}
	}
	return sortedKeys(seen)
}

// Answer returns the answer in lang for audience. Where the audience has no text of its own
// it is the text for everyone. It is false if there is no answer in that language.
func (a *Article) Answer(lang, audience string) (Text, bool) {
	byAudience := a.Texts[lang]
	if t := byAudience[audience]; t.Body != "" {
		return t, true
	}
	t := byAudience[""]
	return t, t.Body != ""
}

// Title returns the title in lang, or in the language of the original, or the id.
func (a *Article) Title(lang string) string {
	for _, l := range []string{lang, a.Source} {
		if t := a.Texts[l][""]; t.Title != "" {
			return t.Title
		}
	}
	return a.ID
}

// Overdue reports whether the day on which the article was to be checked again has passed.
func (a *Article) Overdue(now time.Time) bool {
	return !a.ReviewBy.IsZero() && !now.Before(a.ReviewBy.AddDate(0, 0, 1))
}

// Expired reports whether the article's last day has passed. An expired article must not be
// given as an answer.
func (a *Article) Expired(now time.Time) bool {
	return !a.ValidUntil.IsZero() && !now.Before(a.ValidUntil.AddDate(0, 0, 1))
}

// Outdated reports whether t was translated from another revision of the original than the
// present one. A text that names no revision, or is the original, is not outdated.
func (a *Article) Outdated(t Text) bool {
	if t.Of == "" || t.Lang == a.Source {
		return false
	}
	original, ok := a.Texts[a.Source][t.Audience]
	return ok && original.Revision != t.Of
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
