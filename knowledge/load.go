package knowledge

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// FileError is what is wrong in one place of the folder.
type FileError struct {
	File    string // path within the folder
	Line    int    // from 1; 0 if it is about the whole file
	Problem string // what was found and what is expected
}

func (e *FileError) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Problem
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
}

// Audiences are the groups of people an answer may differ for.
var Audiences = []string{"ukraine", "third-country", "asylum", "status-holder"}

// UrgentKinds are the kinds of urgency an article may announce.
var UrgentKinds = []string{"medical", "suicide", "violence", "exploitation", "trafficking", "housing", "minor"}

var (
	idPattern   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	langPattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]+)*$`)
)

// Load reads a folder of articles. All mistakes are reported at once, each a *FileError, joined
// by errors.Join; there is no Base then.
func Load(fsys fs.FS) (*Base, error) {
	l := &loader{fsys: fsys, base: &Base{byID: map[string]*Article{}, numbers: Numbers{}}}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	l.numbers()
	l.terms()
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			l.article(e.Name())
		}
	}
	if len(l.base.articles) == 0 && len(l.errs) == 0 {
		l.fail(".", 0, "no article found, expected a folder with an article.yaml for each")
	}
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	return l.base, nil
}

type loader struct {
	fsys fs.FS
	base *Base
	errs []error
}

func (l *loader) fail(file string, line int, format string, args ...any) {
	l.errs = append(l.errs, &FileError{file, line, fmt.Sprintf(format, args...)})
}

// decode reads YAML that begins after skip lines of file.
func (l *loader) decode(file string, data []byte, skip int, into any) bool {
	err := unmarshal(data, into)
	if err == nil {
		return true
	}
	line, problem := 0, err.Error()
	var located yaml.Error
	if errors.As(err, &located) {
		problem = located.GetMessage()
		if t := located.GetToken(); t != nil && t.Position != nil {
			line = skip + t.Position.Line
		}
	} else if i := strings.Index(problem, " is not a day"); i > 0 {
		line = skip + lineOf(data, strings.Trim(problem[strings.LastIndexByte(problem[:i-1], '"')+1:i], `"`))
	}
	l.fail(file, line, "%s", problem)
	return false
}

// unmarshal makes an error of a panic: goccy/go-yaml 1.19.2 panics on some malformed tags, and an editor's
// slip must not stop the helpdesk.
func unmarshal(data []byte, into any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("is no YAML that can be read")
		}
	}()
	return yaml.UnmarshalWithOptions(data, into, yaml.Strict())
}

// lineOf returns the first line, from 1, that contains text; 0 if none does.
func lineOf(data []byte, text string) int {
	before, _, found := strings.Cut(string(data), text)
	if !found {
		return 0
	}
	return 1 + strings.Count(before, "\n")
}

func (l *loader) article(id string) {
	file := path.Join(id, "article.yaml")
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		l.fail(file, 0, "cannot be read, expected in every article's folder: %v", err)
		return
	}
	if !idPattern.MatchString(id) {
		l.fail(id, 0, "folder name, expected small letters, digits and hyphens")
		return
	}
	var meta struct {
		Group      string   `yaml:"group"`
		Indicator  string   `yaml:"indicator"`
		Audience   string   `yaml:"audience"`
		Urgent     string   `yaml:"urgent"`
		Source     string   `yaml:"source"`
		Sources    []Source `yaml:"sources"`
		ReviewBy   Date     `yaml:"review_by"`
		ValidUntil Date     `yaml:"valid_until"`
		Owner      string   `yaml:"owner"`
		Related    []string `yaml:"related"`
	}
	if !l.decode(file, data, 0, &meta) {
		return
	}
	a := &Article{
		ID: id, Group: meta.Group, Indicator: meta.Indicator, Audience: meta.Audience, Urgent: meta.Urgent,
		Source: meta.Source, Sources: meta.Sources, ReviewBy: meta.ReviewBy, ValidUntil: meta.ValidUntil,
		Owner: meta.Owner, Related: meta.Related, Texts: map[string]map[string]Text{},
	}
	if a.Group == "" {
		l.fail(file, 0, "no group, expected for example group: housing")
	}
	if a.Audience != "any" && !slices.Contains(Audiences, a.Audience) {
		l.fail(file, lineOf(data, "audience:"), "audience %q, expected any, %s", a.Audience, strings.Join(Audiences, ", "))
	}
	if a.Urgent != "" && !slices.Contains(UrgentKinds, a.Urgent) {
		l.fail(file, lineOf(data, "urgent:"), "urgent %q, expected %s or nothing", a.Urgent, strings.Join(UrgentKinds, ", "))
	}
	for _, s := range a.Sources {
		if !strings.HasPrefix(s.URL, "https://") {
			l.fail(file, lineOf(data, s.URL), "source url %q, expected it to begin with https://", s.URL)
		}
	}
	l.texts(a)
	if len(a.Texts[a.Source]) == 0 {
		l.fail(file, lineOf(data, "source:"), "source %q, expected a language that has a file, for example en with en.md", a.Source)
	}
	l.base.articles = append(l.base.articles, a)
	l.base.byID[id] = a
}

