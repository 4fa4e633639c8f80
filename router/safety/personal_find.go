package safety

import (
	"regexp"
	"strings"
)

// finders look for one kind each; the first to take a piece of text has it.
var finders = []func(plainText, func(kind string, from, to int)){
	findEmail, findIBAN, findVNumber, findDocument, findCard, findPhone, findBSN, findAddress,
}

var (
	emailForm  = regexp.MustCompile(`[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}`)
	ibanForm   = regexp.MustCompile(`[a-z]{2}[ -]?[0-9]{2}(?:[ .-]?[a-z0-9]){11,30}`)
	digitsForm = regexp.MustCompile(`[0-9](?:[ .\-/]{0,2}[0-9])*`)
	phoneForm  = regexp.MustCompile(`(?:\+|00)? ?[0-9(](?:[ .\-/()]{0,3}[0-9])+`)
	codeForm   = regexp.MustCompile(`[a-z\x01]{0,3}[ -]?[0-9](?:[ -]?[0-9]){4,11}|[a-z]{1,2}[a-z0-9]{6}[0-9]`)
)

// ibanLength is the number of signs of an IBAN by country.
var ibanLength = map[string]int{
	"nl": 18, "ua": 29, "be": 16, "de": 22, "pl": 28, "fr": 27, "es": 24, "it": 27, "gb": 22, "ie": 22, "lt": 20, "lv": 21,
	"ee": 20, "ro": 24, "bg": 22, "cz": 24, "sk": 24, "hu": 28, "at": 20, "ch": 21, "pt": 25, "se": 24, "dk": 18, "no": 15,
	"fi": 18, "gr": 27, "tr": 26, "lu": 20, "hr": 21, "si": 19, "md": 24, "ge": 22, "lb": 28, "jo": 30, "iq": 23, "cy": 28,
	"mt": 31, "ae": 23, "sa": 24, "eg": 29, "rs": 22, "is": 26, "by": 28, "ru": 33, "kz": 20, "az": 28, "il": 23,
}

func findEmail(p plainText, take func(string, int, int)) {
	if !strings.Contains(p.bytes, "@") {
		return
	}
	for _, m := range emailForm.FindAllStringIndex(p.bytes, -1) {
		take(Email, m[0], m[1])
	}
}

func findIBAN(p plainText, take func(string, int, int)) {
	for from := 0; from < len(p.bytes); {
		m := ibanForm.FindStringIndex(p.bytes[from:])
		if m == nil {
			return
		}
		start, end := from+m[0], from+m[1]
		from = start + 1
		if start > 0 && isWordByte(p.bytes[start-1]) {
			continue
		}
		n, stop := ibanLength[p.bytes[start:start+2]], start
		var signs strings.Builder
		for stop < end && signs.Len() < n {
			if isWordByte(p.bytes[stop]) {
				signs.WriteByte(p.bytes[stop])
			}
			stop++
		}
		if n == 0 || signs.Len() < n || !mod97(signs.String()) {
			continue
		}
		take(IBAN, start, stop)
		from = stop
	}
}

// mod97 is the check of ISO 13616.
func mod97(iban string) bool {
	rest := 0
	for _, c := range []byte(iban[4:] + iban[:4]) {
		if c >= '0' && c <= '9' {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'a') + 10) % 97
		}
	}
	return rest == 1
}

// wordsNear are words that say what a number is. They are looked for in the text just
// before it, in lower case.
var (
	vnumberWords  = regexp.MustCompile(`(?:^|[^a-zа-яіїєґ])(?:v|в)[ .-]?(?:num|nr|no|n°|ном|number|nummer)|v-?nummer|vreemdelingennummer|رقم ?(?:ال)?[vفـ]|(?:^|\s)v[ :#-]*$|в-?номер|vnr`)
	documentWords = regexp.MustCompile(`passport|paspoort|pasport|паспорт|закордонн|загран|جواز|باسبور|жидкарт|айді|\bid\b|id-? ?(?:card|kaart|карт)|ідкарт|identit|посвідк|посвідчен|удостоверен|права|водійськ|водительск|документ|document|بطاقة|هوية|الهوية|وثيقة|رخصة|إقامة|اقامة|verblijf|rijbewijs|licen[cs]e|permit|вид на жительство|внж|обложк|свідоцтв|свидетельств|dossier`)
	bsnWords      = regexp.MustCompile(`bsn|бсн|burgerservice|sofi|ب.?س.?ن|رقم المواطن|رقم الخدمة`)
	phoneWords    = regexp.MustCompile(`тел|phone|tel\b|tel[.:]|bel |mobi|моб|whats|ватсап|вотсап|вайбер|viber|telegram|телеграм|nummer is|дзвон|звон|подзвон|call|هاتف|موبايل|جوال|تلفون|واتس|رقمي|اتصل|تواصل|signal|сигнал`)
	moneyAfter    = regexp.MustCompile(`^[ ]?(?:€|eur|euro|євро|евро|грн|гривен|гривн|руб|usd|\$|долар|доллар|يورو|دولار|ليرة|uah|тис|тыс|%)`)
)

