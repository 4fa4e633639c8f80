package language_test

import (
	"testing"

	"github.com/brug-helpdesk/brug/router/language"
)

func TestDetect(t *testing.T) {
	d := language.New(nil)
	for _, c := range []struct{ text, want, why string }{
		{"Скажіть, будь ласка, де знаходиться лікарня", "uk", "plain"},
		{"пидкажить будь ласка де ликарня", "uk", "и typed for і"},
		{"потрiбна квартира", "uk", "a Latin i in a Cyrillic word"},
		{"шо мені робить, нема де жить", "uk", "surzhyk"},
		{"я прийшла на почту а там нікого нету", "uk", "surzhyk"},
		{"де отримати BSN в gemeente?", "uk", "Dutch terms do not make it Dutch"},
		{"страховка", "uk", "a word of both languages leans to Ukrainian"},
		{"где мне получить эту бумагу", "ru", "plain"},
		{"куда идти если потерял телефон", "ru", "no letter that only Russian has"},
		{"وين مكتب الهجرة", "ar", "dialect"},
		{"مرحبا", "ar", "one word"},
		{"چطور می\u200cتوانم ثبت نام کنم", "fa", "plain"},
		{"سلام", "fa", "a greeting Persian uses most"},
		{"ቤት እፈልጋለሁ", "am", "plain"},
		{"ገዛ እደሊ ኣለኹ", "ti", "plain"},
		{"where do I find a lawyer", "en", "plain"},
		{"waar vind ik een advocaat", "nl", "plain"},
		{"tandarts", "nl", "nothing but a Dutch term"},
		{"avukat arıyorum", "tr", "plain"},
		{"szukam prawnika", "pl", "plain"},
		{"je cherche un avocat", "fr", "plain"},
		{"busco un abogado", "es", "plain"},
		{"waxaan raadinayaa qareen", "so", "plain"},
		{"de ya mozhu zapysatysia", "uk-Latn", "transliterated"},
		{"gde mne zapisatsya", "ru-Latn", "transliterated"},
		{"wein fini la2i mo7ami", "ar-Latn", "Arabizi"},
		{"🙏🙏", "und", "emoji"},
		{"0612345678", "und", "a number"},
		{"DigiD", "und", "a name"},
		{"https://ind.nl", "und", "a link"},
		{"", "und", "nothing"},
	} {
		if g := d.Detect(c.text); g.Lang != c.want {
			t.Errorf("%q (%s): %+v, want %s", c.text, c.why, g, c.want)
		}
	}
}
