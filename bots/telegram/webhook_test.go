package telegram_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/telegram"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// openMode opens a channel in either mode, with a web server for the webhook.
func openMode(t *testing.T, s *fake.Server, mode telegram.Mode, changes ...func(*telegram.Config)) *telegram.Channel {
	t.Helper()
	hook := &mount{}
	web := httptest.NewServer(hook)
	t.Cleanup(web.Close)
	c := open(t, s, func(c *telegram.Config) {
		c.Mode = mode
		c.WebhookURL = web.URL + "/hooks/telegram"
		for _, change := range changes {
			change(c)
		}
	})
	hook.set(c.Handler())
	return c
}

const anUpdate = `{"update_id":7,"message":{"message_id":3,"date":1700000000,"chat":{"id":7001,"type":"private"},"text":"hi"}}`

// post calls the handler as Telegram, or somebody else, does.
func post(c *telegram.Channel, method, secret, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/hooks/telegram", strings.NewReader(body))
	if secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	s := startFake(t)
	c := openMode(t, s, telegram.Webhook)
	if w := post(c, "POST", c.Secret(), anUpdate); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("before Run: status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	r := run(t, c)
	eventually(t, "the channel runs", func() bool { return r.Health().Connected })
	for _, tt := range []struct {
		name, method, secret, body string
		status, accepted           int
	}{
		{"no secret", "POST", "", anUpdate, 401, 0},
		{"wrong secret", "POST", strings.Repeat("0", 64), anUpdate, 403, 0},
		{"the start of the secret", "POST", c.Secret()[:10], anUpdate, 403, 0},
		{"another method", "GET", c.Secret(), "", 405, 0},
		{"a huge body", "POST", c.Secret(), `{"update_id":8,"x":"` + strings.Repeat("x", 2<<20) + `"}`, 413, 0},
		{"no JSON", "POST", c.Secret(), `{"update_id":`, 200, 0},
		{"an update", "POST", c.Secret(), anUpdate, 200, 1},
	} {
		before := len(r.accepted())
		w := post(c, tt.method, tt.secret, tt.body)
		if got := len(r.accepted()) - before; w.Code != tt.status || got != tt.accepted {
			t.Errorf("%s: status %d with %d accepted, want %d with %d", tt.name, w.Code, got, tt.status, tt.accepted)
		}
		if strings.Contains(w.Body.String(), c.Secret()) {
			t.Errorf("%s: the answer tells the secret", tt.name)
		}
	}
	r.setRefuse(errors.New("redis is away"))
	if w := post(c, "POST", c.Secret(), anUpdate); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("without a store: status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	polling := open(t, s, nil)
	if w := post(polling, "POST", polling.Secret(), anUpdate); w.Code != 404 {
		t.Errorf("in poll mode: status %d, want 404", w.Code)
	}
}

// The secret is one Telegram takes, and another for each token.
func TestSecret(t *testing.T) {
	s := startFake(t)
	a := open(t, s, nil).Secret()
	b := open(t, s, func(c *telegram.Config) { c.Token = "5:other" }).Secret()
	if a == b || len(a) != 64 || strings.Contains(a, fake.Token) {
		t.Errorf("the secrets are %q and %q", a, b)
	}
}

// Somebody takes the webhook away; it is set again, and nothing that waited is lost.
func TestWebhookComesBack(t *testing.T) {
	t.Parallel()
	s := startFake(t)
	r := run(t, openMode(t, s, telegram.Webhook))
	eventually(t, "the channel runs", func() bool { return r.Health().Connected })
	resp, err := http.Get(s.URL() + "/bot" + fake.Token + "/deleteWebhook")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	s.User(7001, "Ali", "ar").Text("while it was gone")
	r.texts(1)
	for _, q := range s.Requests("setWebhook") {
		if q.Params["drop_pending_updates"] != "false" || q.Params["secret_token"] != r.Secret() {
			t.Errorf("setWebhook asks for %v", q.Params)
		}
	}
}

// Telegram tells that it does not reach us.
func TestWebhookUnreached(t *testing.T) {
	s := startFake(t)
	c := open(t, s, func(c *telegram.Config) {
		c.Mode = telegram.Webhook
		c.WebhookURL = "http://127.0.0.1:1/nobody"
	})
	r := run(t, c)
	s.User(7001, "Ali", "ar").Text("hello?")
	eventually(t, "the trouble shows", func() bool { return r.Health().Problem == telegram.ProblemUnreached })
}

// A real server refuses an address that is not https; that is for a person to see.
func TestWebhookRefused(t *testing.T) {
	s, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	r := run(t, openMode(t, s, telegram.Webhook))
	eventually(t, "the trouble shows", func() bool {
		h := r.Health()
		return strings.HasPrefix(h.Problem, telegram.ProblemWebhook) && h.Code == "telegram_webhook" && h.Arg != "" && strings.HasSuffix(h.Problem, h.Arg)
	})
}

// An accept that hangs ends with Run, not with Telegram's patience.
func TestHandlerEndsWithRun(t *testing.T) {
	s := startFake(t)
	c := openMode(t, s, telegram.Webhook)
	ctx, cancel := context.WithCancel(context.Background())
	reached, release := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- c.Run(ctx, func(ctx context.Context, _ bots.Message) error {
			close(reached)
			<-ctx.Done()
			<-release
			return ctx.Err()
		})
	}()
	status := make(chan int, 1)
	eventually(t, "the channel runs", func() bool { return c.Health().Connected })
	go func() { status <- post(c, "POST", c.Secret(), anUpdate).Code }()
	<-reached
	cancel()
	select {
	case <-ended:
		t.Fatal("Run ends before the handler")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	select {
	case err := <-ended:
		if code := <-status; err != nil || code != 503 {
			t.Errorf("Run: %v; the handler says %d, want 503", err, code)
		}
	case <-time.After(patience.Limit):
		t.Error("Run waits for the handler")
	}
}
