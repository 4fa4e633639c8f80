package desk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
)

// card is guidance as the router's safety package gives it.
func card(urgent, lang string) string {
	return "**Say first** (" + urgent + ", " + lang + "): be calm."
}

func firstLine(_, lang string) string {
	return map[string]string{"ar": "هل الكتابة هنا آمنة لكم؟", "uk": "Чи безпечно Вам тут писати?"}[lang] + map[string]string{"en": "Is it safe to write here?"}[lang]
}

func TestDangerIsHiddenFromWhoIsNotTrained(t *testing.T) {
	h := open(t, desk.Options{Guidance: card, FirstLine: firstLine})
	ben := h.volunteer(handoff.Volunteer{Name: "Ben"})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna", Urgent: true})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "ar", Urgent: "violence", Preview: "canary of violence", Topic: "violence-home", Wishes: []string{"woman"}})
	for _, path := range []string{"cases?state=waiting", "cases?state=open", "cases/" + c.ID} {
		status, raw := ben.call("GET", path, "")
		if got := string(raw); status != 200 || !strings.Contains(got, c.ID) || !strings.Contains(got, `"restricted"`) || strings.Contains(got, "violence") || strings.Contains(got, "woman") {
			t.Errorf("%s: %d %s", path, status, got)
		}
	}
	for _, try := range [][3]string{
		{"POST", "cases/" + c.ID + "/claim", ""}, {"POST", "cases/" + c.ID + "/note", `{"text":"x"}`},
		{"GET", "cases/" + c.ID + "/suggestions", ""}, {"GET", "cases/" + c.ID + "/media/m1-a/0", ""},
	} {
		if status, raw := ben.call(try[0], try[1], try[2]); status != 403 || !strings.Contains(string(raw), `"untrained"`) {
			t.Errorf("%s: %d %s", try[1], status, raw)
		}
	}
	if status, raw := ben.call("POST", "next", ""); status != 200 || !strings.Contains(string(raw), `"case":null`) {
		t.Errorf("next for Ben: %d %s", status, raw)
	}
	log, err := h.queue.Audit(t.Context(), 10)
	if err != nil || len(log) != 0 {
		t.Errorf("looking at a hidden case is on record: %+v, %v", log, err)
	}
	got := get[struct {
		Urgent, Preview string
		Guidance        struct{ Text, First, Meaning string }
	}](anna, "GET", "cases/"+c.ID, "")
	if got.Urgent != "violence" || got.Preview != "canary of violence" || !strings.Contains(got.Guidance.Text, "violence, en") || got.Guidance.First != firstLine("", "ar") || got.Guidance.Meaning != "Is it safe to write here?" {
		t.Errorf("Anna reads %+v", got)
	}
	if status, raw := anna.call("POST", "cases/"+c.ID+"/claim", ""); status != 200 {
		t.Fatalf("Anna claims: %d %s", status, raw)
	}
	if status, raw := anna.call("POST", "cases/"+c.ID+"/transfer", `{"to":"Ben"}`); status != 403 {
		t.Errorf("handed to Ben: %d %s", status, raw)
	}
}

// TestTheFirstLineIsOnePress is danger on a phone: the card, and the first line sent.
func TestTheFirstLineIsOnePress(t *testing.T) {
	h := open(t, desk.Options{Guidance: card, FirstLine: firstLine})
	h.volunteer(handoff.Volunteer{Name: "Anna", Urgent: true})
	ben := h.volunteer(handoff.Volunteer{Name: "Ben"}).at("en", 360, 640)
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator}).at("en", 360, 640)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "ar", Urgent: "violence", Preview: "زوجي يضربني"})
	ben.reads(".card", "Only for volunteers trained")
	ben.press(".card")
	ben.reads("#hidden", "This case is urgent")
	ben.Screenshot("desk-urgent-hidden")
	if browsertest.Eval[bool](ben.Browser, `document.getElementById("work").checkVisibility() || document.body.innerText.includes("يضربني")`) {
		t.Error("Ben sees what is not for him")
	}
	boss.press(fmt.Sprintf(".card[href$=%q]", c.ID))
	boss.reads("#guide-text", "be calm")
	boss.reads("#first", "هل الكتابة هنا آمنة لكم؟")
	boss.reads("#first", "Is it safe to write here?")
	boss.Until(`document.getElementById("guide").getBoundingClientRect().top >= 0`)
	boss.Screenshot("desk-urgent-guide")
	boss.press("[data-do=first]")
	boss.reads("#messages .volunteer", "هل الكتابة هنا آمنة لكم؟")
	boss.reads("#facts", "with you")
	boss.Until(`!document.querySelector("#first").checkVisibility() && !document.getElementById("guide").open`)
	boss.Screenshot("desk-urgent-asked")
	if got, err := h.queue.Get(t.Context(), c.ID); err != nil || got.Holder == nil || got.Holder.ID != boss.v.ID || got.Answered.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestACoordinatorBlocks(t *testing.T) {
	h := open(t, desk.Options{})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator}).at("en", 360, 640)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "x"})
	boss.visit("/desk/case/" + c.ID)
	boss.reads("#messages", "x")
	boss.press("#tab-more")
	boss.press("details:has(#block) summary")
	boss.write("#block [name=reason]", "threats")
	boss.Screenshot("desk-block")
	boss.press("#block button")
	boss.reads("#unblock", "This person is blocked")
	if got, err := h.queue.Get(t.Context(), c.ID); err != nil || !got.Barred || got.State != handoff.Resolved {
		t.Errorf("%+v, %v", got, err)
	}
	boss.press("#unblock button")
	boss.Until(`document.querySelector("#block").checkVisibility()`)
	if got, err := h.queue.Get(t.Context(), c.ID); err != nil || got.Barred {
		t.Errorf("%+v, %v", got, err)
	}
}
