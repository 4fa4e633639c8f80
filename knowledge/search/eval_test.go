package search

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEvalCounts(t *testing.T) {
	questions, err := ReadQuestions(strings.NewReader(`
{"id":"a-1","lang":"uk","text":"first","expect":["x"]}
{"id":"a-2","lang":"uk","text":"third","expect":["x","y"]}
{"id":"a-3","lang":"ru","text":"wrong","expect":["x"]}
{"id":"oos-1","lang":"ru","text":"answered","expect":[]}
{"id":"oos-2","lang":"ru","text":"rejected","expect":[]}
`))
	if err != nil {
		t.Fatal(err)
	}
	asked := ""
	report := Eval(questions, func(string) string { return "detected" }, func(text, lang string) Outcome {
		asked = lang
		return map[string]Outcome{
			"first": {[]string{"x", "z"}, true}, "third": {[]string{"a", "b", "y"}, false}, "wrong": {[]string{"z"}, true},
			"answered": {[]string{"z"}, true}, "rejected": {nil, false},
		}[text]
	})
	if asked != "detected" {
		t.Errorf("asked in %q", asked)
	}
	timing := cmpopts.IgnoreFields(Figures{}, "P50", "P99")
	want := Figures{N: 5, Hit1: 1. / 3, Hit3: 2. / 3, MRR: (1 + 1./3) / 3, Answered: 2. / 3, AnsweredRight: 1. / 3, OOSRejected: .5}
	if d := cmp.Diff(want, report.Figures, timing, cmpopts.EquateApprox(0, 1e-9)); d != "" {
		t.Error(d)
	}
	if got := report.ByLang["uk"]; got.N != 2 || got.Hit1 != .5 || got.AnsweredRight != 1 {
		t.Errorf("uk: %+v", got)
	}
	if got := report.BySet["oos"]; got.N != 2 || got.OOSRejected != .5 {
		t.Errorf("oos: %+v", got)
	}
}

func TestReadQuestionsSaysWhere(t *testing.T) {
	if _, err := ReadQuestions(strings.NewReader("{}\n{\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v", err)
	}
}

// TestQuality holds what search reaches on questions written independently of the articles, in the language
// they come with. The floors are a little below what was measured, so that no change spoils it unseen.
func TestQuality(t *testing.T) {
	f, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	questions, err := ReadQuestions(f)
	if err != nil {
		t.Fatal(err)
	}
	ix := starter()
	r := Eval(questions, nil, func(text, lang string) Outcome {
		hits := ix.Search(text, lang, 5)
		d := ix.Decide(hits, lang)
		return Outcome{ids(hits), d.Kind == Answer}
	})
	t.Logf("%+v", r.Figures)
	for name, c := range map[string]struct{ got, floor float64 }{
		"hit1": {r.Hit1, 0.82}, "hit3": {r.Hit3, 0.935}, "answered": {r.Answered, 0.63},
		"answered_right": {r.AnsweredRight, 0.94}, "oos_rejected": {r.OOSRejected, 0.96},
	} {
		if c.got < c.floor {
			t.Errorf("%s %.3f, floor %.3f", name, c.got, c.floor)
		}
	}
	for lang, f := range r.ByLang {
		if f.Hit1 < 0.79 || f.AnsweredRight < 0.90 {
			t.Errorf("%s: hit1 %.3f, answered right %.3f", lang, f.Hit1, f.AnsweredRight)
		}
	}
}