func (l *loader) texts(a *Article) {
	entries, err := fs.ReadDir(l.fsys, a.ID)
	if err != nil {
		l.fail(a.ID, 0, "cannot be read: %v", err)
		return
	}
	for _, e := range entries {
		name, isText := strings.CutSuffix(e.Name(), ".md")
		if !isText || e.IsDir() {
			continue
		}
		file := path.Join(a.ID, e.Name())
		lang, audience, forAudience := strings.Cut(name, "@")
		switch {
		case !langPattern.MatchString(lang):
			l.fail(file, 0, "file name, expected LANGUAGE.md or LANGUAGE@AUDIENCE.md, for example uk.md")
			continue
		case forAudience && !slices.Contains(Audiences, audience):
			l.fail(file, 0, "audience %q in the file name, expected %s", audience, strings.Join(Audiences, ", "))
			continue
		}
		data, err := fs.ReadFile(l.fsys, file)
		if err != nil {
			l.fail(file, 0, "cannot be read: %v", err)
			continue
		}
		t, ok := l.text(file, data)
		if !ok {
			continue
		}
		t.Lang, t.Audience, t.File = lang, audience, file
		if a.Texts[lang] == nil {
			a.Texts[lang] = map[string]Text{}
		}
		a.Texts[lang][audience] = t
	}
	for lang, byAudience := range a.Texts {
		if _, ok := byAudience[""]; !ok {
			l.fail(path.Join(a.ID, lang+".md"), 0, "missing, expected because there is a text in this language for one audience")
		}
	}
}

// text reads front matter between two lines of three hyphens, then the answer.
func (l *loader) text(file string, data []byte) (Text, bool) {
	content := strings.TrimPrefix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\ufeff")
	rest, ok := strings.CutPrefix(content, "---\n")
	if !ok {
		l.fail(file, 1, "expected the file to begin with a line --- and the title")
		return Text{}, false
	}
	front, body, ok := strings.Cut(rest, "\n---\n")
	if !ok {
		if front, ok = strings.CutSuffix(strings.TrimRight(rest, "\n"), "\n---"); !ok {
			l.fail(file, 0, "expected a second line --- where the answer begins")
			return Text{}, false
		}
	}
	var meta struct {
		Title     string   `yaml:"title"`
		Questions []string `yaml:"questions"`
		Keywords  []string `yaml:"keywords"`
		Of        literal  `yaml:"of"`
		Reviewed  Review   `yaml:"reviewed"`
	}
	if !l.decode(file, []byte(front), 1, &meta) {
		return Text{}, false
	}
	t := Text{
		Title: strings.TrimSpace(meta.Title), Questions: meta.Questions, Keywords: meta.Keywords, Of: string(meta.Of),
		Reviewed: meta.Reviewed, Body: strings.TrimSpace(body),
	}
	if t.Title == "" {
		l.fail(file, 0, "no title, expected title: … between the two lines ---")
	}
	for _, ref := range reference.FindAllStringSubmatch(t.Body, -1) {
		if _, ok := l.base.numbers[ref[1]]; !ok {
			l.fail(file, lineOf(data, ref[0]), "%s is no number in numbers.yaml", ref[0])
		}
	}
	t.Revision = Revision(t.Title, t.Body)
	return t, true
}

// literal is a text that may look like a number, as a revision of digits alone does.
type literal string

// UnmarshalYAML takes the text as it is written.
func (l *literal) UnmarshalYAML(data []byte) error {
	*l = literal(strings.Trim(strings.TrimSpace(string(data)), `"'`))
	return nil
}
