package signal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

func to(uuid string) bots.Address { return bots.Address{Channel: bots.Signal, ID: uuid} }

func part(id, text string) bots.Part {
	return bots.Part{ID: id, To: to(olena), Body: text, Text: text}
}

// sendError is what Send says to a part.
func (r *running) sendError(p bots.Part) *bots.SendError {
	r.t.Helper()
	_, err := r.Send(context.Background(), p)
	var se *bots.SendError
	if !errors.As(err, &se) {
		r.t.Fatalf("Send: %v, want a *bots.SendError", err)
	}
	return se
}

// giveUp sends a part that the daemon keeps waiting, and gives it up once the daemon
// has it.
func (r *running) giveUp(d *fake.Daemon, p bots.Part) *bots.SendError {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	before := len(d.Requests("send"))
	sent := make(chan error, 1)
	go func() {
		_, err := r.Send(ctx, p)
		sent <- err
	}()
	eventually(r.t, "the daemon has the part", func() bool { return len(d.Requests("send")) > before })
	cancel()
	var se *bots.SendError
	if err := <-sent; !errors.As(err, &se) {
		r.t.Fatalf("Send: %v, want a *bots.SendError", err)
	}
	return se
}

// What the daemon says to a send, and what that means.
func TestSendErrors(t *testing.T) {
	for _, network := range []string{"unix", "http"} {
		d := startFake(t, fake.Config{Network: network})
		d.Person(olena, "")
		r := run(t, open(t, d, nil)).connected()
		for i, tt := range []struct {
			fault fake.Fault
			want  bots.SendError
		}{
			{fake.Fault{Type: "UNREGISTERED_FAILURE"}, bots.SendError{Reason: bots.Unreachable}},
			{fake.Fault{Code: -1, Message: "The user " + olena + " is not registered."}, bots.SendError{Reason: bots.Unreachable}},
			{fake.Fault{Type: "NETWORK_FAILURE"}, bots.SendError{Reason: bots.Retry, Maybe: true}},
			{fake.Fault{Type: "IDENTITY_FAILURE"}, bots.SendError{Reason: bots.Retry}},
			{fake.Fault{Type: "INVALID_PRE_KEY_FAILURE"}, bots.SendError{Reason: bots.Retry}},
			{fake.Fault{Type: "RATE_LIMIT_FAILURE", RetryAfter: -1}, bots.SendError{Reason: bots.RateLimited, RetryAfter: time.Minute}},
			{fake.Fault{Type: "RATE_LIMIT_FAILURE"}, bots.SendError{Reason: bots.RateLimited, RetryAfter: time.Minute}},
			{fake.Fault{Type: "RATE_LIMIT_FAILURE", RetryAfter: 90}, bots.SendError{Reason: bots.RateLimited, RetryAfter: 90 * time.Second}},
			{fake.Fault{Code: -5, Message: "Failed to send message due to rate limiting"}, bots.SendError{Reason: bots.RateLimited, RetryAfter: time.Minute}},
			{fake.Fault{Type: "RATE_LIMIT_FAILURE", Token: "tok", RetryAfter: 90}, bots.SendError{Reason: bots.NotAllowed}},
			{fake.Fault{Code: -3, Message: "Failed to send: java.net.UnknownHostException"}, bots.SendError{Reason: bots.Retry, Maybe: true}},
			{fake.Fault{Code: -4, Message: "Failed to send message due to untrusted identities"}, bots.SendError{Reason: bots.Retry}},
			{fake.Fault{Code: -32603, Message: "Failed to send message: x (UnexpectedErrorException)"}, bots.SendError{Reason: bots.Retry, Maybe: true}},
			{fake.Fault{Code: -32603, Message: "Failed to send message: Authorization failed! (AuthorizationFailedException)"}, bots.SendError{Reason: bots.NotAllowed}},
			{fake.Fault{Code: -32602, Message: "Specified account does not exist"}, bots.SendError{Reason: bots.NotAllowed}},
			{fake.Fault{Code: -32601, Message: "Method not implemented"}, bots.SendError{Reason: bots.Rejected}},
			{fake.Fault{Code: -1, Message: "Invalid style: HUGE"}, bots.SendError{Reason: bots.Rejected}},
			{fake.Fault{Drop: true}, bots.SendError{Reason: bots.Retry, Maybe: true}},
		} {
			d.Fail(tt.fault, 1)
			se := r.sendError(part(fmt.Sprint(i), "hello"))
			if got := (bots.SendError{Reason: se.Reason, RetryAfter: se.RetryAfter, Maybe: se.Maybe}); got != tt.want {
				t.Errorf("%s: %+v: %v (Maybe %v), want %v (Maybe %v)", network, tt.fault, se, se.Maybe, &tt.want, tt.want.Maybe)
			}
			if se.Err == nil {
				t.Errorf("%+v: no cause", tt.fault)
			}
			r.connected() // after Drop
		}
		if n := len(d.Requests("trust")); n != 2 {
			t.Errorf("%d keys were trusted, want 2", n)
		}
	}
}

