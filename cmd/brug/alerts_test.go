package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	fakemail "github.com/brug-helpdesk/brug/internal/fake/mail"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
)

// atHome is a volunteer's browser.
type atHome struct {
	t    *testing.T
	base string
	http.Client
}

// signIn opens the link that "volunteer add" prints.
func signIn(t *testing.T, base, printed string) *atHome {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &atHome{t: t, base: base, Client: http.Client{Jar: jar}}
	b.post(regexp.MustCompile(`/desk/sign-in/\S+`).FindString(printed), nil)
	return b
}

// post sends a form and returns the page that follows.
func (b *atHome) post(path string, form url.Values) string {
	b.t.Helper()
	r, err := b.PostForm(b.base+path, form)
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s, %v", path, r.Status, err)
	}
	return string(page)
}

var inDanger = regexp.MustCompile(`Urgent: (\d+) `)

// TestAlertsReachWhoIsAwayThroughKills links a chat and a mailbox as volunteers do,
// kills brug with SIGKILL while people in danger write, and counts what was told.
func TestAlertsReachWhoIsAwayThroughKills(t *testing.T) {
	telegram, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer telegram.Close()
	mailbox, err := fakemail.Start("", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mailbox.Close()
	addr := steadyAddr(t)
	base := "http://" + addr
	p := &patient{t: t, binary: buildBrug(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr, "BRUG_BASE_URL=" + base,
		"BRUG_TELEGRAM_TOKEN=" + fake.Token, "BRUG_TELEGRAM_API_URL=" + telegram.URL(),
		"BRUG_MAIL_SERVER=" + mailbox.Addr(), "BRUG_MAIL_FROM=desk@help.example"}}
	p.start()
	defer func() { p.stop() }()
	untilReady(t, addr)

	olha := signIn(t, base, p.command("volunteer", "add", "Olha"))
	page := olha.post("/desk/me/alerts", url.Values{"do": {"telegram"}})
	code := regexp.MustCompile(`https://t\.me/` + fake.BotName + `\?start=([A-Za-z0-9_-]+)`).FindStringSubmatch(page)
	if code == nil {
		t.Fatalf("no link in %s", page)
	}
	phone := telegram.User(5, "Olha", "nl")
	phone.Text("/start " + code[1])
	until(t, "the chat to be linked", func() bool { return len(phone.Sent()) == 1 && strings.Contains(phone.Sent()[0].Text, "chat") })

	anna := signIn(t, base, p.command("volunteer", "add", "Anna"))
	anna.post("/desk/me/alerts", url.Values{"do": {"mail"}, "mail": {"anna@example.org"}})
	until(t, "the link by mail", func() bool { return len(mailbox.Taken()) == 1 })
	stranger := &atHome{t: t, base: base}
	stranger.post(regexp.MustCompile(`/desk/mail/\w+`).FindString(mailbox.Taken()[0].Body), nil)

	desk := &api{t: t, base: base, token: p.command("volunteer", "token", "Olha")}
	const people = 2
	for n := range people {
		telegram.User(int64(100+n), "Newcomer", "uk").Text("Чоловік мене б'є")
		desk.waiting(n + 1)
		<-time.After(time.Duration(n) * 300 * time.Millisecond) // a moment that differs each time
		p.killBrug()
		p.start()
		untilReady(t, addr)
	}
	counts := func() (byChat, byMail int) {
		for _, s := range phone.Sent() {
			byChat += number(s.Text)
		}
		seen := map[string]bool{} // a repeat of one send is the same message
		for _, m := range mailbox.Taken() {
			if id := m.Header.Get("Message-ID"); !seen[id] {
				seen[id] = true
				byMail += number(m.Body)
			}
		}
		return byChat, byMail
	}
	until(t, "all alerts", func() bool { c, m := counts(); return c >= people && m >= people })
	// A last one comes after everything that was still on its way.
	telegram.User(200, "Newcomer", "uk").Text("Чоловік мене б'є")
	until(t, "the last alert", func() bool { c, m := counts(); return c >= people+1 && m >= people+1 })
	c, m := counts()
	t.Logf("%d people told by chat in %d messages, %d by mail", c, len(phone.Sent())-1, m)
	if m != people+1 || c > 2*people+1 { // Telegram has no key that makes a send in flight at a kill harmless
		t.Errorf("told of %d people by chat and %d by mail, there were %d", c, m, people+1)
	}
	if len(desk.waiting(people+1).Cases) != people+1 {
		t.Error("the volunteer's chat became a case")
	}
	log, err := os.ReadFile(filepath.Join(p.data, "brug.log"))
	if err != nil || strings.Contains(string(log), "anna@example.org") || strings.Contains(string(log), code[1]) {
		t.Errorf("the log holds an address or a code (%v)", err)
	}
	if got := p.command("doctor"); !strings.Contains(got, fmt.Sprintf("%s takes mail from desk@help.example", mailbox.Addr())) {
		t.Errorf("doctor says %s", got)
	}
}

func number(text string) int {
	m := inDanger.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // digits
	return n
}
