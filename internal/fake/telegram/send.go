package telegram

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxText    = 4096    // UTF-16 units, after parsing
	maxRaw     = 1 << 15 // bytes, before parsing
	maxData    = 64      // bytes of callback_data
	maxButtons = 100
)

// room is where a message goes: a private chat or a group.
type room struct {
	fields Fields
	sent   *[]*Sent
	known  map[int64]bool
	bucket *bucket
	group  bool
}

// room finds the chat of a request, if the bot may write there.
func (s *Server) room(p map[string]string) (*room, *refusal) {
	if p["chat_id"] == "" {
		return nil, badRequest("chat_id is empty")
	}
	id, err := strconv.ParseInt(p["chat_id"], 10, 64)
	if err != nil {
		return nil, badRequest("chat not found")
	}
	if g := s.groups[id]; g != nil {
		return &room{fields: g.chat(), sent: &g.sent, known: g.known, bucket: &g.bucket, group: true}, nil
	}
	c := s.users[id]
	switch {
	case c == nil:
		return nil, badRequest("chat not found")
	case c.gone:
		return nil, refuse(403, "Forbidden: user is deactivated")
	case c.blocked:
		return nil, refuse(403, "Forbidden: bot was blocked by the user")
	case !c.started:
		return nil, refuse(403, "Forbidden: bot can't initiate conversation with a user")
	}
	return &room{fields: c.chat(), sent: &c.sent, known: c.known, bucket: &c.bucket}, nil
}

func (s *Server) sendMessage(p map[string]string) (any, *refusal) {
	text, entities, err := readText(p)
	if err != nil {
		return nil, err
	}
	buttons, err := readKeyboard(p["reply_markup"])
	if err != nil {
		return nil, err
	}
	to, err := s.room(p)
	if err != nil {
		return nil, err
	}
	reply, err := replyTarget(p, to)
	if err != nil {
		return nil, err
	}
	text, entities = clean(text, entities)
	switch n := units(text); {
	case n == 0:
		return nil, badRequest("text must be non-empty")
	case n > maxText:
		return nil, badRequest("message is too long")
	}
	if err := s.limit(to.bucket, to.group); err != nil {
		return nil, err
	}
	s.lastID++
	m := &Sent{ID: s.lastID, Text: text, Entities: entities, Buttons: buttons, ReplyTo: reply, At: time.Now()}
	*to.sent = append(*to.sent, m)
	to.known[m.ID] = true
	return m.fields(to.fields), nil
}

func (m *Sent) fields(chat Fields) Fields {
	f := Fields{"message_id": m.ID, "from": botFields(), "chat": chat, "date": m.At.Unix(), "text": m.Text}
	if len(m.Entities) > 0 {
		f["entities"] = m.Entities
	}
	if len(m.Buttons) > 0 {
		f["reply_markup"] = Fields{"inline_keyboard": m.Buttons}
	}
	if m.ReplyTo != 0 {
		f["reply_to_message"] = Fields{"message_id": m.ReplyTo, "chat": chat, "date": m.At.Unix()}
	}
	return f
}

// readText reads the text of a message with its markup.
func readText(p map[string]string) (string, []Entity, *refusal) {
	text := p["text"]
	switch {
	case !utf8.ValidString(text):
		return "", nil, badRequest("strings must be encoded in UTF-8")
	case text == "":
		return "", nil, badRequest("message text is empty")
	case len(text) > maxRaw:
		return "", nil, badRequest("text is too long")
	}
	switch strings.ToLower(p["parse_mode"]) {
	case "", "none":
		var entities []Entity
		if p["entities"] != "" && json.Unmarshal([]byte(p["entities"]), &entities) != nil {
			return "", nil, badRequest("can't parse entities JSON object")
		}
		return text, entities, nil
	case "html":
		plain, entities, err := ParseHTML(text)
		if err != nil {
			return "", nil, badRequest("can't parse entities: %s", err)
		}
		return plain, entities, nil
	}
	return "", nil, badRequest("unsupported parse_mode")
}

