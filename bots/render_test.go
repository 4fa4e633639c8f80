package bots

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func render(t *testing.T, text, lang string, f Format) Part {
	t.Helper()
	parts := Render(Reply{ID: "r", Text: text, Lang: lang}, Limits{Format: f}, Address{})
	if len(parts) != 1 {
		t.Fatalf("%d parts", len(parts))
	}
	return parts[0]
}

func TestRenderWritesEachFormat(t *testing.T) {
	const link = "[IND](https://ind.nl/a?b=1&c=2)"
	for _, c := range []struct {
		name, text                string
		plain, html, page, marked string
		ranges                    []Range
	}{
		{
			name: "paragraphs and emphasis", text: "Це **важливо**, *справді*.\n\nДалі 😀 **_обидва_**",
			plain:  "Це важливо, справді.\n\nДалі 😀 обидва",
			html:   "Це <b>важливо</b>, <i>справді</i>.\n\nДалі 😀 <b><i>обидва</i></b>",
			page:   "<p>Це <strong>важливо</strong>, <em>справді</em>.</p><p>Далі 😀 <strong><em>обидва</em></strong></p>",
			marked: "Це *важливо*, _справді_.\n\nДалі 😀 *_обидва_*",
			ranges: []Range{{3, 7, "BOLD"}, {12, 7, "ITALIC"}, {30, 6, "BOLD"}, {30, 6, "ITALIC"}},
		},
		{
			name: "lists", text: "Візьміть:\n\n- паспорт\n- фото\n\nПотім:\n\n3. раз\n4. два\n   - так\n   - ні\n5. три",
			plain:  "Візьміть:\n\n• паспорт\n• фото\n\nПотім:\n\n3. раз\n4. два\n   • так\n   • ні\n5. три",
			html:   "Візьміть:\n\n• паспорт\n• фото\n\nПотім:\n\n3. раз\n4. два\n   • так\n   • ні\n5. три",
			marked: "Візьміть:\n\n• паспорт\n• фото\n\nПотім:\n\n3. раз\n4. два\n   • так\n   • ні\n5. три",
			page: `<p>Візьміть:</p><ul><li>паспорт</li><li>фото</li></ul><p>Потім:</p>` +
				`<ol><li value="3">раз</li><li value="4">два<ul><li>так</li><li>ні</li></ul></li><li value="5">три</li></ol>`,
		},
		{
			name: "links", text: "Див. " + link + " або <https://duo.nl> чи [www.uwv.nl](https://www.uwv.nl/) і [пошта](mailto:a@b.nl).",
			plain:  "Див. IND: https://ind.nl/a?b=1&c=2 або https://duo.nl чи www.uwv.nl і пошта: a@b.nl.",
			html:   `Див. <a href="https://ind.nl/a?b=1&amp;c=2">IND</a> або https://duo.nl чи <a href="https://www.uwv.nl/">www.uwv.nl</a> і пошта: a@b.nl.`,
			marked: "Див. IND: https://ind.nl/a?b=1&c=2 або https://duo.nl чи www.uwv.nl і пошта: a@b.nl.",
			page: `<p>Див. <a href="https://ind.nl/a?b=1&amp;c=2" target="_blank" rel="noopener">IND</a> або ` +
				`<a href="https://duo.nl" target="_blank" rel="noopener">https://duo.nl</a> чи ` +
				`<a href="https://www.uwv.nl/" target="_blank" rel="noopener">www.uwv.nl</a> і пошта: a@b.nl.</p>`,
		},
		{
			name: "dangerous addresses", text: "[x](javascript:alert%281%29) [y](/local) [z](data:text/html,1)",
			plain: "x y z", html: "x y z", marked: "x y z", page: "<p>x y z</p>",
		},
		{
			name: "signs", text: `a \* b, 2\*3, \_слово\_ <b> & "q" snake_case \~x\~` + "\n> x",
			plain: "a * b, 2*3, _слово_ <b> & \"q\" snake_case ~x~\n\nx",
			html:  "a * b, 2*3, _слово_ &lt;b&gt; &amp; \"q\" snake_case ~x~\n\nx",
			page:  "<p>a * b, 2*3, _слово_ &lt;b&gt; &amp; \"q\" snake_case ~x~</p><p>x</p>",
			marked: "a *" + zwsp + " b, 2*3, _" + zwsp + "слово_" + zwsp + " <b> & \"q\" snake_case ~" + zwsp + "x~" + zwsp +
				"\n\nx",
		},
		{
			name: "line breaks", text: "**Раз\nдва**\\\nтри  \nчотири",
			plain: "Раз\nдва\nтри\nчотири", html: "<b>Раз\nдва</b>\nтри\nчотири",
			page: "<p><strong>Раз<br>два</strong><br>три<br>чотири</p>", marked: "*Раз*\n*два*\nтри\nчотири",
			ranges: []Range{{0, 7, "BOLD"}},
		},
		{
			name: "emphasis inside a word", text: "під**пис** **a**b",
			plain: "підпис ab", html: "під<b>пис</b> <b>a</b>b",
			page: "<p>під<strong>пис</strong> <strong>a</strong>b</p>", marked: "підпис ab",
			ranges: []Range{{3, 3, "BOLD"}, {7, 1, "BOLD"}},
		},
		{
			name: "what is not in the subset", text: "# Заголовок\n\n`код` ~~x~~ ![фото](https://x.nl/a.png)\n\n```\nрядок\n```\n\n---\n\n<div>x</div>\n\n[ref]: https://x.nl",
			plain: "Заголовок\n\nкод ~~x~~ фото\n\nрядок\n\n<div>x</div>\n\n[ref]: https://x.nl",
			html:  "<b>Заголовок</b>\n\nкод ~~x~~ фото\n\nрядок\n\n&lt;div&gt;x&lt;/div&gt;\n\n[ref]: https://x.nl",
			page: `<p><strong>Заголовок</strong></p><p>код ~~x~~ фото</p><p>рядок</p><p>&lt;div&gt;x&lt;/div&gt;</p>` +
				`<p>[ref]: <a href="https://x.nl" target="_blank" rel="noopener">https://x.nl</a></p>`,
			marked: "*Заголовок*\n\nкод ~" + zwsp + "~" + zwsp + "x~" + zwsp + "~" + zwsp + " фото\n\nрядок\n\n<div>x</div>\n\n[ref]: https://x.nl",
			ranges: []Range{{0, 9, "BOLD"}},
		},
		{
			name: "marks that turn text", text: "a\u202Eb\u0000c\u2066d&#x202E;e",
			plain: "abcde", html: "abcde", page: "<p>abcde</p>", marked: "abcde",
		},
		{
			name: "an address with markers", text: "https://x.nl/_a_/b_c*d~",
			plain: "https://x.nl/_a_/b_c*d~", html: "https://x.nl/_a_/b_c*d~", marked: "https://x.nl/%5Fa%5F/b_c%2Ad%7E",
			page: `<p><a href="https://x.nl/_a_/b_c*d~" target="_blank" rel="noopener">https://x.nl/_a_/b_c*d~</a></p>`,
		},
		{
			name: "numbers to call", text: "**112**, 0800-2000, 088 0767 000, +31 (0)20 123 4567; 01-07-2026, 14,99, 0123456",
			plain:  "112, 0800-2000, 088 0767 000, +31 (0)20 123 4567; 01-07-2026, 14,99, 0123456",
			html:   "<b>112</b>, 0800-2000, 088 0767 000, +31 (0)20 123 4567; 01-07-2026, 14,99, 0123456",
			marked: "*112*, 0800-2000, 088 0767 000, +31 (0)20 123 4567; 01-07-2026, 14,99, 0123456",
			page: `<p><a href="tel:112"><strong>112</strong></a>, <a href="tel:08002000">0800-2000</a>, <a href="tel:0880767000">088 0767 000</a>, ` +
				`<a href="tel:+31201234567">+31 (0)20 123 4567</a>; 01-07-2026, 14,99, 0123456</p>`,
			ranges: []Range{{0, 3, "BOLD"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.plain, render(t, c.text, "uk", PlainSMS).Body); diff != "" {
				t.Errorf("plain: %s", diff)
			}
			if diff := cmp.Diff(c.html, render(t, c.text, "uk", HTML).Body); diff != "" {
				t.Errorf("html: %s", diff)
			}
			if diff := cmp.Diff(c.page, render(t, c.text, "uk", Page).Body); diff != "" {
				t.Errorf("page: %s", diff)
			}
			if diff := cmp.Diff(c.marked, render(t, c.text, "uk", Markers).Body); diff != "" {
				t.Errorf("markers: %s", diff)
			}
			styled := render(t, c.text, "uk", Styles)
			if diff := cmp.Diff(c.ranges, styled.Ranges); diff != "" || styled.Body != c.plain {
				t.Errorf("styles: %q %s", styled.Body, diff)
			}
			for _, f := range []Format{HTML, Page, Markers, Styles, PlainSMS} {
				if got := render(t, c.text, "uk", f).Text; got != c.plain {
					t.Errorf("%s: text %q", f, got)
				}
			}
		})
	}
}

