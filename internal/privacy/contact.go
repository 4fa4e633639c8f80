package privacy

import (
	"html/template"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
)

// contact is how to reach the organisation, as the coordinator wrote it.
type contact string

var telephone = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{5,}$`)

// Link is where a press on it leads; empty for what is only to be read.
func (c contact) Link() template.URL {
	s := string(c)
	if a, err := mail.ParseAddress(s); err == nil && a.Address == s {
		return template.URL("mailto:" + url.PathEscape(s))
	}
	if u, err := url.Parse(s); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return template.URL(u.String())
	}
	if telephone.MatchString(s) {
		return template.URL("tel:" + strings.Map(func(r rune) rune {
			if strings.ContainsRune(" ()-", r) {
				return -1
			}
			return r
		}, s))
	}
	return ""
}
