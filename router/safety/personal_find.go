package safety

import (
	"regexp"
	"strings"
)

var (
	emailForm  = regexp.MustCompile(`[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}`)
	ibanForm   = regexp.MustCompile(`[a-z]{2}[ -]?[0-9]{2}(?:[ .-]?[a-z0-9]){11,30}`)
	numberForm = regexp.MustCompile(`(?:\+ ?)?\(?[0-9](?:[ .\-/()]{0,3}[0-9])*`)
	codeForm   = regexp.MustCompile(`[a-z0-9]{8,10}`)
	dateForm   = regexp.MustCompile(`^(?:[0-3]?[0-9][ ./-][01]?[0-9][ ./-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[ ./-][01]?[0-9][ ./-][0-3]?[0-9])$`)
)

// ibanLength is the number of signs of an IBAN by country (ISO 13616).
var ibanLength = map[string]int{
	"nl": 18, "ua": 29, "be": 16, "de": 22, "pl": 28, "fr": 27, "es": 24, "it": 27, "gb": 22, "ie": 22, "lt": 20, "lv": 21,
	"ee": 20, "ro": 24, "bg": 22, "cz": 24, "sk": 24, "hu": 28, "at": 20, "ch": 21, "pt": 25, "se": 24, "dk": 18, "no": 15,
	"fi": 18, "gr": 27, "tr": 26, "lu": 20, "hr": 21, "si": 19, "md": 24, "ge": 22, "lb": 28, "jo": 30, "iq": 23, "cy": 28,
	"mt": 31, "ae": 23, "sa": 24, "eg": 29, "rs": 22, "is": 26, "by": 28, "ru": 33, "kz": 20, "az": 28, "il": 23,
}

// labels are words that say what the number behind them is.
var labels = map[string]*regexp.Regexp{
	VNumber:   regexp.MustCompile(`(?:^|[^a-zа-яіїєґё])(?:v|в)[ .-]{0,2}(?:num|nr|no\b|n°|ном)|vreemdelingen ?-?n|alien n|foreigner|іноземц|иностранц|رقم (?:ال)?[أا]جن?ا?نب|رقم (?:ال)?ملف|номер[а-яіїє]* (?:в |v )?(?:ind|інд|инд)(?:[^a-zа-яіїєґё]|$)|ind[ -]?(?:num|nr|номер)|رقم (?:ال|الـ ?)?(?:v|ڤي|فيه? )|(?:^|[^a-zа-яіїєґё])[vв][ :#)-]*$|вномер`),
	Document:  regexp.MustCompile(`passp|paspo|pasport|паспорт|закордон|загран|جواز|باسبور|айді|айди|(?:^|[^a-z])id(?:[^a-z]|$)|identi|посвідк|посвідчен|удостовер|водійськ|водительск|права|документ|document|بطاق|هوي|وثيق|رخص|إقام|اقام|verblijf|rijbewijs|licen[cs]e|permit|вид на жит|внж|свідоцтв|свидетельств`),
	BSN:       regexp.MustCompile(`bsn|бсн|burgerservice|sofi-?n|ب ?\.?س ?\.?ن|رقم المواطن|رقم الخدمة|sofinummer`),
	Phone:     regexp.MustCompile(`тел|phone|(?:^|[^a-z])tel|mobi|моб|whats|ватс|вотс|вайбер|viber|telegram|телеграм|дзвон|звон|call|هاتف|موبايل|جوال|تلفون|واتس|اتصل|تواصل|signal|сигнал|(?:^|[^a-z])bel `),
	paperwork: regexp.MustCompile(`kenmerk|factu|invoice|bestel|order|dossier|zaak|referent|ticket|тікет|замовл|заказ|заявк|рахунок-|track|код |code|квитанц|договор|договір|polis|клієнт|klant|klient|client|справ[аи]|дело |رقم الطلب|فاتورة`),
}

// paperwork is the label of numbers that belong to papers, not to people.
const paperwork = "paperwork"

// labelReach is how many letters before a number its label may stand.
const labelReach = 40

// label returns the kind named last before byte i, or right after byte end if nothing is.
func (p plainText) label(i, end int) string {
	best, at := "", -1
	before := p.before(i, labelReach)
	for kind, words := range labels {
		if m := words.FindAllStringIndex(before, -1); m != nil && m[len(m)-1][1] > at {
			best, at = kind, m[len(m)-1][1]
		}
	}
	if best != "" {
		return best
	}
	if words := labels[VNumber]; words.MatchString(p.after(end, 20)) {
		return VNumber
	}
	return ""
}

var (
	moneyAfter = regexp.MustCompile(`^[ ]?(?:€|eur|євро|евро|грн|гривен|гривн|руб|usd|\$|долар|доллар|يورو|دولار|ليرة|uah|тис|тыс|%)`)
	unitAfter  = regexp.MustCompile(`^[ ]?(?:min|мин|хв|km|км|meter|uur|hour|час|год|dag|day|дн|лет|рок|року|jaar|year|week|weke|тиж|нед|maand|month|місяц|месяц|nacht|night|ноч|ніч|ночі|раз|keer|times|persoon|person|people|kinder|child|kids|дет|діт|дітей|людей|осіб|m\b|دقي|ساع|يوم|سن|كم)`)
)

