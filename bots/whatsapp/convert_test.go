package whatsapp_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
)

var somebody = bots.Address{Channel: bots.WhatsApp, ID: "100000000000001@lid"}

func event(m *waE2E.Message) *events.Message {
	e := &events.Message{RawMessage: m, Info: types.MessageInfo{ID: "3EB0AA", Timestamp: time.Unix(1_795_000_000, 0)}}
	return e.UnwrapRaw()
}

func contextInfo(expiration uint32, quotes string) *waE2E.ContextInfo {
	c := &waE2E.ContextInfo{}
	if expiration > 0 {
		c.Expiration = &expiration
	}
	if quotes != "" {
		c.StanzaID = &quotes
	}
	return c
}

func wrapped(m *waE2E.Message) *waE2E.FutureProofMessage {
	return &waE2E.FutureProofMessage{Message: m}
}

func TestConvert(t *testing.T) {
	key := &waCommon.MessageKey{ID: proto.String("3EB0BB"), FromMe: proto.Bool(true)}
	text := func(s string) *waE2E.Message { return &waE2E.Message{Conversation: &s} }
	for name, tt := range map[string]struct {
		in   *waE2E.Message
		want bots.Message
	}{
		"text":          {text("Привіт"), bots.Message{Text: "Привіт"}},
		"empty text":    {text(""), bots.Message{}},
		"broken text":   {text("a\xffb"), bots.Message{Text: "a\uFFFDb"}},
		"extended text": {&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("see https://ind.nl")}}, bots.Message{Text: "see https://ind.nl"}},
		"quote": {&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("yes"), ContextInfo: contextInfo(604800, "3EB0CC")}},
			bots.Message{Text: "yes", Target: "3EB0CC", Expires: 7 * 24 * time.Hour}},
		"disappearing": {&waE2E.Message{EphemeralMessage: wrapped(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String("gone"), ContextInfo: contextInfo(86400, "")}})}, bots.Message{Text: "gone", Expires: 24 * time.Hour}},
		"reaction": {&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: key, Text: proto.String("👍")}},
			bots.Message{Action: bots.React, Target: "3EB0BB", Text: "👍"}},
		"no reaction any more": {&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: key, Text: proto.String("")}},
			bots.Message{Action: bots.React, Target: "3EB0BB"}},
		"withdrawn": {&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: key}},
			bots.Message{Action: bots.Delete, Target: "3EB0BB"}},
		"edit": {&waE2E.Message{EditedMessage: wrapped(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: key, EditedMessage: text("new")}})},
			bots.Message{Action: bots.Edit, Target: "3EB0BB", Text: "new"}},
		"edited caption": {&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: key,
			EditedMessage: &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("new words")}}}},
			bots.Message{Action: bots.Edit, Target: "3EB0BB", Text: "new words"}},
		"place": {&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(52.07), DegreesLongitude: proto.Float64(4.3), Name: proto.String("Spui")}},
			bots.Message{Location: &bots.Location{Lat: 52.07, Lon: 4.3, Name: "Spui"}}},
		"live place": {&waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{DegreesLatitude: proto.Float64(-1), DegreesLongitude: proto.Float64(1), Caption: proto.String("here")}},
			bots.Message{Text: "here", Location: &bots.Location{Lat: -1, Lon: 1}}},
		"no place": {&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(100)}},
			bots.Message{Unsupported: "location"}},
		"contact": {&waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String("Іван; Коваль"), Vcard: proto.String("BEGIN:VCARD\nEND:VCARD")}},
			bots.Message{Media: []bots.Media{{Kind: bots.ContactCard, Ref: "vcard:BEGIN:VCARD\nEND:VCARD", MIME: "text/vcard", Name: "contact.vcf", Size: 21}}}},
		"contacts": {&waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{{Vcard: proto.String("A")}, {DisplayName: proto.String("Б;")}}}},
			bots.Message{Media: []bots.Media{
				{Kind: bots.ContactCard, Ref: "vcard:A", MIME: "text/vcard", Name: "contact.vcf", Size: 1},
				{Kind: bots.ContactCard, Ref: "vcard:BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Б\\;\r\nEND:VCARD\r\n", MIME: "text/vcard", Name: "contact.vcf", Size: 46},
			}}},
		"poll": {&waE2E.Message{PollCreationMessageV3: &waE2E.PollCreationMessage{Name: proto.String("When?"), Options: []*waE2E.PollCreationMessage_Option{
			{OptionName: proto.String("Monday")}, {OptionName: proto.String("Friday")}}}},
			bots.Message{Unsupported: "poll", Text: "When?\n• Monday\n• Friday"}},
		"vote":             {&waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{}}, bots.Message{Unsupported: "poll vote"}},
		"button":           {&waE2E.Message{ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{Response: &waE2E.ButtonsResponseMessage_SelectedDisplayText{SelectedDisplayText: "Yes"}}}, bots.Message{Text: "Yes"}},
		"list":             {&waE2E.Message{ListResponseMessage: &waE2E.ListResponseMessage{Title: proto.String("Доктор"), ContextInfo: contextInfo(0, "3EB0CC")}}, bots.Message{Text: "Доктор", Target: "3EB0CC"}},
		"template":         {&waE2E.Message{TemplateButtonReplyMessage: &waE2E.TemplateButtonReplyMessage{SelectedDisplayText: proto.String("No")}}, bots.Message{Text: "No"}},
		"empty button":     {&waE2E.Message{InteractiveResponseMessage: &waE2E.InteractiveResponseMessage{}}, bots.Message{Unsupported: "button"}},
		"call":             {&waE2E.Message{CallLogMesssage: &waE2E.CallLogMessage{}}, bots.Message{Unsupported: "call"}},
		"event":            {&waE2E.Message{EventMessage: &waE2E.EventMessage{}}, bots.Message{Unsupported: "event"}},
		"encrypted edit":   {&waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{}}, bots.Message{Unsupported: "edit"}},
		"view once":        {&waE2E.Message{ViewOnceMessageV2: wrapped(&waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("my passport")}})}, bots.Message{Unsupported: whatsapp.KindViewOnce}},
		"unknown envelope": {&waE2E.Message{QuestionMessage: wrapped(text("inside"))}, bots.Message{Text: "inside"}},
		"nothing":          {&waE2E.Message{}, bots.Message{Unsupported: "unknown"}},
		"nil":              {nil, bots.Message{Unsupported: "unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, keep, _ := whatsapp.Convert(event(tt.in), somebody)
			if !keep {
				t.Fatal("it is dropped")
			}
			tt.want.Channel, tt.want.ID, tt.want.Contact, tt.want.At = bots.WhatsApp, "3EB0AA", somebody, time.Unix(1_795_000_000, 0).UTC()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestConvertFiles: the kind of a file, and that its reference is complete.
func TestConvertFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		in   *waE2E.Message
		want bots.Media
		text string
	}{
		"picture": {&waE2E.Message{ImageMessage: &waE2E.ImageMessage{Mimetype: proto.String("image/jpeg"), Caption: proto.String("лист"), FileLength: proto.Uint64(7)}},
			bots.Media{Kind: bots.Image, MIME: "image/jpeg", Size: 7}, "лист"},
		"film":       {&waE2E.Message{VideoMessage: &waE2E.VideoMessage{Caption: proto.String("c")}}, bots.Media{Kind: bots.Video}, "c"},
		"round film": {&waE2E.Message{PtvMessage: &waE2E.VideoMessage{}}, bots.Media{Kind: bots.Video}, ""},
		"voice":      {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true)}}, bots.Media{Kind: bots.Voice}, ""},
		"music":      {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{}}, bots.Media{Kind: bots.Audio}, ""},
		"sticker":    {&waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}, bots.Media{Kind: bots.Sticker}, ""},
		"document": {&waE2E.Message{DocumentWithCaptionMessage: wrapped(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			FileName: proto.String("brief.pdf"), Caption: proto.String("what is this?")}})}, bots.Media{Kind: bots.Document, Name: "brief.pdf"}, "what is this?"},
		"document without a name": {&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Title: proto.String("Brief")}}, bots.Media{Kind: bots.Document, Name: "Brief"}, ""},
		"absurd size":             {&waE2E.Message{ImageMessage: &waE2E.ImageMessage{FileLength: proto.Uint64(1 << 63)}}, bots.Media{Kind: bots.Image}, ""},
		"picture of an album":     {&waE2E.Message{AssociatedChildMessage: wrapped(&waE2E.Message{ImageMessage: &waE2E.ImageMessage{}})}, bots.Media{Kind: bots.Image}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, keep, _ := whatsapp.Convert(event(tt.in), somebody)
			if !keep || len(got.Media) != 1 || got.Text != tt.text || got.Unsupported != "" {
				t.Fatalf("keep %v, %+v", keep, got)
			}
			if got.Media[0].Ref == "" {
				t.Error("it has no reference")
			}
			got.Media[0].Ref = ""
			if diff := cmp.Diff(tt.want, got.Media[0]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNobodySpeaks: settings and headers are no messages; a burst of pictures is as
// many messages as pictures.
func TestNobodySpeaks(t *testing.T) {
	timer := func(m *waE2E.Message) (string, bool) {
		_, keep, timer := whatsapp.Convert(event(m), somebody)
		if timer == nil {
			return "", keep
		}
		return timer.String(), keep
	}
	for name, tt := range map[string]struct {
		in    *waE2E.Message
		timer string
	}{
		"album": {&waE2E.Message{AlbumMessage: &waE2E.AlbumMessage{ExpectedImageCount: proto.Uint32(3)}}, ""},
		"timer": {&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum(), EphemeralExpiration: proto.Uint32(60)}}, "1m0s"},
		"keys":  {&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum()}}, ""},
		"pin":   {&waE2E.Message{PinInChatMessage: &waE2E.PinInChatMessage{}, MessageContextInfo: &waE2E.MessageContextInfo{}}, ""},
		"group": {&waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}}, ""},
	} {
		if got, keep := timer(tt.in); keep || got != tt.timer {
			t.Errorf("%s: keep %v, timer %q, want none and %q", name, keep, got, tt.timer)
		}
	}
	if got, keep := timer(&waE2E.Message{Conversation: proto.String("x")}); !keep || got != "0s" {
		t.Errorf("a plain text: keep %v, timer %q, want it off", keep, got)
	}
}

