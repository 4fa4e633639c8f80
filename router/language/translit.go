package language

import "strings"

// Romanizations in use: the official one of 2010 first, then what people type.
var toLatinUkrainian = []*strings.Replacer{
	strings.NewReplacer("зг", "zgh", "а", "a", "б", "b", "в", "v", "г", "h", "ґ", "g", "д", "d", "е", "e", "є", "ie", "ж", "zh", "з", "z", "и", "y", "і", "i", "ї", "i", "й", "i",
		"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch",
		"ь", "", "ю", "iu", "я", "ia", "'", "", "’", ""),
	strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "ґ", "g", "д", "d", "е", "e", "є", "ye", "ж", "zh", "з", "z", "и", "y", "і", "i", "ї", "yi", "й", "y",
		"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "ch", "ш", "sh", "щ", "sch",
		"ь", "", "ю", "yu", "я", "ya", "'", "", "’", ""),
	strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "h", "ґ", "g", "д", "d", "е", "e", "є", "je", "ж", "zh", "з", "z", "и", "i", "і", "i", "ї", "ji", "й", "j",
		"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "x", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "sh",
		"ь", "", "ю", "ju", "я", "ja", "'", "", "’", ""),
}

var toLatinRussian = []*strings.Replacer{
	strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "yo", "ж", "zh", "з", "z", "и", "i", "й", "y", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o",
		"п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya"),
	strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "j", "з", "z", "и", "i", "й", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o",
		"п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "4", "ш", "sh", "щ", "sh", "ъ", "", "ы", "i", "ь", "", "э", "e", "ю", "u", "я", "ia"),
	strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "ye", "ё", "jo", "ж", "zh", "з", "z", "и", "i", "й", "j", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o",
		"п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "ch", "ш", "sh", "щ", "sch", "ъ", "", "ы", "y", "ь", "'", "э", "e", "ю", "ju", "я", "ja"),
}

// romanized writes texts in Latin letters in every way of the list. Words already Latin are dropped, for
// they are Dutch terms.
func romanized(texts []string, ways []*strings.Replacer) []string {
	var out []string
	for _, text := range texts {
		of, _ := byScript(splitWords(text))
		line := strings.Join(of[cyrillic], " ")
		for _, way := range ways {
			out = append(out, way.Replace(line))
		}
	}
	return out
}

// ToScript writes a message that was typed in Latin letters back into the script of its language,
// so that articles can be searched with it. Other messages, Dutch terms and numbers stay as they are. Many
// romanizations lead back to the same letters; the result is good enough to find, not to show.
func ToScript(text string, g Guess) string {
	var way *strings.Replacer
	switch g.Lang {
	case "uk-Latn":
		way = fromLatinUkrainian
	case "ru-Latn":
		way = fromLatinRussian
	case "ar-Latn":
		way = fromLatinArabic
	default:
		return text
	}
	fields := strings.Fields(text)
	for i, f := range fields {
		w := strings.ToLower(strings.Trim(f, ".,!?:;()\"«»"))
		if acronyms[w] || officialDutch[w] || notWords.MatchString(f) || !hasLatinLetter(w) {
			continue
		}
		fields[i] = way.Replace(w)
	}
	return strings.Join(fields, " ")
}

func hasLatinLetter(w string) bool {
	return strings.ContainsAny(w, "abcdefghijklmnopqrstuvwxyz")
}

var fromLatinUkrainian = strings.NewReplacer(
	"shch", "щ", "sch", "щ", "zgh", "зг", "zh", "ж", "kh", "х", "ts", "ц", "ch", "ч", "sh", "ш",
	"iia", "ія", "iie", "іє", "iiu", "ію", "yia", "ия", "ya", "я", "ja", "я", "ia", "я", "yu", "ю", "ju", "ю", "iu", "ю", "ye", "є", "je", "є", "ie", "є", "yi", "ї", "ji", "ї",
	"yy", "ий", "yj", "ий", "ay", "ай", "ey", "ей", "oy", "ой", "uy", "уй", "ai", "ай", "ei", "ей", "oi", "ой", "ui", "уй",
	"a", "а", "b", "б", "c", "ц", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "г", "i", "і", "j", "й", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "к",
	"r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "w", "в", "x", "х", "y", "и", "z", "з", "'", "ь")

var fromLatinRussian = strings.NewReplacer(
	"shch", "щ", "sch", "щ", "zh", "ж", "kh", "х", "ts", "ц", "ch", "ч", "4", "ч", "sh", "ш",
	"ya", "я", "ja", "я", "ia", "ия", "yu", "ю", "ju", "ю", "iu", "ю", "yo", "ё", "jo", "ё", "ye", "е", "je", "е", "iy", "ий", "yy", "ый", "ay", "ай", "ey", "ей", "oy", "ой", "uy", "уй",
	"aj", "ай", "ej", "ей", "oj", "ой", "ij", "ий",
	"a", "а", "b", "б", "c", "ц", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "х", "i", "и", "j", "ж", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "к",
	"r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "w", "в", "x", "х", "y", "ы", "z", "з", "'", "ь")

// Arabic is typed by ear: long and short vowels look the same. Short vowels are dropped within words.
var fromLatinArabic = strings.NewReplacer(
	"sh", "ش", "ch", "ش", "kh", "خ", "gh", "غ", "th", "ث", "dh", "ذ", "3'", "غ", "ou", "و", "oo", "و", "ee", "ي", "aa", "ا", "ei", "ي", "ay", "ي", "ai", "ي", "iyy", "ي", "eh ", "ه ",
	"2", "ا", "3", "ع", "5", "خ", "6", "ط", "7", "ح", "8", "ق", "9", "ص", "4", "ش",
	"b", "ب", "p", "ب", "t", "ت", "j", "ج", "g", "غ", "d", "د", "r", "ر", "z", "ز", "s", "س", "f", "ف", "v", "ف", "q", "ق", "k", "ك", "c", "ك", "l", "ل", "m", "م", "n", "ن",
	"h", "ه", "w", "و", "y", "ي", "x", "كس", "i", "ي", "o", "و", "u", "و", "a", "ا", "e", "", "'", "")
