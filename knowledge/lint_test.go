package knowledge_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

var november = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestLint(t *testing.T) {
	fsys := smallBase()
	set := func(name, content string) { fsys[name] = &fstest.MapFile{Data: []byte(content)} }
	set("bsn-get/article.yaml", strings.Replace(strings.Replace(metaYAML, "2027-05-01", "2026-11-21", 1), "related: []", "related: [nowhere]", 1))
	set("bsn-get/uk.md", "---\ntitle: Як отримaти BSN\nquestions: [де взяти бсн]\nkeywords: [бсн]\nof: 000000000000\n---\nТак.\n")
	set("two/article.yaml", metaYAML)
	set("two/en.md", "---\ntitle: Two\nquestions: [\"How do I get a BSN?\"]\n---\nYes.\n")
	base, err := knowledge.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range knowledge.Lint(base, november) {
		got = append(got, p.String())
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{
		"bsn-get/article.yaml: no answer in nl",
		`bsn-get/article.yaml: related article "nowhere" does not exist`,
		"bsn-get/article.yaml: was to be checked again by 2026-11-21",
		"bsn-get/uk.md: the answer has 1 words",
		"bsn-get/uk.md: 1 example questions, expected 5",
		"bsn-get/uk.md: was translated from revision 000000000000, the original is de321d489b98 now",
		`bsn-get/uk.md: "отримaти" mixes letters of two scripts`,
		`two/en.md: the question "How do I get a BSN?" is also in bsn-get/en.md`,
		"two/en.md: no keywords",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Log(all)
	}
}

func TestDates(t *testing.T) {
	base, err := knowledge.Load(smallBase())
	if err != nil {
		t.Fatal(err)
	}
	a := base.Article("bsn-get")
	day := time.Date(2027, 5, 1, 23, 59, 0, 0, time.UTC)
	if a.Overdue(day) || !a.Overdue(day.Add(time.Minute)) {
		t.Error("an article is overdue from the day after review_by")
	}
	if a.Expired(day.AddDate(10, 0, 0)) {
		t.Error("an article without valid_until expired")
	}
	if a.Texts["en"][""].Confirmed() {
		t.Error("a text nobody reviewed is confirmed")
	}
}

// TestReviewEndsWithTheText: an editor stands for what was read, and lint asks for the
// revision that makes it so.
func TestReviewEndsWithTheText(t *testing.T) {
	title, body := "Get a BSN", "Call {{emergency}} first."
	now := knowledge.Revision(title, body)
	for reviewed, want := range map[string]struct {
		confirmed bool
		complaint string
	}{
		"{by: Olha, on: 2026-11-22, of: \"" + now + "\"}":  {true, ""},
		"{by: Olha, on: 2026-11-22}":                       {true, "reviewed needs the revision that was read, of: \"" + now + "\""},
		"{by: Olha, on: 2026-11-22, of: \"00000000000a\"}": {false, "changed since Olha read it on 2026-11-22: the revision is \"" + now + "\""},
		"{by: Olha}": {false, "reviewed needs both by and on"},
	} {
		fsys := smallBase()
		fsys["bsn-get/en.md"] = &fstest.MapFile{Data: []byte("---\ntitle: " + title + "\nreviewed: " + reviewed + "\n---\n" + body + "\n")}
		base, err := knowledge.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		if got := base.Article("bsn-get").Texts["en"][""].Confirmed(); got != want.confirmed {
			t.Errorf("%s: confirmed is %t", reviewed, got)
		}
		var all strings.Builder
		for _, p := range knowledge.Lint(base, november) {
			all.WriteString(p.String() + "\n")
		}
		if got := strings.Contains(all.String(), "review") || strings.Contains(all.String(), "changed since"); got != (want.complaint != "") {
			t.Errorf("%s: lint says\n%s", reviewed, &all)
		}
		if !strings.Contains(all.String(), want.complaint) {
			t.Errorf("%s: lint says\n%s\nwant %s", reviewed, &all, want.complaint)
		}
	}
}

func TestStamp(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, smallBase()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(dir + "/bsn-get/uk.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0} { // pl has no answer; the second time there is nothing to do
		n, err := knowledge.Stamp(dir)
		if err != nil || n != want {
			t.Errorf("stamp %d: %d files, %v; want %d", i, n, err, want)
		}
	}
	after, err := os.ReadFile(dir + "/bsn-get/uk.md")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Replace(string(after), "of: \"de321d489b98\"\n", "", 1); got != string(before) {
		t.Errorf("more than one line changed:\n%s", after)
	}
	base, err := knowledge.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if a := base.Article("bsn-get"); a.Outdated(a.Texts["uk"][""]) {
		t.Error("outdated just after the stamp")
	}
}

func TestStarterArticlesAreSound(t *testing.T) {
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(base.Articles()); n < 100 {
		t.Errorf("%d articles", n)
	}
	for _, p := range knowledge.Lint(base, november) {
		if !strings.Contains(p.Text, "does not say which revision") {
			t.Error(p)
		}
	}
}