func TestUnregistered(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	p := d.Person(olena, "")
	r := run(t, open(t, d, nil)).connected()
	p.Unregister()
	if se := r.sendError(part("r1-0", "hello")); se.Reason != bots.Unreachable {
		t.Errorf("somebody who left Signal: %v", se)
	}
	if se := r.sendError(bots.Part{ID: "r2-0", To: to(samir), Body: "x"}); se.Reason != bots.Unreachable {
		t.Errorf("nobody: %v", se)
	}
	if se := r.sendError(part("r3-0", "")); se.Reason != bots.Rejected {
		t.Errorf("nothing: %v", se)
	}
}

// An answer that comes after the send gave up is not lost: the retry gets it, and the
// contact reads the text once.
func TestLateAnswer(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		p := d.Person(olena, "")
		r := run(t, open(t, d, nil)).connected()
		hold := make(chan struct{})
		d.Fail(fake.Fault{Hold: hold}, 1)
		hello := part("r1-0", "hello")
		if se := r.giveUp(d, hello); se.Reason != bots.Retry || !se.Maybe {
			t.Fatalf("Send: %v", se)
		}
		time.AfterFunc(50*time.Millisecond, func() { close(hold) }) // mostly while the retry waits
		first, err := r.Send(context.Background(), hello)
		if err != nil {
			t.Fatal(err)
		}
		second, err := r.Send(context.Background(), hello) // and afterwards
		if err != nil || first != second {
			t.Errorf("the receipts are %v and %v, %v", first, second, err)
		}
		if got := p.Inbox(); len(got) != 1 || fmt.Sprintf("o%d", got[0].Timestamp) != first.ID {
			t.Errorf("%d messages on the phone", len(got))
		}
	})
}

// A late answer that says no lets the retry send.
func TestLateRefusal(t *testing.T) {
	d := startFake(t, fake.Config{Network: "unix"})
	p := d.Person(olena, "")
	r := run(t, open(t, d, nil)).connected()
	hold := make(chan struct{})
	d.Fail(fake.Fault{Hold: hold, Type: "NETWORK_FAILURE"}, 1)
	hello := part("r1-0", "hello")
	r.giveUp(d, hello)
	time.AfterFunc(50*time.Millisecond, func() { close(hold) }) // mostly while the retry waits
	_, err := r.Send(context.Background(), hello)
	var se *bots.SendError
	if errors.As(err, &se) && se.Reason == bots.Retry {
		_, err = r.Send(context.Background(), hello)
	}
	if err != nil || len(p.Inbox()) != 1 {
		t.Errorf("%d messages on the phone, %v", len(p.Inbox()), err)
	}
}

// Answers may overtake one another.
func TestAnswersOvertake(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	p := d.Person(olena, "")
	r := run(t, open(t, d, nil)).connected()
	hold := make(chan struct{})
	d.Fail(fake.Fault{Hold: hold}, 1)
	slow := make(chan bots.Receipt, 1)
	go func() {
		receipt, err := r.Send(context.Background(), part("slow", "slow"))
		if err != nil {
			t.Error(err)
		}
		slow <- receipt
	}()
	eventually(t, "the first is on its way", func() bool { return len(d.Requests("send")) == 1 })
	fast, err := r.Send(context.Background(), part("fast", "fast"))
	if err != nil {
		t.Fatal(err)
	}
	close(hold)
	got := map[string]string{"fast": fast.ID, "slow": (<-slow).ID}
	for _, m := range p.Inbox() {
		if got[m.Text] != fmt.Sprintf("o%d", m.Timestamp) {
			t.Errorf("the receipt of %s is %s", m.Text, got[m.Text])
		}
	}
	if p.Inbox()[0].Text != "fast" {
		t.Error("the slow one was not overtaken")
	}
}