// isEmergency says whether a number of digits is one to call in need or an office's, which
// must stay readable.
func isOffice(digits string) bool {
	for _, p := range [...]string{"0800", "0900", "088", "085", "0906", "0909", "14"} {
		if strings.HasPrefix(digits, p) && (p != "14" || len(digits) <= 6) {
			return true
		}
	}
	switch digits {
	case "112", "113", "116111", "0334481186", "0703334444", "0203467250":
		return true
	}
	return false
}

func findVNumber(p plainText, take func(string, int, int)) {
	eachNumber(p, func(from, to int, digits string) {
		if len(digits) == 10 && vnumberWords.MatchString(p.before(from, 24)) {
			take(VNumber, from, to)
		}
	})
}

func findBSN(p plainText, take func(string, int, int)) {
	eachNumber(p, func(from, to int, digits string) {
		if moneyAfter.MatchString(p.after(to, 8)) || from > 0 && strings.IndexByte("€$+", p.bytes[from-1]) >= 0 {
			return
		}
		if len(digits) == 8 && bsnWords.MatchString(p.before(from, 24)) {
			digits = "0" + digits
		}
		if len(digits) == 9 && elevenTest(digits) {
			take(BSN, from, to)
		}
	})
}

// elevenTest is the check of a BSN: 9·a + 8·b + … + 2·h − i divides by 11.
func elevenTest(digits string) bool {
	sum, any := 0, byte(0)
	for i := range 9 {
		d := digits[i] - '0'
		any |= d
		weight := 9 - i
		if i == 8 {
			weight = -1
		}
		sum += weight * int(d)
	}
	return any != 0 && sum%11 == 0
}

func findCard(p plainText, take func(string, int, int)) {
	eachNumber(p, func(from, to int, digits string) {
		if len(digits) >= 13 && len(digits) <= 19 && strings.IndexByte("23456", digits[0]) >= 0 && luhn(digits) {
			take(Card, from, to)
		}
	})
}

// luhn is the check of ISO/IEC 7812.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// eachNumber calls f for every number that stands free of letters, with its digits alone.
func eachNumber(p plainText, f func(from, to int, digits string)) {
	for _, m := range digitsForm.FindAllStringIndex(p.bytes, -1) {
		from, to := m[0], m[1]
		if from > 0 && isWordByte(p.bytes[from-1]) || to < len(p.bytes) && isWordByte(p.bytes[to]) {
			continue
		}
		f(from, to, onlyDigits(p.bytes[from:to]))
	}
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == letter
}

func findPhone(p plainText, take func(string, int, int)) {
	for _, m := range phoneForm.FindAllStringIndex(p.bytes, -1) {
		from, to := m[0], m[1]
		for p.bytes[from] == ' ' {
			from++
		}
		if from > 0 && isWordByte(p.bytes[from-1]) || to < len(p.bytes) && isWordByte(p.bytes[to]) {
			continue
		}
		digits := onlyDigits(p.bytes[from:to])
		foreign := p.bytes[from] == '+' || strings.HasPrefix(digits, "00")
		switch {
		case moneyAfter.MatchString(p.after(to, 8)) || isOffice(digits):
		case foreign && len(digits) >= 9 && len(digits) <= 16,
			len(digits) == 10 && digits[0] == '0',
			len(digits) == 9 && digits[0] == '6' && phoneWords.MatchString(p.before(from, 24)),
			(len(digits) == 11 || len(digits) == 12) && (strings.HasPrefix(digits, "380") || strings.HasPrefix(digits, "316") || strings.HasPrefix(digits, "963") || strings.HasPrefix(digits, "964")):
			take(Phone, from, to)
		}
	}
}

func findDocument(p plainText, take func(string, int, int)) {
	for _, m := range codeForm.FindAllStringIndex(p.bytes, -1) {
		from, to := m[0], m[1]
		code := p.bytes[from:to]
		if from > 0 && isWordByte(p.bytes[from-1]) || to < len(p.bytes) && isWordByte(p.bytes[to]) {
			continue
		}
		if documentWords.MatchString(p.before(from, 32)) && !bsnWords.MatchString(p.before(from, 12)) {
			take(Document, from, to)
			continue
		}
		_ = code
	}
}
