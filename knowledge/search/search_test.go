package search

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

// starter is the index of the starter articles, built once for all tests.
var starter = sync.OnceValue(func() *Index {
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		panic(err)
	}
	return Build(base)
})

func ids(hits []Hit) []string {
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.Article
	}
	return out
}

func TestFinds(t *testing.T) {
	for _, c := range []struct{ lang, query, want, why string }{
		{"uk", "де отримати бсн", "bsn-get", "a term in Ukrainian letters"},
		{"uk", "де взяти BSN", "bsn-get", "a term in Latin letters"},
		{"ar", "كيف بطلع رقم BSN", "bsn-get", "a term among another script"},
		{"pl", "gdzie dostanę BSN", "bsn-get", "a language without articles finds terms"},
		{"", "bsn", "bsn-get", "an unknown language finds terms"},
		{"en", "my tooht hurts", "dentist", "a typo"},
		{"en", "i have a hausarts question: how do I register", "gp-register", "a misspelt term"},
		{"uk", "болить зуб", "dentist", "plain"},
		{"ru", "болит зуб", "dentist", "plain"},
		{"ar", "ضرسي عم يوجعني", "dentist", "dialect"},
		{"nl", "mijn kies doet pijn", "dentist", "plain"},
		{"uk", "мій чоловік б’є мене", "domestic-violence", "a typographic apostrophe"},
		{"uk", "мій чоловік бє мене", "domestic-violence", "no apostrophe"},
	} {
		if got := ids(starter().Search(c.query, c.lang, 3)); !slices.Contains(got, c.want) {
			t.Errorf("%q (%s): %v, want %s among them", c.query, c.why, got, c.want)
		}
	}
}

