package bots_test

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"unicode"
	"unicode/utf16"

	"github.com/rivo/uniseg"
	"go.yaml.in/yaml/v3"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	"github.com/brug-helpdesk/brug/bots/telegram"
	"github.com/brug-helpdesk/brug/bots/web"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/internal/web/direction"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

var update = flag.Bool("update", false, "write the files of the chosen articles anew")

// networks are all channels, in the order they are shown.
var networks = []bots.Channel{new(whatsapp.Channel), new(signal.Channel), new(telegram.Channel), new(web.Channel)}

// articleReply is an article as the router gives it: its title and words, where they
// are from, and what can be said to it.
func articleReply(say *phrases.Catalogue, base *knowledge.Base, a *knowledge.Article, text knowledge.Text, lang string) bots.Reply {
	var sources, seen []string
	for _, s := range a.Sources {
		sources = append(sources, "["+s.Title+"]("+s.URL+")")
		if day := say.Date(lang, s.Seen.Time); !slices.Contains(seen, day) {
			seen = append(seen, day)
		}
	}
	comma := say.Say(lang, "comma", nil)
	from := say.Say(lang, "unconfirmed", phrases.Data{"Source": strings.Join(sources, comma), "Date": strings.Join(seen, comma)})
	body := knowledge.Expand(strings.TrimSpace(text.Body), base.Numbers())
	return bots.Reply{ID: "r", Lang: lang, Text: "**" + text.Title + "**\n\n" + body + "\n\n" + from, Choices: answers(say, lang)}
}

func answers(say *phrases.Catalogue, lang string) (choices []bots.Choice) {
	for _, id := range []string{"helped", "other", "person"} {
		choices = append(choices, bots.Choice{ID: id, Label: say.Say(lang, "button_"+id, nil)})
	}
	return choices
}

func allKnown(t *testing.T) (*phrases.Catalogue, *knowledge.Base) {
	t.Helper()
	say, err := phrases.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		t.Fatal(err)
	}
	return say, base
}

