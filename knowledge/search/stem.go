package search

import "strings"

// stem takes the ending off a normalised word. It is light: what matters is that the
// forms of one word meet, not that the result is a word. A word in Latin letters among another
// script is a Dutch term and is stemmed as Dutch.
func stem(word, lang string) string {
	switch scriptOf(word) {
	case cyrillic:
		if lang == "ru" {
			return stemCyrillic(word, russianEndings)
		}
		return stemCyrillic(word, ukrainianEndings)
	case arabic:
		if lang == "fa" {
			return stemPersian(word)
		}
		return stemArabic(word)
	case latin:
		switch lang {
		case "en":
			return stemEnglish(word)
		case "pl", "tr", "fr", "es", "so":
			return stemGeneric(word)
		default:
			return stemDutch(word)
		}
	}
	return word
}

// Longest first within each list: the first that leaves three letters is taken.
var ukrainianEndings = endings(`
	ювалися увалися ування ювання уваннями уватися юватися увати ювати уємо юємо уєте юєте ується юється уються юються
	еннями аннями іннями ення ання іння енні анні інні енню анню інню
	остями остях ості істю ість ового овому овими ових овий ова ове ові ову овою ськими ського ському ських ський ська ське ські ську ською
	ешся ишся ється иться яться аться ються уться лася лося лися вся тися тись
	ається яється аєте яєте аємо яємо ають яють аєш яєш ає яє
	ають уєте їмо їте ить ять уть ють еш иш емо имо ете ите ала яла ила іла али яли или іли ало яло ило іло ати яти ити іти
	ого ому ими іми їми ій ої ою ею єю ів їв ев єв ам ям ах ях ами ями
	ий ій им ім ом ем єм ої их іх а я о е є и і ї у ю ь й в ла ло ли
	уватись юватись ватись ватися атись атися итись итися ітись ітися тись ав яв ив ів авши ивши`)

var russianEndings = endings(`
	ировать ированный ирования ирование ивать ывать ивают ывают ивает ывает
	еннями аннями ениями аниями ениях аниях ением анием ения ания ение ание ений аний ению анию ении ании
	остями остях ости остью ость ского скому скими ских ский ская ское ские скую ской
	ового овому овыми овых овый овая овое овые овую овой
	ешься ишься ается яется ится ется ются утся атся ятся алась ились лась лось лись лся ться тись
	аете яете аем яем ают яют аешь яешь ает яет уют уем уете ует
	ишь ешь ите ете ить ать ять еть ут ют ат ят ит ет им ем ала яла ила ела али яли или ели ало ило ело ал ял ил ел
	ого его ому ему ыми ими ый ий ой ей ая яя ое ее ые ие ую юю ых их ым им ою ею ов ев ам ям ах ях ами ями ия ии ию ием иям иях ом
	а я о е ы и у ю ь й ла ло ли`)

// endings sorts by length, longest first, and keeps one of each.
func endings(list string) [][]string {
	byLength := make([][]string, 10)
	seen := map[string]bool{}
	for _, e := range strings.Fields(list) {
		n := len([]rune(e))
		if !seen[e] {
			seen[e] = true
			byLength[n] = append(byLength[n], e)
		}
	}
	var out [][]string
	for n := len(byLength) - 1; n > 0; n-- {
		if len(byLength[n]) > 0 {
			out = append(out, byLength[n])
		}
	}
	return out
}

func stemCyrillic(word string, lists [][]string) string {
	const letter = 2 // bytes of a Cyrillic letter
	if len(word) < 4*letter {
		return word
	}
	for _, list := range lists {
		for _, e := range list {
			if len(word)-len(e) >= 3*letter && strings.HasSuffix(word, e) {
				word = word[:len(word)-len(e)]
				return softened(word)
			}
		}
	}
	return softened(word)
}

// softened undoes the consonant change before an ending (нога, нозі; рука, руці) and drops the
// soft sign and doubled last letters.
func softened(word string) string {
	word = strings.TrimSuffix(word, "ь")
	if cut, ok := strings.CutSuffix(word, "т"); ok && len(cut) > 6 && strings.ContainsAny(cut[len(cut)-2:], "аяиіуюеє") {
		return cut[:len(cut)-2] // the end of an infinitive, or looks like one in some forms: виплата, виплати
	}
	for _, c := range [...][2]string{{"ц", "к"}, {"з", "г"}, {"с", "х"}, {"нн", "н"}, {"дж", "д"}} {
		if c[0] != "с" && strings.HasSuffix(word, c[0]) && len(word) > 6 {
			return word[:len(word)-len(c[0])] + c[1]
		}
	}
	return word
}

