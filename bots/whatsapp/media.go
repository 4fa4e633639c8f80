package whatsapp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/brug-helpdesk/brug/bots"
)

// file is what WhatsApp's messages say about a file.
type file interface {
	whatsmeow.DownloadableMessage
	GetMimetype() string
	GetFileLength() uint64
}

// media fills in the attachment, and reports whether there is one.
func (c *converted) media(m *waE2E.Message) bool {
	switch {
	case m.GetImageMessage() != nil:
		c.Text = m.GetImageMessage().GetCaption()
		c.attach(bots.Image, m.GetImageMessage(), "")
	case m.GetVideoMessage() != nil:
		c.Text = m.GetVideoMessage().GetCaption()
		c.attach(bots.Video, m.GetVideoMessage(), "")
	case m.GetPtvMessage() != nil:
		c.attach(bots.Video, m.GetPtvMessage(), "")
	case m.GetDocumentMessage() != nil:
		d := m.GetDocumentMessage()
		c.Text = d.GetCaption()
		name := d.GetFileName()
		if name == "" {
			name = d.GetTitle()
		}
		c.attach(bots.Document, d, name)
	case m.GetAudioMessage() != nil:
		kind := bots.Audio
		if m.GetAudioMessage().GetPTT() {
			kind = bots.Voice
		}
		c.attach(kind, m.GetAudioMessage(), "")
	case m.GetStickerMessage() != nil:
		c.attach(bots.Sticker, m.GetStickerMessage(), "")
	case m.GetContactMessage() != nil:
		c.card(m.GetContactMessage())
	case m.GetContactsArrayMessage() != nil:
		for _, one := range m.GetContactsArrayMessage().GetContacts() {
			c.card(one)
		}
		if len(c.Media) == 0 {
			c.Unsupported = "contact"
		}
	default:
		return false
	}
	return true
}

func (c *converted) attach(kind bots.MediaKind, f file, name string) {
	r := reference{
		Type: whatsmeow.GetMediaType(f), Path: f.GetDirectPath(), Key: f.GetMediaKey(),
		Hash: f.GetFileSHA256(), SealedHash: f.GetFileEncSHA256(),
	}
	m := bots.Media{Kind: kind, Ref: r.String(), MIME: valid(f.GetMimetype()), Name: valid(name)}
	if size := f.GetFileLength(); size < 1<<40 {
		m.Size = int64(size)
	}
	c.Media = append(c.Media, m)
}

// cardRef begins the reference of a contact card, which holds the card itself.
const cardRef = "vcard:"

func (c *converted) card(one *waE2E.ContactMessage) {
	text := valid(one.GetVcard())
	if text == "" {
		line := strings.NewReplacer("\\", `\\`, "\r", "", "\n", `\n`, ";", `\;`, ",", `\,`)
		text = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:" + line.Replace(valid(one.GetDisplayName())) + "\r\nEND:VCARD\r\n"
	}
	c.Media = append(c.Media, bots.Media{
		Kind: bots.ContactCard, Ref: cardRef + text, MIME: "text/vcard", Name: "contact.vcf", Size: int64(len(text)),
	})
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// reference is what is needed to fetch and decrypt a file. The path is without the
// host, which changes.
type reference struct {
	Type       whatsmeow.MediaType `json:"t"`
	Path       string              `json:"p"`
	Key        []byte              `json:"k"`
	Hash       []byte              `json:"h"`
	SealedHash []byte              `json:"s"`
}

func (r reference) String() string {
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err) // plain data
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

var errNoFile = errors.New("whatsapp: not the reference of a file")

func parseReference(s string) (reference, error) {
	var r reference
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return r, errNoFile
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, errNoFile
	}
	if !strings.HasPrefix(r.Path, "/") || len(r.Key) != 32 {
		return r, fmt.Errorf("%w: it has no path or no key", errNoFile)
	}
	return r, nil
}
