package signal

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// A message of Signal's is named by its author and its timestamp in milliseconds. The
// author is the contact or us, so that the timestamp and one letter say all of it,
// and an identifier holds nothing about a person.

// theirID names a message of the contact's.
func theirID(timestamp int64) string { return strconv.FormatInt(timestamp, 10) }

// ownID names a message of ours.
func ownID(timestamp int64) string { return "o" + strconv.FormatInt(timestamp, 10) }

// eventID names what is not a message: a receipt, something that could not be read.
// The latter must not have the identifier of the message itself, which may still come.
func eventID(kind string, timestamp int64) string {
	return kind + "-" + strconv.FormatInt(timestamp, 10)
}

// parseID is the reverse of [theirID] and [ownID]. The daemon cannot take a timestamp
// that fits in 32 bits, and Signal has none.
func parseID(id string) (timestamp int64, own, ok bool) {
	digits, own := strings.CutPrefix(id, "o")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !sane(n) {
		return 0, false, false
	}
	return n, own, true
}

// sane reports whether a timestamp can be one of Signal's.
func sane(timestamp int64) bool { return timestamp > math.MaxInt32 && timestamp < 1<<53 }

func at(timestamp int64) time.Time { return time.UnixMilli(timestamp).UTC() }

var (
	uuidForm   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	numberForm = regexp.MustCompile(`^\+[1-9][0-9]{4,14}$`)
)

// address is a contact: the UUID where there is one, which stays when the number is
// hidden or changes. ok is false when nobody is named.
func address(uuid, number string) (a bots.Address, ok bool) {
	a.Channel = bots.Signal
	hasNumber := numberForm.MatchString(number)
	switch {
	case uuidForm.MatchString(uuid):
		a.ID = strings.ToLower(uuid)
		if hasNumber {
			a.Alt = []string{number}
		}
	case hasNumber:
		a.ID = number
	default:
		return bots.Address{}, false
	}
	return a, true
}

// recipient is what the daemon calls a contact.
func recipient(a bots.Address) (string, bool) {
	return a.ID, uuidForm.MatchString(a.ID) || numberForm.MatchString(a.ID)
}
