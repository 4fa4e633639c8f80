package search

import (
	"math"

	"github.com/brug-helpdesk/brug/internal/compact"
)

// field is the part of an article a text stands in.
type field uint8

const (
	title field = iota
	question
	keyword
	borrowed // Dutch terms in Latin letters, from the texts in other languages
	body
	fields
)

var fieldNames = [fields]string{"title", "questions", "keywords", "other languages", "answer"}

// What a text weighs by the field it stands in.
var (
	wordWeights   = [fields]float32{2.5, 2.5, 2.5, 1, 0.6}
	letterWeights = [fields]float32{1.5, 1, 0.5, 0, 0}
)

// Found by trying on questions written by others than the articles; all of them are flat, within two
// points of hits for half or double the value.
const (
	wordsHalf      = 1.2  // frequency at which a word counts half of what it can (k1 of BM25)
	lettersHalf    = 1.5  // the same for letters
	lengthPower    = 0.4  // of the squared length of an article's letters; 0.5 is the cosine, less favours long ones
	answerRarity   = 0.25 // an article whose answer alone has the word counts so much for its rarity
	termWeight     = 2    // a term counts double
	conceptWeight  = 0.6  // a word that means the same counts less than the same word
	functionWeight = 0.3
	pairWeight     = 0.3
	pairMissing    = 0.4 // of its weight that a pair counts where what an article has is compared with all it could have
	shortest       = 3   // letters in an n-gram
	longest        = 5
	gramBits       = 17 // n-grams are counted in 2^17 buckets; a collision costs less than a map
)

// text is what goes into an index.
type text struct {
	article int
	field   field
	lang    string
	text    string
}

type posting struct {
	weight  float32 // frequency, weighted by fields
	article uint16
	fields  uint8 // bit set of the fields the word stands in
}

// langIndex is the index of one language, or of a group that shares one.
type langIndex struct {
	analyser
	articles int    // number of articles in the base
	present  []bool // has the article a text here?

	terms  compact.Lists[posting] // by token
	rarity []float32              // by token number

	grams  gramTable
	length []float32 // of each article's letters
}

// buildLang indexes texts, which are ordered by article, of at most 65536 articles.
func buildLang(a analyser, articles int, texts []text) *langIndex {
	ix := &langIndex{analyser: a, articles: articles, present: make([]bool, articles)}
	counts := wordCounts{last: map[uint64]int32{}}
	letters := newLetterCounts(articles)
	for i, t := range texts {
		tokens := ix.tokens(read(t.text, t.lang))
		counts.add(t, tokens)
		if t.field != borrowed {
			ix.present[t.article] = true
		}
		if w := letterWeights[t.field]; w > 0 {
			letters.add(ix.gramsOf(nil, tokens), w)
		}
		if i+1 == len(texts) || texts[i+1].article != t.article {
			letters.endArticle(uint16(t.article))
		}
	}
	ix.terms = compact.NewLists(counts.postings)
	ix.rarity = make([]float32, ix.terms.Len())
	for n := range ix.rarity {
		var with float64
		for _, p := range ix.terms.At(n) {
			if p.fields == 1<<body {
				with += answerRarity
			} else {
				with++
			}
		}
		ix.rarity[n] = rarity(articles, with)
	}
	letters.finish(ix)
	return ix
}

// wordCounts gathers tokens article by article.
type wordCounts struct {
	postings []compact.Entry[posting]
	last     map[uint64]int32 // by token, its last posting
}

func (c *wordCounts) add(t text, tokens []token) {
	for _, tok := range tokens {
		if tok.kind == pair && t.field == body {
			continue // an answer has many, and few that people ask with
		}
		at, ok := c.last[tok.id]
		if !ok || c.postings[at].Value.article != uint16(t.article) {
			at = int32(len(c.postings))
			c.last[tok.id] = at
			c.postings = append(c.postings, compact.Entry[posting]{Hash: tok.id, Value: posting{article: uint16(t.article)}})
		}
		p := &c.postings[at].Value
		p.weight += wordWeights[t.field]
		p.fields |= 1 << t.field
	}
}

// rarity is the inverse document frequency of BM25.
func rarity(articles int, with float64) float32 {
	return float32(math.Log(1 + (float64(articles)-with+0.5)/(with+0.5)))
}
