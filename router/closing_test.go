package router

import (
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

func TestAfterClosing(t *testing.T) {
	for _, courtesy := range []string{"дякую", "👍", "так", "Ні"} {
		d := newDesk(t)
		d.closed("a")
		d.say("a", courtesy)
		if _, ok := d.open("a"); ok {
			t.Errorf("%q has reopened the case", courtesy)
		}
	}
	d := newDesk(t)
	d.closed("a")
	d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Sticker, Ref: "s"}}})
	if _, ok := d.open("a"); ok {
		t.Error("a sticker has reopened the case")
	}
	earlier := d.wantClosed("a")
	wantText(t, d.say("a", unanswerable), "знову відповідатиме Olha.")
	if c := d.wantCase("a"); c.ID != earlier || c.Preview != unanswerable || c.Unread != 1 || c.State != handoff.Claimed || c.Holder.ID != olha.ID {
		t.Errorf("reopened %+v instead of %s", c, earlier)
	}
	if got := d.say("a", "і ще одне"); got != "" {
		t.Errorf("told twice, or talked over Olha: %s", got)
	}
	if c := d.wantCase("a"); c.Unread != 2 {
		t.Errorf("Olha has %d messages to read", c.Unread)
	}
}

func TestAfterClosingWithNobodyThere(t *testing.T) {
	d := newDesk(t)
	d.away = true
	d.closed("a")
	wantText(t, d.say("a", unanswerable), "номер у черзі: 1")
	if c := d.wantCase("a"); c.State != handoff.Waiting {
		t.Errorf("held by %+v", c.Holder)
	}
}

func TestAPhotoAfterClosingIsSaidToHaveArrived(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	got := said(d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Image, Ref: "f"}}}))
	wantText(t, got, "усе надійшло", "знову відповідатиме Olha")
}

func (d *desk) wantClosed(who string) string {
	d.t.Helper()
	c, ok, err := d.queue.Last(d.t.Context(), d.conversation(who))
	if err != nil || !ok {
		d.t.Fatal(ok, err)
	}
	return c.ID
}

func TestWhatWasMissingIsReadByAPerson(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	wantText(t, d.tap("a", "bad"), "бракувало")
	d.say("a", "Як отримати БСН? Пишіть на olena@example.org") // an article knows; a volunteer was promised
	c := d.wantCase("a")
	// The editors read it too, without what would say who wrote.
	wanted, err := d.queue.Wanted(t.Context())
	if err != nil || len(wanted) != 1 || wanted[0].By != "" || wanted[0].Case != c.ID || wanted[0].Lang != "uk" {
		t.Fatalf("the editors hear of %+v, %v", wanted, err)
	}
	if q := wanted[0].Question; !strings.Contains(q, "Як отримати БСН?") || strings.Contains(q, "olena@") {
		t.Errorf("the editors read %q", q)
	}
}

func TestRatingsAreCountedByLanguageAndByTopicButNeverBoth(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	d.tap("a", "good")
	d.tap("a", "bad") // asked once
	counts, err := d.queue.Counts(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := counts[0]["rated_good@uk"]; n != 1 {
		t.Errorf("good by language: %d in %v", n, counts[0])
	}
	for field := range counts[0] {
		if strings.Contains(field, "bad") || strings.Contains(field, ":") && strings.Contains(field, "@") {
			t.Errorf("counted %s", field)
		}
	}
}

func TestOldButtonsAfterClosing(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	for _, old := range []string{"place", "withdraw"} {
		wantText(t, d.tap("a", old), "немає Вашого запитання")
	}
	d.tap("a", "good")
	if got := d.tap("a", "bad"); got != "" {
		t.Errorf("rated twice: %s", got)
	}
}
