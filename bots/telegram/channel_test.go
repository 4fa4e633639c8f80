package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/telegram"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// running is a channel that runs, with all it accepted.
type running struct {
	*telegram.Channel
	t    *testing.T
	stop func() error

	mu     sync.Mutex
	got    []bots.Message
	refuse error
}

// run runs c until the test ends.
func run(t *testing.T, c *telegram.Channel) *running {
	t.Helper()
	r := &running{Channel: c, t: t}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, r.accept) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience.Limit):
			return errors.New("Run does not end")
		}
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *running) accept(_ context.Context, m bots.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse != nil {
		return r.refuse
	}
	r.got = append(r.got, m)
	return nil
}

func (r *running) setRefuse(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = err
}

func (r *running) accepted() []bots.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// texts waits for n messages and returns what they say.
func (r *running) texts(n int) []string {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("%d messages are accepted", n), func() bool { return len(r.accepted()) >= n })
	var out []string
	for _, m := range r.accepted() {
		out = append(out, m.Text)
	}
	return out
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	patience.Until(t, what, ok)
}

func open(t *testing.T, s *fake.Server, change func(*telegram.Config)) *telegram.Channel {
	t.Helper()
	config := telegram.Config{Token: fake.Token, APIURL: s.URL()}
	if change != nil {
		change(&config)
	}
	c, err := telegram.New(slog.New(slog.DiscardHandler), config)
	if err != nil {
		t.Fatal(err)
	}
	c.SetWaits(5*time.Millisecond, 50*time.Millisecond, 20*time.Millisecond)
	return c
}

func TestNewRefusesMistakes(t *testing.T) {
	for name, config := range map[string]telegram.Config{
		"no token":       {},
		"a pasted line":  {Token: "123:abc\n"},
		"a stray byte":   {Token: "123:abc\x7f"},
		"an address":     {Token: "123:abc", APIURL: "api.telegram.org"},
		"mode":           {Token: "123:abc", Mode: "push"},
		"no webhook URL": {Token: "123:abc", Mode: telegram.Webhook},
	} {
		if _, err := telegram.New(slog.New(slog.DiscardHandler), config); err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "123:abc") {
			t.Errorf("%s: the error holds the token: %v", name, err)
		}
	}
}

// A helpdesk starts while Telegram is away and works when it is there.
func TestStartsBeforeTelegram(t *testing.T) {
	s := startFake(t)
	s.Leave()
	r := run(t, open(t, s, nil))
	eventually(t, "the trouble shows", func() bool { return r.Health().Problem != "" })
	s.User(7001, "Ali", "ar").Text("مرحبا")
	if err := s.Return(); err != nil {
		t.Fatal(err)
	}
	r.texts(1)
	eventually(t, "the trouble is over", func() bool { h := r.Health(); return h.Connected && h.Problem == "" })
}

func TestRefusedToken(t *testing.T) {
	s := startFake(t)
	const wrong = "110201543:AAwrongwrongwrongwrongwrongwrongwro"
	c := open(t, s, func(c *telegram.Config) { c.Token = wrong })
	err := c.Run(context.Background(), func(context.Context, bots.Message) error { return nil })
	if err == nil || strings.Contains(err.Error(), "wrongwrong") {
		t.Errorf("Run: %v, want an error without the token", err)
	}
	if got := c.Health(); got.Connected || got.Problem != telegram.ProblemToken {
		t.Errorf("Health is %+v", got)
	}
	var se *bots.SendError
	_, err = c.Send(context.Background(), bots.Part{To: address(7001), Body: "hi", Text: "hi"})
	if !errors.As(err, &se) || se.Reason != bots.NotAllowed {
		t.Errorf("Send: %v, want %s", err, bots.NotAllowed)
	}
}

// Two programs with one token: each says so, and the one that stays goes on.
func TestSecondPoller(t *testing.T) {
	s := startFake(t)
	first := run(t, open(t, s, nil))
	user := s.User(7001, "Ali", "ar")
	user.Text("one")
	first.texts(1)
	second := run(t, open(t, s, nil))
	eventually(t, "the conflict shows", func() bool {
		return first.Health().Problem == telegram.ProblemConflict || second.Health().Problem == telegram.ProblemConflict
	})
	if err := second.stop(); err != nil {
		t.Fatal(err)
	}
	user.Text("two")
	eventually(t, "the message arrives at one of the two", func() bool {
		return len(first.accepted())+len(second.accepted()) >= 2
	})
	eventually(t, "the conflict is over", func() bool { return first.Health().Connected })
}