// Styles cover the same words on the phone as in the Markdown, in every script.
func TestStyles(t *testing.T) {
	d := startFake(t, fake.Config{Network: "http"})
	p := d.Person(olena, "")
	c := open(t, d, nil)
	r := run(t, c).connected()
	for i, tt := range []struct {
		lang, markdown string
		bold, italic   []string
	}{
		{"uk", "Привіт 👋🏽! Візьміть **паспорт** 🇺🇦 і *копію*.", []string{"паспорт"}, []string{"копію"}},
		{"ar", "👨‍👩‍👧 اتصل بـ **البلدية** ثم *انتظر* الرد", []string{"البلدية"}, []string{"انتظر"}},
		{"en", "**𝔘nicode** and cafe\u0301 **x** `*no*`", []string{"𝔘nicode", "x"}, nil},
		{"en", "stars * and _ lines, 2 * 3", nil, nil},
	} {
		for _, out := range bots.Render(bots.Reply{ID: fmt.Sprint("r", i), Text: tt.markdown, Lang: tt.lang}, c.Limits(), to(olena)) {
			if _, err := r.Send(context.Background(), out); err != nil {
				t.Fatalf("%q: %v", tt.markdown, err)
			}
		}
		m := p.Inbox()[i]
		units := utf16.Encode([]rune(m.Text))
		words := map[string][]string{}
		for _, s := range m.Styles {
			word := string(utf16.Decode(units[s.Start : s.Start+s.Len]))
			words[s.Name] = append(words[s.Name], strings.Trim(word, "\u200e\u200f"))
		}
		if !slices.Equal(words["BOLD"], tt.bold) || !slices.Equal(words["ITALIC"], tt.italic) {
			t.Errorf("%q arrives as %q with %v", tt.markdown, m.Text, words)
		}
	}
}

