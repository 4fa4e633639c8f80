package language

import "strings"

var persianWords = wordSet(`است نیست هست برای چطور چگونه چرا کجا می نمی را شما این آن هم خیلی باید دارم ندارم کنم کنید ممنون سلام لطفا چند بچه خانه من تو
	مدرسه کار چه کمک خواهم بله خوب خواهش کردن شدن بود شد یک دو سه به با از در تا که اما اگر هنوز مریض معاش دکتر پول`)
var arabicWords = wordSet(`في من على الى إلى عن هل ما كيف شو وين انا أنا انت هو هي نحن هذا هذه لا نعم مع كان بدي عم رح مشان ليش يا او أو لم لن قد
	مرحبا شكرا شكرًا مدرسة دكتور هم اما تم بس كل شي`)

// detectArabic decides between Arabic and Persian. Letters first: Arabic keyboards have no پ چ ژ گ,
// Persian ones write ک and ی. In doubt it is Arabic.
func (d *Detector) detectArabic(words []string) Guess {
	var points float64 // positive is Arabic
	for _, w := range words {
		switch {
		case strings.ContainsAny(w, "ټډړښ") || strings.ContainsAny(w, "ڕڵۆێ") || strings.ContainsAny(w, "ٹڈے"):
			// Pashto, Sorani and Urdu have no articles and no label; nor are they Persian or Arabic.
			return Guess{Lang: "und"}
		case strings.ContainsAny(w, "پچژگکی\u200c"):
			points -= 4
		case strings.ContainsAny(w, "ةىيكإأؤئ") || strings.HasPrefix(w, "ال") && len(w) > 8:
			points += 3
		}
		switch {
		case persianWords[w] && !arabicWords[w]:
			points -= 1.5
		case arabicWords[w] && !persianWords[w]:
			points += 1.5
		}
	}
	var store [2]float64
	sums := d.arabic.sums(words, store[:0])
	sums[0] += points/independent + 2
	return guessOf(decide(arabicLabels, sums))
}

// detectEthiopic decides between Tigrinya and Amharic. Tigrinya has ቐ ኸ and begins words with ኣ where
// Amharic writes አ.
func (d *Detector) detectEthiopic(words []string) Guess {
	var points float64 // positive is Tigrinya
	for _, w := range words {
		if strings.ContainsAny(w, "ኣቐቑቒቓቕኸኹኺኻኼኽኾ") {
			points += 2
		}
		if strings.Contains(w, "አ") || strings.HasSuffix(w, "ነው") || strings.HasSuffix(w, "ኛል") {
			points -= 2
		}
	}
	var store [2]float64
	sums := d.ethiopic.sums(words, store[:0])
	sums[0] += points/independent + 1
	return guessOf(decide(ethiopicLabels, sums))
}
