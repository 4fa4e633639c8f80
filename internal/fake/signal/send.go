package signal

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Received is a message of the helpdesk on somebody's phone.
type Received struct {
	Timestamp int64
	Text      string
	Styles    []Style
	// Quote is the timestamp of the message it answers, 0 for none.
	Quote       int64
	QuoteAuthor string
}

// Style is a style over part of a text, in UTF-16 code units.
type Style struct {
	Start, Len int
	Name       string
}

func result(p *Person, recipient, kind string) Fields {
	uuid, number := "", recipient
	if p != nil {
		uuid, number = p.uuid, p.number
	} else if uuidForm.MatchString(recipient) {
		uuid, number = recipient, ""
	}
	return Fields{
		"recipientAddress": Fields{"uuid": orNull(uuid), "number": orNull(number), "username": nil},
		"type":             kind,
	}
}

// send follows commands/SendCommand.java.
func (d *Daemon) send(p params) (any, error) {
	groups := p.list("groupId")
	recipients := p.list("recipient")
	if len(groups) == 0 && len(recipients) == 0 {
		return nil, refuse(userError, "No recipients given")
	}
	for _, r := range recipients {
		if !uuidForm.MatchString(r) && !strings.ContainsAny(r, "0123456789") {
			return nil, refuse(userError, "Invalid phone number '%s': No valid characters found.", r)
		}
	}
	text, _ := p.text("message")
	m := Received{Text: text}
	var err error
	if m.Styles, err = styles(p.list("textStyle"), text); err != nil {
		return nil, err
	}
	quote, quoted, err := p.moment("quoteTimestamp")
	if err != nil {
		return nil, err
	}
	if quoted {
		author, ok := p.text("quoteAuthor")
		if !ok {
			return nil, refuse(userError, "Quote author parameter is missing")
		}
		m.Quote, m.QuoteAuthor = quote, author
	}
	if text == "" && !quoted && len(p.list("attachment")) == 0 {
		return nil, refuse(userError, "Sending empty message is not allowed, either a message, attachment or sticker must be given.")
	}
	m.Timestamp = d.now()
	var results []Fields
	for _, id := range groups {
		g := d.groups[id]
		if g == nil {
			return nil, refuse(userError, "Invalid group id: Failed to decode groupId (must be base64) %q: Invalid group id of size %d", id, base64.StdEncoding.DecodedLen(len(id)))
		}
		g.inbox = append(g.inbox, m)
		results = append(results, result(nil, Account, "SUCCESS"))
	}
	for _, r := range recipients {
		person := d.person(r)
		kind := person.takes()
		if kind == "SUCCESS" {
			person.inbox = append(person.inbox, m)
		}
		results = append(results, result(person, r, kind))
	}
	return sent(m.Timestamp, results)
}

// sent is the answer to everything that is sent (util/SendMessageResultUtils.java):
// an error only when nobody got it.
func sent(timestamp int64, results []Fields) (any, error) {
	response := Fields{"timestamp": timestamp, "results": results}
	kinds := make(map[any]bool)
	for _, r := range results {
		kinds[r["type"]] = true
	}
	refused := &refusal{code: userError, message: "Failed to send message", response: response}
	switch {
	case kinds["SUCCESS"]:
		return response, nil
	case len(kinds) == 1 && kinds["IDENTITY_FAILURE"]:
		refused.code, refused.message = untrustedKey, "Failed to send message due to untrusted identities"
	case len(kinds) == 1 && kinds["RATE_LIMIT_FAILURE"]:
		refused.code, refused.message = rateLimited, "Failed to send message due to rate limiting"
	}
	return nil, refused
}

var styleForm = regexp.MustCompile(`^(\d+):(\d+):(.+)$`)

func styles(list []string, text string) ([]Style, error) {
	var out []Style
	units := len(utf16.Encode([]rune(text)))
	for _, s := range list {
		m := styleForm.FindStringSubmatch(s)
		if m == nil {
			return nil, refuse(userError, "Invalid textStyle syntax (%s) expected 'start:length:STYLE'", s)
		}
		start, err := strconv.Atoi(m[1])
		n, err2 := strconv.Atoi(m[2])
		if err != nil || err2 != nil {
			return nil, refuse(internalError, "For input string: %q (NumberFormatException)", s)
		}
		if !slices.Contains([]string{"BOLD", "ITALIC", "STRIKETHROUGH", "MONOSPACE", "SPOILER"}, m[3]) {
			return nil, refuse(userError, "Invalid style: %s", m[3])
		}
		// The real daemon sends such a style on; no phone shows it.
		if n == 0 || start+n > units {
			return nil, refuse(userError, "Invalid style range: %s of %d", s, units)
		}
		out = append(out, Style{Start: start, Len: n, Name: m[3]})
	}
	return out, nil
}

func (d *Daemon) sendReceipt(p params) (any, error) {
	recipient, _ := p.text("recipient")
	kind, given := p.text("type")
	if given && kind != "read" && kind != "viewed" {
		return nil, refuse(userError, "Unknown receipt type: %s", kind)
	}
	times, _ := p["targetTimestamp"].([]any)
	if len(times) == 0 {
		return nil, refuse(userError, "Missing target timestamp")
	}
	person := d.person(recipient)
	outcome := person.takes()
	for _, t := range times {
		n, _ := t.(json.Number)
		at, _, err := params{"t": n}.moment("t")
		if err != nil {
			return nil, err
		}
		if outcome == "SUCCESS" {
			person.read = append(person.read, at)
		}
	}
	return sent(d.now(), []Fields{result(person, recipient, outcome)})
}

func (d *Daemon) sendTyping(p params) (any, error) {
	recipients := p.list("recipient")
	if len(recipients) == 0 {
		return nil, refuse(userError, "No recipients given")
	}
	var results []Fields
	for _, r := range recipients {
		person := d.person(r)
		kind := person.takes()
		if kind == "SUCCESS" && !p.flag("stop") {
			person.typing++
		}
		results = append(results, result(person, r, kind))
	}
	return sent(d.now(), results)
}