func TestPageIsolatesForeignRuns(t *testing.T) {
	got := render(t, "رقم **BSN** (burgerservicenummer): 0800-2000\n\n1. قولوا «ambulance»", "ar", Page).Body
	want := `<p>رقم <bdi dir="ltr"><strong>BSN</strong> (burgerservicenummer)</bdi>: <bdi dir="ltr"><a href="tel:08002000">0800-2000</a></bdi></p>` +
		`<ol><li value="1">قولوا «<bdi dir="ltr">ambulance</bdi>»</li></ol>`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestChoicesAreButtonsOrAList(t *testing.T) {
	r := Reply{ID: "r", Text: "Що саме?", Lang: "uk", ReplyTo: "77", Choices: []Choice{
		{ID: "a", Label: "Номер BSN"}, {ID: "b", Label: "**DigiD**"}, {ID: "p", Label: "Поліція", URL: "tel:112"}}}
	buttons := Render(r, Limits{Format: PlainSMS, Choices: 3, Label: 7}, Address{})
	if diff := cmp.Diff([]Choice{{ID: "a", Label: "Номер…"}, {ID: "b", Label: "**Digi…"}, {ID: "p", Label: "Поліція", URL: "tel:112"}}, buttons[0].Choices); diff != "" || buttons[0].Body != "Що саме?" {
		t.Errorf("buttons: %q %s", buttons[0].Body, diff)
	}
	for _, n := range []int{0, 2} {
		list := Render(r, Limits{Format: PlainSMS, Choices: n}, Address{})
		if want := "Що саме?\n\n1. Номер BSN\n2. **DigiD**\n• Поліція: 112"; list[0].Body != want {
			t.Errorf("list: %q", list[0].Body)
		}
		if diff := cmp.Diff(r.Choices, list[0].Choices); diff != "" {
			t.Errorf("the choices are gone: %s", diff)
		}
	}
	// In a right-to-left list every line still runs to the left.
	r.Lang, r.Choices[0].Label, r.Choices[1].Label = "ar", "BSN والتسجيل", "ما هو DigiD"
	list := Render(r, Limits{Format: PlainSMS}, Address{})
	for i, want := range []string{"ليجستلاو BSN .1", "DigiD وه ام .2"} {
		line := strings.Split(list[0].Body, "\n")[2+i]
		if got := onScreen(t, line); got != want {
			t.Errorf("on the screen %q, want %q (%+q)", got, want, line)
		}
	}
	long := Render(Reply{ID: "r", Text: strings.Repeat("слово ", 50), Choices: r.Choices, ReplyTo: "77"}, Limits{Format: HTML, Text: 160, Choices: 3}, Address{})
	for i, p := range long {
		last, first := i == len(long)-1, i == 0
		if (len(p.Choices) == 3) != last || (p.ReplyTo == "77") != first {
			t.Errorf("part %d of %d: %d choices, reply to %q", i, len(long), len(p.Choices), p.ReplyTo)
		}
	}
}

func TestLabelsAreCutAtALetter(t *testing.T) {
	for _, c := range []struct {
		label string
		max   int
		want  string
	}{
		{"Дві 👨‍👩‍👧 родини", 8, "Дві…"},
		{"Дві 👨‍👩‍👧 родини", 10, "Дві 👨‍👩‍👧…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
		{"👨‍👩‍👧‍👦", 3, "👨‍…"},
		{"  так\nсаме ", 0, "так саме"},
	} {
		if got := fitLabel(c.label, "uk", c.max); got != c.want {
			t.Errorf("%q in %d: %q, want %q", c.label, c.max, got, c.want)
		}
	}
	if got := fitLabel("رقم BSN الجديد", "ar", 12); got != "رقم "+lrm+"BSN"+lrm+" ا…" {
		t.Errorf("isolated label: %+q", got)
	}
}

func TestMatchChoice(t *testing.T) {
	choices := []Choice{{ID: "p", Label: "112", URL: "tel:112"}, {ID: "a", Label: "Отримати BSN 🆔"}, {ID: "b", Label: "نعم، ساعدني"}, {ID: "c", Label: "Huis zoeken"}, {ID: "d", Label: "Huis zoeken "}}
	for text, want := range map[string]string{
		"1": "a", " 1. ": "a", "1)": "a", "(2)": "b", "٢": "b", "۲": "b", "2️⃣": "b", "№3": "c", "#1": "a", "4": "d",
		"отримати bsn": "a", "ОТРИМАТИ  BSN!": "a", lrm + "Отримати BSN 👍🏽": "a", "نعم، ساعدني": "b",
		"перший": "a", "Другий": "b", "третья": "c", "الأول": "a", "الثانية": "b", "First": "a", "de tweede": "b", "3e": "c",
		"0": "", "5": "", "12": "", "1 2": "", "так": "", "": "", "  ": "", "👍": "", "112": "", "huis zoeken": "", "99999999999999999999": "",
	} {
		id, ok := MatchChoice(text, choices)
		if id != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, id, ok, want)
		}
	}
	if id, _ := MatchChoice("2", []Choice{{ID: "x", Label: "2"}, {ID: "y", Label: "3"}}); id != "x" {
		t.Errorf("a title that is a number: %q", id)
	}
}
