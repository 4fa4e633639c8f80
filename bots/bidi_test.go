package bots

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/bidi"
)

// onScreen is a line as it is seen from left to right, without direction marks.
// The direction of the line follows its first letter, as in chat apps.
func onScreen(t *testing.T, line string) string {
	t.Helper()
	var p bidi.Paragraph
	if _, err := p.SetString(line); err != nil {
		t.Fatal(err)
	}
	order, err := p.Order()
	if err != nil {
		t.Fatal(err)
	}
	// Run returns the runs as they follow in the text. Without embeddings there
	// is one level above that of the line, so they only have to be turned round.
	var runs []string
	for i := range order.NumRuns() {
		run := order.Run(i)
		s := run.String()
		if run.Direction() == bidi.RightToLeft {
			// ReverseString mirrors brackets; a screen mirrors quotes too.
			s = strings.NewReplacer("«", "»", "»", "«").Replace(bidi.ReverseString(s))
		}
		runs = append(runs, s)
	}
	if !rtlLine(line) {
		return unmarked(strings.Join(runs, ""))
	}
	slices.Reverse(runs)
	return unmarked(strings.Join(runs, ""))
}

// rtlLine finds the first strong character of a line (UAX #9, P2).
func rtlLine(line string) bool {
	for _, r := range line {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		}
	}
	return false
}

func unmarked(s string) string { return strings.NewReplacer(lrm, "", rlm, "").Replace(s) }

func TestRightToLeftTextsAreReadInOrder(t *testing.T) {
	// Latin letters and digits as seen from left to right; Arabic letters are
	// written here as they are seen, so from the last to the first.
	rev := func(s string) string { return bidi.ReverseString(s) }
	for _, c := range []struct {
		name, markdown string
		want           []string // what stands in this order on the line, from the left
	}{
		{"free number", "اتصلوا بالرقم 0800-2000 مجاناً.", []string{"." + rev("مجاناً"), "0800-2000", rev("اتصلوا بالرقم")}},
		{"international", "الرقم +31 88 0767 000 متاح", []string{rev("متاح"), "+31 88 0767 000", rev("الرقم")}},
		{"date", "حتى 1-7-2026 فقط", []string{rev("فقط"), "1-7-2026", rev("حتى")}},
		{"term with its meaning", "رقم BSN (burgerservicenummer) هو", []string{rev("هو"), "BSN (burgerservicenummer)", rev("رقم")}},
		{"amount", "تدفعون € 14,99 شهرياً", []string{rev("شهرياً"), "€ 14,99", rev("تدفعون")}},
		{"line begins with a term", "BSN هو رقمكم.", []string{"." + rev("هو رقمكم"), "BSN"}},
		{"line begins with a number", "0800-2000: مجاناً", []string{rev("مجاناً"), ":0800-2000"}},
		{"two terms", "عند BSN، DigiD.", []string{".DigiD ،BSN", rev("عند")}},
		{"two quotes", "قولوا «ambulance»، «fire».", []string{".«fire» ،«ambulance»", rev("قولوا")}},
		{"term in brackets", "نظام (CAK).", []string{".(CAK)", rev("نظام")}},
		{"sentence ends with a term", "اسألوا huisartsenpost. 112 للطوارئ", []string{rev("للطوارئ"), "112 .huisartsenpost", rev("اسألوا")}},
		{"address", "الموقع https://ind.nl/a-b?c=1 هنا", []string{rev("هنا"), "https://ind.nl/a-b?c=1", rev("الموقع")}},
		{"time", "من 9:00–17:00 يومياً", []string{rev("يومياً"), "9:00–17:00", rev("من")}},
		{"list", "1. BSN مجاني\n2. قولوا 112", []string{rev("مجاني"), "BSN .1"}},
		{"dutch phone", "هاتف 06 - 1234 5678 الآن", []string{rev("الآن"), "06 - 1234 5678", rev("هاتف")}},
		{"area code", "هاتف (020) 123 45 67 الآن", []string{rev("الآن"), "(020) 123 45 67", rev("هاتف")}},
		{"zero for home", "هاتف +31 (0)20 123 4567 الآن", []string{rev("الآن"), "+31 (0)20 123 4567", rev("هاتف")}},
		{"percent", "نسبة 5% و 18+ سنة", []string{rev("سنة"), "18+", rev("و"), "5%", rev("نسبة")}},
		{"arabic digits", "الرقم ٠٨٠٠-٢٠٠٠ مجاني", []string{rev("مجاني"), "٠٨٠٠-٢٠٠٠", rev("الرقم")}},
		{"arabic digits in groups", "الرقم ٠٦ ١٢ ٣٤ مجاني", []string{rev("مجاني"), "٠٦ ١٢ ٣٤", rev("الرقم")}},
		{"persian digits", "شماره ۰۸۰۰-۲۰۰۰ رایگان", []string{rev("رایگان"), "۰۸۰۰-۲۰۰۰", rev("شماره")}},
		{"number in brackets", "معلومة (2023-2024) قديمة", []string{rev("قديمة"), "(2023-2024)", rev("معلومة")}},
		{"only a number", "0800-2000", []string{"0800-2000"}},
		{"bold", "رقم **BSN** (burgerservicenummer) هو", []string{rev("هو"), "BSN (burgerservicenummer)", rev("رقم")}},
		{"iban", "حساب NL91 ABNA 0417 1643 00 فقط", []string{rev("فقط"), "NL91 ABNA 0417 1643 00", rev("حساب")}},
		{"meaning in arabic", "بلدية gemeente (البلدية) هنا", []string{"(" + rev("البلدية") + ") gemeente"}},
		{"link", "انظر [هنا](https://ind.nl/x) الآن", []string{rev("الآن"), "https://ind.nl/x :" + rev("هنا")}},
	} {
		for _, format := range []Format{PlainSMS, Styles} {
			parts := Render(Reply{ID: "r", Text: c.markdown, Lang: "ar"}, Limits{Format: format}, Address{})
			line, _, _ := strings.Cut(parts[0].Body, "\n")
			if !rtlLine(line) {
				t.Errorf("%s: the line runs to the right: %+q", c.name, line)
			}
			seen := onScreen(t, line)
			rest := seen
			for _, want := range c.want {
				var ok bool
				if _, rest, ok = strings.Cut(rest, want); !ok {
					t.Errorf("%s: %q is not where it should be in\n%q\n%+q", c.name, want, seen, line)
					break
				}
			}
		}
	}
}

