package safety

import "regexp"

var (
	postcode = regexp.MustCompile(`(?:^|[^a-z0-9])([1-9][0-9]{3} ?[a-z]{2})(?:$|[^a-z0-9])`)
	// A Dutch street ends in one of these words, with the house behind it.
	dutchStreet = regexp.MustCompile(`(?:^|[^\pL])((?:[\pL'.-]+ ){0,2}?[\pL'-]*(?:straat|str\.|laan|weg|plein|kade|gracht|singel|hof|dijk|pad|steeg|plantsoen|dreef|markt|baan|boulevard|kanaal|wal|страат|штраат|лаан|плейн|ستراات|سترات|لان) [0-9]{1,4} ?(?:[a-z](?:$|[^\pL]))?)`)
	// Elsewhere the word for street stands first.
	slavicStreet = regexp.MustCompile(`(?:^|[^\pL])((?:вул\.?|вулиц[яіею]|ул\.?|улиц[аеыу]|просп\.?|проспект[іеу]?|бульвар|провулок|пров\.|переул\p{L}*|набережна\p{L}*) ?[\pL'’ .-]{3,40}?,? ?(?:буд\.?|будинок|д\.?|дом)? ?[0-9]{1,4}\p{L}?(?:,? ?(?:кв\.?|квартира|оф\.) ?[0-9]{1,4})?)`)
	arabicStreet = regexp.MustCompile(`(?:^|[^\pL])(شارع [\pL' -]{2,40}?،? ?(?:رقم|بناء|بناية)? ?[0-9]{1,4})`)
)

// findAddress looks for streets with a house number and for postcodes.
func findAddress(p plainText, take func(string, int, int)) {
	// Letters of other scripts count here, so the search runs over the runes themselves.
	text := make([]byte, 0, len(p.runes)*2)
	at := make([]int, 0, len(p.runes)*2)
	for i, r := range p.runes {
		if c := p.bytes[i]; c != letter {
			r = rune(c)
		}
		n := len(text)
		text = append(text, string(r)...)
		for range len(text) - n {
			at = append(at, i)
		}
	}
	at = append(at, len(p.runes))
	for _, form := range [...]*regexp.Regexp{dutchStreet, slavicStreet, arabicStreet, postcode} {
		for _, m := range form.FindAllSubmatchIndex(text, -1) {
			from, to := at[m[2]], at[m[3]]
			for to > from && !isWordByte(p.bytes[to-1]) {
				to--
			}
			if to > from {
				take(Address, from, to)
			}
		}
	}
}
