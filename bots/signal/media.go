package signal

import (
	"strconv"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
)

// What begins the reference of something that is no attachment of the daemon's.
const (
	cardRef    = "vcard:"   // the card itself follows: Signal keeps no file of it
	stickerRef = "sticker:" // the pack and the number in it follow
)

// media is an attachment. Signal's apps give no name to what was spoken into the
// phone, and one to a sound that was sent as a file.
func (a attachment) media() bots.Media {
	m := bots.Media{Kind: bots.Document, Ref: a.ID, MIME: a.MIME, Name: a.Filename, Size: max(a.Size, 0)}
	family, _, _ := strings.Cut(a.MIME, "/")
	switch {
	case family == "image":
		m.Kind = bots.Image
	case family == "video":
		m.Kind = bots.Video
	case family == "audio" && a.Filename == "":
		m.Kind = bots.Voice
	case family == "audio":
		m.Kind = bots.Audio
	}
	return m
}

func (s sticker) media() bots.Media {
	return bots.Media{
		Kind: bots.Sticker,
		Ref:  stickerRef + s.Pack + ":" + strconv.FormatInt(s.ID, 10),
		MIME: "image/webp",
	}
}

// media is a shared contact as a vCard (RFC 6350).
func (c sharedContact) media() bots.Media {
	escape := strings.NewReplacer(`\`, `\\`, "\r", "", "\n", `\n`, ";", `\;`, ",", `\,`).Replace
	name := strings.Join(strings.Fields(c.Name.Given+" "+c.Name.Middle+" "+c.Name.Family), " ")
	if name == "" {
		name = c.Organization
	}
	lines := []string{"BEGIN:VCARD", "VERSION:4.0", "FN:" + escape(name)}
	for _, p := range c.Phones {
		lines = append(lines, "TEL:"+escape(p.Value))
	}
	for _, e := range c.Emails {
		lines = append(lines, "EMAIL:"+escape(e.Value))
	}
	text := strings.Join(append(lines, "END:VCARD"), "\r\n") + "\r\n"
	return bots.Media{
		Kind: bots.ContactCard,
		Ref:  cardRef + text,
		MIME: "text/vcard",
		Name: "contact.vcf",
		Size: int64(len(text)),
	}
}
