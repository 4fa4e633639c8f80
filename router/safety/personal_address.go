package safety

import (
	"regexp"
	"strings"
)

// house is the number of a house: "12", ", 45b", "nr. 7", "263-267". Commas of other
// scripts are question marks here, see plainText.
const house = `[,?]? ?(?:nr\.?|no\.?|№|номер|дом|буд\.?|будинок|رقم|huisnummer|nummer)? ?[1-9][0-9]{0,3}(?:-[0-9]{1,4})?(?:[ -]?(?:[a-zа-я]|hs|i{1,3}|iv)(?:[^\pL]|$))?`

// dutchStreet is how a Dutch street ends, as it is written in every script; in other
// words that is rare.
const dutchStreet = `str\.?|straat|straße|strasse|laan|plein|gracht|singel|kade|dreef|plantsoen|страат|штраат|страт|штрат|лаан|плейн|плайн|грахт|сингел|сінгел|дреф|дреєф|плантсун|سترات|ستراات|شترات|خراخت|غراخت|بلاين|سينخل`

var (
	sureStreet = regexp.MustCompile(`(?:^|[^\pL])([\pL'-]{2,}(?:` + dutchStreet + `)` + house + `)`)
	// What is common in other words too needs a capital, or more letters before it.
	capStreet  = regexp.MustCompile(`(?:^|[^\pL])((?:[\pL'-]+ ){0,2}[\pL'-]*(?:straat|laan|weg|plein|kade|gracht|singel|hof|dijk|pad|steeg|plantsoen|dreef|markt|baan|boulevard|kanaal|wal|rak|veld|park|blaak|werf|vaart|horst|voorhout|вег|хоф|дейк|каде|парк|стейг|маркт|баан)` + house + `)`)
	longStreet = regexp.MustCompile(`(?:^|[^\pL])([\pL'-]{4,}(?:weg|dijk|hof|вег|вех|веґ|лан|дайк|хоф|гоф|لان|فيخ|فيغ|دايك)` + house + `)`)
	streetOf   = regexp.MustCompile(`(?:^|[^\pL])((?:laan|plein|park|hof|kade|weg|straat|лаан|лан|плейн|парк|каде|вег|страат|لان|بلاين|كادي|فيخ) (?:van|der|den|de|het|1[0-9]{3}|ван|дер|ден|де|хет|фан|فان|دير|دن|دي)(?: [\pL'-]+){0,3}` + house + `)`)
	// The number may stand first: "12 Kerkstraat", "дом 17 по Моленстраат".
	numberFirst = regexp.MustCompile(`(?:^|[^\pL0-9])([0-9]{1,3}[a-zа-я]?,? (?:(?:in|on|at|op|aan|de|het|the|на|по|в|у|في|على) ){0,2}[\pL'-]{2,}(?:` + dutchStreet + `))(?:$|[^\pL])`)
	// As it is written in English and French, with capitals.
	english = regexp.MustCompile(`(?:^|[^\pL0-9])([0-9]{1,4}[a-z]?,? (?:[\pL'-]+ ){1,3}(?:street|road|avenue|lane|drive|square|court|gardens|terrace)(?:,? (?:apartment|apt|flat|unit)\.? ?[0-9]{1,4})?)(?:$|[^\pL0-9])`)
	french  = regexp.MustCompile(`(?:^|[^\pL])((?:rue|avenue|chaussée|chaussee) [\pL'-]+(?: [\pL'-]+){0,4}` + house + `)`)
	// Before a postcode any name with a number is an address.
	withPostcode = regexp.MustCompile(`(?:^|[^\pL])((?:[\pL'-]+ ){0,2}[\pL'-]{3,} [0-9]{1,4} ?[a-z]?[ ,]+[1-9][0-9]{3} ?[a-z]{2})(?:$|[^a-z0-9])`)
	// Elsewhere the word for street stands first.
	slavicStreet = regexp.MustCompile(`(?:^|[^\pL])((?:(?:вул|ул|просп|пров|пер|пл|наб|мкр|ш)\.|(?:вул|ул|просп|пров|мкр|вулиця|вулицею|вулицю|улица|улицу|улицы|проспект|бульвар|провулок|переулок|набережна|набережная|площа|площадь|шосе|шоссе|мікрорайон|микрорайон) ) ?(?:[0-9]{1,4}(?:-\pL{1,3})? )?\pL[\pL'’ .-]{2,40}?` + slavicHouse + `)`)
	// These are short for other things too, and need a name with a capital.
	slavicShort  = regexp.MustCompile(`(?:^|[^\pL])((?:пр\.|пр-т|м-н|мкрн|мкр-н|ж/м) ?(\pL[\pL'’ .-]{2,40}?)(?: [0-9]{1,2},)?` + slavicHouse + `)`)
	slavicName   = regexp.MustCompile(`(?:^|[^\pL])((?:вулиц[іею]|улиц[еу]|проспект[іеу]|переулк[еу]|провулку|площі|площади|бульварі|бульваре|набережн\pL+) (\pL[\pL'’ .-]{2,40}?)` + slavicHouse + `)`)
	latinSlavic  = regexp.MustCompile(`(?:^|[^\pL])((?:vul|ul\.|vulyts\pL*|vulits\pL*|ulits\pL*|ulica|prosp|prospekt)\.? \pL[\pL' -]{2,40}?,? ?(?:bud|d|dom)?\.? ?[0-9]{1,4}(?:,? ?(?:kv|kvartira)\.? ?[0-9]{1,4})?)`)
	arabicStreet = regexp.MustCompile(`(?:^|[^\pL])(شارع [\pL' -]{2,40}?[?,]? ?(?:رقم|بناء|بناية|عمارة|بيت)? ?[0-9]{1,4}|[0-9]{1,4} شارع \pL{2,})`)
	// After a word for living somewhere any name with a number is an address.
	livesAt = regexp.MustCompile(`(?:woon|wonen|adres|address|live at|living at|live on|moved to|moving to|verhui|живу|живем|живём|мешка|прожива|адрес|переїха|переїжд|переех|переезж|посел|пересел|снима|зніма|оренду|huur|rent|flat|квартир|house|huis|azc|come to|kom naar|приїжд|приезж|ساكن|السكن|عنوان|اسكن|أسكن|نسكن|نعيش|أعيش|انتقل|بيتي|بيتنا|نقلت|enwan)[^0-9]{0,20}$`)
	anyName = regexp.MustCompile(`(?:^|[^\pL])([\pL'-]{3,}(?: [\pL'-]+){0,3}` + house + `)`)
	// laterName is the same where other words stand before the name.
	laterName = regexp.MustCompile(anyName.String())
	// addressEnds is what may follow a house number when nothing but its name says that it
	// is one.
	addressEnds = regexp.MustCompile(`^(?:$|[,.;!?\n]|,? ?(?:in|te|bij|near|apt|kv|кв|в|у|في) )`)
	year        = regexp.MustCompile(`[^0-9](?:19|20)[0-9]{2}$`)
	postcode    = regexp.MustCompile(`(?:^|[^a-z0-9])([1-9][0-9]{3} ?[a-zа-я]{2}(?:[ ,]+(?:huisnummer|house number|nummer|nr\.?|будинок|дом|رقم البيت) ?[0-9]{1,4})?)(?:$|[^\pL0-9])`)
	// What looks like a street and is none, and what counts something else than houses.
	noStreet = regexp.MustCompile(`(?:onder|snel|auto|spoor|lucht|urine|terug|heen|half)weg\b|(?:arbeids|woning|super)markt|vliegveld|(?:суб|маги|маґі|магі|ка)страт`)
	noName   = regexp.MustCompile(`منذ|غرف|سنة|سنو|شهر|يوم|بوع|شخص|ولاد|ليال|(?:^| )(?:з|із|від|от|за|на|до|около|близько|приблизно|примерно|sinds|since|for|with|met|voor|room|kamer|кімнат|комнат|bus|tram|lijn|line|automobile|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|january|february|march|may|june|july|august|october)\pL{0,2}(?: |$)`)
)

