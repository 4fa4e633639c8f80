package language

import (
	"math"
	"slices"
)

// bayes is a naive Bayes model over one to five letters of padded words, hashed into buckets. It does not
// change after training.
type bayes struct {
	labels []string
	bits   uint
	// scores holds, for each bucket, the logarithm of how much likelier it is in each language than
	// in all of them together.
	scores []float32
}

const (
	shortestGram, longestGram = 1, 5
	// A language seen little knows little: each bucket counts as seen this often in proportion to
	// all languages together.
	smoothing = 0.5
	// Texts of one language beyond this many n-grams are not counted, so that a language
	// with many articles is not known disproportionately better.
	mostGrams = 600_000
)

func trainBayes(labels []string, samples map[string][]string, bits uint) *bayes {
	buckets := 1 << bits
	n := len(labels)
	counts := make([]float32, buckets*n)
	totals := make([]float64, n)
	var grams []uint32
	for l, label := range labels {
		for _, text := range samples[label] {
			if totals[l] > mostGrams {
				break
			}
			for _, w := range splitWords(text) {
				grams = appendGrams(grams[:0], w, bits)
				for _, g := range grams {
					counts[int(g)*n+l]++
				}
				totals[l] += float64(len(grams))
			}
		}
	}
	b := &bayes{labels: labels, bits: bits, scores: counts}
	// Frequencies in place of counts, each language alike, then the ratio to the mean.
	mean := make([]float64, n)
	for g := range buckets {
		row := counts[g*n : g*n+n]
		var background float64
		for l := range row {
			if totals[l] > 0 {
				background += float64(row[l]) / totals[l]
			}
		}
		background = background/float64(n) + 1e-7
		for l := range row {
			p := (float64(row[l]) + smoothing*1e4*background) / (totals[l] + smoothing*1e4)
			mean[l] = math.Log(p / background)
		}
		for l := range row {
			row[l] = float32(mean[l])
		}
	}
	return b
}

// verdict is the labels with their probabilities, likeliest first.
type verdict []choice

type choice struct {
	label string
	p     float64
}

// sums adds up the evidence of all words for each label.
func (b *bayes) sums(words []string, into []float64) []float64 {
	n := len(b.labels)
	into = append(into[:0], make([]float64, n)...)
	var store [256]uint32
	grams := store[:0]
	for _, w := range words {
		grams = appendGrams(grams[:0], w, b.bits)
		for _, g := range grams {
			row := b.scores[int(g)*n : int(g)*n+n]
			for l, s := range row {
				into[l] += float64(s)
			}
		}
	}
	return into
}

// independent is what the evidence of the letters counts: their n-grams overlap.
const independent = 0.22

// decide makes probabilities of evidence. The n-grams of a word are not independent, so
// the evidence counts for less than its sum.
func decide(labels []string, sums []float64) verdict {
	v := make(verdict, len(labels))
	best := slices.Max(sums)
	var total float64
	for l, label := range labels {
		v[l] = choice{label, math.Exp((sums[l] - best) * independent)}
		total += v[l].p
	}
	for l := range v {
		v[l].p /= total
	}
	slices.SortStableFunc(v, func(a, b choice) int {
		switch {
		case a.p > b.p:
			return -1
		case a.p < b.p:
			return 1
		}
		return 0
	})
	return v
}

// appendGrams appends the buckets of the n-grams of a word with a blank before and after.
func appendGrams(out []uint32, word string, bits uint) []uint32 {
	var store [64]rune
	letters := append(store[:0], ' ')
	for _, r := range word {
		letters = append(letters, r)
	}
	letters = append(letters, ' ')
	mask := uint32(1)<<bits - 1
	for i := range letters {
		h := uint32(2166136261)
		for n := 1; n <= longestGram && i+n <= len(letters); n++ {
			r := letters[i+n-1]
			h = (h ^ uint32(r&0xff)) * 16777619
			h = (h ^ uint32(r>>8)) * 16777619
			if n >= shortestGram && (n > 1 || r != ' ') {
				out = append(out, (h^h>>bits)&mask)
			}
		}
	}
	return out
}
