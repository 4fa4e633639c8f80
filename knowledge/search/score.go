package search

import "math"

// scores is how every article of one index compares with one query.
type scores struct {
	words   []float32 // BM25F as a share of the best any article could reach, 0 to 1
	covered []float32 // share of the query's weight whose words stand in title, questions or keywords
	letters []float32 // cosine of the letters with all the article says
	nearest []float32 // cosine with the most similar single text
	term    []float32 // glossary terms shared, as a share of those in the query
	unknown float32   // share of the query's weight that stands in no article at all
	weight  float32   // information in the query: sum of its words' rarity
	acc     []float32
}

func newScores(ix *langIndex) *scores {
	n := ix.articles
	return &scores{
		words: make([]float32, n), covered: make([]float32, n), letters: make([]float32, n),
		nearest: make([]float32, n), term: make([]float32, n), acc: make([]float32, len(ix.units)),
	}
}

func (s *scores) reset() {
	clear(s.words)
	clear(s.covered)
	clear(s.letters)
	clear(s.nearest)
	clear(s.term)
	clear(s.acc)
	s.unknown, s.weight = 0, 0
}

// score compares tokens with every article. If without is not negative, the query is that unit of the
// index itself and is left out, as if the article did not have it.
func (ix *langIndex) score(s *scores, tokens []token, without int) {
	s.reset()
	ix.scoreWords(s, tokens, without)
	ix.scoreLetters(s, tokens, without)
}

func (ix *langIndex) scoreWords(s *scores, tokens []token, without int) {
	own := int32(-1)
	var ownField field
	if without >= 0 {
		own, ownField = ix.units[without].article, ix.units[without].field
	}
	var best, terms float32
	for i, tok := range tokens {
		repeated := false
		for _, earlier := range tokens[:i] {
			repeated = repeated || earlier.text == tok.text
		}
		if repeated {
			continue
		}
		weight := ix.wordIDF(tok)
		if tok.term {
			terms++
		}
		best += weight
		if !tok.stop {
			s.weight += weight
		}
		found := false
		if id, ok := ix.terms[tok.text]; ok {
			for _, p := range ix.postings[id] {
				w, in := p.weight, p.fields
				if p.article == own {
					w -= wordWeights[ownField] * float32(occurrences(tokens, tok.text))
					if w < 0.1 {
						continue
					}
					if w < wordWeights[ownField] {
						in &= 1 << body
					}
				}
				found = true
				s.words[p.article] += weight * w * (k1 + 1) / (k1 + w)
				if in&^(1<<body) != 0 {
					s.covered[p.article] += weight
				}
				if tok.term {
					s.term[p.article]++
				}
			}
		}
		if !found && !tok.stop {
			s.unknown += weight
		}
	}
	if best == 0 {
		return
	}
	for a := range s.words {
		s.words[a] /= best * (k1 + 1)
		s.covered[a] /= best
		if terms > 0 {
			s.term[a] /= terms
		}
	}
	if s.weight > 0 {
		s.unknown /= s.weight
	}
}

func occurrences(tokens []token, text string) int {
	n := 0
	for _, t := range tokens {
		if t.text == text {
			n++
		}
	}
	return n
}

func (ix *langIndex) scoreLetters(s *scores, tokens []token, without int) {
	query := distinct(ix.gramsOf(tokens))
	var length float64
	for _, g := range query {
		w := g.count * ix.gramIDF[g.gram]
		length += float64(w) * float64(w)
	}
	if length == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(length))
	for _, g := range query {
		w := g.count * ix.gramIDF[g.gram] * scale
		for _, p := range ix.grams[ix.gramStart[g.gram]:ix.gramStart[g.gram+1]] {
			s.acc[p.unit] += w * p.weight
		}
	}
	for a := range s.letters {
		var sum, nearest float32
		for u := ix.first[a]; u < ix.first[a+1]; u++ {
			if int(u) == without {
				continue
			}
			sum += charWeights[ix.units[u].field] * s.acc[u]
			nearest = max(nearest, s.acc[u])
		}
		norm := ix.docNorm[a]
		if without >= 0 && int(ix.units[without].article) == a {
			// the article's vector without this unit: |D-wu|² = |D|² - 2w·Du + w², and Du is what
			// the query, which is u, has with all of D
			w := charWeights[ix.units[without].field]
			du := sum + w*s.acc[without]
			norm = float32(math.Sqrt(math.Max(1e-6, float64(norm*norm-2*w*du+w*w))))
		}
		if norm > 0 {
			s.letters[a] = sum / norm
		}
		s.nearest[a] = nearest
	}
}
