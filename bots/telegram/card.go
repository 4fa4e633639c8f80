package telegram

import (
	"strings"

	"github.com/brug-helpdesk/brug/bots"
)

// cardRef begins the reference of a contact card. Telegram keeps no file of it, so
// that the reference holds the card itself.
const cardRef = "vcard:"

// media is the shared contact as a vCard (RFC 6350), Telegram's own where it sends one.
func (c card) media() bots.Media {
	text := c.VCard
	name := strings.TrimSpace(c.FirstName + " " + c.LastName)
	if text == "" {
		line := strings.NewReplacer("\\", `\\`, "\r", "", "\n", `\n`, ";", `\;`, ",", `\,`)
		text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:" + line.Replace(name) +
			"\r\nTEL:" + line.Replace(c.Phone) + "\r\nEND:VCARD\r\n"
	}
	return bots.Media{
		Kind: bots.ContactCard,
		Ref:  cardRef + text,
		MIME: "text/vcard",
		Name: "contact.vcf",
		Size: int64(len(text)),
	}
}
