package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
)

const visitor = "abcdefghijklmnopqrstuv_-01"

var quiet = slog.New(slog.DiscardHandler)

func message(id, text string) string {
	b, _ := json.Marshal(incoming{Visitor: visitor, ID: id, Text: text})
	return string(b)
}

func accepted(context.Context, bots.Message) error { return nil }

// replay is what a newly opened page gets, up to n events.
func (s *site) replay(visitor, after string, n int) (events []event, ids []string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", s.server.URL+"/chat/api/events?visitor="+visitor, nil)
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(got, "text/event-stream") {
		s.t.Fatalf("%d %s", resp.StatusCode, got)
	}
	readEvents(resp.Body, func(id, name, data string) {
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			s.t.Error(err)
		}
		events, ids = append(events, e), append(ids, id)
		if len(events) == n {
			cancel()
		}
	})
	if len(events) != n {
		s.t.Fatalf("%d events, want %d: %+v", len(events), n, events)
	}
	return events, ids
}

func TestAConversationIsShownAgain(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	var mu sync.Mutex
	var got []bots.Message
	s.run(c, func(_ context.Context, m bots.Message) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, m)
		return nil
	})
	if r := s.post(message("m1", "Де отримати BSN?\x00")); r.StatusCode != http.StatusAccepted {
		t.Fatal(r.Status)
	}
	reply := bots.Reply{ID: "r1", Text: "**Так.** 0800-2000", Lang: "uk", From: bots.FromVolunteer, Article: "bsn-get", Revision: "0123456789ab",
		Choices: []bots.Choice{{ID: "more:1", Label: "Ще"}}}
	part := bots.Render(reply, c.Limits(), makeAddress(visitor))[0]
	for range 2 {
		if _, err := c.Send(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	if r := s.post(`{"visitor":"` + visitor + `","id":"m2","choice":"more:1"}`); r.StatusCode != http.StatusAccepted {
		t.Fatal(r.Status)
	}
	events, ids := s.replay(visitor, "", 3)
	want := []event{
		{ID: "m1", From: "visitor", Text: "Де отримати BSN?"},
		{ID: "r1-0", From: "volunteer", Text: "Так. 0800-2000", HTML: `<p><strong>Так.</strong> <a href="tel:08002000">0800-2000</a></p>`, Lang: "uk",
			Choices: reply.Choices, Article: "bsn-get", Revision: "0123456789ab"},
		{ID: "m2", From: "visitor", Text: "Ще"},
	}
	if diff := cmp.Diff(want, events, cmpopts.IgnoreFields(event{}, "At"), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	for _, e := range events {
		if time.Since(e.At) > time.Minute || e.At.Location() != time.UTC {
			t.Errorf("at %v", e.At)
		}
	}
	if rest, _ := s.replay(visitor, ids[1], 1); rest[0].ID != "m2" {
		t.Errorf("behind the second is %s", rest[0].ID)
	}
	mu.Lock()
	defer mu.Unlock()
	if m := got[1]; m.Action != bots.Tap || m.Choice != "more:1" || m.Target != "r1-0" || m.ID != "m2" {
		t.Errorf("tap %+v", m)
	}
}

func TestMessagesAreChecked(t *testing.T) {
	s := newSite(t)
	s.run(s.open(quiet, Config{}), accepted)
	long := strings.Repeat("я", 9000)
	for body, want := range map[string]int{
		message("1", "так"):                                     http.StatusAccepted,
		message("1", "так"):                                     http.StatusAccepted,
		message("2", long):                                      http.StatusAccepted,
		message(strings.Repeat("x", 64), "a"):                   http.StatusAccepted,
		message(strings.Repeat("x", 65), "a"):                   http.StatusBadRequest,
		message("", "a"):                                        http.StatusBadRequest,
		message("a\nb", "a"):                                    http.StatusBadRequest,
		message("3", " \n"):                                     http.StatusBadRequest,
		`{"visitor":"` + visitor + `","id":"4","choice":"a b"}`: http.StatusBadRequest,
		`{"visitor":"` + visitor + `","id":"5","choice":"` + strings.Repeat("x", 65) + `"}`: http.StatusBadRequest,
		`{"visitor":"tooshort","id":"6","text":"a"}`:                                        http.StatusBadRequest,
		`{"visitor":"` + visitor + `/","id":"7","text":"a"}`:                                http.StatusBadRequest,
		message("8", strings.Repeat("x", maxBody)):                                          http.StatusRequestEntityTooLarge,
	} {
		if got := s.post(body).StatusCode; got != want {
			t.Errorf("%.80s: %d, want %d", body, got, want)
		}
	}
	r, err := http.Get(s.server.URL + "/chat/api/events?visitor=short")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusBadRequest {
		t.Errorf("events of nobody: %d", r.StatusCode)
	}
	if r := s.post(message("9", "x"), "Sec-Fetch-Site", "cross-site"); r.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", r.StatusCode)
	}
	events, _ := s.replay(visitor, "", 3)
	for _, e := range events {
		if e.ID == "2" && e.Text != strings.Repeat("я", bots.MaxText) {
			t.Errorf("a long text is kept with %d bytes", len(e.Text))
		}
	}
}

func TestFloodsAreHeldBack(t *testing.T) {
	s := newSite(t)
	s.run(s.open(quiet, Config{Urgent: func(text string) bool { return text == "help" },
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}), accepted)
	for i := range perVisitor.most {
		if r := s.post(message(strconv.Itoa(i), "x")); r.StatusCode != http.StatusAccepted {
			t.Fatalf("message %d: %s", i, r.Status)
		}
	}
	r := s.post(message("one more", "x"))
	wait, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if r.StatusCode != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 60 {
		t.Errorf("%s, wait %q", r.Status, r.Header.Get("Retry-After"))
	}
	if r := s.post(message("3", "x")); r.StatusCode != http.StatusAccepted {
		t.Errorf("a repeat: %s", r.Status)
	}
	if r := s.post(message("urgent", "help")); r.StatusCode != http.StatusAccepted {
		t.Errorf("an urgent one: %s", r.Status)
	}
	// New visitors of one address behind our proxy.
	newcomer := func(n int, from string) int {
		return s.post(fmt.Sprintf(`{"visitor":"visitor-number-%08d","id":"1","text":"x"}`, n), "X-Forwarded-For", "8.8.8.8, "+from).StatusCode
	}
	for n := range perAddress.most {
		if got := newcomer(n, "192.0.2.7"); got != http.StatusAccepted {
			t.Fatalf("visitor %d: %d", n, got)
		}
	}
	if got := newcomer(1000, "192.0.2.7"); got != http.StatusTooManyRequests {
		t.Errorf("one visitor more: %d", got)
	}
	if got := newcomer(1000, "192.0.2.8"); got != http.StatusAccepted {
		t.Errorf("from another address: %d", got)
	}
	if got := newcomer(0, "192.0.2.7"); got != http.StatusAccepted {
		t.Errorf("one who was there before: %d", got)
	}
}

func TestWhatIsKeptIsSealedAndExpires(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{KeepDays: 3})
	s.run(c, accepted)
	s.post(message("m1", "таємниця Олени"))
	answer := func(n int) {
		t.Helper()
		if _, err := c.Send(t.Context(), bots.Part{ID: fmt.Sprintf("r-%d", n), To: makeAddress(visitor), Text: "таємниця", Body: "<p>x</p>"}); err != nil {
			t.Fatal(err)
		}
	}
	answer(0)
	keys, err := s.store.Client().Keys(t.Context(), s.store.Key("web", "*")).Result()
	if err != nil || len(keys) != 4 {
		t.Fatalf("keys %q, %v", keys, err)
	}
	for _, key := range keys {
		ttl := s.store.Client().PTTL(t.Context(), key).Val()
		if ttl <= 0 || ttl > 72*time.Hour {
			t.Errorf("%s expires in %v", key, ttl)
		}
		dump := s.store.Client().Dump(t.Context(), key).Val()
		for _, secret := range []string{visitor, "таємниця", "127.0.0.1"} {
			if strings.Contains(dump, secret) || strings.Contains(key, secret) {
				t.Errorf("%s holds %q", key, secret)
			}
		}
	}
	for n := range kept + 5 {
		answer(n)
	}
	if n := s.store.Client().XLen(t.Context(), c.eventsKey(visitor)).Val(); n != kept {
		t.Errorf("%d events are kept", n)
	}
}

