package handoff_test

import (
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

func TestAChatIsLinkedOnceByItsLink(t *testing.T) {
	a := openAlarm(t, "")
	v, err := a.volunteers.Add(t.Context(), handoff.Volunteer{Name: "Anna"})
	must(t, err)
	link, err := a.TelegramLink(t.Context(), v.ID, "nl")
	must(t, err)
	code, ok := strings.CutPrefix(link, "https://t.me/bridge_bot?start=")
	if !ok || len(code) > 64 { // core.telegram.org/bots/features#deep-linking
		t.Fatalf("link %q", link)
	}
	start := func(chat, text string) bool {
		t.Helper()
		done, err := a.Start(t.Context(), bots.Message{Channel: bots.Telegram, ID: "1", Contact: bots.Address{Channel: bots.Telegram, ID: chat}, Text: text})
		must(t, err)
		a.delivered(t)
		return done
	}
	for _, text := range []string{"/start", "/start poster_delft", "desk-x", "/startdesk-x"} {
		if start("77", text) {
			t.Errorf("%q is not a newcomer's", text)
		}
	}
	for range 2 { // Telegram tells twice
		if !start("77", "/start "+code) {
			t.Fatal("the link is taken for a newcomer's word")
		}
	}
	if got := a.posts[bots.Telegram].take(); len(got) != 1 || !strings.HasPrefix(got[0], "77: Meldingen van de helpdesk komen nu in deze chat.") {
		t.Errorf("linked: %q", got)
	}
	if !start("88", "/start "+code) {
		t.Error("a used link is taken for a newcomer's word")
	}
	if got := a.posts[bots.Telegram].take(); len(got) != 1 || !strings.HasPrefix(got[0], "88: This link no longer works.") {
		t.Errorf("another chat: %q", got)
	}
	r, err := a.Reach(t.Context(), v.ID)
	must(t, err)
	if r.Telegram != "77" || r.Lang != "nl" {
		t.Errorf("reached at %+v", r)
	}
	raw, err := a.s.Client().HGetAll(t.Context(), a.s.Key("volunteer", v.ID, "alerts")).Result()
	must(t, err)
	if strings.Contains(raw["data"], "77") {
		t.Error("the chat is not sealed")
	}
}

func TestAnAddressIsConfirmedByItsLink(t *testing.T) {
	a := openAlarm(t, "")
	v, err := a.volunteers.Add(t.Context(), handoff.Volunteer{Name: "Anna"})
	must(t, err)
	for _, wrong := range []string{"", "anna", "Anna <anna@example.org>", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org"} {
		if err := a.ConfirmMail(t.Context(), v.ID, wrong, "en"); err != handoff.ErrAddress {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	must(t, a.ConfirmMail(t.Context(), v.ID, " anna@example.org ", "en"))
	a.delivered(t)
	got := a.posts[handoff.Mail].take()
	_, rest, ok := strings.Cut(strings.Join(got, ""), "https://help.example/desk/mail/")
	code, _, _ := strings.Cut(rest, "\n")
	if len(got) != 1 || !ok {
		t.Fatalf("sent %q", got)
	}
	c := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk", Urgent: "medical"})
	a.hears(t, handoff.Mail) // not yet confirmed
	must(t, a.MailWaits(t.Context(), code))
	must(t, a.MailConfirmed(t.Context(), code))
	if err := a.MailConfirmed(t.Context(), code); err != handoff.ErrUnknown {
		t.Errorf("a second time: %v", err)
	}
	a.hears(t, handoff.Mail, "anna@example.org: Urgent: 1 person needs help now. Language: Ukrainian."+atDesk+"/case/"+c.ID)
	for range 4 {
		must(t, a.ConfirmMail(t.Context(), v.ID, "stranger@example.org", "en"))
	}
	if err := a.ConfirmMail(t.Context(), v.ID, "stranger@example.org", "en"); err != handoff.ErrTooMany {
		t.Errorf("a sixth mail: %v", err)
	}
}

func TestMailStandsInForARefusingTelegram(t *testing.T) {
	a := openAlarm(t, "")
	v := a.volunteer(t, "Anna")
	must(t, a.Change(t.Context(), v.ID, func(r *handoff.Reach) { r.Mail = "anna@example.org" }))
	a.posts[bots.Telegram].fail = &bots.SendError{Reason: bots.Unreachable}
	a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk", Urgent: "medical"})
	a.hears(t, bots.Telegram)
	r, err := a.Reach(t.Context(), v.ID)
	must(t, err)
	if r.Problem != bots.Telegram {
		t.Errorf("problem %q", r.Problem)
	}
	c := a.escalate(t, handoff.NewCase{Conversation: "b", Lang: "uk", Urgent: "medical"})
	a.hears(t, handoff.Mail, "anna@example.org: Urgent: 1 person needs help now. Language: Ukrainian."+atDesk+"/case/"+c.ID)
}
