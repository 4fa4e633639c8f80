package router

import (
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

// beaten is how people write of violence.
var beaten = map[string]string{"uk": "Чоловік мене б'є", "ru": "Муж меня избивает, помогите", "ar": "زوجي يضربني",
	"en": "My husband beats me", "nl": "Mijn man slaat mij"}

// TestALockedPhoneNamesNoTopic: the first line of what is said about a danger that
// somebody near may be, as an answer to it and as an article, says nothing of it.
func TestALockedPhoneNamesNoTopic(t *testing.T) {
	say, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	for lang, text := range beaten {
		d := newDesk(t)
		opening := say.Say(lang, "quiet_opening", nil)
		said := d.say("a", text)
		if first, _, _ := strings.Cut(said, "\n"); first != opening {
			t.Errorf("%s: the answer begins with %q", lang, first)
		}
		article := d.tap("a", "article:domestic-violence")
		if first, _, _ := strings.Cut(article, "\n"); first != opening {
			t.Errorf("%s: the article begins with %q", lang, first)
		}
	}
}

func TestHowToTakeTheChatOffThePhoneIsSaidOnce(t *testing.T) {
	say, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	for lang, text := range beaten {
		hint := say.Say(lang, "quiet_hint", nil)
		d := newDesk(t)
		if got := d.say("a", text); strings.Count(got, hint) != 1 {
			t.Errorf("%s: no hint in\n%s", lang, got)
		}
		d.clock.set(tuesday.Add(2 * repeatAlarm))
		if got := d.say("a", text); got == "" || strings.Contains(got, hint) {
			t.Errorf("%s: the second time it says %q", lang, got)
		}
		w := world{now: tuesday, say: say}
		page := &decision{w: w, s: State{Lang: lang, Address: bots.Address{Channel: bots.Web}}}
		if got := page.hush("violence"); !strings.Contains(got, say.Say(lang, "quiet_hint_web", nil)) {
			t.Errorf("%s: on the page: %q", lang, got)
		}
		if got := page.hush("housing") + page.hush("suicide"); got != "" {
			t.Errorf("%s: a hint that does not help: %q", lang, got)
		}
	}
}