// TestEveryKind: each field that a message can have, also one the library knows and we
// do not, is named or understood, never silent without a reason.
func TestEveryKind(t *testing.T) {
	silent := map[string]bool{
		"protocolMessage": true, "albumMessage": true, "pinInChatMessage": true, "keepInChatMessage": true,
		"senderKeyDistributionMessage": true, "fastRatchetKeySenderKeyDistributionMessage": true,
		"deviceSentMessage": true, "messageContextInfo": true, "stickerSyncRmrMessage": true, "chat": true,
	}
	fields := (&waE2E.Message{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		m := &waE2E.Message{}
		if f.Kind() == protoreflect.MessageKind {
			m.ProtoReflect().Mutable(f)
		} else {
			m.ProtoReflect().Set(f, protoreflect.ValueOfString("x"))
		}
		if f.JSONName() == "protocolMessage" {
			m.ProtocolMessage.Type = waE2E.ProtocolMessage_EPHEMERAL_SYNC_RESPONSE.Enum()
		}
		got, keep, _ := whatsapp.Convert(event(m), somebody)
		if keep == silent[f.JSONName()] {
			t.Errorf("%s: keep %v", f.JSONName(), keep)
			continue
		}
		said := got.Action != "" || got.Text != "" || len(got.Media) > 0 || got.Location != nil || got.Unsupported != ""
		if keep && !said && f.JSONName() != "extendedTextMessage" {
			t.Errorf("%s: nothing of it is left", f.JSONName())
		}
		if got.Unsupported != strings.TrimSpace(got.Unsupported) || strings.Contains(got.Unsupported, "essage ") && got.Unsupported == "unknown" {
			t.Errorf("%s is named %q", f.JSONName(), got.Unsupported)
		}
	}
}

func FuzzConvert(f *testing.F) {
	seed := func(m *waE2E.Message) {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	seed(&waE2E.Message{Conversation: proto.String("Привіт 👋🏽")})
	seed(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("سلام"), ContextInfo: contextInfo(86400, "3EB0CC")}})
	seed(&waE2E.Message{EphemeralMessage: wrapped(&waE2E.Message{ViewOnceMessage: wrapped(&waE2E.Message{EditedMessage: wrapped(nil)})})})
	seed(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{}}}})
	seed(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{FileName: proto.String("a\u202Egpj.exe"), FileLength: proto.Uint64(1 << 62)}})
	seed(&waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{{}, {Vcard: proto.String("\x00")}}}})
	seed(&waE2E.Message{PollCreationMessageV5: &waE2E.PollCreationMessage{Options: []*waE2E.PollCreationMessage_Option{{}}}})
	seed(&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(1e300)}})
	f.Add([]byte{0xfa, 0xff, 0x7f, 0x02, 0x08, 0x01}) // a field from the future
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m waE2E.Message
		if proto.Unmarshal(raw, &m) != nil {
			return
		}
		got, keep, timer := whatsapp.Convert(event(&m), somebody)
		for _, s := range []string{got.Text, got.Unsupported, got.Target} {
			if got.Target != s && !utf8.ValidString(s) {
				t.Errorf("%q is not valid", s)
			}
		}
		if got.ID != "3EB0AA" || got.Contact.ID != somebody.ID {
			t.Error("it lost its name")
		}
		if keep && got.Action == bots.New && got.Text == "" && len(got.Media) == 0 && got.Location == nil && got.Unsupported == "" &&
			m.Conversation == nil && !strings.Contains(m.String(), "extendedTextMessage") && !strings.Contains(m.String(), "conversation") {
			t.Errorf("nothing is left of %v", &m)
		}
		if timer != nil && *timer < 0 {
			t.Errorf("the timer is %v", *timer)
		}
	})
}
