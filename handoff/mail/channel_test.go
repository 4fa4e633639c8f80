package mail_test

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/mail"
	fake "github.com/brug-helpdesk/brug/internal/fake/mail"
)

const user, password = "brug", "s3cret-canary"

func open(t *testing.T) (*fake.Server, mail.Config) {
	t.Helper()
	return openSecure(t, nil)
}

func openSecure(t *testing.T, secure *tls.Config) (*fake.Server, mail.Config) {
	t.Helper()
	s, err := fake.Start(base64.StdEncoding.EncodeToString([]byte("\x00"+user+"\x00"+password)), secure)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, mail.Config{Server: s.Addr(), From: "brug <desk@help.example>", User: user, Password: password}
}

func part(to string) bots.Part {
	return bots.Part{ID: "abc-0", To: bots.Address{Channel: handoff.Mail, ID: to}, Lang: "uk", Urgent: true,
		Body: "Терміново: 1 людина потребує допомоги зараз.\n\nhttps://help.example/desk/case/x"}
}

func channel(t *testing.T, c mail.Config) *mail.Channel {
	t.Helper()
	ch, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func TestAnAlertIsSent(t *testing.T) {
	s, config := open(t)
	c := channel(t, config)
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a repeat after a crash has the same identifier
		if _, err := c.Send(t.Context(), part("anna@example.org")); err != nil {
			t.Fatal(err)
		}
	}
	taken := s.Taken()
	if len(taken) != 2 {
		t.Fatalf("%d messages", len(taken))
	}
	m := taken[1]
	for name, want := range map[string]string{"Message-ID": "<abc-0@help.example>", "From": `"brug" <desk@help.example>`, "To": "<anna@example.org>",
		"Auto-Submitted": "auto-generated", "Content-Language": "uk", "Content-Type": "text/plain; charset=UTF-8"} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if m.To != "anna@example.org" || !strings.Contains(m.Body, "https://help.example/desk/case/x") {
		t.Errorf("to %s: %s", m.To, m.Body)
	}
	if h := c.Health(); !h.Connected || h.Problem != "" {
		t.Errorf("health %+v", h)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	s, config := open(t)
	c := channel(t, config)
	s.Refuse("gone@example.org", "550 5.1.1 no such user gone@example.org")
	s.Refuse("full@example.org", "452 4.2.2 full@example.org is full")
	s.Refuse("open@example.org", "450 open@example.org is busy")
	s.Refuse("busy@example.org", "451 4.3.0 no space to queue for busy@example.org")
	away := config
	away.Server = "127.0.0.1:1"
	wrong := config
	wrong.Password = "other-canary"
	for _, test := range []struct {
		name   string
		c      *mail.Channel
		to     string
		reason bots.Reason
		health bool
	}{
		{"a mailbox that is not there", c, "gone@example.org", bots.Unreachable, true},
		{"a mailbox that is full", c, "full@example.org", bots.Retry, true},
		{"a mailbox that somebody reads just now", c, "open@example.org", bots.Retry, true},
		{"a server that is in trouble", c, "busy@example.org", bots.Retry, false},
		{"a server that is away", channel(t, away), "anna@example.org", bots.Retry, false},
		{"a wrong password", channel(t, wrong), "anna@example.org", bots.Retry, false},
	} {
		_, err := test.c.Send(t.Context(), part(test.to))
		var fail *bots.SendError
		if !errors.As(err, &fail) || fail.Reason != test.reason {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if text := err.Error() + test.c.Health().Problem; strings.Contains(text, "example.org") || strings.Contains(text, "canary") {
			t.Errorf("%s: %q holds what must not be logged", test.name, text)
		}
		if got := test.c.Health().Connected; got != test.health {
			t.Errorf("%s: healthy is %v", test.name, got)
		}
	}
	if err := channel(t, wrong).Check(t.Context()); err == nil {
		t.Error("a wrong password passes the check")
	}
	nobody := config
	nobody.User = ""
	if err := channel(t, nobody).Check(t.Context()); err == nil {
		t.Error("the server wants a name, and the check does not notice")
	}
	if n := len(s.Taken()); n != 0 {
		t.Errorf("%d messages were taken", n)
	}
}

// TestTheServerIsWhoItSays: a server that wants TLS gets it, and neither the password
// nor a message goes to one whose certificate nobody vouches for.
func TestTheServerIsWhoItSays(t *testing.T) {
	vouched := httptest.NewTLSServer(nil) // for its certificate
	defer vouched.Close()
	s, config := openSecure(t, &tls.Config{Certificates: vouched.TLS.Certificates})
	stranger := channel(t, config)
	if err := stranger.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the check of a strange certificate: %v", err)
	}
	var fail *bots.SendError
	if _, err := stranger.Send(t.Context(), part("anna@example.org")); !errors.As(err, &fail) || fail.Reason != bots.Retry || stranger.Health().Connected {
		t.Errorf("to a strange certificate: %v", err)
	}
	if n := len(s.Taken()); n != 0 {
		t.Fatalf("%d messages were taken", n)
	}
	config.TLS = vouched.Client().Transport.(*http.Transport).TLSClientConfig
	known := channel(t, config)
	if err := known.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := known.Send(t.Context(), part("anna@example.org")); err != nil || len(s.Taken()) != 1 {
		t.Errorf("%d messages, %v", len(s.Taken()), err)
	}
}

func TestWrongSettingsAreRefused(t *testing.T) {
	for _, c := range []mail.Config{{Server: "mail.example.org", From: "a@example.org"}, {Server: ":25", From: "a@example.org"},
		{Server: "mail.example.org:x", From: "a@example.org"}, {Server: "mail.example.org:25", From: "nobody"}} {
		if _, err := mail.New(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}
