package signal

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
)

const (
	olena = "d37732dd-213a-4279-b8e4-2f964b9aaea0"
	third = "6f1b6c2a-0d6a-4a51-8f7e-3d3e2e0d8c11"
)

var us = identity{number: "+14154902825", uuid: "fcc8a318-3f1c-4207-ad1c-77835ac7fbaf"}

// from wraps what stands in an envelope of Olena's, sent at 1795320949990 and seen by
// the server ten milliseconds later.
func from(fields string) string {
	return `{"envelope":{"source":"` + olena + `","sourceNumber":null,"sourceUuid":"` + olena + `","sourceName":"Олена",` +
		`"sourceDevice":1,"timestamp":1795320949990,"serverReceivedTimestamp":1795320950000,"serverDeliveredTimestamp":0,` +
		fields + `},"account":"+14154902825"}`
}

func data(fields string) string {
	return from(`"dataMessage":{"timestamp":1795320949990,"expiresInSeconds":0,"viewOnce":false,` + fields + `}`)
}

// sync wraps what we did on our phone.
func syncOf(fields string) string {
	return `{"envelope":{"source":"+14154902825","sourceNumber":"+14154902825","sourceUuid":"fcc8a318-3f1c-4207-ad1c-77835ac7fbaf",` +
		`"timestamp":1795320949990,"serverReceivedTimestamp":1795320950000,"syncMessage":` + fields + `},"account":"+14154902825"}`
}

