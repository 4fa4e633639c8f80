package search

import "math"

// scores is how every article of one index compares with one query.
type scores struct {
	words   []float32         // BM25F as a share of the best any article could reach, 0 to 1
	covered []float32         // share of the query's weight whose words stand in title, questions or keywords
	letters []float32         // cosine of the letters with all the article says
	term    []float32         // glossary terms shared, as a share of those in the query
	byField [fields][]float32 // share of the query's weight whose words stand in that field
	unknown float32           // share of the query's weight that stands in no article at all
	weight  float32           // information in the query: sum of its words' rarity
}

func newScores(ix *langIndex) *scores {
	n := ix.articles
	s := &scores{
		words: make([]float32, n), covered: make([]float32, n), letters: make([]float32, n),
		term: make([]float32, n),
	}
	for f := range s.byField {
		s.byField[f] = make([]float32, n)
	}
	return s
}

func (s *scores) reset() {
	clear(s.words)
	clear(s.covered)
	clear(s.letters)
	clear(s.term)
	for f := range s.byField {
		clear(s.byField[f])
	}
	s.unknown, s.weight = 0, 0
}

// score compares tokens with every article. If the query is an example of the index itself it is left out,
// as if the article did not have it.
func (ix *langIndex) score(s *scores, tokens []token, without *example) {
	s.reset()
	ix.scoreWords(s, tokens, without)
	ix.scoreLetters(s, tokens, without)
}

func (ix *langIndex) scoreWords(s *scores, tokens []token, without *example) {
	own := int32(-1)
	var ownField field
	if without != nil {
		own, ownField = without.article, without.field
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
		if !tok.stop && !tok.same {
			s.weight += weight
		}
		found := false
		if id, ok := ix.terms[tok.text]; ok {
			for _, p := range ix.postings[id] {
				w, in := p.weight, p.fields
				if p.article == own {
					n := occurrences(tokens, tok.text)
					w -= wordWeights[ownField] * float32(n)
					if w < 0.1 {
						continue
					}
					if int(p.asked) <= n {
						in &^= 1 << question
					}
				}
				found = true
				s.words[p.article] += weight * w * (k1 + 1) / (k1 + w)
				if in&^(1<<body) != 0 {
					s.covered[p.article] += weight
				}
				for f := range fields {
					if in&(1<<f) != 0 {
						s.byField[f][p.article] += weight
					}
				}
				if tok.term {
					s.term[p.article]++
				}
			}
		}
		if !found && !tok.stop && !tok.same {
			s.unknown += weight
		}
	}
	if best == 0 {
		return
	}
	for a := range s.words {
		s.words[a] /= best * (k1 + 1)
		s.covered[a] /= best
		for f := range fields {
			s.byField[f][a] /= best
		}
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

func (ix *langIndex) scoreLetters(s *scores, tokens []token, without *example) {
	query := distinct(ix.gramsOf(tokens))
	var length float64
	for _, g := range query {
		w := ix.gramIDF[g.gram]
		length += float64(w) * float64(w)
	}
	if length == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(length))
	for _, g := range query {
		w := ix.gramIDF[g.gram] * ix.gramIDF[g.gram] * scale
		for _, p := range ix.grams[ix.gramStart[g.gram]:ix.gramStart[g.gram+1]] {
			f := p.frequency
			if without != nil && p.article == without.article {
				if f -= charWeights[without.field]; f <= 0 {
					continue
				}
			}
			s.letters[p.article] += w * saturated(f)
		}
	}
	for a, norm := range ix.docNorm {
		if norm > 0 {
			s.letters[a] /= norm
		}
	}
}

// example is a text of the index that is searched with itself left out.
type example struct {
	article int32
	field   field
}
