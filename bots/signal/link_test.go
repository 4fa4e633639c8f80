package signal_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

func TestLink(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		d.SetAccounts()
		config := signal.Config{RPC: d.URL()}
		uri, wait, err := signal.Link(context.Background(), config, "desk")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(uri, "sgnl://linkdevice?uuid=") {
			t.Errorf("the address is %q", uri)
		}
		if !d.Scan(uri, fake.Account) {
			t.Fatal("the phone finds no code")
		}
		if number, err := wait(context.Background()); err != nil || number != fake.Account {
			t.Errorf("linked %q, %v", number, err)
		}
		if got := d.Requests("finishLink"); len(got) != 1 || got[0].Params["deviceName"] != "desk" {
			t.Error("the device has another name")
		}
		if numbers, err := signal.Accounts(context.Background(), config); err != nil || !cmp.Equal(numbers, []string{fake.Account}) {
			t.Errorf("accounts are %v, %v", numbers, err)
		}
		eventually(t, "nobody is connected any more", d.Idle)
	})
}

func TestLinkFails(t *testing.T) {
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		config := signal.Config{RPC: d.URL()}
		uri, wait, err := signal.Link(context.Background(), config, "desk")
		if err != nil {
			t.Fatal(err)
		}
		d.Scan(uri, "")
		if _, err := wait(context.Background()); err == nil || !strings.Contains(err.Error(), "Connection closed") {
			t.Errorf("the phone refuses: %v", err)
		}
		_, wait, err = signal.Link(context.Background(), config, "desk")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		if _, err := wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody scans: %v", err)
		}
		d.Leave()
		if _, _, err := signal.Link(context.Background(), config, "desk"); err == nil {
			t.Error("no daemon, and no error")
		}
	})
}

func TestLinkOneAccount(t *testing.T) {
	d := startFake(t, fake.Config{Network: "tcp", Single: true})
	if _, _, err := signal.Link(context.Background(), signal.Config{RPC: d.URL()}, "desk"); err == nil || !strings.Contains(err.Error(), "without -a") {
		t.Errorf("Link: %v", err)
	}
	if _, err := signal.Accounts(context.Background(), signal.Config{RPC: d.URL()}); err == nil || !strings.Contains(err.Error(), "without -a") {
		t.Errorf("Accounts: %v", err)
	}
}

// serious are the problems that are not hints.
func serious(problems []signal.Problem) []string {
	var out []string
	for _, p := range problems {
		if !p.Hint {
			out = append(out, p.Text)
		}
	}
	return out
}

func TestCheck(t *testing.T) {
	now := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	overAll(t, func(t *testing.T, d *fake.Daemon) {
		config := signal.Config{RPC: d.URL(), Account: fake.Account}
		got := signal.CheckAt(context.Background(), config, now)
		if s := serious(got); len(s) != 1 || !strings.Contains(s[0], "2025-09-15") {
			t.Errorf("an old daemon: %q", s)
		}
		if hint := got[len(got)-1]; !hint.Hint || !strings.Contains(hint.Text, "--receive-mode=on-connection") {
			t.Errorf("the last is %+v", hint)
		}
		d.SetAccounts("+31611111111")
		if s := serious(signal.CheckAt(context.Background(), config, now)); len(s) != 2 || s[0] != signal.ProblemAccount {
			t.Errorf("no account: %q", s)
		}
		d.Leave()
		if s := serious(signal.CheckAt(context.Background(), config, now)); len(s) != 1 || s[0] != signal.ProblemAway {
			t.Errorf("no daemon: %q", s)
		}
	})
	if s := serious(signal.Check(context.Background(), signal.Config{RPC: "localhost"})); len(s) != 1 || !strings.Contains(s[0], "BRUG_SIGNAL_RPC") {
		t.Errorf("no address: %q", s)
	}
}

// A daemon from 0.14.4 on takes requests only under a name it knows.
func TestMisdirected(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusMisdirectedRequest)
	}))
	defer web.Close()
	if s := serious(signal.Check(context.Background(), signal.Config{RPC: web.URL})); len(s) != 1 || s[0] != signal.ProblemHost {
		t.Errorf("%q", s)
	}
}

func TestAge(t *testing.T) {
	now := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	for version, want := range map[string]string{
		"0.14.6":          "",
		"0.14.5-SNAPSHOT": "",
		"0.14.4":          "",
		"0.14.3":          "released on 2026-04-22",
		"0.13.24":         "released on 2026-02-05",
		"0.13.9.1":        "released on 2024-10-28",
		"0.12.8":          "years old",
		"0.15.0":          "",
		"unknown":         "cannot be told",
	} {
		if got := signal.Age(version, now).Text; !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", version, got, want)
		}
	}
	later := now.AddDate(1, 0, 0)
	if p := signal.Age("0.15.0", later); !p.Hint || !strings.Contains(p.Text, "cannot be told") {
		t.Errorf("a version from the future: %+v", p)
	}
	if p := signal.Age("0.14.6", later); p.Hint || !strings.Contains(p.Text, "2026-07-12") {
		t.Errorf("a year later: %+v", p)
	}
}
