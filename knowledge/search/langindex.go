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
	charWeights = [fields]float32{1.5, 1, 1, 0, 0}
)

const (
	k1         = 1.2  // saturation of repeated words (BM25)
	gramBits   = 17   // letters' n-grams are counted in 2^17 buckets; a collision costs less than a map
	termWeight = 2    // a glossary term counts double
	stopWeight = 0.08 // a function word breaks ties, no more
)

// unit is one text of an article: its title, one example question, its keywords.
type unit struct {
	article int32
	field   field
	norm    float32 // length of its letter vector
}

type posting struct {
	article int32
	weight  float32 // weighted term frequency over the fields
	fields  uint8   // bit set of the fields the word stands in
}

type gramPosting struct {
	unit   int32
	weight float32
}

// langIndex is the index of one language, or of a group that shares one.
type langIndex struct {
	analyser
	articles int // number of articles in the base; those without text here score 0
	present  []bool
	units    []unit
	first    []int32 // first unit of each article; one more at the end

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
		}
	}
	ix.idf = make([]float32, len(ix.postings))
	for i, ps := range ix.postings {
		ix.idf[i] = inverse(ix.articles, len(ps))
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
	case tok.stop:
		return idf * stopWeight
	}
	return idf
}

func (ix *langIndex) buildGrams(texts []text) {
	slices.SortStableFunc(texts, func(a, b text) int { return a.article - b.article })
	ix.first = make([]int32, ix.articles+1)
	perUnit := make([][]uint32, 0, len(texts))
	for _, t := range texts {
		if charWeights[t.field] == 0 {
			continue
		}
		grams := ix.gramsOf(ix.tokens(t.text, t.lang))
		ix.units = append(ix.units, unit{article: int32(t.article), field: t.field})
		perUnit = append(perUnit, grams)
		ix.first[t.article+1]++
	}
	for i := range ix.articles {
		ix.first[i+1] += ix.first[i]
	}
	// rarity by article
	with := make([]int32, 1<<gramBits)
	last := make([]int32, 1<<gramBits)
	for u, grams := range perUnit {
		art := ix.units[u].article + 1
		for _, g := range grams {
			if last[g] != art {
				last[g] = art
				with[g]++
			}
		}
	}
	ix.gramIDF = make([]float32, 1<<gramBits)
	for g := range with {
		ix.gramIDF[g] = inverse(ix.articles, int(with[g]))
	}
	// postings, bucket by bucket
	counts := make([]int32, 1<<gramBits+1)
	for _, grams := range perUnit {
		for _, g := range distinct(grams) {
			counts[g.gram+1]++
		}
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	ix.gramStart = slices.Clone(counts)
	ix.grams = make([]gramPosting, counts[len(counts)-1])
	ix.docNorm = make([]float32, ix.articles)
	sum := make([]float32, 1<<gramBits)
	var touched []uint32
	for u, grams := range perUnit {
		v := distinct(grams)
		var length float64
		for _, g := range v {
			w := g.count * ix.gramIDF[g.gram]
			length += float64(w) * float64(w)
		}
		ix.units[u].norm = float32(math.Sqrt(length))
		scale := float32(0)
		if length > 0 {
			scale = float32(1 / math.Sqrt(length))
		}
		fw := charWeights[ix.units[u].field]
		for _, g := range v {
			w := g.count * ix.gramIDF[g.gram] * scale
			ix.grams[counts[g.gram]] = gramPosting{int32(u), w}
			counts[g.gram]++
			if sum[g.gram] == 0 {
				touched = append(touched, g.gram)
			}
			sum[g.gram] += fw * w
		}
		if art := ix.units[u].article; u+1 == len(ix.units) || ix.units[u+1].article != art {
			var n float64
			for _, g := range touched {
				n += float64(sum[g]) * float64(sum[g])
				sum[g] = 0
			}
			touched = touched[:0]
			ix.docNorm[art] = float32(math.Sqrt(n))
		}
	}
}

// gramsOf lists the buckets of all three to five letters within words; function words have none.
func (ix *langIndex) gramsOf(tokens []token) []uint32 {
	var out []uint32
	var padded []rune
	for _, t := range tokens {
		if t.stop {
			continue
		}
		w := t.word
		if t.term {
			out = append(out, bucket([]rune(t.text)), bucket([]rune(t.text+"2")))
			continue
		}
		if ix.shared {
			w = skeleton(w)
		}
		padded = append(padded[:0], ' ')
		padded = append(padded, []rune(w)...)
		padded = append(padded, ' ')
		for n := 3; n <= 5; n++ {
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
