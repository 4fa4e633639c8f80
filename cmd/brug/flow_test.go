package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/internal/patience"
)

// canaries are what must never be readable in a log or in the data folder.
var canaries = []string{"канарка7781", "Kanarienvogel", "+31612345678", "Bird-Surname"}

// api is a volunteer who uses the desk's API.
type api struct {
	t           *testing.T
	base, token string
}

func (a *api) call(method, path string, body, answer any) int {
	a.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, bytes.NewReader(raw))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+a.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	if answer != nil {
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
			a.t.Fatalf("%s %s: %s: %v", method, path, response.Status, err)
		}
	}
	return response.StatusCode
}

type caseList struct {
	Cases []struct {
		ID, State, Lang, Urgent, Preview string
		Place                            int
	}
}

// waiting returns the cases that wait, once there are n.
func (a *api) waiting(n int) caseList {
	a.t.Helper()
	var list caseList
	until(a.t, fmt.Sprintf("%d waiting cases", n), func() bool {
		list = caseList{}
		return a.call("GET", "/desk/api/cases?state=waiting", nil, &list) == http.StatusOK && len(list.Cases) >= n
	})
	return list
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	patience.Until(t, what, ok)
}

// untilReady waits until the helpdesk at addr takes messages.
func untilReady(t *testing.T, addr string) {
	t.Helper()
	until(t, "the helpdesk", func() bool {
		r, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			r.Body.Close()
		}
		return err == nil && r.StatusCode == http.StatusOK
	})
}

// command runs a subcommand as a coordinator would and returns what it prints.
func (p *patient) command(args ...string) string {
	p.t.Helper()
	var out bytes.Buffer
	getenv := func(name string) string {
		for _, e := range append(p.env, "BRUG_DATA="+p.data) {
			if v, ok := strings.CutPrefix(e, name+"="); ok {
				return v
			}
		}
		return ""
	}
	if err := run(context.Background(), args, getenv, &out, io.Discard); err != nil {
		p.t.Fatalf("brug %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(out.String())
}

// TestAQuestionGetsItsAnswerOrAPerson goes the whole way on Telegram with the real
// program, and searches the logs and the data folder for what must not be there.
func TestAQuestionGetsItsAnswerOrAPerson(t *testing.T) {
	telegram, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer telegram.Close()
	addr := steadyAddr(t)
	p := &patient{t: t, binary: buildBrug(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr,
		"BRUG_BASE_URL=http://" + addr, "BRUG_TELEGRAM_TOKEN=" + fake.Token, "BRUG_TELEGRAM_API_URL=" + telegram.URL()}}
	p.daytime()
	p.start()
	defer p.stop()
	untilReady(t, addr)
	p.command("volunteer", "add", "Olha", "--languages", "uk,ru")
	desk := &api{t: t, base: "http://" + addr, token: p.command("volunteer", "token", "Olha")}

	person := telegram.User(77, canaries[3], "uk")
	got := func(part string) func() bool {
		return func() bool {
			for _, s := range person.Sent() {
				if strings.Contains(s.Text, part) {
					return true
				}
			}
			return false
		}
	}
	person.Text("Доброго дня! Як отримати БСН?")
	until(t, "the article", got("burgerservicenummer"))
	person.Text("хочу поговорити з людиною, " + canaries[0] + " " + canaries[2])
	id := desk.waiting(1).Cases[0].ID
	if status := desk.call("POST", "/desk/api/cases/"+id+"/reply", map[string]string{"text": "?"}, nil); status != http.StatusConflict {
		t.Errorf("a reply without holding: %d", status)
	}
	if status := desk.call("POST", "/desk/api/cases/"+id+"/claim", nil, nil); status != http.StatusOK {
		t.Fatalf("claim: %d", status)
	}
	until(t, "the notice", got("Olha"))
	before := len(person.Sent())
	for range 2 { // a repeat is harmless
		if status := desk.call("POST", "/desk/api/cases/"+id+"/reply", map[string]string{"id": "r1", "text": "Вітаю, " + canaries[1]}, nil); status/100 != 2 {
			t.Fatalf("reply: %d", status)
		}
	}
	until(t, "the volunteer's words", got(canaries[1]))
	if status := desk.call("POST", "/desk/api/cases/"+id+"/resolve", map[string]string{"topic": "bsn-get", "outcome": "volunteer"}, nil); status != http.StatusOK {
		t.Fatalf("resolve: %d", status)
	}
	until(t, "the end", func() bool { return len(person.Sent()) == before+2 })
	for _, text := range []string{"Чоловік мене б'є", "ما بقى بدي عيش"} {
		n := len(person.Sent())
		person.Text(text)
		until(t, "an answer to danger", func() bool { return len(person.Sent()) > n && strings.Contains(person.Sent()[n].Text, "112") })
	}
	if c := desk.waiting(1).Cases[0]; c.Urgent == "" || c.Place != 1 {
		t.Errorf("danger does not stand first: %+v", c)
	}
	if got := p.command("ask", "Як отримати БСН?"); !strings.Contains(got, `"decision":"answer"`) {
		t.Errorf("ask beside a running helpdesk: %s", got)
	}
	searchFolder(t, p.data)
}

// searchFolder looks for canaries and the bot's token in every file: the log, the
// append-only file, the articles' repository.
func searchFolder(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, secret := range append(canaries, fake.Token) {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%q can be read in %s", secret, filepath.Base(path))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
