package safety

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// rules returns the rules of the program.
func rules(t testing.TB) *Rules {
	t.Helper()
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCases checks the messages that editors keep beside the rules, in rules/cases/KIND.txt.
// Not every one of them is recognised; the floors are a little below what is.
func TestCases(t *testing.T) {
	// The cases are examples too, so here the rules must do alone.
	r, err := New(os.DirFS("rules"))
	if err != nil {
		t.Fatal(err)
	}
	floor := map[string]float64{"calm": 0.97, Medical: 0.94, Suicide: 0.88, Violence: 0.89, Exploitation: 0.9, Trafficking: 0.88, Housing: 0.86, Minor: 0.91}
	for kind, least := range floor {
		file, err := os.Open(filepath.Join("rules", "cases", kind+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		n, right := 0, 0
		for in := bufio.NewScanner(file); in.Scan(); {
			lang, text, ok := strings.Cut(in.Text(), ": ")
			if !ok || strings.HasPrefix(lang, "#") {
				continue
			}
			f := r.Check(text, "")
			n++
			if f.Kind == strings.TrimPrefix(kind, "calm") && !f.Unsure || kind == "calm" && f.Unsure {
				right++
			} else if testing.Verbose() {
				t.Logf("%s %s: %s %.2f %v %s", kind, lang, f.Kind, f.Confidence, f.Why, text)
			}
		}
		_ = file.Close()
		t.Logf("%s: %d of %d", kind, right, n)
		if n < 50 || float64(right) < least*float64(n) {
			t.Errorf("%s: %d of %d messages as they should be, expected %.0f%%", kind, right, n, 100*least)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		text, kind string
	}{
		{"", ""},
		{"...", ""},
		{"я більше не хочу жити", Suicide},
		{"Я БІЛЬШЕ НЕ ХОЧУ ЖИТИ", Suicide},
		{"я больше не хочу жити", Suicide}, // two languages in one sentence
		{"ne hochu bilshe zhyty", Suicide},
		{"чоловік бє мене", Violence},  // without the apostrophe
		{"чоловик бьє мене", Violence}, // и for і, and surzhyk
		{"ніхто мене не б'є, все добре", ""},
		{"помогииите мама не дышит", Medical},
		{"мама без сознанея, помогите", Medical}, // one letter wrong
		{"زَوْجِي يَضْرِبُنِي", Violence},        // with vowel signs
		{"جوزي عم يضربـــني", Violence},
		{"jozi 3am yedrobni", Violence},
		{"رح موت من الضحك", ""},
		{"where is the library", ""},
		{"my phone is dead", ""},
		{"хочу покончить с долгами", ""},
		{"помираю від нудьги", ""},
		{"я сама з двома дітьми, не розумію лист від муніципалітету", ""}, // not a person who no longer understands
		{"мама не говорить нідерландською і не розуміє лікаря", ""},
		{"мама лежить і не говорить, не розуміє, де вона", Medical},
		{"у меня нет денег на еду до конца месяца", ""},
		{"my phone is dead but my husband beats me", Violence}, // an idiom hides only itself
	} {
		if got := rules(t).Check(tc.text, ""); got.Kind != tc.kind || got.Unsure {
			t.Errorf("Check(%q) = %+v, want %q", tc.text, got, tc.kind)
		}
	}
}

func TestSexual(t *testing.T) {
	f := rules(t).Check("мене зґвалтували", "uk")
	if f.Kind != Violence || !f.Sexual || f.TextKind() != SexualViolence {
		t.Errorf("%+v, text %q", f, f.TextKind())
	}
	if f := rules(t).Check("чоловік б'є мене", "uk"); f.Sexual || f.TextKind() != Violence {
		t.Errorf("%+v, text %q", f, f.TextKind())
	}
}

func TestLoadErrors(t *testing.T) {
	const words = "words:\n  who:\n    uk: він\n  does:\n    uk: б'є\n"
	for _, tc := range []struct{ name, text, want string }{
		{"no words", "kind: violence\nrules:\n  - name: x\n    when: [who, nobody]\n", `bad.yaml:4: there are no words named "nobody"`},
		{"language", "words:\n  x:\n    xx: слово\n", `bad.yaml:3: words x: language "xx" is none of`},
		{"letters", "words:\n  x:\n    uk: слово, مرحبا\n", `bad.yaml:3: words x: "مرحبا"`},
		{"gap", "words:\n  x:\n    uk: .. слово\n", `bad.yaml:3: words x: ".. слово"`},
		{"range", "words:\n  x:\n    uk: <5> років\n", `bad.yaml:3: words x: "<5> років": "<5>" is no range`},
		{"kind", "kind: party\n" + words + "rules:\n  - name: x\n    when: [who]\n", `bad.yaml:1: kind "party" is none of`},
		{"field", "kind: violence\n" + words + "rules:\n  - name: x\n    wen: [who]\n", `bad.yaml:9: unknown field "wen"`},
		{"no name", "kind: violence\n" + words + "rules:\n  - when: [who]\n", "needs a name"},
		{"too many", "kind: violence\n" + words + "rules:\n  - name: x\n    when: [who, does]\n    at_least: 3\n", "bad.yaml:8: at_least 3 of 2"},
		{"yaml", "kind: [violence\n", "bad.yaml:"},
		{"empty", "words:\n  x:\n    uk: слово\n", "no rules found"},
	} {
		_, err := New(fstest.MapFS{"bad.yaml": {Data: []byte(tc.text)}})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

func TestOwnRules(t *testing.T) {
	r, err := New(fstest.MapFS{"housing.yaml": {Data: []byte(`kind: housing
words:
  roof:
    uk: дах-
    en: roof
  gone:
    uk: =зник, немає
    en: gone
    not_after: never
  never:
    en: never
  idiom:
    en: hit the roof
rules:
  - name: roof-gone
    when: [roof, gone]
    within: 4
  - name: roof
    when: [roof]
    points: 0.5
    unless: [never]
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"the roof is gone": "housing 0.85 false [housing/roof-gone housing/roof]",
		"the roof":         "housing 0.55 true [housing/roof]",
		"дах зник":         "housing 0.85 false [housing/roof-gone housing/roof]",
		"дах зникне":       "housing 0.55 true [housing/roof]",
		"dakh znyk":        "housing 0.85 false [housing/roof-gone housing/roof]",
		"roof and then so many other words until gone": "housing 0.55 true [housing/roof]",
		"the roof was never gone":                      " 0.00 false []",
		"she hit the roof and was gone":                " 0.00 false []",
	} {
		f := r.Check(text, "")
		if got := fmt.Sprintf("%s %.2f %v %v", f.Kind, f.Confidence, f.Unsure, f.Why); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestEval(t *testing.T) {
	rep, err := Eval("testdata/urgent.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("n %d recall %.3f kind right %.3f false alarms %.3f asked %.3f, calm asked %.3f", rep.N, rep.Recall, rep.KindRight, rep.FalseAlarm, rep.Asked, rep.AskedCalm)
	if rep.N < 400 || rep.Recall < 0.955 || rep.KindRight < 0.95 || rep.FalseAlarm > 0.03 {
		t.Errorf("recall %.3f, kind right %.3f, false alarms %.3f", rep.Recall, rep.KindRight, rep.FalseAlarm)
	}
	sum := 0
	for _, f := range rep.ByLang {
		sum += f.N
	}
	if sum != rep.N || rep.ByKind[""].Urgent != 0 || rep.ByKind[Minor].Urgent == 0 {
		t.Errorf("groups do not add up: %d of %d", sum, rep.N)
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte("{\"text\":\"x\"}\nnot json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Eval(bad); err == nil || !strings.Contains(err.Error(), "bad.jsonl:2") {
		t.Errorf("a broken line: %v", err)
	}
}

func TestResemblance(t *testing.T) {
	// One rule that has a suspicion only; the examples are the second witness.
	suspicion := fstest.MapFS{"housing.yaml": {Data: []byte("kind: housing\nwords:\n  key:\n    en: key\n    ru: ключ\nrules:\n  - name: key\n    when: [key]\n    points: 0.3\n")}}
	r, err := New(suspicion, os.DirFS("examples"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"my key doesn't work, i think the landlord changed the lock": "housing false",
		"ключ больше не подходит, хозяин сменил замок":               "housing false",
		"when is the next bus to the station":                        " false",
		"the landlord changed the lock and i am outside":             "housing false", // no rule speaks
		"thank you very much": " false",
		"qwrtz":               " false",
	} {
		f := r.Check(text, "")
		if got := fmt.Sprint(f.Kind, " ", f.Unsure); got != want {
			t.Errorf("%q: %+v, want %q", text, f, want)
		}
	}
	for text, want := range map[string]string{
		"kind: party\nsituations:\n  lost:\n    en: x\n":      `bad.yaml:1: kind "party" is none of`,
		"kind: housing\nsituations:\n  lost:\n    xx: text\n": `bad.yaml:4: lost: language "xx" is none of`,
		"kind: housing\nmessage:\n  en: text\n":               "bad.yaml:2: unknown field",
	} {
		_, err := New(os.DirFS("rules"), fstest.MapFS{"bad.yaml": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"", "чоловік б'є мене", "جوزي عم يضربني", "ma ba2a baddi 3ish", "\xff\xfe", "ما", "مابدي", "----", "<5-17>", "𝟙𝟚 років", "ы" + strings.Repeat("ا", 300)} {
		f.Add(s)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := r.Check(s, "")
		if got.Confidence < 0 || got.Confidence > 1 || (got.Kind == "") != (got.Confidence == 0) || got.Unsure && got.Kind == "" {
			t.Fatalf("Check(%q) = %+v", s, got)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	r := rules(b)
	text := "Доброго дня, підкажіть будь ласка скільки чекати на BSN після реєстрації в муніципалітеті"
	b.ReportAllocs()
	for b.Loop() {
		r.Check(text, "uk")
	}
}

func BenchmarkCheckLong(b *testing.B) {
	r := rules(b)
	text := strings.Repeat("Доброго дня, мій чоловік працює а я чекаю на BSN після реєстрації. ", 8000/115)
	b.ReportMetric(float64(len([]rune(text))), "letters")
	for b.Loop() {
		r.Check(text, "")
	}
}

func BenchmarkLoad(b *testing.B) {
	rules, examples, cases := os.DirFS("rules"), os.DirFS("examples"), os.DirFS("rules/cases")
	for b.Loop() {
		if _, err := New(rules, examples, cases); err != nil {
			b.Fatal(err)
		}
	}
}