// A webhook left behind ends without taking what waits with it, also when somebody
// sets it again.
func TestPollingEndsWebhook(t *testing.T) {
	t.Parallel()
	s := startFake(t)
	set := func() {
		resp, err := http.PostForm(s.URL()+"/bot"+fake.Token+"/setWebhook", url.Values{"url": {"http://127.0.0.1:1/gone"}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	set()
	user := s.User(7001, "Ali", "ar")
	user.Text("before")
	r := run(t, open(t, s, nil))
	r.texts(1)
	if q := s.Requests("getUpdates")[0]; q.Status != 200 {
		t.Errorf("the first request for updates is answered %d", q.Status)
	}
	eventually(t, "setWebhook is allowed again", func() bool {
		set()
		reqs := s.Requests("setWebhook")
		return reqs[len(reqs)-1].Status == 200
	})
	user.Text("after")
	if diff := cmp.Diff([]string{"before", "after"}, r.texts(2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// After a week without updates Telegram counts from anywhere, also from below.
func TestUpdateIDsBeginAnew(t *testing.T) {
	s := startFake(t)
	r := run(t, open(t, s, nil))
	user := s.User(7001, "Ali", "ar")
	user.Text("one")
	r.texts(1)
	eventually(t, "all is confirmed", func() bool { return s.Pending() == 0 })
	s.Forget(4000)
	user.Text("two")
	r.texts(2)
	user.Text("three")
	if diff := cmp.Diff([]string{"one", "two", "three"}, r.texts(3)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	eventually(t, "all is confirmed", func() bool { return s.Pending() == 0 })
}

// More than a hundred at once come in several answers; a batch out of order is taken
// as it comes.
func TestBatches(t *testing.T) {
	s := startFake(t)
	s.Hold()
	user := s.User(7001, "Ali", "ar")
	var want []string
	for i := range 250 {
		text := fmt.Sprint("message ", i)
		user.Text(text)
		want = append(want, text)
	}
	r := run(t, open(t, s, nil))
	s.Release()
	if diff := cmp.Diff(want, r.texts(250)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.Hold()
	last := s.LastUpdate()
	s.Again(last, last-2, last-1)
	s.Release()
	if got := r.texts(253)[250:]; !cmp.Equal(got, []string{"message 249", "message 247", "message 248"}) {
		t.Errorf("out of order came %q", got)
	}
	user.Text("the next")
	if got := r.texts(254)[253]; got != "the next" {
		t.Errorf("then came %q", got)
	}
}

// What was accepted in the moment of the stop is confirmed.
func TestStopConfirms(t *testing.T) {
	s := startFake(t)
	s.User(7001, "Ali", "ar").Text("the last words")
	c := open(t, s, nil)
	c.SetStopTime(patience.Limit)
	ctx, cancel := context.WithCancel(context.Background())
	err := c.Run(ctx, func(context.Context, bots.Message) error {
		cancel()
		return nil
	})
	if err != nil || s.Pending() != 0 {
		t.Errorf("Run: %v; %d updates are not confirmed", err, s.Pending())
	}
}

// While nothing can be stored the health says so; the order stays.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	for _, mode := range []telegram.Mode{telegram.Poll, telegram.Webhook} {
		s := startFake(t)
		r := run(t, openMode(t, s, mode))
		r.setRefuse(errors.New("redis is away"))
		user := s.User(7001, "Ali", "ar")
		user.Text("one")
		user.Text("two")
		eventually(t, "the trouble shows", func() bool {
			h := r.Health()
			return !h.Connected && strings.Contains(h.Problem, "stored")
		})
		r.setRefuse(nil)
		if diff := cmp.Diff([]string{"one", "two"}, r.texts(2)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mode, diff)
		}
		eventually(t, "the trouble is over", func() bool { return r.Health().Connected })
	}
}

// Every tap is answered, once, also one that is too old.
func TestTapsAreAnswered(t *testing.T) {
	for _, mode := range []telegram.Mode{telegram.Poll, telegram.Webhook} {
		s := startFake(t)
		r := run(t, openMode(t, s, mode))
		user := s.User(7001, "Ali", "ar")
		user.Text("hi")
		r.texts(1)
		receipt, err := r.Send(context.Background(), bots.Part{To: address(7001), Body: "?", Text: "?",
			Choices: []bots.Choice{{ID: "yes", Label: "Yes"}}})
		if err != nil {
			t.Fatal(err)
		}
		var taps []string
		for range 20 {
			taps = append(taps, user.Tap(number(t, receipt.ID), "yes"))
		}
		r.texts(21)
		eventually(t, "all taps are answered", func() bool {
			return !slices.ContainsFunc(taps, func(q string) bool { return s.Answered(q) == 0 })
		})
		for _, q := range taps {
			if n := s.Answered(q); n != 1 {
				t.Errorf("%s: a tap is answered %d times", mode, n)
			}
		}
		user.Tap(number(t, receipt.ID), "yes")
		s.ExpireTaps()
		r.texts(22)
	}
}

func TestMenu(t *testing.T) {
	s := startFake(t)
	s.Fail(fake.Fault{Method: "setMyCommands", Page: true}, 1)
	run(t, open(t, s, func(c *telegram.Config) {
		c.Commands = map[string][]telegram.Command{
			"":    {{Name: "help", Description: "Help"}},
			"uk":  {{Name: "help", Description: "Допомога"}},
			"prs": {{Name: "help", Description: "کمک"}},
		}
	}))
	eventually(t, "the menus are set", func() bool { return s.Commands("") != "" && s.Commands("uk") != "" })
	if got, want := s.Commands("uk"), `[{"command":"help","description":"Допомога"}]`; got != want {
		t.Errorf("the menu is %s, want %s", got, want)
	}
	for _, r := range s.Requests("setMyCommands") {
		if r.Status == 400 {
			t.Errorf("Telegram refuses %v", r.Params)
		}
	}
}
