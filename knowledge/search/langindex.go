package search

import (
	"math"
	"slices"
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
	article int32
	weight  float32 // frequency, weighted by fields
	fields  uint8   // bit set of the fields the word stands in
}

type gramPosting struct {
	article   int32
	frequency float32 // number of texts it stands in, weighted by fields
}

// langIndex is the index of one language, or of a group that shares one.
type langIndex struct {
	analyser
	articles int    // number of articles in the base
	present  []bool // has the article a text here?

	terms    map[string]int32 // token to number
	rarity   []float32        // by token number
	postings [][]posting      // by token number

	gramStart  []int32 // by bucket, where its postings begin in grams; one more at the end
	grams      []gramPosting
	gramRarity []float32
	length     []float32 // of each article's letters
}

// buildLang indexes texts, which are ordered by article.
func buildLang(a analyser, articles int, texts []text) *langIndex {
	ix := &langIndex{analyser: a, articles: articles, present: make([]bool, articles), terms: map[string]int32{}}
	letters := newLetterCounts(articles)
	for i, t := range texts {
		tokens := ix.tokens(t.text, t.lang)
		ix.addWords(t, tokens)
		if w := letterWeights[t.field]; w > 0 {
			letters.add(ix.gramsOf(tokens), w)
		}
		if i+1 == len(texts) || texts[i+1].article != t.article {
			letters.endArticle(int32(t.article))
		}
	}
	ix.rarity = make([]float32, len(ix.postings))
	for i, ps := range ix.postings {
		var with float64
		for _, p := range ps {
			if p.fields == 1<<body {
				with += answerRarity
			} else {
				with++
			}
		}
		ix.rarity[i] = rarity(articles, with)
	}
	letters.finish(ix)
	return ix
}

func (ix *langIndex) addWords(t text, tokens []token) {
	if t.field != borrowed {
		ix.present[t.article] = true
	}
	for _, tok := range tokens {
		if tok.kind == pair && t.field == body {
			continue // an answer has many, and few that people ask with
		}
		id, ok := ix.terms[tok.text]
		if !ok {
			id = int32(len(ix.postings))
			ix.terms[tok.text] = id
			ix.postings = append(ix.postings, nil)
		}
		ps := ix.postings[id]
		if n := len(ps); n == 0 || ps[n-1].article != int32(t.article) {
			ps = append(ps, posting{article: int32(t.article)})
			ix.postings[id] = ps
		}
		p := &ps[len(ps)-1]
		p.weight += wordWeights[t.field]
		p.fields |= 1 << t.field
	}
}

// rarity is the inverse document frequency of BM25.
func rarity(articles int, with float64) float32 {
	return float32(math.Log(1 + (float64(articles)-with+0.5)/(with+0.5)))
}

// letterCounts gathers n-grams article by article.
type letterCounts struct {
	entries   []gramEntry
	frequency []float32 // by bucket, of the present article
	touched   []uint32
	with      []int32 // by bucket + 1, articles that have it
}

type gramEntry struct {
	gram uint32
	gramPosting
}

func newLetterCounts(articles int) *letterCounts {
	return &letterCounts{
		entries: make([]gramEntry, 0, 500*articles), frequency: make([]float32, 1<<gramBits), with: make([]int32, 1<<gramBits+1),
	}
}

func (c *letterCounts) add(grams []uint32, weight float32) {
	for _, g := range grams {
		if c.frequency[g] == 0 {
			c.touched = append(c.touched, g)
		}
		c.frequency[g] += weight
	}
}

func (c *letterCounts) endArticle(article int32) {
	for _, g := range c.touched {
		c.entries = append(c.entries, gramEntry{g, gramPosting{article, c.frequency[g]}})
		c.frequency[g] = 0
		c.with[g+1]++
	}
	c.touched = c.touched[:0]
}

func (c *letterCounts) finish(ix *langIndex) {
	ix.gramRarity = make([]float32, 1<<gramBits)
	for g := range ix.gramRarity {
		ix.gramRarity[g] = rarity(ix.articles, float64(c.with[g+1]))
	}
	for g := range 1 << gramBits {
		c.with[g+1] += c.with[g]
	}
	ix.gramStart = slices.Clone(c.with)
	ix.grams = make([]gramPosting, len(c.entries))
	squares := make([]float64, ix.articles)
	for _, e := range c.entries {
		ix.grams[c.with[e.gram]] = e.gramPosting
		c.with[e.gram]++
		w := float64(saturated(e.frequency) * ix.gramRarity[e.gram])
		squares[e.article] += w * w
	}
	ix.length = make([]float32, ix.articles)
	for a, s := range squares {
		ix.length[a] = float32(math.Pow(s, lengthPower))
	}
}

func saturated(frequency float32) float32 { return frequency / (frequency + lettersHalf) }

// gramsOf lists the buckets of all n-grams within words, each once; function words have none.
func (ix *langIndex) gramsOf(tokens []token) []uint32 {
	out := make([]uint32, 0, 128)
	var store [40]rune
	for _, t := range tokens {
		switch t.kind {
		case function, concept, pair:
			continue
		case term:
			out = append(out, bucket([]rune(t.text)))
			continue
		}
		w := t.word
		if ix.shared {
			w = skeleton(w)
		}
		padded := append(store[:0], ' ')
		for _, r := range w {
			padded = append(padded, r)
		}
		padded = append(padded, ' ')
		for n := shortest; n <= longest; n++ {
			for i := 0; i+n <= len(padded); i++ {
				out = append(out, bucket(padded[i:i+n]))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bucket is FNV-1a over the letters, folded to gramBits.
func bucket(letters []rune) uint32 {
	h := uint32(2166136261)
	for _, r := range letters {
		h = (h ^ uint32(r&0xff)) * 16777619
		h = (h ^ uint32(r>>8)) * 16777619
	}
	return (h ^ h>>gramBits) & (1<<gramBits - 1)
}