// A long answer is several messages that every app shows whole.
func TestLongAnswer(t *testing.T) {
	d := startFake(t, fake.Config{Network: "unix"})
	p := d.Person(olena, "")
	c := open(t, d, nil)
	r := run(t, c).connected()
	long := strings.Repeat("Зверніться до **муніципалітету** зі своїм паспортом. ", 100)
	parts := bots.Render(bots.Reply{ID: "r", Text: long, Lang: "uk"}, c.Limits(), to(olena))
	if len(parts) < 4 {
		t.Fatalf("%d parts", len(parts))
	}
	for _, out := range parts {
		if _, err := r.Send(context.Background(), out); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range p.Inbox() {
		if len(m.Text) > 2000 || len(m.Styles) == 0 {
			t.Errorf("a message of %d bytes with %d styles", len(m.Text), len(m.Styles))
		}
	}
}

func TestQuotes(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	p := d.Person(olena, "")
	r := run(t, open(t, d, nil)).connected()
	id := p.Write("where?")
	ours, err := r.Send(context.Background(), part("r0-0", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		replyTo string
		quote   int64
		author  string
	}{
		{fmt.Sprint(id), id, olena},
		{ours.ID, p.Inbox()[0].Timestamp, fake.Account},
		{"read-1795320951512", 0, ""},
		{"12", 0, ""},
	} {
		out := part(fmt.Sprint("q", i), "there")
		out.ReplyTo = tt.replyTo
		if _, err := r.Send(context.Background(), out); err != nil {
			t.Fatal(err)
		}
		if m := p.Inbox()[i+1]; m.Quote != tt.quote || m.QuoteAuthor != tt.author {
			t.Errorf("%s: quotes %d of %q", tt.replyTo, m.Quote, m.QuoteAuthor)
		}
	}
}

// Only what the contact wrote is marked as read.
func TestMarkRead(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	p := d.Person(olena, "")
	r := run(t, open(t, d, nil)).connected()
	a, b := p.Write("one"), p.Write("two")
	ids := []string{fmt.Sprint(a), "o1795320951512", "read-1795320951512", "", fmt.Sprint(b)}
	if err := r.MarkRead(context.Background(), to(olena), ids); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{a, b}, p.Read()); diff != "" {
		t.Error(diff)
	}
	if err := r.MarkRead(context.Background(), to(olena), []string{"o1795320951512"}); err != nil || len(d.Requests("sendReceipt")) != 1 {
		t.Errorf("nothing to read: %v", err)
	}
	if r.MarkRead(context.Background(), to("nobody"), ids) == nil || r.Typing(context.Background(), to("nobody")) == nil {
		t.Error("nobody is told something without an error")
	}
}

func TestCaptcha(t *testing.T) {
	d := startFake(t, fake.Config{Network: "http"})
	d.Person(olena, "")
	d.Person(samir, "")
	var now = time.Now()
	c := open(t, d, nil)
	c.SetClock(func() time.Time { return now })
	r := run(t, c).connected()
	d.Fail(fake.Fault{Type: "RATE_LIMIT_FAILURE", Token: "3f2a-challenge"}, 1)
	if se := r.sendError(part("r1-0", "hello")); se.Reason != bots.NotAllowed {
		t.Fatalf("Send: %v", se)
	}
	h := r.Health()
	for _, s := range []string{"https://signalcaptchas.org/challenge/generate.html", "brug pair signal --challenge 3f2a-challenge --captcha"} {
		if !h.Connected || !strings.Contains(h.Problem, s) {
			t.Errorf("the coordinator reads %q, without %q", h.Problem, s)
		}
	}
	// Somebody else may be written to all the while.
	other := bots.Part{ID: "r2-0", To: to(samir), Body: "hello"}
	if _, err := r.Send(context.Background(), other); err != nil {
		t.Fatal(err)
	}
	if r.Health().Problem == "" {
		t.Error("the problem is gone although nobody solved it")
	}
	config := signal.Config{RPC: d.URL(), Account: fake.Account}
	if err := signal.SolveCaptcha(context.Background(), config, "3f2a-challenge", "signalcaptcha://wrong"); err == nil {
		t.Error("a wrong solution is taken")
	}
	if err := signal.SolveCaptcha(context.Background(), config, "3f2a-challenge", fake.Captcha); err != nil {
		t.Error(err)
	}
	if _, err := r.Send(context.Background(), part("r1-0", "hello")); err != nil {
		t.Fatal(err)
	}
	if p := r.Health().Problem; p != "" {
		t.Errorf("it is solved, and the coordinator reads %q", p)
	}
}

func TestFetch(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		p := d.Person(olena, "")
		r := run(t, open(t, d, nil)).connected()
		big := make([]byte, 3<<20)
		for i := range big {
			big[i] = byte(i * 7)
		}
		p.File("video/mp4", "", "", big)
		p.Sticker([]byte("RIFF sticker"))
		p.Message(nil, fake.Fields{"contacts": []any{fake.Fields{"name": fake.Fields{"given": "Jan"}}}})
		for i, want := range []string{string(big), "RIFF sticker", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jan\r\nEND:VCARD\r\n"} {
			m := r.wait(i + 1)[i].Media[0]
			f, err := r.Fetch(context.Background(), m)
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(f)
			f.Close()
			if err != nil || string(data) != want {
				t.Errorf("%s: %d bytes, %v", m.Kind, len(data), err)
			}
		}
		if _, err := r.Fetch(context.Background(), bots.Media{Ref: "x", Size: 21 << 20}); !errors.Is(err, signal.ErrTooBig) {
			t.Errorf("a large file: %v", err)
		}
		if _, err := r.Fetch(context.Background(), bots.Media{Ref: "sticker:x"}); err == nil {
			t.Error("a broken reference is fetched")
		}
	})
}

// A limit that passes by itself is told as long as it lasts.
func TestLimitIsTold(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp"})
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).Unix())
	c := open(t, d, nil)
	c.SetClock(func() time.Time { return time.Unix(now.Load(), 0) })
	r := run(t, c).connected()
	d.Fail(fake.Fault{Method: "send", Type: "RATE_LIMIT_FAILURE", RetryAfter: 5400}, 1)
	d.Person(olena, "")
	if _, err := r.Send(t.Context(), bots.Part{ID: "r-0", To: bots.Address{Channel: bots.Signal, ID: olena}, Body: "hi"}); err == nil {
		t.Fatal("the send was not refused")
	}
	if p := r.Health().Problem; !strings.Contains(p, "until 13:30 UTC") {
		t.Errorf("a coordinator reads %q", p)
	}
	now.Add(5400)
	if p := r.Health().Problem; p != "" {
		t.Errorf("after the limit a coordinator reads %q", p)
	}
}