// TestEveryArticleOnEveryNetwork: the network's limits are kept, nothing is lost or
// changes its place, and numbers can be read.
func TestEveryArticleOnEveryNetwork(t *testing.T) {
	t.Parallel()
	say, base := allKnown(t)
	n := 0
	for _, a := range base.Articles() {
		for lang, texts := range a.Texts {
			for audience, text := range texts {
				n++
				checkEverywhere(t, a.ID+" "+lang+" "+audience, articleReply(say, base, a, text, lang))
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d texts were there to check", n)
	}
}

// TestEveryPhraseOnEveryNetwork is the same for what the helpdesk says around articles.
func TestEveryPhraseOnEveryNetwork(t *testing.T) {
	t.Parallel()
	sample := map[string]any{
		"Org": "Stichting Bruggen", "Days": 30, "URL": "https://helpdesk.example/privacy", "Date": "4-3-2027", "Source": "[IND](https://ind.nl)",
		"Hours": "9:00–17:00", "From": "9:00", "To": "17:00", "Day": "4-3", "Time": "9:00", "Name": "Olena", "Link": "https://helpdesk.example",
		"Lang": "English", "Audience": "–", "N": 3,
	}
	for lang := range phrases.Names {
		source, err := os.ReadFile(filepath.Join("..", "internal", "phrases", lang+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := yaml.Unmarshal(source, &all); err != nil {
			t.Fatal(err)
		}
		for id, value := range all {
			forms, ok := value.(map[string]any)
			if !ok {
				forms = map[string]any{"": value}
			}
			for form, text := range forms {
				var said strings.Builder
				if err := template.Must(template.New(id).Parse(fmt.Sprint(text))).Execute(&said, sample); err != nil {
					t.Fatal(err)
				}
				checkEverywhere(t, id+" "+lang+" "+form, bots.Reply{ID: "r", Lang: lang, Text: said.String()})
			}
		}
	}
}

func checkEverywhere(t *testing.T, name string, r bots.Reply) {
	t.Helper()
	for _, network := range networks {
		parts := bots.CheckReply(t, r, network.Limits())
		for i, p := range parts {
			if last := i == len(parts)-1; last != (len(p.Choices) == len(r.Choices)) && len(r.Choices) > 0 {
				t.Errorf("%s on %s: part %d of %d has %d choices", name, network.Kind(), i, len(parts), len(p.Choices))
			}
			if problem := cutLetter(p); problem != "" {
				t.Errorf("%s on %s: %s", name, network.Kind(), problem)
			}
			if !direction.RTL(r.Lang) {
				continue
			}
			for line := range strings.SplitSeq(laidOut(t, network.Limits().Format, p.Body), "\n") {
				if problem := misread(t, line); problem != "" {
					t.Errorf("%s on %s: %s", name, network.Kind(), problem)
				}
			}
		}
	}
}

// cutLetter says which style begins or ends within a letter as people count them.
func cutLetter(p bots.Part) string {
	if len(p.Ranges) == 0 {
		return ""
	}
	borders := map[int]bool{}
	at := 0
	for g := uniseg.NewGraphemes(p.Body); g.Next(); {
		borders[at] = true
		at += len(utf16.Encode(g.Runes()))
	}
	borders[at] = true
	for _, r := range p.Ranges {
		if !borders[r.Start] || !borders[r.Start+r.Len] {
			return fmt.Sprintf("the style %+v begins or ends within a letter of %q", r, p.Body)
		}
	}
	return ""
}

// How a page's isolates act on the text around them, said in marks: like a letter of
// the direction around.
var isolates = strings.NewReplacer(`<bdi dir="ltr">`, "\u200F\u200E", "</bdi>", "\u200E\u200F")

// ends are where a page's line ends.
var ends = strings.NewReplacer("<br>", "\n", "</p>", "</p>\n", "</li>", "</li>\n", "<ul>", "<ul>\n", "<ol>", "<ol>\n")

var tags = regexp.MustCompile(`<[^>]*>`)

// laidOut is what stands on the screen, with marks for what tags do to directions.
func laidOut(t *testing.T, f bots.Format, body string) string {
	t.Helper()
	if f != bots.Page {
		return bots.Seen(t, f, body)
	}
	var lines []string
	for line := range strings.SplitSeq(ends.Replace(body), "\n") {
		mark := "\u200F" // the page's direction, unless the paragraph has its own
		if strings.Contains(line, `<p dir="ltr"`) || strings.Contains(line, `<li dir="ltr"`) {
			mark = "\u200E"
		}
		lines = append(lines, mark+html.UnescapeString(tags.ReplaceAllString(isolates.Replace(line), "")))
	}
	return strings.Join(lines, "\n")
}

// figures are numbers of one or more groups: 112, 0800-2000, +31 (0)20 123 4567, 14,99.
var figures = regexp.MustCompile(`(?:\+|\(\d+\) )?\d+(?:(?:[-./:–,]| |\x{00a0}| - | ?\(0\) ?)\d+)*`)

var marks = strings.NewReplacer("\u200E", "", "\u200F", "", "\u200B", "")

// misread says which number of a line from right to left is not seen as it is read,
// or stands on the wrong side of what comes before it.
func misread(t *testing.T, line string) string {
	t.Helper()
	if !strings.ContainsFunc(line, unicode.IsDigit) || !bots.RunsLeft(line) {
		return ""
	}
	seen, text := bots.OnScreen(t, line), marks.Replace(line)
	rest, before := seen, 0
	for _, at := range figures.FindAllStringIndex(text, -1) {
		number := text[at[0]:at[1]]
		if !strings.Contains(seen, number) {
			return fmt.Sprintf("%q is seen otherwise in\n%q\n%+q", number, seen, line)
		}
		if parted := strings.ContainsFunc(text[before:at[0]], func(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) }); parted {
			i := strings.LastIndex(rest, number)
			if i < 0 {
				return fmt.Sprintf("%q stands on the wrong side in\n%q\n%+q", number, seen, line)
			}
			rest = rest[:i]
		}
		before = at[1]
	}
	return ""
}

// chosen are articles in which much meets: lists, addresses, numbers, emphasis and
// words of another script, in both directions.
var chosen = []string{
	"bsn-get.uk", "health-insurance.uk", "third-country-nationals.ar", "family-reunification.ar", "rent-benefit.ar", "medical-emergency.ar",
	"sticker-appointment.ru", "allowances-repay.ru", "domestic-violence.en", "digid-problem.en", "driving-licence.nl", "police-report.nl",
}

// TestChosenArticles compares what is sent with files that somebody has looked at.
// The texts are kept beside them, because articles change; -update takes the articles
// of today.
func TestChosenArticles(t *testing.T) {
	say, base := allKnown(t)
	for _, name := range chosen {
		source := filepath.Join("testdata", "articles", name+".md")
		golden := filepath.Join("testdata", "articles", name+".golden")
		id, lang, _ := strings.Cut(name, ".")
		if *update {
			a := base.Article(id)
			text, ok := a.Answer(lang, "")
			if !ok {
				t.Fatalf("%s is not there", name)
			}
			writeFile(t, source, []byte(articleReply(say, base, a, text, lang).Text))
		}
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		got := sheet(bots.Reply{ID: "r", Lang: lang, Text: string(text), Choices: answers(say, lang)})
		if *update {
			writeFile(t, golden, got)
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is sent otherwise than in %s; look at it, then run with -update. Now:\n%s", name, golden, got)
		}
	}
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// shown makes marks visible that would not be.
var shown = strings.NewReplacer("\u200E", "⟨LRM⟩", "\u200F", "⟨RLM⟩", "\u200B", "⟨ZWSP⟩")

// sheet is a reply on all networks, to be read.
func sheet(r bots.Reply) []byte {
	var b bytes.Buffer
	for _, network := range networks {
		parts := bots.Render(r, network.Limits(), bots.Address{})
		for i, p := range parts {
			fmt.Fprintf(&b, "=== %s, part %d of %d\n%s\n", network.Kind(), i+1, len(parts), shown.Replace(p.Body))
			units := utf16.Encode([]rune(p.Body))
			for _, s := range p.Ranges {
				fmt.Fprintf(&b, "--- %s from %d: %s\n", strings.ToLower(s.Style), s.Start, shown.Replace(string(utf16.Decode(units[s.Start:s.Start+s.Len]))))
			}
			if network.Limits().Choices > 0 {
				for _, c := range p.Choices {
					fmt.Fprintf(&b, "--- button %s: %s\n", c.ID, shown.Replace(c.Label))
				}
			}
		}
	}
	return b.Bytes()
}
