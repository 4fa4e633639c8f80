package language_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/brug-helpdesk/brug/router/language"
)

// trained is a detector as the program makes it: from the text of the articles.
var trained = sync.OnceValue(func() *language.Detector { return language.New(articles()) })

func articles() map[string][]string {
	texts := map[string][]string{}
	files, err := filepath.Glob("../../knowledge/articles/*/*.md")
	if err != nil || len(files) == 0 {
		panic("no articles to train on")
	}
	for _, file := range files {
		lang, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".md"), "@")
		data, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "keywords:") && !strings.HasPrefix(line, "of:") {
				texts[lang] = append(texts[lang], strings.TrimPrefix(line, "title:"))
			}
		}
	}
	return texts
}

// TestQuality holds what the detector reaches on messages written independently of it. Ukrainian may be
// taken for Russian once in a hundred, Russian for Ukrainian twice; the other floors are a little below what was
// measured.
func TestQuality(t *testing.T) {
	r := evaluated(t, "testdata/languages.jsonl")
	if r.Accuracy < 0.97 {
		t.Errorf("accuracy %.3f", r.Accuracy)
	}
	if uk, ru := r.ByLang["uk"].N, r.ByLang["ru"].N; 100*r.UKAsRU > uk || 50*r.RUAsUK > ru {
		t.Errorf("%d of %d Ukrainian taken for Russian, %d of %d Russian for Ukrainian", r.UKAsRU, uk, r.RUAsUK, ru)
	}
	for lang, f := range r.ByLang {
		if f.Accuracy < 0.88 {
			t.Errorf("%s: accuracy %.3f", lang, f.Accuracy)
		}
	}
}

// TestHard holds what it reaches on short messages without a letter that only one of the two has, with slips
// and words of the other. They were written to tune it.
func TestHard(t *testing.T) {
	r := evaluated(t, "testdata/hard.jsonl")
	if r.Accuracy < 0.965 {
		t.Errorf("accuracy %.3f", r.Accuracy)
	}
	if uk, ru := r.ByLang["uk"].N, r.ByLang["ru"].N; 50*r.UKAsRU > uk || 50*r.RUAsUK > ru {
		t.Errorf("%d of %d Ukrainian taken for Russian, %d of %d Russian for Ukrainian", r.UKAsRU, uk, r.RUAsUK, ru)
	}
}

func evaluated(t *testing.T, file string) language.Report {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := language.Eval(f, trained())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r.Figures)
	return r
}

func TestEvalCounts(t *testing.T) {
	r, err := language.Eval(strings.NewReader(`
{"id":"a-1","langs":["uk"],"text":"Скажіть, будь ласка"}
{"id":"a-2","langs":["ru"],"text":"Скажіть, будь ласка"}
{"id":"b-1","langs":["uk"],"text":"подскажите пожалуйста где вы"}
{"id":"b-2","langs":["uk","ru"],"text":"подскажите пожалуйста где вы"}
`), trained())
	if err != nil {
		t.Fatal(err)
	}
	if r.N != 4 || r.Accuracy != 0.5 || r.UKAsRU != 1 || r.RUAsUK != 1 || r.BySet["a"].RUAsUK != 1 || r.ByLang["uk"].N != 3 {
		t.Errorf("%+v", r)
	}
	if _, err := language.Eval(strings.NewReader("{}\n"), trained()); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("error %v", err)
	}
}

func TestMemory(t *testing.T) {
	texts := articles()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d := language.New(texts)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if mb := (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / 1e6; mb > 20 {
		t.Errorf("a detector takes %.1f MB", mb)
	}
	runtime.KeepAlive(d)
}

func BenchmarkDetect(b *testing.B) {
	d := trained()
	b.ReportAllocs()
	for b.Loop() {
		d.Detect("скажіть будь ласка, де можна отримати BSN у Роттердамі")
	}
}

func BenchmarkNew(b *testing.B) {
	texts := articles()
	for b.Loop() {
		language.New(texts)
	}
}

// The first word of a conversation says in which language it is met.
func TestTheFirstWord(t *testing.T) {
	d := trained()
	for text, want := range map[string]string{
		"hi": "en", "Hi!": "en", "hey": "en", "hallo": "nl", "hoi": "nl", "dobryj den": "uk-Latn", "dobrogo dnya": "uk-Latn",
		"salam": "ar-Latn", "bedi khat telefon": "ar-Latn", "merhaba": "tr", "zdravstvuyte": "ru-Latn",
	} {
		if g := d.Detect(text); g.Lang != want {
			t.Errorf("%q: %+v, want %s", text, g, want)
		}
	}
}
