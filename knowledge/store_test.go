package knowledge_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-git/go-git/v5"

	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/knowledge"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func open(t *testing.T, dir string, starter fstest.MapFS) *knowledge.Store {
	t.Helper()
	s, err := knowledge.OpenStore(quiet, dir, starter)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, dir, file, content string) {
	t.Helper()
	full := filepath.Join(dir, file)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func title(s *knowledge.Store, lang string) string { return s.Base().Article("bsn-get").Title(lang) }

// messages of the commits on the checked-out branch, newest first.
func history(t *testing.T, dir string) []string {
	t.Helper()
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	commits, err := repo.Log(&git.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for {
		c, err := commits.Next()
		if err != nil {
			return out
		}
		out = append(out, c.Message)
	}
}

func clean(t *testing.T, dir string) {
	t.Helper()
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repo.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	status, err := tree.Status()
	if err != nil {
		t.Fatal(err)
	}
	if !status.IsClean() {
		t.Errorf("uncommitted:\n%s", status)
	}
}

const otherTitle = "---\ntitle: Your number\nquestions: [bsn]\nkeywords: [bsn]\n---\nAsk.\n"

func TestStoreBeginsWithTheStarter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	if got := title(s, "en"); got != "Get a BSN" {
		t.Errorf("title %q", got)
	}
	clean(t, dir)
	before := history(t, dir)
	open(t, dir, smallBase())
	if after := history(t, dir); len(after) != len(before) {
		t.Errorf("a second start with the same release made commits: %q", after)
	}
}

func TestReleaseUpdatesWhatNobodyChanged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	edited := "---\ntitle: Edited by us\nquestions: [a]\nkeywords: [b]\n---\nOurs.\n"
	if err := s.Save(knowledge.Change{Name: "Olha", Message: "Say it plainly", Files: map[string][]byte{"bsn-get/uk.md": []byte(edited)}}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "bsn-get/pl.md", "---\ntitle: Zmienione\n---\n") // by hand, not committed

	release := maps.Clone(smallBase())
	for _, f := range []string{"bsn-get/en.md", "bsn-get/uk.md", "bsn-get/pl.md", "bsn-get/nl.md"} {
		release[f] = &fstest.MapFile{Data: []byte(otherTitle)}
	}
	delete(release, "bsn-get/en@asylum.md")
	s = open(t, dir, release)
	for lang, want := range map[string]string{"en": "Your number", "nl": "Your number", "uk": "Edited by us", "pl": "Zmienione"} {
		if got := title(s, lang); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := s.Base().Article("bsn-get").Audiences(); len(got) != 0 {
		t.Errorf("a text the release removed is still there: %v", got)
	}
	clean(t, dir)

	// The next release finds its way too: uk is still ours, en is still the release's.
	release["bsn-get/en.md"] = &fstest.MapFile{Data: []byte(strings.Replace(otherTitle, "Your", "One", 1))}
	s = open(t, dir, release)
	if got := title(s, "en") + ", " + title(s, "uk"); got != "One number, Edited by us" {
		t.Errorf("after the second release: %s", got)
	}
}

func TestReleaseThatDoesNotFitIsNotTaken(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	edited := "---\ntitle: Ours\nquestions: [a]\nkeywords: [b]\n---\nCall {{emergency}} now.\n"
	if err := s.Save(knowledge.Change{Name: "Olha", Message: "Ours", Files: map[string][]byte{"bsn-get/en.md": []byte(edited)}}); err != nil {
		t.Fatal(err)
	}
	release := maps.Clone(smallBase())
	release["numbers.yaml"] = &fstest.MapFile{Data: []byte("numbers: []\n")}
	for _, f := range []string{"bsn-get/en.md", "bsn-get/uk.md"} {
		release[f] = &fstest.MapFile{Data: []byte(otherTitle)}
	}
	s = open(t, dir, release)
	if got := title(s, "en") + s.Base().Numbers()["emergency"].Number; got != "Ours112" {
		t.Errorf("served %q, want what was there before", got)
	}
}

func TestSaveRefusesWhatIsBroken(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	err := s.Save(knowledge.Change{Name: "Olha", Message: "x", Files: map[string][]byte{"bsn-get/en.md": []byte("---\ntitle: A\n---\n{{fire}}\n")}})
	var at *knowledge.FileError
	if !errors.As(err, &at) || at.File != "bsn-get/en.md" || at.Line != 4 {
		t.Errorf("error %v", err)
	}
	if got := title(s, "en"); got != "Get a BSN" {
		t.Errorf("served %q", got)
	}
	clean(t, dir)
	for _, name := range []string{"../outside.md", ".git/config", "bsn-get/.hidden"} {
		if err := s.Save(knowledge.Change{Name: "Olha", Message: "x", Files: map[string][]byte{name: []byte("x")}}); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func TestSaveCommitsUnderTheEditorsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	var served string
	s.OnChange(func(b *knowledge.Base) { served = b.Article("bsn-get").Title("en") })
	if err := s.Save(knowledge.Change{Name: "Olha", Message: "Shorter title", Files: map[string][]byte{"bsn-get/en.md": []byte(otherTitle), "bsn-get/pl.md": nil}}); err != nil {
		t.Fatal(err)
	}
	if served != "Your number" {
		t.Errorf("told about %q", served)
	}
	if got := history(t, dir)[0]; got != "Shorter title" {
		t.Errorf("last commit %q", got)
	}
	clean(t, dir)
	if _, err := os.Stat(filepath.Join(dir, "bsn-get/pl.md")); !os.IsNotExist(err) {
		t.Errorf("removed file: %v", err)
	}
}

func TestStoreServesAChangedFolder(t *testing.T) {
	if knowledge.PollEvery > time.Second {
		t.Errorf("the folder is looked at every %s, a change must be served within a second", knowledge.PollEvery)
	}
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	changed := make(chan string, 10)
	s.OnChange(func(b *knowledge.Base) { changed <- b.Article("bsn-get").Title("en") })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()

	write(t, dir, "bsn-get/en.md", otherTitle)
	if got := <-changed; got != "Your number" {
		t.Errorf("served %q", got)
	}

	write(t, dir, "bsn-get/en.md", "---\ntitle: [\n---\nAsk.\n")
	patience.Until(t, "the change is refused, and why is told", func() bool {
		err := s.Refused()
		return err != nil && strings.Contains(err.Error(), "bsn-get/en.md:2")
	})
	if got := title(s, "en"); got != "Your number" {
		t.Errorf("a broken change is served: %q", got)
	}

	write(t, dir, "bsn-get/en.md", strings.Replace(otherTitle, "Your", "Repaired", 1))
	if got := <-changed; got != "Repaired number" || s.Refused() != nil {
		t.Errorf("served %q, refused %v", got, s.Refused())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestStoreStartsWithABrokenFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	s := open(t, dir, smallBase())
	if err := s.Save(knowledge.Change{Name: "Olha", Message: "x", Files: map[string][]byte{"bsn-get/en.md": []byte(otherTitle)}}); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "bsn-get/en.md", "broken")
	s = open(t, dir, smallBase())
	if got := title(s, "en"); got != "Your number" || s.Refused() == nil {
		t.Errorf("served %q, refused %v; want the last good state and the reason", got, s.Refused())
	}
}

func TestStoreKeepsFilesThatWereThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "articles")
	write(t, dir, "bsn-get/en.md", otherTitle)
	s := open(t, dir, smallBase())
	if got := title(s, "en"); got != "Your number" {
		t.Errorf("served %q", got)
	}
	clean(t, dir)
}