// slavicHouse is the number of a house and of a flat, in Ukrainian and Russian.
const slavicHouse = `[,?]? ?(?:буд|будинок|д|дом)?\.? ?[0-9]{1,4}(?:/[0-9]{1,4})?(?:-?[а-яa-z](?:[^\pL]|$))?(?:,? ?(?:кв|квартира|оф)\.? ?[0-9]{1,4})?`

// Parts of words without which an address of that form cannot be there.
const (
	streets = "str laan weg plein kade gracht singel hof dijk pad steeg plants dreef markt baan boul kanaal wal rak veld park blaak werf vaart horst voorhout маркт баан страат страт штрат лаан лан плейн плайн грахт сингел сінгел дре плантс вег вех веґ хоф гоф дейк дайк каде парк стейг лан كادي ستر شتر خراخت غراخت بلاين سينخل لان فيخ فيغ دايك"
	homes   = "woon wone adr addr live liv mov verhui house huis huur rent flat azc kom come жив мешк прож адр пере посел снима зніма оренд кварт приї прие ساكن عنوان سكن انتقل بيت نقل عيش enwan"
)

func containsAny(s, parts string) bool {
	for part := range strings.FieldsSeq(parts) {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// findAddress looks for streets with a house number and for postcodes.
func findAddress(p plainText, take func(string, int, int)) {
	// Letters of other scripts count here, so the search runs over the runes themselves.
	var text strings.Builder
	var at []int
	for i, r := range p.runes {
		if c := p.bytes[i]; c != letter {
			r = rune(c)
		}
		n := text.Len()
		text.WriteRune(r)
		for range text.Len() - n {
			at = append(at, i)
		}
	}
	at = append(at, len(p.runes))
	s := text.String()
	look := func(form *regexp.Regexp, signs string, fits func(from, to int) bool) {
		if !containsAny(s, signs) { // most texts have none of these, and the search is slow
			return
		}
		for _, m := range form.FindAllStringSubmatchIndex(s, -1) {
			from, to := at[m[2]], at[m[3]]
			if form == capStreet || form == withPostcode || form == laterName {
				from = p.named(from, to)
			}
			if form == sureStreet || form == longStreet || form == capStreet {
				from = p.wholeName(from)
			}
			for to > from && !isWordByte(p.bytes[to-1]) {
				to--
			}
			if to > from && fits(from, to) && !unitAfter.MatchString(p.after(to, 8)) && !moneyAfter.MatchString(p.after(to, 8)) && !year.MatchString(p.bytes[from:to]) {
				take(Address, from, to)
			}
		}
	}
	always := func(int, int) bool { return true }
	look(slavicStreet, "ул просп бульв пров пере пер. набер наб. площ пл. мкр район шос ш.", always)
	look(slavicName, "улиц просп бульв пров пере набер площ", func(from, to int) bool {
		space := strings.IndexByte(p.bytes[from:to], ' ')
		return space > 0 && p.capital[from+space+1]
	})
	look(slavicShort, "пр. пр-т м-н мкр ж/м", func(from, to int) bool {
		name := from + strings.IndexAny(p.bytes[from:to], ". ") + 1
		for name < to && p.bytes[name] == ' ' {
			name++
		}
		return name < to && p.capital[name]
	})
	look(latinSlavic, "vul ulic ulits prosp ul.", always)
	look(arabicStreet, "شارع", always)
	look(withPostcode, "0 1 2 3 4 5 6 7 8 9", func(from, to int) bool { return p.capital[to-1] && p.capital[from] })
	look(streetOf, streets, always)
	look(english, "street road avenue lane drive square court gardens terrace", func(from, to int) bool {
		return p.capital[from+strings.IndexByte(p.bytes[from:to], ' ')+1]
	})
	look(french, "rue avenue chauss", func(from, to int) bool { return p.capital[from] })
	look(sureStreet, streets, func(from, to int) bool { return !noStreet.MatchString(p.after(from, to-from)) })
	look(numberFirst, streets, always)
	lives := func(from int) bool { return livesAt.MatchString(p.before(from, labelReach)) }
	look(capStreet, streets, func(from, to int) bool {
		return (p.capital[from] || lives(from)) && !noStreet.MatchString(p.after(from, to-from))
	})
	look(longStreet, streets, func(from, to int) bool {
		latin := p.bytes[from] >= 'a' && p.bytes[from] <= 'z'
		return (latin || p.capital[from] || lives(from)) && !noStreet.MatchString(p.after(from, to-from))
	})
	look(laterName, homes, func(from, to int) bool {
		return p.capital[from] && !p.capital[from+1] && lives(from) && addressEnds.MatchString(p.after(to, 8)) && !noName.MatchString(p.after(from, to-from))
	})
	look(anyName, homes, func(from, to int) bool {
		return (p.capital[from] && !p.capital[from+1] || scriptOf(p.runes[from]) == arabic) && lives(from) && !noName.MatchString(p.after(from, to-from))
	})
	look(postcode, "0 1 2 3 4 5 6 7 8 9", func(from, to int) bool {
		return p.capital[from+4] && p.bytes[from+5] != letter || p.capital[from+5] || p.bytes[from+4] != ' ' && p.bytes[from+4] != letter ||
			postcodeWord.MatchString(p.before(from, labelReach))
	})
}

// named moves the begin of an address to its first word with a capital, if it has one
// before its number: what stands before the name of the street is no part of it.
func (p plainText) named(from, to int) int {
	if scriptOf(p.runes[from]) == arabic || p.bytes[from] >= '0' && p.bytes[from] <= '9' {
		return from
	}
	for i := from; i < to && (p.bytes[i] < '0' || p.bytes[i] > '9'); i++ {
		if p.capital[i] && (i == from || p.bytes[i-1] == ' ') {
			return i
		}
	}
	return from
}

// particles are the small words inside the name of a street.
var particles = map[string]bool{"van": true, "de": true, "der": true, "den": true, "het": true, "ten": true, "ter": true, "in": true,
	"ван": true, "дер": true, "де": true, "ден": true, "фан": true}

// honours are words that begin the name of a street, also where every word begins with a
// capital.
var honours = map[string]bool{"1e": true, "2e": true, "3e": true, "prins": true, "prinses": true, "koning": true, "koningin": true,
	"burgemeester": true, "burg": true, "dokter": true, "dr": true, "professor": true, "prof": true, "generaal": true, "admiraal": true,
	"pastoor": true, "sint": true, "st": true, "van": true, "jan": true, "lange": true, "korte": true, "oude": true, "nieuwe": true,
	"grote": true, "kleine": true, "принс": true, "принсес": true, "бургомістр": true, "ван": true, "ланге": true, "корте": true, "ауде": true}

// wholeName moves the begin of a street's name back over the words before it that belong
// to it: "Burgemeester van der Meulenstraat", "1e Jan Steenstraat". A word that begins
// the text or a sentence is capital for another reason.
func (p plainText) wholeName(from int) int {
	start := from
	for i := from; i > 1 && p.bytes[i-1] == ' '; {
		word := i - 1
		for word > 0 && isWordByte(p.bytes[word-1]) {
			word--
		}
		small := string(p.runes[word : i-1])
		opens := word == 0 || word > 1 && strings.IndexByte(".!?\n", p.bytes[word-2]) >= 0 || p.bytes[word-1] == '\n'
		switch {
		case word < i-1 && p.capital[word] && !opens, honours[small]:
			start = word
		case particles[small]:
		default:
			return start
		}
		i = word
	}
	return start
}

var postcodeWord = regexp.MustCompile(`postc|индекс|індекс|adres|address|адрес|رمز|عنوان|woon|живу`)

// joinAddresses makes one span of a street and the postcode behind it, with the town if it
// follows.
func joinAddresses(text string, spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if n := len(out) - 1; n >= 0 && s.Kind == Address && out[n].Kind == Address && strings.Trim(text[out[n].End:s.Start], " ,\n") == "" {
			out[n].End = s.End
			out[n].Text = text[out[n].Start:s.End]
			continue
		}
		out = append(out, s)
	}
	return out
}
