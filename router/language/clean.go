package language

import (
	"regexp"
	"strings"
	"unicode"
)

var notWords = regexp.MustCompile(`(?i)https?://\S+|www\.\S+|\S+@\S+\.\S+|@\w+|#\w+`)

// splitWords returns the words of text in small letters with one kind of apostrophe. Links, addresses,
// phone numbers and emoji are left out; a digit within a Latin word stays (Arabizi: 3andi).
func splitWords(text string) []string {
	if strings.ContainsAny(text, "@/#.") {
		text = notWords.ReplaceAllString(text, " ")
	}
	var out []string
	var b strings.Builder
	hasLetter := false
	flush := func() {
		if hasLetter {
			out = append(out, strings.Trim(b.String(), "'"))
		}
		b.Reset()
		hasLetter = false
	}
	for _, r := range text {
		switch {
		case r >= 0x64b && r <= 0x65f || r == 0x640 || r == 0x670 || r >= 0x200d && r <= 0x200f:
			// vowel signs, tatweel and direction marks
		case r == 0x200c:
			b.WriteRune(r)
		case unicode.IsLetter(r) || r == 0x301: // a combining accent marks stress
			if r != 0x301 {
				b.WriteRune(unicode.ToLower(r))
				hasLetter = true
			}
		case unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '\'' || r == '’' || r == 'ʼ' || r == '‘' || r == '`' || r == '´':
			b.WriteByte('\'')
		default:
			flush()
		}
	}
	flush()
	return out
}

type script uint8

const (
	latin script = iota
	cyrillic
	arabic
	ethiopic
	otherScript
	scripts
)

var scriptNames = [scripts]string{"Latn", "Cyrl", "Arab", "Ethi", ""}

func scriptOfRune(r rune) script {
	switch {
	case r < 0x250 || r >= 0x1e00 && r < 0x1f00:
		return latin
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= 0x600 && r < 0x780 || r >= 0xfb50 && r < 0xfe00 || r >= 0xfe70 && r < 0xff00 || r == 0x200c:
		return arabic
	case r >= 0x1200 && r < 0x1400 || r >= 0x2d80 && r < 0x2de0:
		return ethiopic
	}
	return otherScript
}

// lookalikes are Latin letters that get into Cyrillic words from the other keyboard.
var lookalikes = strings.NewReplacer("i", "і", "a", "а", "e", "е", "o", "о", "c", "с", "p", "р", "x", "х", "y", "у", "ï", "ї")

// byScript sorts words by script. A word with any Cyrillic letter is Cyrillic.
func byScript(words []string) (of [scripts][]string, letters [scripts]int) {
	for _, w := range words {
		var n [scripts]int
		for _, r := range w {
			if unicode.IsLetter(r) {
				n[scriptOfRune(r)]++
			}
		}
		s := latin
		for i := range n {
			if n[i] > n[s] {
				s = script(i)
			}
		}
		if n[cyrillic] > 0 && n[latin] > 0 {
			s = cyrillic
			w = lookalikes.Replace(w)
		}
		of[s] = append(of[s], w)
		for i := range n {
			letters[i] += n[i]
		}
	}
	return of, letters
}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range splitWords(list) {
		set[w] = true
	}
	return set
}

// Official Dutch words and names that people use in every language. They say nothing about
// the language of a message unless they are all there is.
var officialDutch = wordSet(`huisarts huisartsen huisartsenpost gemeente gemeentehuis leefgeld toeslag toeslagen zorgtoeslag huurtoeslag kinderbijslag kindgebonden
	kinderopvang kinderopvangtoeslag belastingdienst inburgering inburgeringsexamen opvang opvanglocatie uitkering bijstand zorgverzekering verzekering eigen risico bijdrage
	tandarts apotheek woningnet urgentie verblijfsvergunning bijlage beschikking bezwaar afspraak brief loket juridisch vluchtelingenwerk kraamzorg verloskundige
	rijbewijs gastgezin uitzendbureau loonstrook jaaropgave aangifte statushouder woningcorporatie spoed spoedeisende hulp wijkteam voedselbank taalhuis bibliotheek
	veilig thuis slachtofferhulp mijnoverheid berichtenbox chipkaart ovpay inschrijving uittreksel stadhuis stadsloket werkgever toevoeging advocaat basisschool
	consultatiebureau peuteropvang leerplicht sticker whatsapp telegram signal facebook google sms online wifi app email mail pdf iban euro
	wijkverpleegkundige ggz gastouder zorgkantoor bsn-nummer`)

// Abbreviations and brands that are no language at all.
var acronyms = wordSet(`bsn brp rni digid ind coa azc uwv svb duo kvk zzp twv ggd ggz poh rmo rma isk mbo hbo wo vwo havo vmbo cak ov ns bkr vog rdw cbr ing abn amro rabobank bunq revolut
	wmo pgb wia ww wajong wlz coc nt2 lebara lycamobile kpn odido vodafone iban sms pdf wifi whatsapp telegram signal facebook google iphone android youtube
	v-nummer mvv eu tpd rtb ok covid iom unhcr duolingo marktplaats ikea lidl jumbo aldi hema action schiphol amsterdam rotterdam utrecht
	hague haag eindhoven groningen tilburg almere breda nijmegen apel zwolle arnhem maastricht leiden delft haarlem`)
