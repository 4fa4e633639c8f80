package web

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/brug-helpdesk/brug/bots"
)

var (
	visitorForm = regexp.MustCompile(`^[A-Za-z0-9_-]{22,64}$`)
	choiceForm  = regexp.MustCompile(`^[A-Za-z0-9:_-]{1,64}$`)
	eventForm   = regexp.MustCompile(`^[0-9]{1,20}-[0-9]{1,20}$`)
)

// makeAddress is a visitor as the helpdesk knows them.
func makeAddress(visitor string) bots.Address { return bots.Address{Channel: bots.Web, ID: visitor} }

// parseAddress is the visitor of an address.
func parseAddress(a bots.Address) (visitor string, ok bool) {
	return a.ID, a.Channel == bots.Web && visitorForm.MatchString(a.ID)
}

// validMessageID reports an id that a page may give its message.
func validMessageID(id string) bool {
	n := utf8.RuneCountInString(id)
	return n >= 1 && n <= 64 && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}
