package telegram

import "encoding/json"

// The parts of Telegram's objects that matter to us
// (core.telegram.org/bots/api#available-types). The library's own structs are of
// 2021 and lose the newer ones.

// allowedUpdates are the kinds we ask for. Telegram remembers the last list it was
// given.
const allowedUpdates = `["message","edited_message","callback_query","my_chat_member","message_reaction"]`

type update struct {
	ID       int64            `json:"update_id"`
	Message  json.RawMessage  `json:"message"`
	Edited   json.RawMessage  `json:"edited_message"`
	Tap      *callbackQuery   `json:"callback_query"`
	Member   *memberUpdated   `json:"my_chat_member"`
	Reaction *reactionUpdated `json:"message_reaction"`
}

type user struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
	Lang     string `json:"language_code"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

func (c chat) private() bool { return c.Type == "private" }

type message struct {
	ID       int64    `json:"message_id"`
	From     *user    `json:"from"`
	Chat     chat     `json:"chat"`
	Date     int64    `json:"date"`
	EditDate int64    `json:"edit_date"`
	ReplyTo  *message `json:"reply_to_message"`
	Text     string   `json:"text"`
	Caption  string   `json:"caption"`
	Entities []entity `json:"entities"`

	Photo     []file    `json:"photo"`
	Voice     *file     `json:"voice"`
	Audio     *file     `json:"audio"`
	Video     *file     `json:"video"`
	VideoNote *file     `json:"video_note"`
	Animation *file     `json:"animation"`
	Document  *file     `json:"document"`
	Sticker   *sticker  `json:"sticker"`
	Contact   *card     `json:"contact"`
	Venue     *venue    `json:"venue"`
	Location  *location `json:"location"`
}

type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"` // in UTF-16 units
	Length int    `json:"length"`
}

type file struct {
	ID    string `json:"file_id"`
	Size  int64  `json:"file_size"`
	MIME  string `json:"mime_type"`
	Name  string `json:"file_name"`
	Path  string `json:"file_path"` // getFile only
	Width int    `json:"width"`
}

type sticker struct {
	file
	Animated bool `json:"is_animated"`
	Video    bool `json:"is_video"`
}

type card struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	VCard     string `json:"vcard"`
}

type location struct {
	Lat float64 `json:"latitude"`
	Lon float64 `json:"longitude"`
}

type venue struct {
	Location location `json:"location"`
	Title    string   `json:"title"`
}

type callbackQuery struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"`
	Data    string   `json:"data"`
}

type memberUpdated struct {
	Chat chat  `json:"chat"`
	From user  `json:"from"`
	Date int64 `json:"date"`
	Old  struct {
		Status string `json:"status"`
	} `json:"old_chat_member"`
	New struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

type reactionUpdated struct {
	Chat chat       `json:"chat"`
	ID   int64      `json:"message_id"`
	User *user      `json:"user"`
	Date int64      `json:"date"`
	New  []reaction `json:"new_reaction"`
}

type reaction struct {
	Type  string `json:"type"`
	Emoji string `json:"emoji"`
}
