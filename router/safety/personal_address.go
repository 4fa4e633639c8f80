package safety

import (
	"regexp"
	"strings"
)

// house is the number of a house: "12", ", 45b", "nr. 7", "263-267".
const house = `,? ?(?:nr\.?|no\.?|№|номер|дом|буд\.?|будинок|رقم)? ?[0-9]{1,4}(?:-[0-9]{1,4})?(?: ?[a-zа-я](?:[^\pL]|$))?`

var (
	// A Dutch street ends in one of these words. What is common in other words too needs a
	// capital.
	sureStreet = regexp.MustCompile(`(?:^|[^\pL])([\pL'-]{2,}(?:straat|laan|plein|gracht|singel|kade|dreef|plantsoen|страат|штраат|лаан|плейн|грахт|сингел|дреф|дреєф|плантсун|سترات|ستراات|خراخت)` + house + `)`)
	capStreet  = regexp.MustCompile(`(?:^|[^\pL])((?:[\pL'-]+ ){0,2}[\pL'-]*(?:straat|laan|weg|plein|kade|gracht|singel|hof|dijk|pad|steeg|plantsoen|dreef|markt|baan|boulevard|kanaal|wal|rak|veld|park|вег|хоф|дейк|каде|парк|лан|стейг)` + house + `)`)
	streetOf   = regexp.MustCompile(`(?:^|[^\pL])((?:laan|plein|park|hof|kade|weg|straat) (?:van|der|den|de|het|1[0-9]{3})(?: [\pL'-]+){0,3}` + house + `)`)
	// Elsewhere the word for street stands first.
	slavicStreet = regexp.MustCompile(`(?:^|[^\pL])((?:вул|вулиц[яіею]|ул|улиц[аеыу]|просп|проспект[іеу]?|бульвар|провулок|пров|переул\pL*|набережна\pL*)\.? ?[\pL'’ .-]{3,40}?,? ?(?:буд|будинок|д|дом)?\.? ?[0-9]{1,4}\pL?(?:,? ?(?:кв|квартира|оф)\.? ?[0-9]{1,4})?)`)
	arabicStreet = regexp.MustCompile(`(?:^|[^\pL])(شارع [\pL' -]{2,40}?[،,]? ?(?:رقم|بناء|بناية)? ?[0-9]{1,4})`)
	// After a word for living somewhere any name with a number is an address.
	livesAt  = regexp.MustCompile(`(?:woon|wonen|adres|address|live at|living at|live on|moved to|moving to|verhui|живу|живем|живём|мешка|прожива|адрес|переїха|переїжд|переех|переезж|снима|зніма|оренду|huur|rent|flat|квартир|house|huis|azc|come to|kom naar|приїжд|приезж|ساكن|عنوان|اسكن|أسكن|نسكن|انتقل|بيتي|بيتنا|نقلت)[^0-9]{0,20}$`)
	anyName  = regexp.MustCompile(`(?:^|[^\pL])([\pL'-]{3,}(?: [\pL'-]+){0,3}` + house + `)`)
	year     = regexp.MustCompile(`[^0-9](?:19|20)[0-9]{2}$`)
	postcode = regexp.MustCompile(`(?:^|[^a-z0-9])([1-9][0-9]{3} ?[a-z]{2})(?:$|[^a-z0-9])`)
)

// Parts of words without which an address of that form cannot be there.
const (
	streets = "str laan weg plein kade gracht singel hof dijk pad steeg plants dreef markt baan boul kanaal wal rak veld park страат лаан плейн грахт сингел дре плантс вег хоф дейк каде парк лан стейг ستر خراخت"
	homes   = "woon wone adr live liv mov verhui house huis huur rent flat azc kom come жив мешк прож адр пере снима зніма оренд кварт приї прие ساكن عنوان سكن انتقل بيت نقل"
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
			for to > from && !isWordByte(p.bytes[to-1]) {
				to--
			}
			if to > from && fits(from, to) && !unitAfter.MatchString(p.after(to, 8)) && !moneyAfter.MatchString(p.after(to, 8)) && !year.MatchString(p.bytes[from:to]) {
				take(Address, from, to)
			}
		}
	}
	always := func(int, int) bool { return true }
	look(slavicStreet, "ул просп бульв пров пере набер", always)
	look(arabicStreet, "شارع", always)
	look(streetOf, streets, always)
	look(sureStreet, streets, always)
	lives := func(from int) bool { return livesAt.MatchString(p.before(from, labelReach)) }
	look(capStreet, streets, func(from, to int) bool { return p.capital[from] || lives(from) })
	look(anyName, homes, func(from, to int) bool {
		return (p.capital[from] || scriptOf(p.runes[from]) == arabic) && lives(from)
	})
	look(postcode, "0 1 2 3 4 5 6 7 8 9", func(from, to int) bool {
		return p.capital[to-1] || p.bytes[from+4] != ' ' || postcodeWord.MatchString(p.before(from, labelReach))
	})
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
