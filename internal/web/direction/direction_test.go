package direction

import "testing"

func TestOf(t *testing.T) {
	for lang, want := range map[string]string{
		"ar": "rtl", "ar-SY": "rtl", "fa": "rtl", "ur": "rtl", "ps": "rtl", "ckb": "rtl", "prs": "rtl", "he": "rtl", "yi": "rtl",
		"ar-Latn": "ltr", "ku": "ltr", "uk": "ltr", "ti": "ltr", "nl": "ltr", "": "ltr", "???": "ltr", "uz-Arab": "rtl",
	} {
		if got := Of(lang); got != want {
			t.Errorf("Of(%q) = %s, want %s", lang, got, want)
		}
	}
}
