package knowledge

import "regexp"

// Base is everything loaded from one state of the folder. It does not change, and may be read
// from many goroutines.
type Base struct {
	articles []*Article
	byID     map[string]*Article
	numbers  Numbers
	terms    []Term
}

// Articles returns all articles ordered by id. The caller must not change them.
func (b *Base) Articles() []*Article { return b.articles }

// Article returns the article with this id, or nil.
func (b *Base) Article(id string) *Article { return b.byID[id] }

// Numbers returns the numbers to call. The caller must not change them.
func (b *Base) Numbers() Numbers { return b.numbers }

// Terms returns the glossary. The caller must not change it.
func (b *Base) Terms() []Term { return b.terms }

// Number is a number to call.
type Number struct {
	Name      string   `yaml:"name"`   // how answers refer to it, for example veilig-thuis
	Number    string   `yaml:"number"` // as it is shown, for example 0800-2000
	Short     string   `yaml:"short"`  // short form from within the Netherlands, or ""
	Tel       string   `yaml:"tel"`    // digits for a tel: link
	What      string   `yaml:"what"`   // what it is for, in English
	Hours     string   `yaml:"hours"`  // "" if not known
	Free      bool     `yaml:"free"`   // only where the source says so
	Languages []string `yaml:"languages"`
	Source    string   `yaml:"source"` // page on which it was confirmed
	Confirmed Date     `yaml:"confirmed"`
}

// Numbers are the numbers to call, by name.
type Numbers map[string]Number

// Term is an official Dutch term with its meaning and spellings.
type Term struct {
	Term      string              `yaml:"term"`
	English   string              `yaml:"english"`
	Names     map[string]string   `yaml:"names"`     // what an answer calls it, by language
	Spellings map[string][]string `yaml:"spellings"` // what people write, by language; "latn" is for any language in Latin letters
}

var reference = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Expand replaces each {{name}} in markdown by that number. Load refuses a base that refers
// to an unknown number, so of a loaded text nothing remains; in a draft an unknown
// reference stays as it was typed.
func Expand(markdown string, numbers Numbers) string {
	return reference.ReplaceAllStringFunc(markdown, func(ref string) string {
		if n, ok := numbers[reference.FindStringSubmatch(ref)[1]]; ok {
			return n.Number
		}
		return ref
	})
}
