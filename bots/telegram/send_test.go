package telegram_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/telegram"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
)

func address(id int64) bots.Address {
	return bots.Address{Channel: bots.Telegram, ID: strconv.FormatInt(id, 10)}
}

func number(t *testing.T, id string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// talk is a channel that does not run and a person it may write to.
func talk(t *testing.T) (*fake.Server, *telegram.Channel, *fake.Chat) {
	t.Helper()
	s := startFake(t)
	user := s.User(7001, "Ali", "ar")
	user.Text("hi")
	return s, open(t, s, nil), user
}

func reason(t *testing.T, err error) *bots.SendError {
	t.Helper()
	var se *bots.SendError
	if !errors.As(err, &se) {
		t.Fatalf("Send: %v, want a *bots.SendError", err)
	}
	return se
}

func TestSendMarkup(t *testing.T) {
	_, c, user := talk(t)
	_, err := c.Send(context.Background(), bots.Part{
		To:   address(7001),
		Body: "<b>BSN</b> &amp; <a href=\"https://www.denhaag.nl/bsn\">gemeente</a>",
		Text: "BSN & gemeente",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []fake.Entity{
		{Type: "bold", Offset: 0, Length: 3},
		{Type: "text_link", Offset: 6, Length: 8, URL: "https://www.denhaag.nl/bsn"},
	}
	if got := user.Sent()[0]; got.Text != "BSN & gemeente" || !cmp.Equal(got.Entities, want) {
		t.Errorf("arrived %+v", got)
	}
}

// A body Telegram cannot read goes out as plain text, with its buttons.
func TestSendPlainWhenMarkupIsWrong(t *testing.T) {
	s, c, user := talk(t)
	p := bots.Part{To: address(7001), Body: "<b>open <i>and</b> wrong", Text: "open and <wrong>",
		Choices: []bots.Choice{{ID: "more", Label: "More"}}}
	if _, err := c.Send(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	got := user.Sent()
	if len(got) != 1 || got[0].Text != "open and <wrong>" || len(got[0].Buttons) != 1 {
		t.Errorf("arrived %+v", got)
	}
	if n := len(s.Requests("sendMessage")); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
	p.Text = ""
	_, err := c.Send(context.Background(), p)
	if se := reason(t, err); se.Reason != bots.Rejected {
		t.Errorf("without a plain text: %v, want %s", err, bots.Rejected)
	}
}

// Telegram refuses a whole message for one address it does not like on a button. Such
// a link becomes a line of the text, unless it is there already.
func TestSendButtons(t *testing.T) {
	_, c, user := talk(t)
	_, err := c.Send(context.Background(), bots.Part{To: address(7001), Body: "Call 112", Text: "Call 112", Choices: []bots.Choice{
		{ID: "call", Label: "112", URL: "tel:112"},
		{ID: "talk", Label: "Talk & listen", URL: "tel:0800-0113"},
		{ID: "here", Label: "Page", URL: "http://localhost:8080/chat"},
		{ID: "site", Label: "Site", URL: "https://www.112.nl"},
		{ID: "more", Label: "More"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]fake.Button{{{Text: "Site", URL: "https://www.112.nl"}}, {{Text: "More", Data: "more"}}}
	got := user.Sent()[0]
	if diff := cmp.Diff(want, got.Buttons); diff != "" {
		t.Errorf("the buttons (-want +got):\n%s", diff)
	}
	text := "Call 112\nTalk & listen: \u200e0800-0113\u200e\nPage: \u200ehttp://localhost:8080/chat\u200e"
	if got.Text != text {
		t.Errorf("the text is %+q, want %+q", got.Text, text)
	}
}

func TestSendReasons(t *testing.T) {
	s, c, _ := talk(t)
	s.User(7002, "Olha", "uk")
	gone := s.User(7003, "Samir", "ar")
	gone.Text("hi")
	gone.Deactivate()
	long := strings.Repeat("a", 4097)
	for _, tt := range []struct {
		name string
		part bots.Part
		want bots.Reason
	}{
		{"nobody", bots.Part{To: address(123456), Body: "x"}, bots.Unreachable},
		{"did not start the bot", bots.Part{To: address(7002), Body: "x"}, bots.Unreachable},
		{"deleted the account", bots.Part{To: address(7003), Body: "x"}, bots.Unreachable},
		{"a name instead of a number", bots.Part{To: bots.Address{ID: "@channel"}, Body: "x"}, bots.Unreachable},
		{"too long", bots.Part{To: address(7001), Body: long, Text: long}, bots.Rejected},
		{"empty", bots.Part{To: address(7001)}, bots.Rejected},
		{"blank", bots.Part{To: address(7001), Body: " \n "}, bots.Rejected},
		{"a choice of 65 bytes", bots.Part{To: address(7001), Body: "x", Choices: []bots.Choice{
			{ID: strings.Repeat("x", 65), Label: "y"}}}, bots.Rejected},
	} {
		_, err := c.Send(context.Background(), tt.part)
		if se := reason(t, err); se.Reason != tt.want || se.Maybe {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// A refusal may quote what was sent; our error does not.
func TestErrorsQuoteNothing(t *testing.T) {
	s, c, _ := talk(t)
	for _, description := range []string{
		`Bad Request: can't parse entities: Unsupported start tag "canary-word" at byte offset 3`,
		"Bad Request: inline keyboard button URL 'https://canary-word.example' is invalid",
		"Bad Request: user 700188990011 not found",
	} {
		s.Fail(fake.Fault{Code: 400, Description: description}, 1)
		_, err := c.Send(context.Background(), bots.Part{To: address(7001), Body: "x"})
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "700188990011") {
			t.Errorf("the error is %v", err)
		}
	}
}

// The rate limit: in one chat only that contact waits, in a second one the channel.
func TestRateLimits(t *testing.T) {
	s, c, _ := talk(t)
	s.User(7002, "Olha", "uk").Text("hi")
	s.Rates(1, 2, 30)
	now := time.Now()
	s.SetClock(func() time.Time { return now })
	send := func(to int64) error {
		_, err := c.Send(context.Background(), bots.Part{To: address(to), Body: "x"})
		return err
	}
	for range 2 {
		if err := send(7001); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if se := reason(t, send(7001)); se.Reason != bots.RateLimited || se.RetryAfter <= 0 || se.Channel {
			t.Errorf("the third message: %+v", se)
		}
	}
	s.Rates(100, 100, 0.5)
	if se := reason(t, send(7002)); se.Reason != bots.RateLimited || !se.Channel {
		t.Errorf("the message to another contact: %+v", se)
	}
}

// The token is in every address and must come out of none.
func TestTokenStaysInside(t *testing.T) {
	var log strings.Builder
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed to %s", r.URL.Path)
	}))
	defer stranger.Close()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, stranger.URL+r.URL.Path, http.StatusFound)
	}))
	defer elsewhere.Close()
	for _, base := range []string{away.URL, elsewhere.URL, "http://no such host", "http://127.0.0.1:1"} {
		c, err := telegram.New(slog.New(slog.NewTextHandler(&log, nil)), telegram.Config{Token: fake.Token, APIURL: base})
		if err != nil {
			log.WriteString(err.Error())
			continue
		}
		_, err = c.Send(context.Background(), bots.Part{To: address(7001), Body: "x"})
		if se := reason(t, err); se.Reason != bots.Retry {
			t.Errorf("%s: %v, want %s", base, err, bots.Retry)
		}
		log.WriteString(err.Error())
		_, err = c.Fetch(context.Background(), bots.Media{Ref: "abc"})
		log.WriteString(err.Error())
		log.WriteString(c.Typing(context.Background(), address(7001)).Error())
	}
	if got := log.String(); strings.Contains(got, "AAHdqTcv") || strings.Contains(got, "110201543") {
		t.Errorf("the token is in:\n%s", got)
	}
}

func TestFetch(t *testing.T) {
	s, c, user := talk(t)
	r := run(t, c)
	user.BigDocument("big.pdf", 21<<20)
	user.Document("small.pdf", "application/pdf", []byte("%PDF"), "")
	user.Contact("+31612345678", "Sander; de Vries")
	r.texts(4)
	got := r.accepted()
	if _, err := c.Fetch(context.Background(), got[1].Media[0]); !errors.Is(err, telegram.ErrTooBig) {
		t.Errorf("a big file: %v, want %v", err, telegram.ErrTooBig)
	}
	if data := fetch(t, c, got[2].Media[0]); data != "%PDF" {
		t.Errorf("the small file is %q", data)
	}
	want := "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Sander\\; de Vries\r\nTEL:+31612345678\r\nEND:VCARD\r\n"
	if data := fetch(t, c, got[3].Media[0]); data != want {
		t.Errorf("the card is %q, want %q", data, want)
	}
	s.Leave()
	if _, err := c.Fetch(context.Background(), got[2].Media[0]); err == nil {
		t.Error("a file is fetched from nowhere")
	}
}

func fetch(t *testing.T, c *telegram.Channel, m bots.Media) string {
	t.Helper()
	r, err := c.Fetch(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
