// Package direction knows which languages are written from right to left.
package direction

import "golang.org/x/text/language"

// RTL reports whether the language of a BCP 47 tag is written from right to left. A
// script in the tag counts (ar-Latn is not); an unknown tag is not.
func RTL(lang string) bool {
	tag, err := language.Parse(lang)
	if err != nil {
		return false
	}
	if base, _ := tag.Base(); base.String() == "prs" {
		return true // Dari, of which the language tables know no script
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg", "Mand", "Samr":
		return true
	}
	return false
}

// Of is the value of HTML's dir attribute for a language: "rtl" or "ltr".
func Of(lang string) string {
	if RTL(lang) {
		return "rtl"
	}
	return "ltr"
}
