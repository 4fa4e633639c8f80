package telegram

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// inChat wraps the fields of a message in an update from a private chat.
func inChat(fields string) string {
	return `{"update_id":41,"message":{"message_id":5,"date":1772366400,` +
		`"from":{"id":77,"language_code":"uk"},"chat":{"id":77,"type":"private"}` + fields + `}}`
}

func TestConvert(t *testing.T) {
	said := bots.Message{
		Channel: bots.Telegram, ID: "5", Contact: address(77), At: noon, LangHint: "uk",
	}
	with := func(change func(*bots.Message)) *bots.Message {
		m := said
		change(&m)
		return &m
	}
	media := func(m ...bots.Media) *bots.Message { return with(func(x *bots.Message) { x.Media = m }) }
	other := func(change func(*bots.Message)) *bots.Message {
		m := with(change)
		m.ID = "u41"
		return m
	}
	for _, tt := range []struct {
		name, update string
		want         *bots.Message
	}{
		{"text", inChat(`,"text":"Привіт"`), with(func(m *bots.Message) { m.Text = "Привіт" })},
		{"start with a payload", inChat(`,"text":"/start poster_delft"`), with(func(m *bots.Message) { m.Text = "/start poster_delft" })},
		{"command with a bot's name", inChat(`,"text":"/help@brug_bot me@home"`), with(func(m *bots.Message) { m.Text = "/help me@home" })},
		{"no command", inChat(`,"text":"mail me@home.nl"`), with(func(m *bots.Message) { m.Text = "mail me@home.nl" })},
		{"answer", inChat(`,"text":"yes","reply_to_message":{"message_id":3,"date":1,"chat":{"id":77,"type":"private"}}`),
			with(func(m *bots.Message) { m.Text = "yes"; m.Target = "3" })},
		{"half a surrogate pair", inChat(`,"text":"a\ud83d"`), with(func(m *bots.Message) { m.Text = "a\ufffd" })},
		{"photo", inChat(`,"photo":[{"file_id":"s","width":90,"file_size":5},{"file_id":"l","width":800,"file_size":9},{"file_id":"m","width":320}],"caption":"letter"`),
			with(func(m *bots.Message) {
				m.Text = "letter"
				m.Media = []bots.Media{{Kind: bots.Image, Ref: "l", MIME: "image/jpeg", Size: 9}}
			})},
		{"animation", inChat(`,"animation":{"file_id":"a","mime_type":"video/mp4"},"document":{"file_id":"a","mime_type":"video/mp4"}`),
			media(bots.Media{Kind: bots.Video, Ref: "a", MIME: "video/mp4"})},
		{"round video", inChat(`,"video_note":{"file_id":"n"}`), media(bots.Media{Kind: bots.Video, Ref: "n", MIME: "video/mp4"})},
		{"audio", inChat(`,"audio":{"file_id":"a","file_name":"song.mp3"}`),
			media(bots.Media{Kind: bots.Audio, Ref: "a", MIME: "audio/mpeg", Name: "song.mp3"})},
		{"sticker", inChat(`,"sticker":{"file_id":"s","is_video":true,"emoji":"👍"}`),
			media(bots.Media{Kind: bots.Sticker, Ref: "s", MIME: "video/webm"})},
		{"contact with a card of its own", inChat(`,"contact":{"phone_number":"+31","first_name":"A","vcard":"BEGIN:VCARD"}`),
			media(bots.Media{Kind: bots.ContactCard, Ref: "vcard:BEGIN:VCARD", MIME: "text/vcard", Name: "contact.vcf", Size: 11})},
		{"venue", inChat(`,"venue":{"location":{"latitude":52.1,"longitude":4.3},"title":"Stadhuis"},"location":{"latitude":52.1,"longitude":4.3}`),
			with(func(m *bots.Message) { m.Location = &bots.Location{Lat: 52.1, Lon: 4.3, Name: "Stadhuis"} })},
		{"poll", inChat(`,"poll":{"id":"1"}`), with(func(m *bots.Message) { m.Unsupported = "poll" })},
		{"what only newer apps know", inChat(``), with(func(m *bots.Message) { m.Unsupported = "unknown" })},
		{"pinned", inChat(`,"pinned_message":{"message_id":3}`), nil},
		{"timer", inChat(`,"message_auto_delete_timer_changed":{"message_auto_delete_time":86400}`), nil},

		{"edit", strings.Replace(inChat(`,"edit_date":1772366400,"text":"/help@brug_bot"`), `"message"`, `"edited_message"`, 1),
			other(func(m *bots.Message) { m.Action, m.Target, m.Text = bots.Edit, "5", "/help" })},
		{"live location", strings.Replace(inChat(`,"edit_date":1,"location":{"latitude":1,"longitude":2}`), `"message"`, `"edited_message"`, 1), nil},
		{"tap", `{"update_id":41,"callback_query":{"id":"9","from":{"id":77,"language_code":"uk"},"data":"lang:uk","message":{"message_id":5,"date":0,"chat":{"id":77,"type":"private"}}}}`,
			other(func(m *bots.Message) { m.Action, m.Target, m.Choice = bots.Tap, "5", "lang:uk" })},
		{"tap in a group", `{"update_id":41,"callback_query":{"id":"9","from":{"id":77},"data":"x","message":{"message_id":5,"chat":{"id":-7,"type":"group"}}}}`, nil},
		{"tap without a message", `{"update_id":41,"callback_query":{"id":"9","from":{"id":77},"data":"x","inline_message_id":"z"}}`, nil},
		{"blocked", `{"update_id":41,"my_chat_member":{"chat":{"id":77,"type":"private"},"from":{"id":77,"language_code":"uk"},"date":1772366400,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}}`,
			other(func(m *bots.Message) { m.Action = bots.Blocked })},
		{"first start", `{"update_id":41,"my_chat_member":{"chat":{"id":77,"type":"private"},"from":{"id":77},"date":1,"old_chat_member":{"status":"left"},"new_chat_member":{"status":"member"}}}`, nil},
		{"thrown out of a group", `{"update_id":41,"my_chat_member":{"chat":{"id":-7,"type":"group"},"from":{"id":77},"date":1,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}}`, nil},
		{"reaction", `{"update_id":41,"message_reaction":{"chat":{"id":77,"type":"private"},"message_id":5,"user":{"id":77,"language_code":"uk"},"date":1772366400,"new_reaction":[{"type":"custom_emoji","custom_emoji_id":"1"},{"type":"emoji","emoji":"🙏"}]}}`,
			other(func(m *bots.Message) { m.Action, m.Target, m.Text = bots.React, "5", "🙏" })},
		{"a reaction nobody can name", `{"update_id":41,"message_reaction":{"chat":{"id":77,"type":"private"},"message_id":5,"date":1,"new_reaction":[{"type":"custom_emoji","custom_emoji_id":"1"}]}}`, nil},
		{"group", strings.Replace(inChat(`,"text":"hi"`), `"private"`, `"supergroup"`, 1), nil},
		{"another kind of update", `{"update_id":41,"poll_answer":{"poll_id":"1"}}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := convert(json.RawMessage(tt.update), noon)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, e.message); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if e.id != 41 {
				t.Errorf("the update's id is %d, want 41", e.id)
			}
			if isTap := strings.Contains(tt.update, "callback_query"); isTap != (e.tap == "9") {
				t.Errorf("the tap to answer is %q", e.tap)
			}
		})
	}
}

// What cannot be read keeps its number, where it has one, and gives nothing away.
func TestConvertMalformed(t *testing.T) {
	for update, id := range map[string]int64{
		`{"update_id":41,"message":{"message_id":5,"chat":{"id":77,"type":"private"},"text":{"canary":1}}}`: 41,
		`{"update_id":41,"message":"canary"}`:                           41,
		`{"update_id":41,"callback_query":"canary"}`:                    41,
		`{"update_id":"41","message":{}}`:                               41,
		`{"update_id":41,"message":{"text":"canary"}}`:                  41,
		`{"update_id":41,"edited_message":{"message_id":1,"text":"x"}}`: 41,
		`{"message":{"message_id":5,"chat":{"id":77},"text":"canary"}}`: 0,
		`{"update_id":-3,"message":{"message_id":5,"chat":{"id":77}}}`:  0,
		`{"update_id":9999999999999999999999,"message":{}}`:             0,
		`canary`: 0,
		`[]`:     0,
		`null`:   0,
	} {
		e, err := convert(json.RawMessage(update), noon)
		if err == nil || e.message != nil {
			t.Errorf("%s: %+v, %v, want an error", update, e, err)
			continue
		}
		if e.id != id {
			t.Errorf("%s: the id is %d, want %d", update, e.id, id)
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error quotes it: %v", update, err)
		}
	}
}

func FuzzConvert(f *testing.F) {
	for _, seed := range []string{
		inChat(`,"text":"Привіт 👋"`),
		inChat(`,"photo":[{"file_id":"s","width":90}],"caption":"x"`),
		inChat(`,"contact":{"phone_number":"+31","first_name":"A;B\n"}`),
		inChat(`,"dice":{"value":4}`),
		strings.Replace(inChat(`,"text":"/a@b"`), `"message"`, `"edited_message"`, 1),
		strings.Replace(inChat(`,"text":"@bb hi","entities":[{"type":"mention","offset":0,"length":3}]`), `"private"`, `"group"`, 1),
		`{"update_id":1,"callback_query":{"id":"9","from":{"id":7},"data":"x","message":{"message_id":5,"chat":{"id":7,"type":"private"}}}}`,
		`{"update_id":1,"my_chat_member":{"chat":{"id":7,"type":"private"},"new_chat_member":{"status":"kicked"}}}`,
		`{"update_id":1,"message_reaction":{"chat":{"id":7,"type":"private"},"message_id":5,"new_reaction":[{"type":"emoji","emoji":"🙏"}]}}`,
		`{"update_id":"1"}`, `[]`, `{`,
	} {
		f.Add([]byte(seed))
	}
	self := user{ID: 1, Username: "bb"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := convert(raw, noon)
		if err != nil && e.message != nil {
			t.Error("an error and a message")
		}
		if e.group != nil {
			addressed(e.group, self)
		}
		m := e.message
		if m == nil {
			return
		}
		if e.id <= 0 || m.Channel != bots.Telegram || m.ID == "" || m.Contact.ID == "" || m.Contact.Channel != bots.Telegram {
			t.Errorf("incomplete: %d %#v", e.id, m)
		}
		if m.Action == bots.New && m.Text == "" && m.Media == nil && m.Location == nil && m.Unsupported == "" {
			t.Error("a message that says nothing")
		}
		if !utf8.ValidString(m.Text) || !utf8.ValidString(m.Choice) {
			t.Error("invalid UTF-8")
		}
		again, err := convert(raw, noon)
		if err != nil || !cmp.Equal(again.message, m) {
			t.Error("the same update is another message")
		}
	})
}
