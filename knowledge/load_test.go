package knowledge_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/brug-helpdesk/brug/knowledge"
)

const metaYAML = `group: registration
indicator: rights
audience: any
source: en
sources:
  - title: Government
    url: https://government.nl/bsn
    seen: 2026-11-01
review_by: 2027-05-01
owner: editors
related: []
`

const numbersYAML = `numbers:
  - name: emergency
    number: "112"
    tel: "112"
    what: Life in danger
    source: https://government.nl
    confirmed: 2026-11-01
`

// smallBase is one article in two languages, with a variant.
func smallBase() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"numbers.yaml":               file(numbersYAML),
		"bsn-get/article.yaml":       file(metaYAML),
		"bsn-get/en.md":              file("---\ntitle: Get a BSN\nquestions: [how do I get a bsn, where is my number]\nkeywords: [bsn]\n---\nCall {{emergency}} first.\n"),
		"bsn-get/en@asylum.md":       file("---\ntitle: Get a BSN in the azc\n---\nAsk COA.\n"),
		"bsn-get/uk.md":              file("---\ntitle: Як отримати BSN\nquestions: [де взяти бсн]\nkeywords: [бсн]\n---\nЗателефонуйте {{emergency}}.\n"),
		"bsn-get/pl.md":              file("---\ntitle: Jak dostać BSN\nquestions: [gdzie dostanę bsn]\nkeywords: [bsn]\n---\n"),
		"bsn-get/notes-of-editors.t": file("not read"),
	}
}

func TestLoad(t *testing.T) {
	base, err := knowledge.Load(smallBase())
	if err != nil {
		t.Fatal(err)
	}
	a := base.Article("bsn-get")
	if got, want := strings.Join(a.Audiences(), " "), "asylum"; got != want {
		t.Errorf("audiences: %q, want %q", got, want)
	}
	for _, c := range []struct{ lang, audience, want string }{
		{"en", "asylum", "Ask COA."},
		{"en", "ukraine", "Call {{emergency}} first."},
		{"uk", "asylum", "Зателефонуйте {{emergency}}."},
	} {
		text, ok := base.Article("bsn-get").Answer(c.lang, c.audience)
		if !ok || text.Body != c.want {
			t.Errorf("answer in %s for %s: %q %v, want %q", c.lang, c.audience, text.Body, ok, c.want)
		}
	}
	if _, ok := base.Article("bsn-get").Answer("pl", ""); ok {
		t.Error("a text without an answer was given as one")
	}
	if got := knowledge.Expand("Call {{emergency}} or {{nobody}}", base.Numbers()); got != "Call 112 or {{nobody}}" {
		t.Errorf("expanded: %q", got)
	}
	if got, want := a.Texts["en"][""].Revision, "de321d489b98"; got != want {
		t.Errorf("revision %q, want %q", got, want)
	}
}

func TestLoadSaysWhereAndWhat(t *testing.T) {
	for _, c := range []struct{ name, file, content, want string }{
		{"unknown field", "bsn-get/uk.md", "---\ntitle: Як\nquestion: [a]\n---\nТак.\n", `bsn-get/uk.md:3: unknown field "question"`},
		{"no front matter", "bsn-get/uk.md", "Так.\n", "bsn-get/uk.md:1: expected the file to begin with a line ---"},
		{"front matter not closed", "bsn-get/uk.md", "---\ntitle: Як\n", "bsn-get/uk.md: expected a second line ---"},
		{"no title", "bsn-get/uk.md", "---\nquestions: [a]\n---\nТак.\n", "bsn-get/uk.md: no title"},
		{"unknown number", "bsn-get/uk.md", "---\ntitle: Як\n---\nТак.\n\n{{emergensy}}\n", "bsn-get/uk.md:6: {{emergensy}} is no number"},
		{"not a day", "bsn-get/article.yaml", strings.Replace(metaYAML, "2027-05-01", "1 May", 1), `bsn-get/article.yaml:9: "1 May" is not a day`},
		{"audience", "bsn-get/article.yaml", strings.Replace(metaYAML, "audience: any", "audience: all", 1), `bsn-get/article.yaml:3: audience "all", expected any, ukraine`},
		{"urgent", "bsn-get/article.yaml", metaYAML + "urgent: fire\n", `bsn-get/article.yaml:12: urgent "fire", expected medical`},
		{"source url", "bsn-get/article.yaml", strings.Replace(metaYAML, "https://", "http://", 1), "bsn-get/article.yaml:7: source url"},
		{"original missing", "bsn-get/article.yaml", strings.Replace(metaYAML, "source: en", "source: nl", 1), `bsn-get/article.yaml:4: source "nl", expected a language that has a file`},
		{"YAML", "bsn-get/article.yaml", "group: [a\n", "bsn-get/article.yaml:1: "},
		{"file name", "bsn-get/uk@children.md", "---\ntitle: Як\n---\nТак.\n", `bsn-get/uk@children.md: audience "children" in the file name`},
		{"variant without text for everyone", "bsn-get/nl@asylum.md", "---\ntitle: Hoe\n---\nZo.\n", "bsn-get/nl.md: missing"},
		{"folder without article.yaml", "other/en.md", "", "other/article.yaml: cannot be read"},
		{"number without day", "numbers.yaml", "numbers:\n  - name: emergency\n    number: \"112\"\n", "numbers.yaml:2: emergency has no confirmed day"},
		{"number twice", "numbers.yaml", numbersYAML + numbersYAML[len("numbers:\n"):], "numbers.yaml:2: emergency is given twice"},
		{"term twice", "terms.yaml", "terms:\n  - term: BSN\n  - term: BSN\n", "terms.yaml:2: BSN is given twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := smallBase()
			fsys[c.file] = &fstest.MapFile{Data: []byte(c.content)}
			_, err := knowledge.Load(fsys)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLoadReportsAllMistakesAtOnce(t *testing.T) {
	fsys := smallBase()
	fsys["bsn-get/uk.md"] = &fstest.MapFile{Data: []byte("Так.")}
	fsys["bsn-get/en.md"] = &fstest.MapFile{Data: []byte("---\nquestions: []\n---\n{{x}}")}
	_, err := knowledge.Load(fsys)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"uk.md:1", "no title", "{{x}}"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, err)
		}
	}
}
