package telegram

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reply is the envelope of an answer.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
	status int
}

func open(t *testing.T) *Server {
	t.Helper()
	s, err := Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// ask makes a request with a JSON body, as most bots do.
func ask(t *testing.T, s *Server, method string, args Fields) reply {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, s.URL()+"/bot"+Token+"/"+method, "application/json", bytes.NewReader(body))
}

func do(t *testing.T, address, kind string, body io.Reader) reply {
	t.Helper()
	resp, err := http.Post(address, kind, body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	if !r.OK && r.status != r.Code {
		t.Errorf("status %d with error_code %d", r.status, r.Code)
	}
	return r
}

// stopClock lets no time pass for the server's limits, however slow the machine is.
func stopClock(s *Server) {
	now := time.Now()
	s.SetClock(func() time.Time { return now })
}

func TestTokens(t *testing.T) {
	s := open(t)
	for path, want := range map[string]string{
		"/bot" + Token + "/getMe":   "200 ",
		"/bot" + Token + "/GETME":   "200 ",
		"/bot1:wrong/getMe":         "401 Unauthorized",
		"/botnonsense/getMe":        "401 Unauthorized: invalid token specified",
		"/bot" + Token + "/getLost": "404 Not Found: method not found",
		"/getMe":                    "404 Not Found",
		"/bot" + Token:              "404 Not Found",
	} {
		r := do(t, s.URL()+path, "application/json", strings.NewReader("{}"))
		if got := fmt.Sprint(r.status, " ", r.Description); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// The same arguments come through in every way a request may carry them.
func TestBodies(t *testing.T) {
	s := open(t)
	user := s.User(7, "Ali", "ar")
	user.Text("hi")
	address := s.URL() + "/bot" + Token + "/sendMessage"
	form := url.Values{"chat_id": {"7"}, "text": {"їжак"}, "reply_markup": {`{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`}}
	var multi bytes.Buffer
	m := multipart.NewWriter(&multi)
	for name := range form {
		if err := m.WriteField(name, form.Get(name)); err != nil {
			t.Fatal(err)
		}
	}
	m.Close()
	do(t, address, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	do(t, address, m.FormDataContentType(), &multi)
	do(t, address, "application/json; charset=utf-8", strings.NewReader(
		`{"chat_id":7,"text":"їжак","reply_markup":{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}}`))
	do(t, address+"?"+form.Encode(), "", nil)
	sent := user.Sent()
	if len(sent) != 4 {
		t.Fatalf("%d messages arrived, want 4", len(sent))
	}
	for _, m := range sent {
		if m.Text != "їжак" || !cmp.Equal(m.Buttons, [][]Button{{{Text: "A", Data: "a"}}}) {
			t.Errorf("arrived %+v", m)
		}
	}
	if r := do(t, address, "application/json", strings.NewReader(`{"chat_id":`)); r.status != 400 {
		t.Errorf("half a body: status %d", r.status)
	}
}

func TestSendMessage(t *testing.T) {
	s := open(t)
	s.Rates(1000, 1000, 1000)
	s.User(7, "Ali", "ar").Text("hi")
	s.User(8, "Olha", "uk")
	blocked := s.User(9, "Samir", "ar")
	blocked.Text("hi")
	blocked.Block()
	keys := func(button string) Fields {
		return Fields{"chat_id": 7, "text": "x", "reply_markup": json.RawMessage(`{"inline_keyboard":[[` + button + `]]}`)}
	}
	long := strings.Repeat("a", 4094) + "😀"
	for _, tt := range []struct {
		name string
		args Fields
		want string
	}{
		{"good", Fields{"chat_id": 7, "text": "x"}, "200 "},
		{"longest", Fields{"chat_id": 7, "text": long}, "200 "},
		{"longest after parsing", Fields{"chat_id": 7, "text": "<b>" + long + "</b>", "parse_mode": "html"}, "200 "},
		{"one more", Fields{"chat_id": 7, "text": long + "a"}, "400 Bad Request: message is too long"},
		{"far too long", Fields{"chat_id": 7, "text": strings.Repeat("a", 40000)}, "400 Bad Request: text is too long"},
		{"no text", Fields{"chat_id": 7}, "400 Bad Request: message text is empty"},
		{"blank", Fields{"chat_id": 7, "text": " \n\t"}, "400 Bad Request: text must be non-empty"},
		{"only tags", Fields{"chat_id": 7, "text": "<b></b>", "parse_mode": "HTML"}, "400 Bad Request: text must be non-empty"},
		{"bad markup", Fields{"chat_id": 7, "text": "<b>", "parse_mode": "HTML"}, `400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"other markup", Fields{"chat_id": 7, "text": "x", "parse_mode": "BBCode"}, "400 Bad Request: unsupported parse_mode"},
		{"no chat", Fields{"text": "x"}, "400 Bad Request: chat_id is empty"},
		{"unknown chat", Fields{"chat_id": 5, "text": "x"}, "400 Bad Request: chat not found"},
		{"not started", Fields{"chat_id": 8, "text": "x"}, "403 Forbidden: bot can't initiate conversation with a user"},
		{"blocked", Fields{"chat_id": 9, "text": "x"}, "403 Forbidden: bot was blocked by the user"},
		{"64 bytes", keys(`{"text":"A","callback_data":"` + strings.Repeat("ї", 32) + `"}`), "200 "},
		{"65 bytes", keys(`{"text":"A","callback_data":"` + strings.Repeat("ї", 32) + `x"}`), "400 Bad Request: BUTTON_DATA_INVALID"},
		{"button without a purpose", keys(`{"text":"A"}`), "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"button without a label", keys(`{"text":"","callback_data":"a"}`), "400 Bad Request: inline keyboard button text must be non-empty"},
		{"number to call", keys(`{"text":"A","url":"tel:112"}`), "400 Bad Request: inline keyboard button URL 'tel:112' is invalid: Unsupported URL protocol"},
		{"local address", keys(`{"text":"A","url":"http://localhost:80/"}`), "400 Bad Request: inline keyboard button URL 'http://localhost:80/' is invalid: Wrong HTTP URL"},
		{"address", keys(`{"text":"A","url":"https://a.nl/x"}`), "200 "},
		{"answers nothing", Fields{"chat_id": 7, "text": "x", "reply_to_message_id": 1}, "400 Bad Request: message to be replied not found"},
		{"answers nothing new", Fields{"chat_id": 7, "text": "x", "reply_parameters": Fields{"message_id": 1}}, "400 Bad Request: message to be replied not found"},
		{"may answer nothing", Fields{"chat_id": 7, "text": "x", "reply_parameters": Fields{"message_id": 1, "allow_sending_without_reply": true}}, "200 "},
	} {
		r := ask(t, s, "sendMessage", tt.args)
		if got := fmt.Sprint(r.status, " ", r.Description); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	r := do(t, s.URL()+"/bot"+Token+"/sendMessage", "application/x-www-form-urlencoded", strings.NewReader("chat_id=7&text=%ff"))
	if r.Description != "Bad Request: strings must be encoded in UTF-8" {
		t.Errorf("bad UTF-8: %s", r.Description)
	}
}

// Telegram changes texts: it takes blanks off both ends, bidi embeddings and some
// marks out, and makes direction marks in a row one.
func TestClean(t *testing.T) {
	s := open(t)
	user := s.User(7, "Ali", "ar")
	user.Text("hi")
	ask(t, s, "sendMessage", Fields{"chat_id": 7, "parse_mode": "HTML",
		"text": "\n <b> a\u202ab\r\tc </b>\u200e\u200fd\u200e e\u030a \n"})
	got := user.Sent()[0]
	if want := "ab c \u200c\u200fd\u200e e"; got.Text != want {
		t.Errorf("the text is %+q, want %+q", got.Text, want)
	}
	if want := []Entity{{Type: "bold", Length: 5}}; !cmp.Equal(got.Entities, want) {
		t.Errorf("the entities are %+v, want %+v", got.Entities, want)
	}
}

func TestRates(t *testing.T) {
	s := open(t)
	stopClock(s)
	s.User(7, "Ali", "ar").Text("hi")
	s.User(8, "Olha", "uk").Text("hi")
	send := func(chat int) reply { return ask(t, s, "sendMessage", Fields{"chat_id": chat, "text": "x"}) }
	for i := range 10 {
		if r := send(7); !r.OK {
			t.Fatalf("message %d: %s", i, r.Description)
		}
	}
	r := send(7)
	if r.status != 429 || r.Description != "Too Many Requests: retry after 1" || r.Parameters.RetryAfter != 1 {
		t.Errorf("the eleventh: %+v", r)
	}
	if r := send(8); !r.OK {
		t.Errorf("another chat: %s", r.Description)
	}
	s.Rates(1000, 1000, 2)
	send(7)
	send(8)
	if r := send(8); r.status != 429 {
		t.Errorf("above the overall limit: %+v", r)
	}
}

func TestFaults(t *testing.T) {
	s := open(t)
	user := s.User(7, "Ali", "ar")
	user.Text("hi")
	address := s.URL() + "/bot" + Token + "/sendMessage"
	form := url.Values{"chat_id": {"7"}, "text": {"x"}}
	s.Fail(Fault{Drop: true}, 1)
	s.Fail(Fault{Drop: true, After: true}, 1)
	s.Fail(Fault{Page: true}, 1)
	s.Fail(Fault{Code: 429, Description: "Too Many Requests: retry after 9", RetryAfter: 9}, 1)
	for i, arrived := range []int{0, 1} {
		if resp, err := http.PostForm(address, form); err == nil {
			t.Errorf("request %d: status %d, want a broken connection", i, resp.StatusCode)
			resp.Body.Close()
		}
		if n := len(user.Sent()); n != arrived {
			t.Errorf("request %d: %d messages arrived, want %d", i, n, arrived)
		}
	}
	resp, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 502 || resp.Header.Get("Content-Type") != "text/html" {
		t.Errorf("the proxy says %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	if r := ask(t, s, "sendMessage", Fields{"chat_id": 7, "text": "x"}); r.Parameters.RetryAfter != 9 {
		t.Errorf("the limit says %+v", r)
	}
	if r := ask(t, s, "sendMessage", Fields{"chat_id": 7, "text": "x"}); !r.OK {
		t.Errorf("after all: %s", r.Description)
	}
	var statuses []int
	for _, r := range s.Requests("sendMessage") {
		statuses = append(statuses, r.Status)
	}
	if want := []int{0, 0, 502, 429, 200}; !cmp.Equal(statuses, want) {
		t.Errorf("recorded %v, want %v", statuses, want)
	}
}

func TestTapsAndMarkup(t *testing.T) {
	s := open(t)
	user := s.User(7, "Ali", "ar")
	user.Text("hi")
	ask(t, s, "sendMessage", Fields{"chat_id": 7, "text": "x",
		"reply_markup": Fields{"inline_keyboard": [][]Button{{{Text: "A", Data: "a"}}}}})
	id := user.Sent()[0].ID
	tap := user.Tap(id, "a")
	for _, tt := range []struct {
		method string
		args   Fields
		want   string
	}{
		{"answerCallbackQuery", Fields{"callback_query_id": tap}, "200 "},
		{"answerCallbackQuery", Fields{"callback_query_id": "12"}, "400 Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"editMessageReplyMarkup", Fields{"chat_id": 7, "message_id": id, "reply_markup": Fields{"inline_keyboard": [][]Button{{{Text: "A", Data: "a"}}}}},
			"400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
		{"editMessageReplyMarkup", Fields{"chat_id": 7, "message_id": id}, "200 "},
		{"editMessageReplyMarkup", Fields{"chat_id": 7, "message_id": 1}, "400 Bad Request: message to edit not found"},
		{"sendChatAction", Fields{"chat_id": 7, "action": "typing"}, "200 "},
		{"sendChatAction", Fields{"chat_id": 7, "action": "dancing"}, "400 Bad Request: wrong parameter action in request"},
		{"setMyCommands", Fields{"commands": []Fields{{"command": "help", "description": "Help"}}, "language_code": "uk"}, "200 "},
		{"setMyCommands", Fields{"commands": []Fields{{"command": "Help", "description": "Help"}}}, "400 Bad Request: BOT_COMMAND_INVALID"},
		{"setMyCommands", Fields{"commands": []Fields{{"command": "help", "description": "Help"}}, "language_code": "prs"}, "400 Bad Request: invalid language code specified"},
		{"getFile", Fields{"file_id": "zzz"}, "400 Bad Request: wrong file_id or the file is temporarily unavailable"},
	} {
		r := ask(t, s, tt.method, tt.args)
		if got := fmt.Sprint(r.status, " ", r.Description); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.method, got, tt.want)
		}
	}
	if len(user.Sent()[0].Buttons) != 0 || user.Typing() != 1 || s.Answered(tap) != 1 {
		t.Errorf("buttons %v, typing %d, answers %d", user.Sent()[0].Buttons, user.Typing(), s.Answered(tap))
	}
	old := user.Tap(id, "a")
	s.ExpireTaps()
	if r := ask(t, s, "answerCallbackQuery", Fields{"callback_query_id": old}); r.OK {
		t.Error("an old tap is answered")
	}
}
