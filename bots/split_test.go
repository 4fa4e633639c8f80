package bots

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func texts(r Reply, l Limits) []string {
	var all []string
	for _, p := range Render(r, l, Address{}) {
		all = append(all, p.Text)
	}
	return all
}

func TestRepliesAreCutAtTheBestPlace(t *testing.T) {
	for _, c := range []struct {
		name, text string
		max        int
		want       []string
	}{
		{"it fits", "Один абзац.\n\nДругий.", 22, []string{"Один абзац.\n\nДругий."}},
		{"between paragraphs", "Один абзац. І ще.\n\nДругий абзац.", 28, []string{"Один абзац. І ще.", "Другий абзац."}},
		{"between items", "Треба:\n\n1. паспорт\n2. фото і довідка", 30, []string{"Треба:\n\n1. паспорт", "2. фото і довідка"}},
		{"between sentences", "Перше речення. Друге речення. Третє речення.", 32, []string{"Перше речення. Друге речення.", "Третє речення."}},
		{"between words", "одне довге речення без жодної крапки", 20, []string{"одне довге речення", "без жодної крапки"}},
		{"between letters", strings.Repeat("e\u0301", 10), 5, []string{"e\u0301e\u0301", "e\u0301e\u0301", "e\u0301e\u0301", "e\u0301e\u0301", "e\u0301e\u0301"}},
		{"at a line break", "перший рядок\nдругий рядок тут", 26, []string{"перший рядок", "другий рядок тут"}},
		{"not inside a number", "Телефонуйте на номер +31 88 0767 000", 30, []string{"Телефонуйте на номер", "+31 88 0767 000"}},
		{"not before an address", "Див. [сайт IND](https://ind.nl/abc)", 30, []string{"Див. сайт", "IND: https://ind.nl/abc"}},
		{"a short first paragraph does not stand alone", "Так.\n\nДовге речення номер один. Довге речення номер два.", 40, []string{"Так.\n\nДовге речення номер один.", "Довге речення номер два."}},
		{"the rest of an item has no second number", "7. слово слово слово слово", 18, []string{"7. слово слово", "   слово слово"}},
		{"an address too long for a message", "https://a.nl/" + strings.Repeat("x", 30), 20, []string{"https://a.nl/xxxxxxx", strings.Repeat("x", 20), "xxx"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := texts(Reply{ID: "r", Text: c.text, Lang: "uk"}, Limits{Format: PlainSMS, Text: c.max})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnitsCountAsTheNetworkDoes(t *testing.T) {
	emoji := strings.Repeat("😀", 10) // 2 UTF-16 units, 4 bytes each
	for _, c := range []struct {
		unit      Unit
		max, want int
	}{{UTF16, 20, 1}, {UTF16, 19, 2}, {Bytes, 40, 1}, {Bytes, 39, 2}, {Bytes, 20, 2}} {
		if got := texts(Reply{ID: "r", Text: emoji}, Limits{Format: PlainSMS, Text: c.max, Unit: c.unit}); len(got) != c.want {
			t.Errorf("unit %d, %d: %q", c.unit, c.max, got)
		}
	}
}

func TestPartsKeepStyleAndOrder(t *testing.T) {
	r := Reply{ID: "r7", Text: "**Важливі слова тут. І ще кілька слів.**", Lang: "uk", Urgent: true, From: "bot", Article: "a", Revision: "f00"}
	to := Address{Channel: Telegram, ID: "5"}
	got := Render(r, Limits{Format: HTML, Text: 22}, to)
	want := []Part{
		{ID: "r7-0", To: to, Body: "<b>Важливі слова тут.</b>", Text: "Важливі слова тут.", Lang: "uk", Urgent: true, From: "bot", Article: "a", Revision: "f00"},
		{ID: "r7-1", To: to, Body: "<b>І ще кілька слів.</b>", Text: "І ще кілька слів.", Lang: "uk", Urgent: true, From: "bot", Article: "a", Revision: "f00"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	page := Render(Reply{ID: "r", Text: "1. слово слово слово слово", Lang: "uk"}, Limits{Format: Page, Text: 18}, to)
	if got := page[1].Body; got != `<ol><li value="1" class="more">слово слово</li></ol>` {
		t.Errorf("the rest of an item: %s", got)
	}
}

func TestNothingToSayIsNoMessage(t *testing.T) {
	for _, text := range []string{"", "  \n\n", "---", "\u202E"} {
		if got := Render(Reply{ID: "r", Text: text}, Limits{Format: HTML, Text: 100}, Address{}); len(got) != 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestCleanTextCutsAtALetter(t *testing.T) {
	long := strings.Repeat("a", MaxText-1) + "👍🏽"
	if got, cut := CleanText(long); !cut || got != strings.Repeat("a", MaxText-1) {
		t.Errorf("cut %v, %d bytes", cut, len(got))
	}
	exact := strings.Repeat("я", MaxText)
	if got, cut := CleanText(exact); cut || got != exact {
		t.Errorf("%d letters were cut", MaxText)
	}
	if got, cut := CleanText("так\x00\u202Eні\u2066\r\nі\tще" + lrm + "\xff"); cut || got != "такні\nі\tще"+lrm+"\uFFFD" {
		t.Errorf("%q", got)
	}
}

var article = Reply{ID: "r", Lang: "ar", From: "bot", Text: strings.Repeat(
	"رقم **BSN** (burgerservicenummer) هو رقمكم الشخصي في هولندا. تحتاجون إليه للعمل والبنك و DigiD.\n\n"+
		"1. سجّلوا أنفسكم في البلدية (gemeente) واتصلوا على 0800-2000.\n2. أحضروا جواز السفر، انظر [هنا](https://ind.nl/x).\n\n", 4)}

func BenchmarkRender(b *testing.B) {
	for _, l := range []Limits{
		{Format: HTML, Text: 4096}, {Format: Markers, Text: 4096}, {Format: Styles, Text: 2000, Unit: Bytes},
		{Format: Page, Text: 4000}, {Format: PlainSMS, Text: 160},
	} {
		b.Run(string(l.Format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Render(article, l, Address{})
			}
		})
	}
}