// isOffice says whether a number is one to call in need or an office's, which must stay
// readable.
func isOffice(digits string) bool {
	for _, abroad := range [...]string{"0031", "31"} {
		if rest, ok := strings.CutPrefix(digits, abroad); ok && len(rest) >= 7 {
			digits = "0" + strings.TrimPrefix(rest, "0")
			break
		}
	}
	for _, p := range [...]string{"0800", "0900", "088", "085", "0906", "0909"} {
		if strings.HasPrefix(digits, p) {
			return true
		}
	}
	switch digits {
	case "112", "113", "0334481186", "0703334444", "0203467250", "097010286964", "097010286":
		return true
	}
	return len(digits) <= 6
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

// findNumbers looks at every number and decides by its check digits, its form and the words
// before it.
func findNumbers(p plainText, take func(string, int, int)) {
	for _, m := range numberForm.FindAllStringIndex(p.bytes, -1) {
		from, to := m[0], m[1]
		digits := onlyDigits(p.bytes[from:to])
		if len(digits) < 6 || to < len(p.bytes) && isWordByte(p.bytes[to]) {
			continue
		}
		if moneyAfter.MatchString(p.after(to, 8)) || from > 0 && strings.IndexByte("€$", p.bytes[from-1]) >= 0 {
			continue
		}
		word := from // where letters clinging to the number begin
		for word > 0 && (p.bytes[word-1] == letter || p.bytes[word-1] >= 'a' && p.bytes[word-1] <= 'z') {
			word--
		}
		if kind, start := p.kindOf(word, from, to, digits); kind != "" {
			take(kind, start, to)
		}
	}
}

// kindOf decides what the number p.bytes[from:to] is, and where it begins: a series of one to
// three letters may belong to it.
func (p plainText) kindOf(word, from, to int, digits string) (kind string, start int) {
	label := p.label(from, to)
	if word < from && label != BSN && label != VNumber {
		if from-word > 3 || !p.isDocument(label, word, from, to, digits) {
			return "", 0
		}
		return Document, word
	}
	n, raw := len(digits), p.bytes[from:to]
	plus := raw[0] == '+'
	switch {
	case !plus && n == 10 && (label == VNumber || label == "" && vForm.MatchString(raw)):
		if m := vBefore.FindStringIndex(p.bytes[:from]); m != nil {
			return VNumber, m[1] - len(strings.TrimLeft(p.bytes[m[0]:m[1]], " (")) // the V belongs to it
		}
		return VNumber, from
	case !plus && n == 9 && (label == BSN || label == "" || label == paperwork) && elevenTest(digits),
		n == 8 && label == BSN && elevenTest("0"+digits):
		return BSN, from
	case !plus && n >= 13 && n <= 19 && strings.IndexByte("23456", digits[0]) >= 0 && luhn(digits):
		return Card, from
	case label == Document && !plus && !dateForm.MatchString(raw) && n <= 12 && !unitAfter.MatchString(p.after(to, 8)):
		return Document, p.series(from)
	case isOffice(digits) || dateForm.MatchString(raw) || label == paperwork:
		return "", 0
	case isPhone(digits, plus), n == 9 && digits[0] == '6' && (label == Phone || numberWord.MatchString(p.before(from, 10))):
		return Phone, from
	case !plus && n == 9 && elevenTest(digits):
		return BSN, from
	case p.series(from) < from && n >= 6 && n <= 9 && p.isDocument(label, p.series(from), from, to, digits):
		return Document, p.series(from)
	}
	return "", 0
}

// vForm is how the IND itself writes a V-number.
var vForm = regexp.MustCompile(`^[0-9]{3}\.[0-9]{3}\.[0-9]{4}$`)

var vBefore = regexp.MustCompile(`(?:^|[ (])v[ -]?$`)

var numberWord = regexp.MustCompile(`номер|number|nummer|رقم`)

func isPhone(digits string, plus bool) bool {
	n := len(digits)
	switch {
	case plus, strings.HasPrefix(digits, "00"):
		return n >= 9 && n <= 16
	case digits[0] == '0':
		return n == 10 || n == 11
	}
	for _, country := range [...]string{"380", "316", "963", "964"} {
		if strings.HasPrefix(digits, country) {
			return n == 11 || n == 12
		}
	}
	return false
}

// series returns where the letters of a document number begin, as in "КН 123456": a word of
// one to three capitals before the digits, with a space, a dash or № between. Without one it
// is from.
func (p plainText) series(from int) int {
	i := from
	for i > 0 && from-i < 3 && strings.IndexByte(" -?", p.bytes[i-1]) >= 0 {
		i--
	}
	start := i
	for start > 0 && i-start < 4 && (p.bytes[start-1] == letter || p.bytes[start-1] >= 'a' && p.bytes[start-1] <= 'z') && p.capital[start-1] {
		start--
	}
	if n := i - start; n < 1 || n > 3 || start > 0 && isWordByte(p.bytes[start-1]) {
		return from
	}
	return start
}

// isDocument says whether letters and digits together are a document's number: any after a
// word that says so, otherwise two capitals and six digits or one and eight.
func (p plainText) isDocument(label string, word, from, to int, digits string) bool {
	if label == Document {
		return len(digits) >= 5
	}
	letters := 0
	for i := word; i < from; i++ {
		if p.capital[i] {
			letters++
		}
	}
	return label != paperwork && label != Phone && (letters == 2 && len(digits) == 6 || letters == 1 && (len(digits) == 8 || len(digits) == 9)) &&
		strings.TrimLeft(p.bytes[from:to], "0123456789") == ""
}

// findCodes looks for document numbers in which letters and digits mix.
func findCodes(p plainText, take func(string, int, int)) {
	for _, m := range codeForm.FindAllStringIndex(p.bytes, -1) {
		from, to := m[0], m[1]
		code := p.bytes[from:to]
		if from > 0 && isWordByte(p.bytes[from-1]) || to < len(p.bytes) && isWordByte(p.bytes[to]) {
			continue
		}
		if n := len(onlyDigits(code)); n < 3 || n == len(code) {
			continue
		}
		if p.label(from, to) == Document {
			take(Document, from, to)
		}
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
