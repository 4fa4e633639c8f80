package language

import (
	"strings"
)

// letters that point to one language among those in Latin letters, with the points they give.
var latinLetters = map[rune]map[string]float64{
	'ı': {"tr": 3}, 'ş': {"tr": 3}, 'ğ': {"tr": 3}, 'ç': {"tr": 1, "fr": 1}, 'ö': {"tr": 1.5}, 'ü': {"tr": 1.5},
	'ą': {"pl": 3}, 'ę': {"pl": 3}, 'ł': {"pl": 3}, 'ś': {"pl": 3}, 'ż': {"pl": 3}, 'ź': {"pl": 3}, 'ć': {"pl": 3}, 'ń': {"pl": 3},
	'ñ': {"es": 3}, '¿': {"es": 3}, 'é': {"fr": 1, "es": 1}, 'è': {"fr": 2}, 'ê': {"fr": 2}, 'à': {"fr": 2}, 'ù': {"fr": 2}, 'û': {"fr": 2}, 'ô': {"fr": 2}, 'î': {"fr": 2},
	'á': {"es": 2}, 'í': {"es": 2}, 'ó': {"es": 1, "pl": 1.5}, 'ú': {"es": 2},
}

// detectLatin decides among the languages in Latin letters, three of which are only typed so.
func (d *Detector) detectLatin(words []string) Guess {
	var own []string
	dutch := false
	for _, w := range words {
		switch {
		case acronyms[w]:
		case officialDutch[w]:
			dutch = true
		default:
			own = append(own, w)
		}
	}
	if len(own) == 0 {
		if !dutch {
			return Guess{Lang: "und"}
		}
		own = words
	}
	var store [10]float64
	sums := d.latin.sums(own, store[:0])
	for _, w := range own {
		for i, r := range w {
			for label, points := range latinLetters[r] {
				sums[indexOf(latinLabels, label)] += points / 0.22
			}
			if i > 0 && strings.ContainsRune("235679", r) || i == 0 && len(w) > 2 && strings.ContainsRune("2357", r) && w[1] >= 'a' && w[1] <= 'z' {
				sums[indexOf(latinLabels, "ar-Latn")] += 3 / 0.22
			}
		}
	}
	return guessOf(decide(latinLabels, sums))
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
