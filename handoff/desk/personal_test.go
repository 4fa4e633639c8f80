package desk_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/browsertest"
	"github.com/brug-helpdesk/brug/internal/patience"
)

var telephone = regexp.MustCompile(`06[0-9]{8}|٠٦[٠-٩]{8}`)

// findTelephones stands for the finder of the router's safety package.
func findTelephones(text string) (found []desk.Personal) {
	for _, m := range telephone.FindAllStringIndex(text, -1) {
		found = append(found, desk.Personal{Kind: "phone", Start: m[0], End: m[1]})
	}
	return found
}

// tells is a message whose words the case does not repeat.
func (h *helpdesk) tells(c handoff.Case, id, text string) {
	h.t.Helper()
	h.hears(c.ID, id, text, handoff.Change{Message: true})
}

type hiddenMessage struct {
	ID, Text string
	Location *bots.Location
	Hidden   []struct {
		Kind, Hint string
		At, Length int
	}
}

type hiddenCase struct{ Messages []hiddenMessage }

func TestOneNumberIsShownToTheHolder(t *testing.T) {
	h := open(t, desk.Options{Personal: findTelephones})
	anna, ben := h.volunteer(handoff.Volunteer{Name: "Anna"}), h.volunteer(handoff.Volunteer{Name: "Ben"})
	boss := h.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "x"})
	h.tells(c, "m1", "😀 мій ⟦PHONE⟧ 0612345678, або 0687654321")
	h.apply(h.transcript.Append("a", bots.Entry{ID: "m2", At: time.Now(), From: bots.FromNewcomer, Text: "тут", Location: &bots.Location{Lat: 52.09, Lon: 5.12, Name: "дім"}}))
	get[any](anna, "POST", "cases/"+c.ID+"/claim", "")
	get[any](anna, "POST", "cases/"+c.ID+"/note", `{"text":"her brother: 0611111111"}`)

	_, raw := anna.call("GET", "cases/"+c.ID, "")
	for _, secret := range []string{"0612345678", "0687654321", "0611111111", "52.09"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the case shows %s: %s", secret, raw)
		}
	}
	read := get[hiddenCase](anna, "GET", "cases/"+c.ID, "")
	first := read.Messages[1]
	if first.Text != "😀 мій ⟦PHONE⟧ ⟦PHONE⟧, або ⟦PHONE⟧" || len(first.Hidden) != 2 || first.Hidden[1].Hint != "21" {
		t.Fatalf("%+v", first)
	}
	for _, piece := range first.Hidden { // what somebody typed as a marker is none
		if got := string([]rune(first.Text)[piece.At : piece.At+piece.Length]); got != "⟦PHONE⟧" || piece.At < 8 {
			t.Errorf("at %d stands %q", piece.At, got)
		}
	}
	if m := read.Messages[2]; m.Text != "тут\n⟦PLACE⟧" || m.Location != nil || len(m.Hidden) != 1 {
		t.Errorf("the place: %+v", m)
	}

	one := "cases/" + c.ID + "/reveal/m1/"
	for _, try := range []struct {
		who          client
		path, body   string
		status       int
		want, mayNot string
	}{
		{ben, one + "0", "", 409, `"claimed"`, "0612345678"},
		{boss, one + "0", "", 409, `"claimed"`, "0612345678"},
		{anna, one + "0", "", 200, `{"text":"0612345678"}`, "0687654321"},
		{anna, one + "1", "", 200, `{"text":"0687654321"}`, "0612345678"},
		{anna, one + "2", "", 404, `"unknown"`, "06"},
		{anna, one + "-1", "", 404, `"unknown"`, "06"},
		{anna, "cases/" + c.ID + "/reveal/m2/0", "", 200, "52.09000, 5.12000 дім", "06"},
		{boss, one + "0", `{"reason":"the ambulance asks"}`, 200, "0612345678", "0687654321"},
	} {
		status, raw := try.who.call("POST", try.path, try.body)
		if status != try.status || !strings.Contains(string(raw), try.want) || strings.Contains(string(raw), try.mayNot) {
			t.Errorf("%s %s: %d %s", try.who.v.Name, try.path, status, raw)
		}
	}
	get[any](anna, "POST", "cases/"+c.ID+"/resolve", "{}")
	if status, raw := anna.call("POST", one+"0", ""); status != 409 || !strings.Contains(string(raw), `"resolved"`) {
		t.Errorf("after closing: %d %s", status, raw)
	}

	log, err := h.queue.Audit(t.Context(), 100)
	must(t, err)
	var got []string
	for _, r := range log {
		if said := r.Action + r.Reason; telephone.MatchString(said) || strings.Contains(said, "52") {
			t.Errorf("the log holds what was shown: %+v", r)
		}
		if strings.HasPrefix(r.Action, "revealed") && r.Case == c.ID {
			got = append(got, r.ByName+" "+r.Action+" "+r.Reason)
		}
	}
	slices.Sort(got)
	if want := []string{"Anna revealed a phone number ", "Anna revealed a phone number ", "Anna revealed a place ", "Boss revealed a phone number the ambulance asks"}; !slices.Equal(got, want) {
		t.Errorf("the log says %q", got)
	}
}

