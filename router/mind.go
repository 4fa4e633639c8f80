package router

import (
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/router/language"
	"github.com/brug-helpdesk/brug/router/safety"
)

// MindOptions are what decisions depend on besides the conversation.
type MindOptions struct {
	// Org is who runs this helpdesk, BaseURL its public address.
	Org, BaseURL string
	// Keep is how long people's data is kept after their question is closed.
	Keep time.Duration
	// Library returns the knowledge base as it is now, Detector what tells languages
	// apart with it.
	Library  func() Library
	Detector func() *language.Detector
	// Now is the business clock.
	Now func() time.Time
}

// danger sees danger in a text.
type danger interface {
	Check(text, lang string) safety.Finding
}

// Mind listens and decides, without a conversation or Redis. It is safe for
// concurrent use.
type Mind struct {
	phrases *phrases.Catalogue
	wishes  *wishes
	danger  danger
	options MindOptions
}

// NewMind makes a mind. Its error says which of the files in the program is broken.
func NewMind(say *phrases.Catalogue, rules *safety.Rules, o MindOptions) (*Mind, error) {
	w, err := newWishes()
	if err != nil {
		return nil, err
	}
	return &Mind{phrases: say, wishes: w, danger: calmWishes{rules, w}, options: o}, nil
}

func (m *Mind) ears() ears {
	return ears{detector: m.options.Detector(), wishes: m.wishes, danger: m.danger, library: m.options.Library(), now: m.options.Now()}
}

func (m *Mind) world(e ears, hours handoff.Hours) world {
	return world{now: e.now, say: m.phrases, library: e.library, hours: hours, org: m.options.Org,
		privacy: m.options.BaseURL + "/privacy", keepDays: int(m.options.Keep.Hours() / 24)}
}

// Danger is what danger a text speaks of, by itself.
func (m *Mind) Danger(text string) safety.Finding {
	guess := m.options.Detector().Detect(text)
	return m.danger.Check(text, guess.Base())
}

// Urgent says that a text cannot wait.
func (m *Mind) Urgent(text string) bool { return m.Danger(text).Kind != "" }
