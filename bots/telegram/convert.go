package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// event is what an update means to us. All of it may be empty.
type event struct {
	// id is the update's, 0 when it has none that can be read.
	id int64
	// message is for the router.
	message *bots.Message
	// tap is the callback query that waits for an answer.
	tap string
	// group is a message in a group that may speak to the bot.
	group *message
}

// convert reads one update. now stands in where Telegram tells no time. On an error
// the event still has its id, if that could be read.
func convert(raw json.RawMessage, now time.Time) (event, error) {
	var u update
	if err := json.Unmarshal(raw, &u); err != nil {
		return event{id: updateID(raw)}, fmt.Errorf("decode update: %w", shapeOnly(err))
	}
	e := event{id: sane(u.ID)}
	var err error
	switch {
	case e.id == 0:
		err = errors.New("decode update: no update_id")
	case present(u.Message):
		err = e.fromMessage(u.Message)
	case present(u.Edited):
		err = e.fromEdit(u.Edited)
	case u.Tap != nil:
		e.fromTap(u.Tap, now)
	case u.Member != nil:
		e.fromMember(u.Member)
	case u.Reaction != nil:
		e.fromReaction(u.Reaction)
	}
	return e, err
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// updateID finds the id of an update that is wrong elsewhere.
func updateID(raw json.RawMessage) int64 {
	var u struct {
		ID json.Number `json:"update_id"`
	}
	_ = json.Unmarshal(raw, &u)
	id, err := u.ID.Int64()
	if err != nil {
		return 0
	}
	return sane(id)
}

// sane keeps an id to count on from; Telegram's are positive and below 2^31 today.
func sane(id int64) int64 {
	if id <= 0 || id >= 1<<53 {
		return 0
	}
	return id
}

// shapeOnly keeps the value that could not be decoded out of an error: it may be
// what somebody wrote.
func shapeOnly(err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Errorf("field %s is not a %s", t.Field, t.Type)
	}
	return errors.New("not the JSON of an update")
}

func (e *event) fromMessage(raw json.RawMessage) error {
	m, err := decodeMessage(raw)
	if err != nil {
		return err
	}
	if !m.Chat.private() {
		e.group = m
		return nil
	}
	out := bots.Message{
		Channel: bots.Telegram,
		ID:      messageID(m.ID),
		Contact: address(m.Chat.ID),
		At:      time.Unix(m.Date, 0).UTC(),
	}
	if m.From != nil {
		out.LangHint = m.From.Lang
	}
	if m.ReplyTo != nil {
		out.Target = messageID(m.ReplyTo.ID)
	}
	fill(&out, m)
	if out.Text == "" && out.Media == nil && out.Location == nil {
		kind, said := unknownKind(raw)
		if !said {
			return nil
		}
		out.Unsupported = kind
	}
	e.message = &out
	return nil
}

func (e *event) fromEdit(raw json.RawMessage) error {
	m, err := decodeMessage(raw)
	if err != nil {
		return err
	}
	// A live location edits its message every few seconds.
	if !m.Chat.private() || m.Location != nil {
		return nil
	}
	out := bots.Message{
		Channel: bots.Telegram,
		ID:      eventID(e.id),
		Contact: address(m.Chat.ID),
		At:      time.Unix(max(m.EditDate, m.Date), 0).UTC(),
		Action:  bots.Edit,
		Target:  messageID(m.ID),
	}
	if m.From != nil {
		out.LangHint = m.From.Lang
	}
	fill(&out, m)
	e.message = &out
	return nil
}

func decodeMessage(raw json.RawMessage) (*message, error) {
	var m message
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("decode message: %w", shapeOnly(err))
	}
	if m.ID == 0 || m.Chat.ID == 0 {
		return nil, errors.New("decode message: no message_id or chat")
	}
	return &m, nil
}

