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
	borrowed // words of other languages: Dutch terms in Latin letters, texts of a sister language
	body
	fields
)

var fieldNames = [fields]string{"title", "questions", "keywords", "other languages", "answer"}

// What a word weighs by the field it stands in.
var (
	wordWeights = [fields]float32{2.5, 2.5, 2.5, 1, 0.6}
	charWeights = [fields]float32{1.5, 1, 0.5, 0, 0}
)

var (
	k1         float32 = 1.2 // saturation of repeated words (BM25)
	termWeight float32 = 2   // a glossary term counts double
	sameWeight float32 = 0.6
	stopWeight float32 = 0.3 // a function word breaks ties, no more
)

var gramMin, gramMax = 3, 5

// Letters' n-grams are counted in 2^17 buckets; a collision costs less than a map.
const gramBits = 17

type posting struct {
	article int32
	weight  float32 // weighted term frequency over the fields
	fields  uint8   // bit set of the fields the word stands in
	asked   uint8   // example questions' words that are this one, at most 255
}

type gramPosting struct {
	article   int32
	frequency float32 // in how many of its texts, weighted by their fields
}

// langIndex is the index of one language, or of a group that shares one.
type langIndex struct {
	analyser
	articles int // number of articles in the base; those without text here score 0
	present  []bool

	terms    map[string]int32
	idf      []float32
	postings [][]posting

	gramStart []int32 // by bucket, into grams
	grams     []gramPosting
	gramIDF   []float32
	docNorm   []float32 // length of each article's summed letter vector
}

// text is what goes into an index.
type text struct {
	article int
	field   field
	lang    string
	text    string
}

func buildLang(a analyser, articles int, texts []text) *langIndex {
	ix := &langIndex{analyser: a, articles: articles, present: make([]bool, articles), terms: map[string]int32{}}
	ix.buildWords(texts)
	ix.buildGrams(texts)
	return ix
}

func (ix *langIndex) buildWords(texts []text) {
	type key struct {
		term    int32
		article int32
	}
	at := map[key]int{}
	for _, t := range texts {
		ix.present[t.article] = ix.present[t.article] || t.field != borrowed
		for _, tok := range ix.tokens(t.text, t.lang) {
			id, ok := ix.terms[tok.text]
			if !ok {
				id = int32(len(ix.postings))
				ix.terms[tok.text] = id
				ix.postings = append(ix.postings, nil)
			}
			k := key{id, int32(t.article)}
			i, ok := at[k]
			if !ok {
				i = len(ix.postings[id])
				at[k] = i
				ix.postings[id] = append(ix.postings[id], posting{article: int32(t.article)})
			}
			ix.postings[id][i].weight += wordWeights[t.field]
			ix.postings[id][i].fields |= 1 << t.field
			if t.field == question && ix.postings[id][i].asked < 255 {
				ix.postings[id][i].asked++
			}
		}
	}
	ix.idf = make([]float32, len(ix.postings))
	for i, ps := range ix.postings {
		n := float32(0)
		for _, p := range ps {
			if p.fields&^(1<<body) != 0 {
				n++
			} else {
				n += bodyDF
			}
		}
		ix.idf[i] = inverse(ix.articles, int(n+.5))
	}
}

func inverse(articles, with int) float32 {
	return float32(math.Log(1 + (float64(articles)-float64(with)+0.5)/(float64(with)+0.5)))
}

// wordIDF is the weight of a query token: its rarity, doubled for a term, nearly nothing for a function word.
func (ix *langIndex) wordIDF(tok token) float32 {
	idf := inverse(ix.articles, 0)
	if id, ok := ix.terms[tok.text]; ok {
		idf = ix.idf[id]
	}
	switch {
	case tok.term:
		return idf * termWeight
	case tok.same:
		return idf * sameWeight
	case tok.stop:
		return idf * stopWeight
	}
	return idf
}

func (ix *langIndex) buildGrams(texts []text) {
	slices.SortStableFunc(texts, func(a, b text) int { return a.article - b.article })
	type entry struct {
		gram uint32
		gramPosting
	}
	var entries []entry
	frequency := make([]float32, 1<<gramBits)
	with := make([]int32, 1<<gramBits+1)
	var touched []uint32
	for i, t := range texts {
		if weight := charWeights[t.field]; weight > 0 {
			for _, g := range distinct(ix.gramsOf(ix.tokens(t.text, t.lang))) {
				if frequency[g.gram] == 0 {
					touched = append(touched, g.gram)
				}
				frequency[g.gram] += weight
			}
		}
		if i+1 == len(texts) || texts[i+1].article != t.article {
			for _, g := range touched {
				entries = append(entries, entry{g, gramPosting{int32(t.article), frequency[g]}})
				frequency[g] = 0
				with[g+1]++
			}
			touched = touched[:0]
		}
	}
	ix.gramIDF = make([]float32, 1<<gramBits)
	for g := range ix.gramIDF {
		ix.gramIDF[g] = inverse(ix.articles, int(with[g+1]))
	}
	for g := range 1 << gramBits {
		with[g+1] += with[g]
	}
	ix.gramStart = slices.Clone(with)
	ix.grams = make([]gramPosting, len(entries))
	length := make([]float64, ix.articles)
	for _, e := range entries {
		ix.grams[with[e.gram]] = e.gramPosting
		with[e.gram]++
		w := float64(saturated(e.frequency) * ix.gramIDF[e.gram])
		length[e.article] += w * w
	}
	ix.docNorm = make([]float32, ix.articles)
	for a, l := range length {
		ix.docNorm[a] = float32(math.Pow(l, normPow))
	}
}

var bodyDF float32 = 0.25
var charK float32 = 1.5
var normPow = 0.4
var termGrams = true

func saturated(f float32) float32 { return f / (f + charK) }

// gramsOf lists the buckets of all three to five letters within words; function words have none.
func (ix *langIndex) gramsOf(tokens []token) []uint32 {
	var out []uint32
	var padded []rune
	for _, t := range tokens {
		if t.stop || t.same {
			continue
		}
		w := t.word
		if t.term {
			if !termGrams {
				continue
			}
			out = append(out, bucket([]rune(t.text)), bucket([]rune(t.text+"2")))
			continue
		}
		if ix.shared {
			w = skeleton(w)
		}
		padded = append(padded[:0], ' ')
		padded = append(padded, []rune(w)...)
		padded = append(padded, ' ')
		for n := gramMin; n <= gramMax; n++ {
			for i := 0; i+n <= len(padded); i++ {
				out = append(out, bucket(padded[i:i+n]))
			}
		}
	}
	return out
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

type counted struct {
	gram  uint32
	count float32
}

func distinct(grams []uint32) []counted {
	slices.Sort(grams)
	out := make([]counted, 0, len(grams))
	for _, g := range grams {
		if n := len(out); n > 0 && out[n-1].gram == g {
			out[n-1].count++
		} else {
			out = append(out, counted{g, 1})
		}
	}
	return out
}