func TestDangerIsReadInClearUntilItIsOver(t *testing.T) {
	h := open(t, desk.Options{Personal: findTelephones})
	anna := h.volunteer(handoff.Volunteer{Name: "Anna", Urgent: true})
	ben := h.volunteer(handoff.Volunteer{Name: "Ben"})
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "ar", Urgent: "violence", Preview: "x"})
	h.tells(c, "m1", "رقمي 0612345678")
	if got := get[hiddenCase](anna, "GET", "cases/"+c.ID, ""); got.Messages[1].Text != "رقمي 0612345678" || got.Messages[1].Hidden != nil {
		t.Errorf("while it is urgent: %+v", got)
	}
	for _, path := range []string{"cases/" + c.ID, "cases?state=open"} {
		if _, raw := ben.call("GET", path, ""); strings.Contains(string(raw), "0612345678") {
			t.Errorf("%s shows it to who may not open the case: %s", path, raw)
		}
	}
	if status, raw := ben.call("POST", "cases/"+c.ID+"/reveal/m1/0", ""); status != 403 {
		t.Errorf("revealed to who may not open the case: %d %s", status, raw)
	}
	get[any](anna, "POST", "cases/"+c.ID+"/claim", "")
	get[any](anna, "POST", "cases/"+c.ID+"/resolve", "{}")
	if _, raw := anna.call("GET", "cases/"+c.ID, ""); strings.Contains(string(raw), "0612345678") || !strings.Contains(string(raw), "⟦PHONE⟧") {
		t.Errorf("after it: %s", raw)
	}
}

// TestANumberIsOnePressOnAPhone: a number in an Arabic text, on the smallest phone, with
// the keyboard, and gone again when the case is somebody else's.
func TestANumberIsOnePressOnAPhone(t *testing.T) {
	h := open(t, desk.Options{Personal: findTelephones})
	ben := h.volunteer(handoff.Volunteer{Name: "Ben"})
	watcher := h.volunteer(handoff.Volunteer{Name: "Carla"}).listen()
	anna := h.volunteer(handoff.Volunteer{Name: "Anna"}).at("nl", 360, 640)
	c := h.escalate(handoff.NewCase{Conversation: "a", Lang: "ar", Preview: "x"})
	h.tells(c, "m1", "مرحبا، رقمي ٠٦١٢٣٤٥٦٧٨ ورقم أخي 0687654321 اتصلوا بعد الساعة 18:00 من فضلكم")
	anna.visit("/desk/case/" + c.ID)
	anna.reads("#messages .secret", "telefoon")
	anna.Screenshot("desk-hidden-ar")
	page := func() string { return browsertest.Eval[string](anna.Browser, `document.documentElement.outerHTML`) }
	leaks := func() bool { return telephone.MatchString(page()) }
	if leaks() {
		t.Error("the page holds a number before anybody pressed")
	}
	// Who does not hold the case is told why nothing happens.
	anna.press("#messages .secret")
	anna.reads("#said", "Neem de zaak eerst")
	if leaks() {
		t.Error("the number is shown to who does not hold the case")
	}
	anna.press("[data-do=claim]")
	anna.reads("#facts", "bij u")
	anna.Until(`!document.querySelector("#claims").checkVisibility()`)
	browsertest.Eval[bool](anna.Browser, `(document.querySelectorAll("#messages .secret")[1].focus(), true)`)
	anna.Do(chromedp.KeyEvent(kb.Enter))
	anna.reads("#messages .bare", "0687654321")
	if got := browsertest.Eval[string](anna.Browser, `document.activeElement.className + document.activeElement.dir`); got != "bareltr" {
		t.Errorf("the keyboard is at %q", got)
	}
	if strings.Contains(page(), "٠٦١٢٣٤٥٦٧٨") {
		t.Error("the other number is shown, too")
	}
	anna.press("#messages .secret")
	anna.reads("#messages", "٠٦١٢٣٤٥٦٧٨")
	anna.Screenshot("desk-shown-ar")
	if wide := browsertest.Eval[int](anna.Browser, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("the page is %d px wide", wide)
	}
	// What comes while the page is open is hidden, and what was shown stays.
	h.tells(c, "m2", "أو 0611111111")
	anna.reads("#messages li:last-child .secret", "11")
	if got := page(); strings.Contains(got, "0611111111") || !strings.Contains(got, "0687654321") {
		t.Error("a live message shows its number, or hid the others")
	}
	get[any](anna.client, "POST", "cases/"+c.ID+"/transfer", `{"to":"Ben"}`)
	anna.Until(`document.querySelectorAll("#messages .secret").length === 3`)
	if leaks() {
		t.Error("the numbers stay when the case is with somebody else")
	}
	get[any](ben, "POST", "cases/"+c.ID+"/resolve", "{}")
	for deadline := time.After(patience.Limit); ; {
		select {
		case event := <-watcher:
			if telephone.MatchString(event) {
				t.Errorf("the stream carries a number: %s", event)
			}
			if !strings.Contains(event, `"resolved"`) {
				continue
			}
		case <-deadline:
			t.Fatal("the stream did not tell the end of the case")
		}
		break
	}
}