func TestWhoHasAnsweredIsNotTyping(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	s.run(c, accepted)
	s.post(message("m1", "x"))
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", s.server.URL+"/chat/api/events?visitor="+visitor, nil)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := bots.Part{ID: "r-0", To: makeAddress(visitor), Text: "x", Body: "<p>x</p>"}
	var seen []string
	readEvents(resp.Body, func(_, name, data string) {
		seen = append(seen, name)
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Error(err)
		}
		switch {
		case e.ID == "m1":
			_, err = c.Send(ctx, answer)
		case e.ID == answer.ID:
			// The bell is heard late; then somebody really types.
			err = c.tell(ctx, visitor, noteTyping+" 1")
			if err == nil {
				err = c.tell(ctx, visitor, noteTyping+" 9999999999999")
			}
		default:
			cancel()
		}
		if err != nil {
			t.Error(err)
		}
	})
	if want := []string{"", "", "typing"}; !cmp.Equal(want, seen) {
		t.Errorf("the page heard %q, want %q", seen, want)
	}
}

func TestForgetErasesAlsoFromOpenPages(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	s.run(c, accepted)
	s.post(message("m1", "x"))
	erased := make(chan struct{})
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", s.server.URL+"/chat/api/events?visitor="+visitor, nil)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	go readEvents(resp.Body, func(_, name, _ string) {
		switch name {
		case "erased":
			close(erased)
			cancel()
		case "": // the page shows the message now
			if err := c.Forget(ctx, makeAddress(visitor)); err != nil {
				t.Error(err)
			}
		}
	})
	select {
	case <-erased:
	case <-time.After(patience.Limit):
		t.Fatal("the page was not told")
	}
	left, err := s.store.Client().Keys(t.Context(), c.store.Key("web", c.hash(visitor), "*")).Result()
	if err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestWithoutRedisNothingIsTaken(t *testing.T) {
	proxy := newProxy(t)
	s := newSite(t)
	box := s.store.Box
	far, err := store.Open(t.Context(), proxy.url(), "t"+store.NewID(), box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	s.store = far
	c := s.open(quiet, Config{})
	s.run(c, func(context.Context, bots.Message) error {
		t.Error("accepted without Redis")
		return nil
	})
	proxy.cut()
	r := s.post(message("m1", "x"))
	if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("a message: %s", r.Status)
	}
	resp, err := http.Get(s.server.URL + "/chat/api/events?visitor=" + visitor)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the events: %s", resp.Status)
	}
	_, err = c.Send(t.Context(), bots.Part{ID: "r-0", To: makeAddress(visitor), Text: "x"})
	if se, ok := err.(*bots.SendError); !ok || se.Reason != bots.Retry {
		t.Errorf("Send: %v", err)
	}
}