func (e *event) fromTap(q *callbackQuery, now time.Time) {
	e.tap = q.ID
	if q.Message == nil || !q.Message.Chat.private() || q.Data == "" {
		return
	}
	e.message = &bots.Message{
		Channel:  bots.Telegram,
		ID:       eventID(e.id),
		Contact:  address(q.Message.Chat.ID),
		At:       now.UTC(),
		Action:   bots.Tap,
		Target:   messageID(q.Message.ID),
		Choice:   q.Data,
		LangHint: q.From.Lang,
	}
}

func (e *event) fromMember(m *memberUpdated) {
	var action bots.Action
	switch {
	case !m.Chat.private():
		return
	case m.New.Status == "kicked":
		action = bots.Blocked
	case m.New.Status == "member" && m.Old.Status == "kicked":
		action = bots.Unblocked
	default:
		return
	}
	e.message = &bots.Message{
		Channel:  bots.Telegram,
		ID:       eventID(e.id),
		Contact:  address(m.Chat.ID),
		At:       time.Unix(m.Date, 0).UTC(),
		Action:   action,
		LangHint: m.From.Lang,
	}
}

func (e *event) fromReaction(r *reactionUpdated) {
	if !r.Chat.private() {
		return
	}
	emoji := ""
	if i := slices.IndexFunc(r.New, func(x reaction) bool { return x.Emoji != "" }); i >= 0 {
		emoji = r.New[i].Emoji
	} else if len(r.New) > 0 {
		return // a picture of its own: nobody can say what it means
	}
	e.message = &bots.Message{
		Channel: bots.Telegram,
		ID:      eventID(e.id),
		Contact: address(r.Chat.ID),
		At:      time.Unix(r.Date, 0).UTC(),
		Action:  bots.React,
		Target:  messageID(r.ID),
		Text:    emoji,
	}
	if r.User != nil {
		e.message.LangHint = r.User.Lang
	}
}

// fill puts the content of m into out.
func fill(out *bots.Message, m *message) {
	out.Text = withoutBotName(m.Text)
	if m.Caption != "" {
		out.Text = m.Caption
	}
	add := func(kind bots.MediaKind, f file, mime string) {
		if f.MIME != "" {
			mime = f.MIME
		}
		out.Media = append(out.Media, bots.Media{Kind: kind, Ref: f.ID, MIME: mime, Name: f.Name, Size: f.Size})
	}
	switch {
	case len(m.Photo) > 0:
		// The same picture in several sizes.
		largest := slices.MaxFunc(m.Photo, func(a, b file) int { return a.Width - b.Width })
		add(bots.Image, largest, "image/jpeg")
	case m.Voice != nil:
		add(bots.Voice, *m.Voice, "audio/ogg")
	case m.Audio != nil:
		add(bots.Audio, *m.Audio, "audio/mpeg")
	case m.Video != nil:
		add(bots.Video, *m.Video, "video/mp4")
	case m.VideoNote != nil:
		add(bots.Video, *m.VideoNote, "video/mp4")
	case m.Animation != nil: // comes with the same file as a document
		add(bots.Video, *m.Animation, "video/mp4")
	case m.Document != nil:
		add(bots.Document, *m.Document, "application/octet-stream")
	case m.Sticker != nil:
		add(bots.Sticker, m.Sticker.file, m.Sticker.mime())
	case m.Contact != nil:
		out.Media = append(out.Media, m.Contact.media())
	case m.Venue != nil: // comes with the same place as a location
		out.Location = &bots.Location{Lat: m.Venue.Location.Lat, Lon: m.Venue.Location.Lon, Name: m.Venue.Title}
	case m.Location != nil:
		out.Location = &bots.Location{Lat: m.Location.Lat, Lon: m.Location.Lon}
	}
}

func (s sticker) mime() string {
	switch {
	case s.Animated:
		return "application/x-tgsticker"
	case s.Video:
		return "video/webm"
	}
	return "image/webp"
}

var botName = regexp.MustCompile(`^(/[A-Za-z0-9_]{1,32})@[A-Za-z0-9_]+`)

// withoutBotName makes /help of /help@brug_bot, as some apps complete it.
func withoutBotName(text string) string {
	if !strings.HasPrefix(text, "/") {
		return text
	}
	return botName.ReplaceAllString(text, "$1")
}
