package main

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

const (
	crashKills     = 40
	crashPeople    = 30
	crashQuestions = 6 // of each person, each expecting another article
)

// patient is a helpdesk whose processes are killed.
type patient struct {
	t      *testing.T
	binary string
	data   string
	env    []string
	cmd    *exec.Cmd
	done   chan struct{}
}

// buildBrug builds the program as it is shipped.
func buildBrug(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "brug")
	cmd := exec.Command("go", "build", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

func (p *patient) start() {
	p.t.Helper()
	log, err := os.OpenFile(filepath.Join(p.data, "brug.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(p.binary, "serve")
	p.cmd.Env = append(os.Environ(), append([]string{"BRUG_ADDR=127.0.0.1:0", "BRUG_QUIET=0", "BRUG_DATA=" + p.data}, p.env...)...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { cmd.Wait(); close(done) }(p.cmd, p.done)
}

// running says that brug has not ended by itself.
func (p *patient) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

func (p *patient) killBrug() {
	p.cmd.Process.Kill()
	<-p.done
}

// killRedis kills the helpdesk's own server, if one answers.
func (p *patient) killRedis() {
	addr, err := os.ReadFile(filepath.Join(p.data, "redis.addr"))
	if err != nil {
		return
	}
	o, err := redis.ParseURL(strings.TrimSpace(string(addr)))
	if err != nil {
		return
	}
	o.MaxRetries, o.DialTimeout = -1, 200*time.Millisecond
	rdb := redis.NewClient(o)
	defer rdb.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	info, err := rdb.InfoMap(ctx, "server").Result()
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(info["Server"]["process_id"]); err == nil {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// stop ends brug as a system would, and its Redis with it.
func (p *patient) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		p.t.Error("brug does not stop")
		p.killBrug()
	}
}

// crashQuestion is a question that is answered outright, and the title it is
// answered with.
type crashQuestion struct{ text, title string }

func crashSet(t *testing.T) []crashQuestion {
	t.Helper()
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		t.Fatal(err)
	}
	mind, err := buildMind(&Config{BaseURL: "http://localhost", Keep: 720 * time.Hour}, newLibrary(base), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var set []crashQuestion
	for _, a := range base.Articles() {
		text, ok := a.Answer("en", "")
		if !ok || len(a.Audiences()) > 0 {
			continue
		}
		for _, q := range text.Questions {
			if v := mind.Ask(q, "", false); v.Decision == "answer" && v.Article == a.ID && v.Language == "en" && len(strings.Fields(q)) > 2 {
				set = append(set, crashQuestion{q, text.Title})
				break
			}
		}
		if len(set) == 4*crashQuestions {
			break
		}
	}
	if len(set) < crashQuestions {
		t.Fatalf("only %d questions are answered outright", len(set))
	}
	return set
}

// TestNothingIsLostOrSaidTwice kills brug, its Redis, or both at random moments while
// people ask numbered questions. Each must be answered once and in order; a repeat is
// allowed only for a send that was under way at a kill, for Telegram has no key that
// would make it harmless.
func TestNothingIsLostOrSaidTwice(t *testing.T) {
	telegram, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer telegram.Close()
	telegram.Rates(50, 50, 1000)
	p := &patient{t: t, binary: buildBrug(t), data: t.TempDir(),
		env: []string{"BRUG_TELEGRAM_TOKEN=" + fake.Token, "BRUG_TELEGRAM_API_URL=" + telegram.URL()}}
	set := crashSet(t)
	p.start()
	defer p.stop()

	random := rand.New(rand.NewPCG(1, 2))
	people := make([]*fake.Chat, crashPeople)
	asked := make([][]crashQuestion, crashPeople)
	for i := range people {
		people[i] = telegram.User(int64(1000+i), "P", "en")
		for j := range crashQuestions {
			asked[i] = append(asked[i], set[(i+j)%len(set)])
		}
	}
	var kills []time.Time
	next := make([]int, crashPeople)
	for n := range crashKills {
		// Some people write, and somewhere in what follows a process dies.
		for range 1 + crashPeople*crashQuestions/crashKills {
			if i := random.IntN(crashPeople); next[i] < crashQuestions {
				people[i].Text(asked[i][next[i]].text)
				next[i]++
			}
		}
		<-time.After(time.Duration(20+random.IntN(500)) * time.Millisecond)
		what := n % 3
		if what != 0 {
			p.killRedis()
		}
		if what != 1 {
			p.killBrug()
		}
		kills = append(kills, time.Now())
		if !p.running() {
			p.start()
			if what == 0 && n%2 == 0 { // and again, while it starts
				continue
			}
			waitReady(t, telegram, p)
		}
	}
	for i := range people {
		for ; next[i] < crashQuestions; next[i]++ {
			people[i].Text(asked[i][next[i]].text)
		}
	}
	if !p.running() {
		p.start()
	}
	repeats := 0
	deadline := time.Now().Add(2 * time.Minute)
	for i, person := range people {
		for len(titles(person.Sent(), asked[i])) < crashQuestions && time.Now().Before(deadline) {
			<-time.After(20 * time.Millisecond)
		}
		repeats += checkAnswers(t, i, person.Sent(), asked[i], kills)
	}
	t.Logf("%d people asked %d questions over %d kills: %d answers repeated, each in flight at a kill",
		crashPeople, crashPeople*crashQuestions, crashKills, repeats)
	if t.Failed() {
		if log, err := os.ReadFile(filepath.Join(p.data, "brug.log")); err == nil {
			t.Logf("the end of the log:\n%s", log[max(0, len(log)-4000):])
		}
	}
}

// waitReady waits until brug asks for updates again.
func waitReady(t *testing.T, telegram *fake.Server, p *patient) {
	t.Helper()
	since := time.Now()
	for deadline := since.Add(30 * time.Second); time.Now().Before(deadline); <-time.After(10 * time.Millisecond) {
		polls := telegram.Requests("getUpdates")
		if len(polls) > 0 && polls[len(polls)-1].At.After(since) || !p.running() {
			return
		}
	}
	t.Fatal("brug does not come back")
}

var title = regexp.MustCompile(`^[^\n]+`)

// titles are the questions' titles among what was sent, without repeats that follow
// each other.
func titles(sent []fake.Sent, asked []crashQuestion) []string {
	var got []string
	for _, s := range sent {
		first := title.FindString(s.Text)
		if slices.ContainsFunc(asked, func(q crashQuestion) bool { return q.title == first }) && !slices.Contains(got, first) {
			got = append(got, first)
		}
	}
	return got
}

// checkAnswers compares what one person got with what they asked and returns how many
// answers came again.
func checkAnswers(t *testing.T, person int, sent []fake.Sent, asked []crashQuestion, kills []time.Time) (repeats int) {
	t.Helper()
	var want []string
	for _, q := range asked {
		want = append(want, q.title)
	}
	if got := titles(sent, asked); !slices.Equal(got, want) {
		t.Errorf("person %d: got %q, want %q", person, got, want)
	}
	seen := map[string]fake.Sent{}
	for _, s := range sent {
		before, again := seen[s.Text]
		seen[s.Text] = s
		if !again {
			continue
		}
		repeats++
		inFlight := slices.ContainsFunc(kills, func(k time.Time) bool {
			return k.After(before.At.Add(-20*time.Millisecond)) && k.Before(before.At.Add(time.Second))
		})
		if !inFlight {
			t.Errorf("person %d: %q was repeated although nothing was killed around %s", person, title.FindString(s.Text), before.At)
		}
	}
	return repeats
}
