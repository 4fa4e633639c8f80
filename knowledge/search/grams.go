package search

import (
	"math"
	"math/bits"
	"slices"
)

// gramTable leads from an n-gram to the articles that have it.
type gramTable struct {
	used      []uint64 // set of the buckets that have postings
	before    []int32  // by 64 buckets, how many used ones are before them
	start     []int32  // by used bucket, where its postings begin; one more at the end
	articles  []uint16
	halves    []uint8
	rarity    []float32       // by number of articles that have a gram
	saturated [1 << 8]float32 // by frequency in halves
}

// gramPostings are articles, and the number of the texts of each that a gram stands in,
// weighted by fields and counted in halves, for no weight is finer.
type gramPostings struct {
	articles []uint16
	halves   []uint8
}

// of returns the articles that have a gram.
func (t *gramTable) of(gram uint32) gramPostings {
	word, bit := t.used[gram/64], uint64(1)<<(gram%64)
	if word&bit == 0 {
		return gramPostings{}
	}
	i := t.before[gram/64] + int32(bits.OnesCount64(word&(bit-1)))
	from, to := t.start[i], t.start[i+1]
	return gramPostings{t.articles[from:to], t.halves[from:to]}
}

func saturated(frequency float32) float32 { return frequency / (frequency + lettersHalf) }

// letterCounts gathers n-grams article by article.
type letterCounts struct {
	entries   []gramEntry
	frequency []float32 // by bucket, of the present article
	touched   []uint32
	with      []int32 // by bucket, articles that have it
}

type gramEntry struct {
	gram    uint32
	article uint16
	halves  uint8
}

func newLetterCounts(articles int) *letterCounts {
	return &letterCounts{
		entries: make([]gramEntry, 0, 500*articles), frequency: make([]float32, 1<<gramBits), with: make([]int32, 1<<gramBits),
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

func (c *letterCounts) endArticle(article uint16) {
	for _, g := range c.touched {
		// More than 127 texts count hardly more.
		c.entries = append(c.entries, gramEntry{g, article, uint8(min(2*c.frequency[g], math.MaxUint8))})
		c.frequency[g] = 0
		c.with[g]++
	}
	c.touched = c.touched[:0]
}

func (c *letterCounts) finish(ix *langIndex) {
	t := gramTable{used: make([]uint64, 1<<gramBits/64), before: make([]int32, 1<<gramBits/64), start: []int32{0},
		articles: make([]uint16, len(c.entries)), halves: make([]uint8, len(c.entries)), rarity: make([]float32, ix.articles+1)}
	for h := range t.saturated {
		t.saturated[h] = saturated(float32(h) / 2)
	}
	for n := range t.rarity {
		t.rarity[n] = rarity(ix.articles, float64(n))
	}
	end := int32(0)
	next := make([]int32, 1<<gramBits) // by bucket, where its next posting goes
	for g, n := range c.with {
		if g%64 == 0 {
			t.before[g/64] = int32(len(t.start) - 1)
		}
		if n == 0 {
			continue
		}
		t.used[g/64] |= 1 << (g % 64)
		next[g] = end
		end += n
		t.start = append(t.start, end)
	}
	t.start = slices.Clone(t.start) // as long as it is, and no longer
	squares := make([]float64, ix.articles)
	for _, e := range c.entries {
		t.articles[next[e.gram]], t.halves[next[e.gram]] = e.article, e.halves
		next[e.gram]++
		w := float64(t.saturated[e.halves] * t.rarity[c.with[e.gram]])
		squares[e.article] += w * w
	}
	ix.grams = t
	ix.length = make([]float32, ix.articles)
	for a, s := range squares {
		ix.length[a] = float32(math.Pow(s, lengthPower))
	}
}

// gramsOf lists the buckets of all n-grams within words, each once; function words have
// none. It overwrites out.
func (ix *langIndex) gramsOf(out []uint32, tokens []token) []uint32 {
	out = out[:0]
	var store [40]rune
	for _, t := range tokens {
		switch t.kind {
		case function, concept, pair:
			continue
		case term:
			out = append(out, bucket([]rune(t.text)))
			continue
		}
		w := t.text
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
