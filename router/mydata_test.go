package router

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

func TestAPersonIsToldWhatIsKeptAlsoAsJSON(t *testing.T) {
	d := newDesk(t)
	d.say("a", "мій сусід грає на трубі щоночі і розводить бджіл")
	if _, ok := d.open("a"); !ok {
		d.tap("a", "person")
	}
	c, _ := d.open("a")
	if _, err := d.queue.Claim(t.Context(), c.ID, olha); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.queue.Note(t.Context(), c.ID, olha, handoff.Text{Text: "a note among volunteers"}); err != nil {
		t.Fatal(err)
	}
	d.settle()
	told := d.sent("a", func() { d.say("a", "/data") })
	if len(told) != 1 || !strings.Contains(told[0].Text, "розводить бджіл") || strings.Contains(told[0].Text, "a note among") || !strings.Contains(told[0].Text, "Нотаток") {
		t.Fatalf("told %+v", told)
	}
	if n := len(told[0].Choices); n != 1 || told[0].Choices[0].ID != dataJSON {
		t.Fatalf("buttons %+v", told[0].Choices)
	}
	told = d.sent("a", func() { d.tap("a", dataJSON) })
	var all strings.Builder
	for _, p := range told {
		all.WriteString(p.Text + "\n")
	}
	var kept Kept
	if err := json.Unmarshal([]byte(all.String()), &kept); err != nil {
		t.Fatalf("%v in\n%s", err, all.String())
	}
	if kept.State.Lang != "uk" || len(kept.Cases) != 1 || kept.Entries[0].Text != "мій сусід грає на трубі щоночі і розводить бджіл" || strings.Contains(all.String(), "a note among") || !strings.Contains(kept.LeftOut, "notes") {
		t.Errorf("the JSON holds %+v", kept)
	}
	// Who asks a coordinator gets the notes, too.
	if whole, err := d.router.Export(t.Context(), d.conversation("a")); err != nil || !slices.ContainsFunc(whole.Entries, func(e bots.Entry) bool { return e.Text == "a note among volunteers" }) {
		t.Errorf("the coordinator's export: %v, %+v", err, whole.Entries)
	}
	// Nothing of it is kept once more.
	for _, e := range d.transcript("a")[1:] {
		if strings.Contains(e.Text, "розводить бджіл") {
			t.Errorf("kept again: %+v", e)
		}
	}
}

// sent is what waits to be sent to somebody after do.
func (d *desk) sent(who string, do func()) []bots.Part {
	d.t.Helper()
	key := d.store.Key("conv", d.conversation(who), "out")
	before := d.store.Cmd().LLen(d.t.Context(), key).Val()
	do()
	var parts []bots.Part
	for _, sealed := range d.store.Cmd().LRange(d.t.Context(), key, before, -1).Val() {
		plain, err := d.store.Open(key, []byte(sealed))
		if err != nil {
			d.t.Fatal(err)
		}
		var p bots.Part
		if err := json.Unmarshal(plain, &p); err != nil {
			d.t.Fatal(err)
		}
		parts = append(parts, p)
	}
	return parts
}