var (
	arabicPrefixes = []string{"والب", "وال", "بال", "كال", "فال", "عال", "هال", "لل", "ال"}
	// The verbs of the Levant have one for each person: بدفع، بيدفع، بتدفع، مندفع.
	arabicParticles = []string{"بي", "بت", "من", "بن", "و", "ب", "ل"}
	arabicSuffixes  = []string{"هما", "كما", "تين", "تان", "يها", "ونا", "ها", "هم", "هن", "كم", "نا", "ون", "ين", "ات", "ان", "تي", "ته", "تك", "يه", "وا", "ه", "و", "ي", "ك", "ت", "ا"}
)

func stemArabic(word string) string {
	const letter = 2
	if len(word) <= 3*letter {
		return word
	}
	for _, p := range arabicPrefixes {
		if strings.HasPrefix(word, p) && len(word)-len(p) >= 3*letter {
			word = word[len(p):]
			break
		}
	}
	for _, p := range arabicParticles {
		if rest := len(word) - len(p); strings.HasPrefix(word, p) && (rest >= 4*letter || rest == 3*letter && len(p) > letter) {
			word = word[len(p):]
			break
		}
	}
	for _, s := range arabicSuffixes {
		if strings.HasSuffix(word, s) && len(word)-len(s) >= 3*letter {
			return word[:len(word)-len(s)]
		}
	}
	return word
}

func stemPersian(word string) string {
	for _, s := range []string{"هايم", "هايي", "هاي", "تان", "مان", "شان", "ها", "ان", "ات", "م", "ي", "ش"} {
		if strings.HasSuffix(word, s) && len(word)-len(s) >= 6 {
			return word[:len(word)-len(s)]
		}
	}
	return word
}

func stemDutch(word string) string {
	if len(word) < 5 {
		return word
	}
	word = strings.ReplaceAll(word, "ij", "y")
	for _, s := range []string{"heden", "ingen", "eren", "tjes", "jes", "tje", "ing", "je", "en", "es", "er", "e", "s", "t"} {
		if strings.HasSuffix(word, s) && len(word)-len(s) >= 4 {
			word = word[:len(word)-len(s)]
			break
		}
	}
	return undoubled(word, "aeou")
}

// undoubled writes each doubled letter once: bellen, bel; inschrijven, inschrijf; taal, talen.
func undoubled(word, vowels string) string {
	if strings.HasSuffix(word, "v") {
		word = word[:len(word)-1] + "f"
	} else if strings.HasSuffix(word, "z") {
		word = word[:len(word)-1] + "s"
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if i > 0 && word[i] == word[i-1] && (i == len(word)-1 || strings.IndexByte(vowels, word[i]) >= 0) {
			continue
		}
		b.WriteByte(word[i])
	}
	return b.String()
}

func stemEnglish(word string) string {
	if len(word) < 4 {
		return word
	}
	for _, r := range [...][2]string{
		{"ations", "at"}, {"ation", "at"}, {"iness", "y"}, {"ments", "ment"}, {"ings", ""}, {"ing", ""}, {"ies", "y"}, {"ied", "y"},
		{"ness", ""}, {"ers", "er"}, {"sses", "ss"}, {"ches", "ch"}, {"shes", "sh"}, {"ed", ""}, {"es", ""}, {"ly", ""}, {"s", ""}, {"e", ""},
	} {
		if strings.HasSuffix(word, r[0]) && len(word)-len(r[0]) >= 3 && !strings.HasSuffix(word, "ss") {
			word = word[:len(word)-len(r[0])] + r[1]
			break
		}
	}
	if n := len(word); n > 3 && word[n-1] == word[n-2] && strings.IndexByte("bdgklmnprt", word[n-1]) >= 0 {
		word = word[:n-1]
	}
	return strings.TrimSuffix(word, "e")
}

func stemGeneric(word string) string {
	for _, s := range []string{"ami", "ach", "ego", "emu", "lar", "ler", "es", "os", "as", "ow", "om", "em", "ie", "a", "e", "i", "o", "u", "y", "s"} {
		if strings.HasSuffix(word, s) && len(word)-len(s) >= 4 {
			return word[:len(word)-len(s)]
		}
	}
	return word
}

// skeleton writes a Ukrainian or Russian stem so that the same word looks the same in both.
func skeleton(word string) string {
	if scriptOf(word) != cyrillic {
		return word
	}
	var b strings.Builder
	var last rune
	for _, r := range word {
		switch r {
		case 'і', 'ї', 'ы':
			r = 'и'
		case 'є', 'э':
			r = 'е'
		case 'я':
			r = 'а'
		case 'ю':
			r = 'у'
		case 'щ':
			r = 'ш'
		case 'ь':
			continue
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}