func TestBeforeRunNothingIsTaken(t *testing.T) {
	s := newSite(t)
	s.open(quiet, Config{})
	if r := s.post(message("m1", "x")); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a message: %s", r.Status)
	}
}

func TestOpenPagesAreLimited(t *testing.T) {
	o := open{pages: map[string]int{}}
	var leave []func()
	for i := range addressPages {
		l := o.enter(fmt.Sprint("visitor ", i/visitorPages), "192.0.2.7")
		if l == nil {
			t.Fatalf("page %d is refused", i)
		}
		leave = append(leave, l)
	}
	if o.enter("another", "192.0.2.7") != nil {
		t.Error("one page more of the address")
	}
	if o.enter("visitor 0", "192.0.2.8") != nil {
		t.Error("one page more of a visitor")
	}
	if l := o.enter("another", "192.0.2.8"); l == nil {
		t.Error("somebody else is refused")
	} else {
		l()
	}
	for _, l := range leave {
		l()
	}
	if len(o.pages) != 0 {
		t.Errorf("%d are still counted", len(o.pages))
	}
}

func TestAnOpenPageMoreIsToldToWait(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	s.run(c, accepted)
	for range visitorPages {
		defer c.open.enter(visitor, "192.0.2.7")()
	}
	r, err := http.Get(s.server.URL + "/chat/api/events?visitor=" + visitor)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("%s, wait %q", r.Status, r.Header.Get("Retry-After"))
	}
}