func TestFindsWhatExistsInAnotherLanguageOnly(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	meta := "group: g\nindicator: i\naudience: any\nsource: ru\n"
	base, err := knowledge.Load(fstest.MapFS{
		"boat/article.yaml": file(meta),
		"boat/ru.md":        file("---\ntitle: Лодка с мотором\nquestions: [можно ли купить моторную лодку]\nkeywords: [лодка, vaarbewijs]\n---\nДа.\n"),
		"tree/article.yaml": file(meta),
		"tree/ru.md":        file("---\ntitle: Дерево\nquestions: [срубить дерево]\nkeywords: [дерево, kapvergunning]\n---\nНет.\n"),
		"tree/uk.md":        file("---\ntitle: Дерево\nquestions: [зрубати дерево]\nkeywords: [дерево]\n---\nНі.\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	ix := Build(base)
	for _, c := range []struct{ lang, query, want string }{
		{"uk", "купити мотор для лодки", "boat"}, // Ukrainian has an index, but not this article
		{"nl", "vaarbewijs", "boat"},
		{"ar", "بدي vaarbewijs", "boat"},
		{"uk", "зрубати дерева", "tree"},
	} {
		if hits := ix.Search(c.query, c.lang, 3); len(hits) == 0 || hits[0].Article != c.want {
			t.Errorf("%s %q: %v, want %s", c.lang, c.query, ids(hits), c.want)
		}
	}
	if hits := Build(base).Search("", "uk", 3); len(hits) != 0 {
		t.Errorf("an empty question found %v", ids(hits))
	}
}

func TestNormalisation(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"Сім’я", "сімʼя"}, {"сім'я", "сімя"}, {"ёлка", "елка"}, {"ґанок", "ганок"},
		{"الإقامة", "الاقامه"}, {"شُكْرًا", "شكرا"}, {"مـــدرسة", "مدرسه"}, {"٣٨٥", "385"},
		{"CAFÉ", "cafe"}, {"Überweisung", "uberweisung"}, {"бути\u0301", "бути"},
	} {
		if a, b := words(c.a), words(c.b); !slices.Equal(a, b) {
			t.Errorf("%q is %q, %q is %q", c.a, a, c.b, b)
		}
	}
}

func TestStemsMeet(t *testing.T) {
	for _, c := range []struct {
		lang string
		list string
	}{
		{"uk", "лікар лікаря лікарю лікарем"}, {"uk", "виплата виплату виплати виплатою"}, {"uk", "зареєструватися зареєструватись"},
		{"ru", "врач врача врачу врачом врачи"}, {"ru", "работа работу работы работой"},
		{"ar", "المدرسه مدرسه بالمدرسه"}, {"ar", "البلديه بلديه"},
		{"nl", "inschrijven inschrijf"}, {"nl", "kinderen kinder"}, {"nl", "brieven brief"},
		{"en", "registered register registering registers"}, {"en", "benefits benefit"},
	} {
		ws := strings.Fields(c.list)
		for _, w := range ws[1:] {
			if a, b := stem(ws[0], c.lang), stem(w, c.lang); a != b {
				t.Errorf("%s: %s is %s, %s is %s", c.lang, ws[0], a, w, b)
			}
		}
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	again := Build(starter().base)
	for _, q := range []string{"болить зуб", "my tooth hurts", "بدي سجل ابني بالمدرسة"} {
		for _, lang := range []string{"uk", "en", "ar", ""} {
			a, b := starter().Search(q, lang, 5), again.Search(q, lang, 5)
			for i := range a {
				if a[i].Article != b[i].Article || a[i].Confidence != b[i].Confidence {
					t.Errorf("%s %q: %v %v, then %v %v", lang, q, a[i].Article, a[i].Confidence, b[i].Article, b[i].Confidence)
				}
			}
		}
	}
}

func TestWhyExplains(t *testing.T) {
	hits := starter().Search("де отримати бсн", "uk", 1)
	if len(hits) == 0 {
		t.Fatal("nothing found")
	}
	i := slices.IndexFunc(hits[0].Why.Matches(), func(m Match) bool { return m.Kind == "term" && m.Words == "бсн" })
	if i < 0 || !slices.Contains(hits[0].Why.Matches()[i].Fields, "keywords") {
		t.Errorf("no term бсн in keywords:\n%s", hits[0].Why)
	}
	z := starter().trust[0]
	for _, in := range hits[0].Why.Inputs() {
		z += in.Contribution
	}
	if p := 1 / (1 + math.Exp(-z)); math.Abs(p-hits[0].Confidence) > 1e-9 {
		t.Errorf("the inputs make %f, the confidence is %f", p, hits[0].Confidence)
	}
}

func TestDecide(t *testing.T) {
	ix := starter()
	hit := func(id string, c float64) Hit { return Hit{Article: id, Confidence: c} }
	for _, c := range []struct {
		name string
		hits []Hit
		kind Kind
		want string
	}{
		{"nothing", nil, None, ""},
		{"weak", []Hit{hit("dentist", .1), hit("pets", .05)}, None, ""},
		{"clear", []Hit{hit("dentist", .9), hit("pets", .05)}, Answer, "dentist"},
		{"three at most", []Hit{hit("dentist", .4), hit("pets", .2), hit("waste", .1), hit("cycling", .1)}, Clarify, "dentist pets waste"},
		{"the same is not offered twice", []Hit{hit("dentist", .4), hit("dentist", .2), hit("waste", .1)}, Clarify, "dentist waste"},
		{"the hopeless is not offered", []Hit{hit("dentist", .4), hit("pets", .001)}, Clarify, "dentist"},
	} {
		d := ix.Decide(c.hits, "en")
		if got := strings.Join(ids(d.Hits), " "); d.Kind != c.kind || got != c.want {
			t.Errorf("%s: %s %q, want %s %q", c.name, d.Kind, got, c.kind, c.want)
		}
	}
}

func TestLiveServesAtOnceAndCalibratesAfterwards(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	load := func(q string) *knowledge.Base {
		base, err := knowledge.Load(fstest.MapFS{
			"a/article.yaml": file("group: g\nindicator: i\naudience: any\nsource: en\n"),
			"a/en.md":        file("---\ntitle: Red\nquestions: [red colour, how red is it]\n---\nYes.\n"),
			"b/article.yaml": file("group: g\nindicator: i\naudience: any\nsource: en\n"),
			"b/en.md":        file("---\ntitle: Blue\nquestions: [blue colour, " + q + "]\n---\nYes.\n"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return base
	}
	synctest.Test(t, func(t *testing.T) {
		l := NewLive(load("how blue is it"))
		first := l.Index().trust
		l.Swap(load("cobalt"))
		if hits := l.Index().Search("cobalt", "en", 1); len(hits) == 0 || hits[0].Article != "b" {
			t.Errorf("not served at once: %v", ids(hits))
		}
		if !slices.Equal(l.Index().trust, first) {
			t.Error("calibrated before serving")
		}
		ctx, stop := context.WithCancel(t.Context())
		go l.Run(ctx)
		synctest.Wait()
		if slices.Equal(l.Index().trust, first) {
			t.Error("not calibrated afterwards")
		}
		stop()
		synctest.Wait()
	})
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"де BSN", "\u200cسلام", "\xff\xfe", "ِِِ", "ßßß", "бббббббб", strings.Repeat("ий ", 300)} {
		f.Add(s, "uk")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, query, lang string) {
		for _, h := range starter().Search(query, lang, 3) {
			if !(h.Confidence >= 0 && h.Confidence <= 1) {
				t.Errorf("%q in %q: %+v", query, lang, h)
			}
		}
	})
}

// One everyday word is no question to answer, and no reason to say that nothing is known.
func TestOneWordOfATitleIsAChoice(t *testing.T) {
	ix := starter()
	for _, c := range []struct{ lang, query, offered string }{
		{"en", "can i work", "work-permission"},
		{"nl", "werk", "work-permission"},
		{"ru", "работа", "work-permission"},
		{"uk", "робота", "find-work"},
		{"ar", "شغل", "find-work"},
	} {
		got := ix.Decide(ix.Search(c.query, c.lang, 8), c.lang)
		if got.Kind != Clarify || !slices.Contains(ids(got.Hits), c.offered) {
			t.Errorf("%q: %s %v, want a choice with %s", c.query, got.Kind, ids(got.Hits), c.offered)
		}
	}
	if got := ix.Decide(ix.Search("what is the capital of france", "en", 8), "en"); got.Kind != None {
		t.Errorf("out of scope: %s %v", got.Kind, ids(got.Hits))
	}
}