func TestConvert(t *testing.T) {
	said := bots.Message{
		Channel: bots.Signal, ID: "1795320949990", At: time.UnixMilli(1795320950000).UTC(),
		Contact: bots.Address{Channel: bots.Signal, ID: olena},
	}
	with := func(change func(*bots.Message)) []bots.Message {
		m := said
		change(&m)
		return []bots.Message{m}
	}
	text := func(s string) []bots.Message { return with(func(m *bots.Message) { m.Text = s }) }
	unsupported := func(kind string) []bots.Message {
		return with(func(m *bots.Message) { m.Unsupported = kind })
	}
	media := func(list ...bots.Media) []bots.Message { return with(func(m *bots.Message) { m.Media = list }) }
	operator := func(change func(*bots.Message)) []bots.Message {
		return with(func(m *bots.Message) {
			m.ID, m.Action = "o1795320949990", bots.Operator
			change(m)
		})
	}
	for _, tt := range []struct {
		name, params string
		want         []bots.Message
	}{
		{"text", data(`"message":"Привіт 👋"`), text("Привіт 👋")},
		{"subscribed", `{"subscription":0,"result":` + data(`"message":"hi"`) + `}`, text("hi")},
		{"half a surrogate pair", data(`"message":"a\ud83d"`), text("a\ufffd")},
		{"styled", data(`"message":"styled *x*","textStyles":[{"style":"BOLD","start":0,"length":6}]`), text("styled *x*")},
		{"number beside", strings.Replace(data(`"message":"hi"`), `"sourceNumber":null`, `"sourceNumber":"+14154985015"`, 1),
			with(func(m *bots.Message) { m.Text = "hi"; m.Contact.Alt = []string{"+14154985015"} })},
		{"number alone", `{"envelope":{"source":"+14154985015","timestamp":1795320949990,"dataMessage":{"timestamp":1795320949990,"message":"hi"}}}`,
			with(func(m *bots.Message) {
				m.Text = "hi"
				m.Contact.ID = "+14154985015"
				m.At = time.UnixMilli(1795320949990).UTC()
			})},
		{"timer", data(`"message":"hi","expiresInSeconds":604800`),
			with(func(m *bots.Message) { m.Text = "hi"; m.Expires = 7 * 24 * time.Hour })},
		{"timer that cannot be", data(`"message":"hi","expiresInSeconds":99999999999999`),
			with(func(m *bots.Message) { m.Text = "hi"; m.Expires = maxTimer * time.Second })},
		{"change of the timer", data(`"message":null,"expiresInSeconds":3600,"isExpirationUpdate":true`), nil},
		{"answer to us", data(`"message":"yes","quote":{"id":1795320951512,"author":"+14154902825","authorNumber":"+14154902825","authorUuid":null,"text":"?","attachments":[]}`),
			with(func(m *bots.Message) { m.Text = "yes"; m.Target = "o1795320951512" })},
		{"answer to herself", data(`"message":"yes","quote":{"id":1795320951512,"authorNumber":null,"authorUuid":"` + olena + `","text":"?"}`),
			with(func(m *bots.Message) { m.Text = "yes"; m.Target = "1795320951512" })},
		{"reaction", data(`"message":null,"reaction":{"emoji":"❤️","targetAuthorNumber":null,"targetAuthorUuid":"FCC8A318-3f1c-4207-ad1c-77835ac7fbaf","targetSentTimestamp":1795320951512,"isRemove":false}`),
			with(func(m *bots.Message) { m.Action = bots.React; m.Target = "o1795320951512"; m.Text = "❤️" })},
		{"reaction gone", data(`"message":null,"reaction":{"emoji":"❤️","targetAuthorUuid":"` + olena + `","targetSentTimestamp":1795320951512,"isRemove":true}`),
			with(func(m *bots.Message) { m.Action = bots.React; m.Target = "1795320951512" })},
		{"deletion", data(`"message":null,"remoteDelete":{"timestamp":1795320940000}`),
			with(func(m *bots.Message) { m.Action = bots.Delete; m.Target = "1795320940000" })},
		{"edit", from(`"editMessage":{"targetSentTimestamp":1795320940000,"dataMessage":{"timestamp":1795320949990,"message":"better"}}`),
			with(func(m *bots.Message) { m.Action = bots.Edit; m.Target = "1795320940000"; m.Text = "better" })},
		{"picture", data(`"message":"letter","attachments":[{"contentType":"image/png","filename":"a.png","id":"abc.png","size":12,"width":1,"height":1,"caption":null,"uploadTimestamp":1}]`),
			with(func(m *bots.Message) {
				m.Text = "letter"
				m.Media = []bots.Media{{Kind: bots.Image, Ref: "abc.png", MIME: "image/png", Name: "a.png", Size: 12}}
			})},
		{"several", data(`"message":null,"attachments":[{"contentType":"audio/aac","filename":null,"id":"v"},{"contentType":"audio/mpeg","filename":"s.mp3","id":"s"},{"contentType":"video/mp4","id":"f","size":-3},{"contentType":null,"id":"x"}]`),
			media(bots.Media{Kind: bots.Voice, Ref: "v", MIME: "audio/aac"}, bots.Media{Kind: bots.Audio, Ref: "s", MIME: "audio/mpeg", Name: "s.mp3"},
				bots.Media{Kind: bots.Video, Ref: "f", MIME: "video/mp4"}, bots.Media{Kind: bots.Document, Ref: "x"})},
		{"picture to see once", data(`"message":null,"viewOnce":true,"attachments":[{"contentType":"image/jpeg","id":"p"}]`),
			media(bots.Media{Kind: bots.Image, Ref: "p", MIME: "image/jpeg"})},
		{"sticker", data(`"message":null,"sticker":{"packId":"9acc","stickerId":3}`),
			media(bots.Media{Kind: bots.Sticker, Ref: "sticker:9acc:3", MIME: "image/webp"})},
		{"contact", data(`"message":null,"contacts":[{"name":{"nickname":null,"given":"Jan; de","family":"Vries","prefix":null},"phone":[{"value":"+31612345678","type":"MOBILE","label":null}],"organization":null}]`),
			media(bots.Media{Kind: bots.ContactCard, MIME: "text/vcard", Name: "contact.vcf", Size: 74,
				Ref: "vcard:BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jan\\; de Vries\r\nTEL:+31612345678\r\nEND:VCARD\r\n"})},
		{"poll", data(`"message":null,"pollCreate":{"question":"?","allowMultiple":false,"options":["a"]}`), unsupported("poll")},
		{"vote", data(`"message":null,"pollVote":{"authorUuid":"x","targetSentTimestamp":1,"optionIndexes":[0]}`), nil},
		{"payment", data(`"message":null,"payment":{"note":"","receipt":"AA=="}`), unsupported("payment")},
		{"gift", data(`"message":null,"giftBadge":{"x":1}`), unsupported("gift")},
		{"what may come", data(`"message":null,"hologram":{"x":1},"textStyles":[]`), unsupported("hologram")},
		{"strange field", data(`"message":{"parts":["hi"]}`), unsupported("unknown")},
		{"new profile key", data(`"message":null`), nil},
		{"call", from(`"callMessage":{"offerMessage":{"id":18446744073709551615,"type":"AUDIO_CALL","opaque":"AA=="}}`), unsupported("call")},
		{"end of a call", from(`"callMessage":{"hangupMessage":{"id":1,"type":"NORMAL","deviceId":1}}`), nil},
		{"typing", from(`"typingMessage":{"action":"STARTED","timestamp":1795320974869}`), nil},
		{"story", from(`"storyMessage":{"allowsReplies":true,"textAttachment":{"text":"my day"}}`), nil},
		{"read", from(`"receiptMessage":{"when":1795320975876,"isDelivery":false,"isRead":true,"isViewed":false,"timestamps":[1795320951512]}`),
			with(func(m *bots.Message) { m.ID = "read-1795320951512"; m.Action = bots.Read; m.Target = "o1795320951512" })},
		{"viewed", from(`"receiptMessage":{"isViewed":true,"timestamps":[1795320951512]}`),
			with(func(m *bots.Message) { m.ID = "read-1795320951512"; m.Action = bots.Read; m.Target = "o1795320951512" })},
		{"group", data(`"message":"hi","groupInfo":{"groupId":"AAAA","groupName":"x","revision":3,"type":"DELIVER"}`), nil},
		{"edit in a group", from(`"editMessage":{"targetSentTimestamp":1795320940000,"dataMessage":{"message":"x","groupInfo":{"groupId":"AAAA"}}}`), nil},
		{"strange field in a group", data(`"message":7,"groupInfo":{"groupId":"AAAA"}`), nil},
		{"not decrypted", `{"exception":{"message":null,"type":"ProtocolInvalidMessageException"},` + from(`"x":1`)[1:],
			with(func(m *bots.Message) { m.ID = "unread-1795320949990"; m.Action = bots.Unread })},
		{"decrypted before", `{"exception":{"message":null,"type":"ProtocolDuplicateMessageException"},` + from(`"x":1`)[1:], nil},
		{"our own trouble", `{"exception":{"message":null,"type":"NullPointerException"},` + syncOf(`{}`)[1:], nil},
		{"typed on the phone", syncOf(`{"sentMessage":{"destination":"` + olena + `","destinationNumber":null,"destinationUuid":"` + olena + `","timestamp":1795320949990,"message":"I will call you","expiresInSeconds":0}}`),
			operator(func(m *bots.Message) { m.Text = "I will call you" })},
		{"edited on the phone", syncOf(`{"sentMessage":{"destinationUuid":"` + olena + `","editMessage":{"targetSentTimestamp":1795320940000,"dataMessage":{"message":"I will write"}}}}`),
			operator(func(m *bots.Message) { m.Text = "I will write"; m.Target = "o1795320940000" })},
		{"reaction on the phone", syncOf(`{"sentMessage":{"destinationUuid":"` + olena + `","message":null,"reaction":{"emoji":"👍","targetSentTimestamp":1795320940000}}}`), nil},
		{"in a group on the phone", syncOf(`{"sentMessage":{"destination":null,"message":"hi","groupInfo":{"groupId":"AAAA"}}}`), nil},
		{"note to self", syncOf(`{"sentMessage":{"destinationNumber":"+14154902825","destinationUuid":null,"message":"note"}}`), nil},
		{"read on the phone", syncOf(`{"readMessages":[{"senderUuid":"` + olena + `","timestamp":1795320949990}]}`), nil},
		{"contacts", syncOf(`{"type":"CONTACTS_SYNC"}`), nil},
		{"somebody without an address", `{"exception":{"type":"InvalidMessageException"},"envelope":{"source":null,"timestamp":1795320949990}}`, nil},
	} {
		e, err := convert(json.RawMessage(tt.params), us)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, e.messages); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if e.untrusted != nil || e.group != "" {
			t.Errorf("%s: more than a message: %+v", tt.name, e)
		}
	}
}

