package main

import (
	"strings"
	"testing"
)

// TestAPersonOnWhatsAppIsErased erases somebody by their telephone number, while brug
// does not run, and searches the data folder: the keys of the linked device are in a
// database of their own, where people's numbers stand in the open.
func TestAPersonOnWhatsAppIsErased(t *testing.T) {
	addr := steadyAddr(t)
	p := &patient{t: t, binary: buildForFake(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr}}
	desk, err := linkWhatsApp(p)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := newOnWhatsApp(desk, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer gone.phone.Close()
	stays, err := newOnWhatsApp(desk, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer stays.phone.Close()
	p.start()
	for _, person := range []onWhatsApp{gone, stays} {
		person.ask("Як отримати БСН?")
		until(t, "an answer", func() bool { return len(person.heard()) > 0 && desk.Waiting() == 0 })
	}
	p.stop()

	account := gone.phone.Account()
	traces := map[string][]byte{"the number": []byte(account.Number().User), "the LID": []byte(account.LID().User)}
	if found := searchFiles(t, p.data, traces); len(found) < len(traces) {
		t.Fatalf("the search finds too little to be trusted: %q", found)
	}
	if said := p.command("privacy", "erase", "--channel", "whatsapp", "--contact", "+"+account.Number().User); !strings.Contains(said, "1 addresses") {
		t.Errorf("erase says %q", said)
	}
	for _, where := range searchFiles(t, p.data, traces) {
		t.Errorf("still there after the erasure: %s", where)
	}
	other := stays.phone.Account()
	if found := searchFiles(t, p.data, map[string][]byte{"the LID": []byte(other.LID().User)}); len(found) == 0 {
		t.Error("the other person is gone too")
	}
}
