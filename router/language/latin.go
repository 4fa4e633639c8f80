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

// latinWords are function words that one of these languages has, and no other a word that is
// typed the same.
var latinWords = map[string]map[string]bool{
	"en": wordSet(`the and is are was what where how when who why which my your our you they this that these those with without for from have has had can could should would
		yes please thanks thank hello hi hey need want dont does do not about there here it its if of to at by any some someone get got`),
	"nl": wordSet(`hallo hoi het een en van voor met naar niet geen wat waar hoe wanneer wie waarom welke mijn uw jouw ons onze ik jij wij zij u je hij dat dit deze die heb hebt heeft
		kan kunt mag moet moeten wil willen graag bedankt dank ook nog als maar omdat over uit bij door zonder krijg krijgen ben bent zijn wordt hulp`),
	"tr": wordSet(`ve için bir bu ne nasıl nerede var yok ben biz çok değil mı mi istiyorum lazım gerek merhaba evet hayır benim bana nereye zaman kadar`),
	"pl": wordSet(`jest nie się jak gdzie kiedy czy mam mogę chcę dla proszę dziękuję tak mój moja moje jestem bardzo muszę potrzebuję ile ktoś co`),
	"fr": wordSet(`je le la les des est pas pour avec une un où comment quand mon ma mes nous vous suis ai peux puis dois bonjour merci oui cette dans sur que qui`),
	"es": wordSet(`el los las una para con está cómo dónde cuándo mi mis tengo puedo necesito hola gracias sí por qué donde como cuando muy quiero soy estoy`),
	"so": wordSet(`waa waxaan iyo ma ku ka u oo ayaan baan sidee xagee maxaa waxay haa maya ayay igu ii`),
}

// What is likelier before a word is read. Most who write in Latin letters write English or Dutch.
var latinFirst = map[string]float64{"en": 1, "nl": 1, "ru-Latn": -0.3, "ar-Latn": -0.3, "es": -0.5, "so": -0.5}

const wordPoints = 2

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
	for l, label := range latinLabels {
		sums[l] += latinFirst[label] / independent
		for _, w := range own {
			if latinWords[label][w] {
				sums[l] += wordPoints / independent
			}
		}
	}
	for _, w := range own {
		for i, r := range w {
			for label, points := range latinLetters[r] {
				sums[indexOf(latinLabels, label)] += points / independent
			}
			if i > 0 && strings.ContainsRune("235679", r) || i == 0 && len(w) > 2 && strings.ContainsRune("2357", r) && w[1] >= 'a' && w[1] <= 'z' {
				sums[indexOf(latinLabels, "ar-Latn")] += 3 / independent
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