func TestConvertReceiptOfSeveral(t *testing.T) {
	e, err := convert(json.RawMessage(from(`"receiptMessage":{"isDelivery":true,"timestamps":[1795320951512,7,1795320951513]}`)), us)
	if err != nil || len(e.messages) != 2 {
		t.Fatalf("%d messages, %v", len(e.messages), err)
	}
	for i, target := range []string{"o1795320951512", "o1795320951513"} {
		if m := e.messages[i]; m.Action != bots.Delivered || m.Target != target || m.ID != "delivered-"+target[1:] {
			t.Errorf("message %d is %+v", i, m)
		}
	}
}

func TestConvertUntrusted(t *testing.T) {
	e, err := convert(json.RawMessage(`{"exception":{"message":"x","type":"UntrustedIdentityException"},`+from(`"x":1`)[1:]), us)
	if err != nil || e.messages != nil || e.untrusted == nil || e.untrusted.ID != "unread-1795320949990" || e.untrusted.Contact.ID != olena {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestConvertGroups(t *testing.T) {
	group := `"groupInfo":{"groupId":"AAAA"}`
	for _, tt := range []struct {
		name, fields string
		want         string
	}{
		{"nobody", `"message":"hi",` + group, ""},
		{"our UUID", `"message":"￼ hi","mentions":[{"name":"x","number":null,"uuid":"fcc8a318-3f1c-4207-ad1c-77835ac7fbaf","start":0,"length":1}],` + group, "AAAA"},
		{"our number", `"message":"￼ hi","mentions":[{"number":"+14154902825","uuid":null}],` + group, "AAAA"},
		{"another", `"message":"￼ hi","mentions":[{"number":null,"uuid":"` + third + `"}],` + group, ""},
		{"answer to us", `"message":"hi","quote":{"id":1795320951512,"authorUuid":"fcc8a318-3f1c-4207-ad1c-77835ac7fbaf"},` + group, "AAAA"},
		{"answer to another", `"message":"hi","quote":{"id":1795320951512,"authorUuid":"` + third + `"},` + group, ""},
	} {
		e, err := convert(json.RawMessage(data(tt.fields)), us)
		if err != nil || e.messages != nil || e.group != tt.want {
			t.Errorf("%s: group %q, %d messages, %v", tt.name, e.group, len(e.messages), err)
		}
	}
}

func TestIDs(t *testing.T) {
	for id, want := range map[string]struct {
		timestamp int64
		own, ok   bool
	}{
		"1795320951512":        {1795320951512, false, true},
		"o1795320951512":       {1795320951512, true, true},
		"1":                    {}, // the daemon cannot take it
		"2147483647":           {},
		"-1795320951512":       {},
		"9223372036854775807":  {},
		"read-1795320951512":   {},
		"unread-1795320951512": {},
		"":                     {},
		"o":                    {},
	} {
		timestamp, own, ok := parseID(id)
		if ok != want.ok || ok && (timestamp != want.timestamp || own != want.own) {
			t.Errorf("parseID(%q) is %d, %v, %v", id, timestamp, own, ok)
		}
	}
	if theirID(1795320951512) != "1795320951512" || ownID(1795320951512) != "o1795320951512" {
		t.Error("an identifier cannot be parsed again")
	}
}

func FuzzConvert(f *testing.F) {
	for _, seed := range []string{
		data(`"message":"hi","attachments":[{"contentType":"image/png","id":"a"}],"contacts":[{}],"sticker":{}`),
		data(`"message":null,"reaction":{"emoji":"x","targetSentTimestamp":1795320951512}`),
		from(`"editMessage":{"targetSentTimestamp":1795320940000,"dataMessage":{}}`),
		from(`"receiptMessage":{"isRead":true,"timestamps":[1795320951512,0]}`),
		from(`"callMessage":{"offerMessage":{}}`),
		syncOf(`{"sentMessage":{"destination":"+31612345678","message":"x","editMessage":{}}}`),
		`{"subscription":0,"result":{"exception":{"type":"UntrustedIdentityException"},"envelope":{"sourceUuid":"` + olena + `","timestamp":1795320949990}}}`,
		`{"result":{"result":{"envelope":{}}}}`, `null`, `[]`, `{"envelope":{"timestamp":-1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := convert(raw, us)
		if err != nil && len(e.messages) > 0 {
			t.Error("an error and a message")
		}
		all := e.messages
		if e.untrusted != nil {
			all = append(all, *e.untrusted)
		}
		for _, m := range all {
			if m.Channel != bots.Signal || m.ID == "" || m.Contact.Channel != bots.Signal || m.At.IsZero() {
				t.Errorf("incomplete: %#v", m)
			}
			if _, ok := recipient(m.Contact); !ok || us.is(m.Contact.ID, m.Contact.ID) {
				t.Errorf("the contact cannot be written to")
			}
			if m.Action == bots.New && m.Text == "" && m.Media == nil && m.Unsupported == "" {
				t.Error("a message that says nothing")
			}
			if m.Expires < 0 || m.Expires > maxTimer*time.Second || !utf8.ValidString(m.Text) {
				t.Errorf("%v, %+q", m.Expires, m.Text)
			}
		}
		again, err2 := convert(raw, us)
		if (err == nil) != (err2 == nil) || !cmp.Equal(again.messages, e.messages) {
			t.Error("the same notification is another message")
		}
	})
}
