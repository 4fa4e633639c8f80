package safety

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestMask(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"мій бсн 111 222 333, чому не працює", "мій бсн ⟦BSN⟧, чому не працює"},
		{"BSN111222333", "BSN⟦BSN⟧"},
		{"رقمي ١١١٢٢٢٣٣٣ وصل", "رقمي ⟦BSN⟧ وصل"},
		{"bsn ۱۱۱۲۲۲۳۳۳", "bsn ⟦BSN⟧"},
		{"mijn bsn is 1112.22.333", "mijn bsn is ⟦BSN⟧"},
		{"111222334 hat nothing to do with it", "111222334 hat nothing to do with it"},
		{"on NL91 ABNA 0417 1643 00 please", "on ⟦IBAN⟧ please"},
		{"nl91abna0417164300.", "⟦IBAN⟧."},
		{"NL92ABNA0417164300", "NL92ABNA0417164300"},
		{"карта 4111 1111 1111 1111 приват", "карта ⟦CARD⟧ приват"},
		{"паспорт FX123456 закінчився", "паспорт ⟦DOCUMENT⟧ закінчився"},
		{"паспорт серія КН №123456", "паспорт серія ⟦DOCUMENT⟧"},
		{"رقم الجواز ٠١٢٣٤٥٦٧٨", "رقم الجواز ⟦DOCUMENT⟧"},
		{"verblijfsdocument X1Y2Z3456", "verblijfsdocument ⟦DOCUMENT⟧"},
		{"паспорт отримала 12.05.2020", "паспорт отримала 12.05.2020"},
		{"паспорт, тел 0612345678", "паспорт, тел 0612345678"},
		{"112 або 0900-8844, 0800-2000, 088-501 18 85", "112 або 0900-8844, 0800-2000, 088-501 18 85"},
		{"ціна 111222333 грн, 1.250,00 евро, 2026-03-04", "ціна 111222333 грн, 1.250,00 евро, 2026-03-04"},
	} {
		if got, _ := Mask(tc.text); got != tc.want {
			t.Errorf("Mask(%q)\n got %q\nwant %q", tc.text, got, tc.want)
		}
	}
}

func TestMaskSoft(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"дзвоніть +380 50 123 45 67 або 06-12345678", "дзвоніть ⟦PHONE⟧ або ⟦PHONE⟧"},
		{"رقمي ٠٦١٢٣٤٥٦٧٨", "رقمي ⟦PHONE⟧"},
		{"пишіть olena.k@gmail.com.", "пишіть ⟦EMAIL⟧."},
		{"мій V-номер 2812345678", "мій V-номер ⟦VNUMBER⟧"},
		{"живу Kerkstraat 12, 1234 AB Utrecht", "живу ⟦ADDRESS⟧ Utrecht"},
		{"вул. Шевченка, буд. 5, кв. 12 у Києві", "⟦ADDRESS⟧ у Києві"},
		{"شارع النيل رقم 15", "⟦ADDRESS⟧"},
		{"+31 88 043 04 30 це IND, 14 020, 0900-8844", "+31 88 043 04 30 це IND, 14 020, 0900-8844"},
		{"welke straat, 5 minuten; weg 3 km", "welke straat, 5 minuten; weg 3 km"},
	} {
		if got, _ := MaskSoft(tc.text); got != tc.want {
			t.Errorf("MaskSoft(%q)\n got %q\nwant %q", tc.text, got, tc.want)
		}
	}
}

func TestSpans(t *testing.T) {
	_, got := Mask("бсн 111222333 і NL91ABNA0417164300")
	want := []Span{{BSN, 7, 16, "111222333"}, {IBAN, 20, 38, "NL91ABNA0417164300"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEvalPersonal(t *testing.T) {
	rep, err := EvalPersonal("testdata/personal.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if rep.N < 300 || rep.Precision < 0.99 || rep.Recall < 0.94 {
		t.Errorf("n %d, precision %.3f, recall %.3f", rep.N, rep.Precision, rep.Recall)
	}
	for kind, f := range rep.ByKind {
		t.Logf("%-9s wanted %3d found %3d precision %.3f recall %.3f", kind, f.Wanted, f.Found, f.Precision, f.Recall)
		if floor := map[bool]float64{true: 0.95, false: 0.85}[hard[kind]]; f.Recall < floor {
			t.Errorf("%s: recall %.3f below %.2f", kind, f.Recall, floor)
		}
	}
	if _, err := EvalPersonal("testdata/nothing.jsonl"); err == nil || !strings.Contains(err.Error(), "nothing.jsonl") {
		t.Errorf("a missing file: %v", err)
	}
}

// TestAddresses: the examples that the forms of addresses were made from, and what is
// none of them.
func TestAddresses(t *testing.T) {
	rows := 0
	err := eachRow("testdata/addresses.jsonl", func(row struct {
		ID, Text string
		Spans    []struct{ Text string }
	}) {
		rows++
		_, found := MaskSoft(row.Text)
		ok := len(found) == len(row.Spans)
		for i, want := range row.Spans {
			ok = ok && found[i].Kind == Address && covers(found[i], want.Text)
		}
		if !ok {
			t.Errorf("%s: %q: found %v", row.ID, row.Text, found)
		}
	})
	if err != nil || rows < 90 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{
		"", "bsn 111222333", "NL91 ABNA 0417 1643 00", "4111-1111-1111-1111", "паспорт КН №123456", "٠٦١٢٣٤٥٦٧٨",
		"⟦BSN⟧ 111222333 ⟦", "a@b.nl", "v 281.234.5678", "\xff\xfe12345678", "Kerkstraat 12, 1234 AB", "\u202e123456782\u202c", "𝟙𝟙𝟙𝟚𝟚𝟚𝟛𝟛𝟛",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, mask := range map[string]func(string) (string, []Span){"Mask": Mask, "MaskSoft": MaskSoft} {
			masked, found := mask(s)
			if !utf8.ValidString(masked) {
				t.Fatalf("%s(%q) is not UTF-8: %q", name, s, masked)
			}
			if again, _ := mask(masked); again != masked {
				t.Fatalf("%s(%q) = %q, and again %q", name, s, masked, again)
			}
			valid, end := strings.ToValidUTF8(s, "\uFFFD"), 0
			for _, sp := range found {
				if sp.Start < end || sp.End > len(valid) || valid[sp.Start:sp.End] != sp.Text || sp.Text == "" {
					t.Fatalf("%s(%q): span %+v", name, s, sp)
				}
				end = sp.End
			}
		}
	})
}

func BenchmarkMask(b *testing.B) {
	text := "Доброго дня, мій бсн 111222333, телефон 0612345678, живу Kerkstraat 12, 1234 AB Utrecht. Чому не працює DigiD?"
	for b.Loop() {
		Mask(text)
	}
}

func BenchmarkMaskNothing(b *testing.B) {
	text := "Доброго дня, скільки чекати на DigiD після 14 днів? Я живу тут з 2022 року і ще не маю."
	for b.Loop() {
		Mask(text)
	}
}

func BenchmarkMaskSoft(b *testing.B) {
	text := "Доброго дня, мій бсн 111222333, телефон 0612345678, живу Kerkstraat 12, 1234 AB Utrecht. Чому не працює DigiD?"
	for b.Loop() {
		MaskSoft(text)
	}
}
