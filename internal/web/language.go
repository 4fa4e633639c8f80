package web

import (
	"net/http"

	"golang.org/x/text/language"
)

// Language picks the language of a page by the browser's wish, the first offered
// when none fits.
func Language(r *http.Request, offered ...string) string {
	wished, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return offered[0]
	}
	tags := make([]language.Tag, len(offered))
	for i, o := range offered {
		tags[i] = language.Make(o)
	}
	_, i, confidence := language.NewMatcher(tags).Match(wished...)
	if confidence == language.No {
		return offered[0]
	}
	return offered[i]
}