func TestEveryRightToLeftLanguageIsIsolated(t *testing.T) {
	for _, lang := range []string{"ar", "fa", "ur", "ps", "ckb", "prs", "he"} {
		p := Render(Reply{ID: "r", Text: "112 سلام", Lang: lang}, Limits{Format: PlainSMS}, Address{})
		if want := rlm + lrm + "112" + lrm + " سلام"; p[0].Body != want {
			t.Errorf("%s: %+q", lang, p[0].Body)
		}
	}
	lines := Render(Reply{ID: "r", Text: "سلام\nBSN هو\n**112** الآن", Lang: "ar"}, Limits{Format: PlainSMS}, Address{})
	if want := "سلام\n" + rlm + lrm + "BSN" + lrm + " هو\n" + rlm + lrm + "112" + lrm + " الآن"; lines[0].Body != want {
		t.Errorf("lines: %+q", lines[0].Body)
	}
	p := Render(Reply{ID: "r", Text: "Телефон 0800-2000, BSN", Lang: "uk"}, Limits{Format: PlainSMS}, Address{})
	if p[0].Body != "Телефон 0800-2000, BSN" {
		t.Errorf("uk: %+q", p[0].Body)
	}
}

func TestAForeignSentenceKeepsItsDirection(t *testing.T) {
	p := Render(Reply{ID: "r", Text: "You should call them before Friday.\n\nمرحبا", Lang: "ar"}, Limits{Format: Page}, Address{})
	if want := `<p dir="ltr">You should call them before Friday.</p><p>مرحبا</p>`; p[0].Body != want {
		t.Errorf("english in an arabic reply: %s", p[0].Body)
	}
	p = Render(Reply{ID: "r", Text: "مرحبا 0800-2000", Lang: "nl"}, Limits{Format: Page}, Address{})
	if want := `<p dir="rtl">مرحبا <bdi dir="ltr"><a href="tel:08002000">0800-2000</a></bdi></p>`; p[0].Body != want {
		t.Errorf("arabic in a dutch reply: %s", p[0].Body)
	}
}

func TestATitleInALinkIsOneRun(t *testing.T) {
	reply := Reply{ID: "r", Lang: "ar", Text: "المصدر: [RefugeeHelp, what to arrange](https://www.refugeehelp.nl) اليوم"}
	body := Render(reply, Limits{Format: Page, Text: 4000}, Address{})[0].Body
	if want := `RefugeeHelp, what to arrange</a></bdi>`; !strings.Contains(body, want) {
		t.Errorf("the title is in pieces: %s", body)
	}
}