// readKeyboard reads an inline keyboard.
func readKeyboard(raw string) ([][]Button, *refusal) {
	if raw == "" {
		return nil, nil
	}
	var markup struct {
		Rows *[][]json.RawMessage `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(raw), &markup) != nil {
		return nil, badRequest("object expected as reply markup")
	}
	if markup.Rows == nil {
		return nil, nil // another kind of markup
	}
	var rows [][]Button
	n := 0
	for _, row := range *markup.Rows {
		var buttons []Button
		for _, raw := range row {
			b, err := readButton(raw)
			if err != nil {
				return nil, err
			}
			buttons = append(buttons, b)
			n++
		}
		if len(buttons) > 0 {
			rows = append(rows, buttons)
		}
	}
	if n > maxButtons {
		return nil, badRequest("reply markup is too long")
	}
	return rows, nil
}

func readButton(raw json.RawMessage) (Button, *refusal) {
	var b Button
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
	}
	switch {
	case b.Text == "":
		return b, badRequest("inline keyboard button text must be non-empty")
	case b.URL != "":
		if err := checkButtonURL(b.URL); err != "" {
			return b, badRequest("inline keyboard button URL '%s' is invalid: %s", b.URL, err)
		}
	case b.Data == "":
		return b, badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case len(b.Data) > maxData:
		return b, badRequest("BUTTON_DATA_INVALID")
	}
	return b, nil
}

func checkButtonURL(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "Wrong HTTP URL"
	case u.Scheme == "tg":
		return ""
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return "Unsupported URL protocol"
	case !strings.Contains(u.Hostname()+u.Path, "."), u.Host != "" && !strings.Contains(u.Hostname(), "."):
		return "Wrong HTTP URL"
	}
	return ""
}

// replyTarget is the message to answer, 0 for none or for one that is gone and may be.
func replyTarget(p map[string]string, to *room) (int64, *refusal) {
	id := int64(number(p, "reply_to_message_id", 0, 0, 1<<31-1))
	without := truth(p, "allow_sending_without_reply")
	if raw := p["reply_parameters"]; raw != "" {
		var params struct {
			ID      *int64 `json:"message_id"`
			Without bool   `json:"allow_sending_without_reply"`
		}
		if json.Unmarshal([]byte(raw), &params) != nil {
			return 0, badRequest("can't parse reply parameters JSON object")
		}
		if params.ID == nil {
			return 0, badRequest("can't find field \"message_id\"")
		}
		id, without = *params.ID, params.Without
	}
	if id == 0 || to.known[id] {
		return id, nil
	}
	if without {
		return 0, nil
	}
	return 0, badRequest("message to be replied not found")
}

func (s *Server) editMarkup(p map[string]string) (any, *refusal) {
	buttons, err := readKeyboard(p["reply_markup"])
	if err != nil {
		return nil, err
	}
	to, err := s.room(p)
	if err != nil {
		return nil, err
	}
	id := int64(number(p, "message_id", 0, 0, 1<<31-1))
	i := slices.IndexFunc(*to.sent, func(m *Sent) bool { return m.ID == id })
	if i < 0 {
		return nil, badRequest("message to edit not found")
	}
	m := (*to.sent)[i]
	if slices.EqualFunc(m.Buttons, buttons, slices.Equal) {
		return nil, badRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	m.Buttons = buttons
	return m.fields(to.fields), nil
}

// actions are what a bot may show to be doing.
var actions = []string{"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"}

func (s *Server) sendChatAction(p map[string]string) (any, *refusal) {
	if !slices.Contains(actions, p["action"]) {
		return nil, badRequest("wrong parameter action in request")
	}
	if _, err := s.room(p); err != nil {
		return nil, err
	}
	id, _ := strconv.ParseInt(p["chat_id"], 10, 64)
	if c := s.users[id]; c != nil && p["action"] == "typing" {
		c.typing++
	}
	return true, nil
}
