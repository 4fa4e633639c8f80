package search

import "math"

// scores is how every article of one index compares with one query.
type scores struct {
	words   []float32 // BM25F as a share of the most any article could reach, 0 to 1; a little more with pairs
	letters []float32 // likeness of the letters
	unknown float32   // share of the query's weight that stands in no article at all
	weight  float32   // information in the query: sum of its words' rarity
	grams   []uint32  // of the query
}

func newScores(articles int) *scores {
	return &scores{words: make([]float32, articles), letters: make([]float32, articles)}
}

func (s *scores) fused(article int) float32 { return 0.5*s.words[article] + 0.5*s.letters[article] }

// example is a text of the index that is searched with itself left out, as if its article did not have it.
type example struct {
	article int32
	field   field
}

// score compares a query with every article. without may be nil.
func (ix *langIndex) score(s *scores, query *reading, without *example) {
	clear(s.words)
	clear(s.letters)
	s.unknown, s.weight = 0, 0
	tokens := ix.tokens(query)
	ix.scoreWords(s, tokens, without)
	ix.scoreLetters(s, tokens, without)
}

// weightOf is what a token counts: its rarity, by kind.
func (ix *langIndex) weightOf(tok token) float32 {
	w := rarity(ix.articles, 0)
	if n, ok := ix.terms.Find(tok.id); ok {
		w = ix.rarity[n]
	}
	switch tok.kind {
	case term:
		return w * termWeight
	case concept:
		return w * conceptWeight
	case function:
		return w * functionWeight
	case pair:
		return w * pairWeight
	}
	return w
}

func (ix *langIndex) scoreWords(s *scores, tokens []token, without *example) {
	var total float32
	for i, tok := range tokens {
		if occurrences(tokens[:i], tok.id) > 0 {
			continue
		}
		weight := ix.weightOf(tok)
		if tok.kind == pair {
			total += weight * pairMissing
		} else {
			total += weight
		}
		content := tok.kind == plain || tok.kind == term
		if content {
			s.weight += weight
		}
		found := false
		for _, p := range ix.terms.Of(tok.id) {
			frequency := p.weight
			if without != nil && int32(p.article) == without.article {
				frequency -= wordWeights[without.field] * float32(occurrences(tokens, tok.id))
				if frequency < wordWeights[body]/2 {
					continue
				}
			}
			found = true
			s.words[p.article] += weight * frequency / (wordsHalf + frequency)
		}
		if content && !found {
			s.unknown += weight
		}
	}
	if total == 0 {
		return
	}
	for a := range s.words {
		s.words[a] /= total
	}
	if s.weight > 0 {
		s.unknown /= s.weight
	}
}

func occurrences(tokens []token, id uint64) int {
	n := 0
	for _, t := range tokens {
		if t.id == id {
			n++
		}
	}
	return n
}

func (ix *langIndex) scoreLetters(s *scores, tokens []token, without *example) {
	s.grams = ix.gramsOf(s.grams, tokens)
	var squares float64
	for _, g := range s.grams {
		r := float64(ix.grams.rarity[len(ix.grams.of(g).articles)])
		squares += r * r
	}
	if squares == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(squares))
	for _, g := range s.grams {
		postings := ix.grams.of(g)
		r := ix.grams.rarity[len(postings.articles)]
		w := r * r * scale
		for i, article := range postings.articles {
			halves := postings.halves[i]
			if without != nil && int32(article) == without.article {
				if f := float32(halves)/2 - letterWeights[without.field]; f > 0 {
					s.letters[article] += w * saturated(f)
				}
				continue
			}
			s.letters[article] += w * ix.grams.saturated[halves]
		}
	}
	for a, l := range ix.length {
		if l > 0 {
			s.letters[a] /= l
		}
	}
}
