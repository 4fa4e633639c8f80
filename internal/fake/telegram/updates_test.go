package telegram

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/internal/patience"
)

type gotUpdate struct {
	ID      int64 `json:"update_id"`
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
}

// poll asks for updates and returns their texts.
func poll(t *testing.T, s *Server, args Fields) ([]string, int64) {
	t.Helper()
	r := ask(t, s, "getUpdates", args)
	var updates []gotUpdate
	if err := json.Unmarshal(r.Result, &updates); err != nil {
		t.Fatalf("%s: %v", r.Description, err)
	}
	texts, last := []string{}, int64(0)
	for _, u := range updates {
		texts, last = append(texts, u.Message.Text), u.ID
	}
	return texts, last
}

func TestOffsets(t *testing.T) {
	s := open(t)
	user := s.User(7, "Ali", "ar")
	for i := range 4 {
		user.Text(fmt.Sprint(i))
	}
	last := s.LastUpdate()
	for _, tt := range []struct {
		name string
		args Fields
		want []string
	}{
		{"the first two", Fields{"limit": 2}, []string{"0", "1"}},
		{"nothing was confirmed", Fields{"limit": 1000, "offset": 1}, []string{"0", "1", "2", "3"}},
		{"from the third on", Fields{"offset": last - 1}, []string{"2", "3"}},
		{"the second is gone", Fields{"offset": last - 2}, []string{"2", "3"}},
		{"the last one", Fields{"offset": -1}, []string{"3"}},
		{"from another row of ids", Fields{"offset": last + 5000}, []string{"3"}},
		{"behind the last", Fields{"offset": last + 1}, []string{}},
	} {
		if got, _ := poll(t, s, tt.args); !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	s.Again(last-3, last-1)
	if got, _ := poll(t, s, Fields{"offset": last + 2}); !cmp.Equal(got, []string{"0", "2"}) {
		t.Errorf("again came %v", got)
	}
	if s.Pending() != 0 {
		t.Errorf("%d updates wait", s.Pending())
	}
}

// A bot that turns in a circle gets one update at a time.
func TestSameOffsetTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	user := s.User(7, "Ali", "ar")
	user.Text("0")
	user.Text("1")
	stopClock(s)
	poll(t, s, Fields{"offset": 1})
	if got, _ := poll(t, s, Fields{"offset": 1}); len(got) != 1 {
		t.Errorf("got %v, want one", got)
	}
}

func TestAllowedUpdates(t *testing.T) {
	s := open(t)
	user := s.User(7, "Ali", "ar")
	user.React(1, "👍")
	if s.Pending() != 0 {
		t.Error("a reaction came without being asked for")
	}
	poll(t, s, Fields{"allowed_updates": []string{"message_reaction"}})
	user.React(1, "👍")
	user.Text("not asked for")
	if s.Pending() != 1 {
		t.Errorf("%d updates wait, want 1", s.Pending())
	}
}

func TestLongPoll(t *testing.T) {
	t.Parallel()
	s := open(t)
	user := s.User(7, "Ali", "ar")
	first := make(chan reply, 1)
	go func() { first <- ask(t, s, "getUpdates", Fields{"timeout": 50}) }()
	patience.Until(t, "the first waits", func() bool { return waiting(s) })
	second := make(chan reply, 1)
	go func() { second <- ask(t, s, "getUpdates", Fields{"timeout": 50}) }()
	want := "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
	if r := <-first; r.status != 409 || r.Description != want {
		t.Errorf("the first: %d %s", r.status, r.Description)
	}
	user.Text("hi")
	if r := <-second; !r.OK {
		t.Errorf("the second: %s", r.Description)
	}
	ask(t, s, "setWebhook", Fields{"url": "https://brug.example/hook"})
	if r := ask(t, s, "getUpdates", nil); r.status != 409 {
		t.Errorf("with a webhook: %d %s", r.status, r.Description)
	}
}

func waiting(s *Server) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.poller != nil
}

func TestSetWebhook(t *testing.T) {
	s := open(t)
	stopClock(s)
	for _, tt := range []struct{ url, secret, want string }{
		{"http://brug.example/hook", "", "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
		{"https://brug.example:8080/hook", "", "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"},
		{"https://", "", "Bad Request: invalid webhook URL specified"},
		{"https://brug.example/hook", "not this!", "Bad Request: secret token contains unallowed characters"},
	} {
		s.mu.Lock()
		s.webhook.allowedAt = time.Time{} // once a second is not the matter here
		s.mu.Unlock()
		if r := ask(t, s, "setWebhook", Fields{"url": tt.url, "secret_token": tt.secret}); r.Description != tt.want {
			t.Errorf("%s: %s, want %s", tt.url, r.Description, tt.want)
		}
	}
	if r := ask(t, s, "setWebhook", Fields{"url": "https://brug.example/hook"}); r.status != 429 {
		t.Errorf("at once again: %d %s", r.status, r.Description)
	}
}

// bot is a webhook that fails at first.
type bot struct {
	mu     sync.Mutex
	fail   int
	secret string
	got    []string
	times  []time.Time
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.secret = r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
	b.times = append(b.times, time.Now())
	if b.fail > 0 {
		b.fail--
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(503)
		return
	}
	raw, _ := io.ReadAll(r.Body)
	var u gotUpdate
	if json.Unmarshal(raw, &u) == nil {
		b.got = append(b.got, u.Message.Text)
	}
	fmt.Fprint(w, `{"method":"sendMessage","chat_id":7,"text":"thanks"}`)
}

func (b *bot) texts() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.got...)
}

func TestWebhookDelivery(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Local()
	user := s.User(7, "Ali", "ar")
	user.Text("waited")
	b := &bot{fail: 1}
	web := httptest.NewServer(b)
	t.Cleanup(web.Close)
	if r := ask(t, s, "setWebhook", Fields{"url": web.URL, "secret_token": "abc"}); !r.OK {
		t.Fatal(r.Description)
	}
	user.Text("second")
	patience.Until(t, "both arrive", func() bool { return len(b.texts()) == 2 })
	if got := b.texts(); !cmp.Equal(got, []string{"waited", "second"}) || b.secret != "abc" {
		t.Errorf("the webhook got %v with secret %q", got, b.secret)
	}
	if d := b.times[1].Sub(b.times[0]); d < time.Second {
		t.Errorf("tried again after %v, want a second", d)
	}
	patience.Until(t, "the requests in the answers are done", func() bool { return len(user.Sent()) == 2 })
	var info struct {
		Pending int    `json:"pending_update_count"`
		Error   string `json:"last_error_message"`
	}
	if err := json.Unmarshal(ask(t, s, "getWebhookInfo", nil).Result, &info); err != nil {
		t.Fatal(err)
	}
	if info.Pending != 0 || info.Error != "Wrong response from the webhook: 503 Service Unavailable" {
		t.Errorf("the info is %+v", info)
	}
	ask(t, s, "deleteWebhook", nil)
	user.Text("third")
	if got, _ := poll(t, s, Fields{"offset": 2}); !cmp.Equal(got, []string{"third"}) {
		t.Errorf("then polling got %v", got)
	}
}
