package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/internal/fake/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/internal/patience"
)

const (
	crashKills     = 40
	crashPeople    = 32 // a quarter of them on each network
	crashQuestions = 6  // of each person, each expecting another article
)

// kill is the death of a process.
type kill struct {
	at   time.Time
	brug bool // not only its Redis
	// ready is when brug was seen ready with nothing killed since, zero if it was not.
	ready time.Time
}

// crowd is the people of the crash test, and what each has asked.
type crowd struct {
	people []newcomer
	todo   [][]crashQuestion
	asked  [][]crashQuestion
}

// ask lets one person ask their next question; the last one waits for the end.
func (c *crowd) ask(i int, last bool) {
	n := len(c.asked[i])
	if n == crashQuestions-1 && !last {
		return
	}
	q := c.todo[i][n]
	q.at = time.Now()
	c.asked[i] = append(c.asked[i], q)
	c.people[i].ask(q.text)
}

// TestNothingIsLostOrSaidTwice kills brug, its Redis, or both at random moments while
// people on four networks ask questions. Each must be answered once and in order.
// Where the network has no key that would make it harmless, a send that was under way
// at a kill may come again; and what signal-cli had written to a socket that broke,
// which it then forgets, may be lost.
func TestNothingIsLostOrSaidTwice(t *testing.T) {
	telegram, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer telegram.Close()
	telegram.Rates(50, 50, 1000)
	daemon, err := signal.Start(signal.Config{Network: "tcp", Mode: signal.OnConnection})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	addr := steadyAddr(t)
	p := &patient{t: t, binary: buildForFake(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr,
		"BRUG_TELEGRAM_TOKEN=" + fake.Token, "BRUG_TELEGRAM_API_URL=" + telegram.URL(),
		"BRUG_SIGNAL_RPC=" + daemon.URL(), "BRUG_SIGNAL_ACCOUNT=" + signal.Account}}
	desk, err := linkWhatsApp(p)
	if err != nil {
		t.Fatal(err)
	}

	ctx, closePages := context.WithCancel(t.Context())
	set := crashSet(t, crashQuestions)
	c := &crowd{asked: make([][]crashQuestion, crashPeople)}
	for i := range crashPeople {
		switch i % 4 {
		case 0:
			c.people = append(c.people, onTelegram{telegram.User(int64(1000+i), "P", "en")})
		case 1:
			page := openPage(ctx, t, "http://"+addr, fmt.Sprintf("visitor-of-the-crash-test-%d", i))
			c.people = append(c.people, page)
			defer page.running.Wait()
		case 2:
			person := daemon.Person(fmt.Sprintf("5f5b0c1e-0000-4000-8000-%012d", i), "")
			c.people = append(c.people, &onSignal{person: person, wrote: map[string]int64{}})
		case 3:
			person, err := newOnWhatsApp(desk, i)
			if err != nil {
				t.Fatal(err)
			}
			defer person.phone.Close()
			c.people = append(c.people, person)
		}
		var todo []crashQuestion
		for j := range crashQuestions {
			todo = append(todo, set[(i+j)%len(set)])
		}
		c.todo = append(c.todo, todo)
	}
	defer closePages()

	start := func() bool {
		since, before := time.Now(), subscriptions(daemon)
		p.start()
		return p.readySoon(addr, polled(telegram, since), func() bool { return subscriptions(daemon) > before }, desk.Connected)
	}
	p.start()
	defer p.stop()

	random := rand.New(rand.NewPCG(1, 2))
	var kills []kill
	var ready time.Time
	for n := range crashKills {
		// Some people write, and somewhere in what follows a process dies.
		for range 1 + crashPeople*crashQuestions/crashKills {
			c.ask(random.IntN(crashPeople), false)
		}
		wait := 500 // ms at most: everything is answered, or
		if random.IntN(2) == 0 {
			wait = 30 // much is under way
		}
		<-time.After(time.Duration(random.IntN(wait)) * time.Millisecond)
		what := n % 3
		if what != 0 {
			p.killRedis()
		}
		if what != 1 {
			p.killBrug()
		}
		kills = append(kills, kill{at: time.Now(), brug: what != 1, ready: ready})
		ready = time.Time{}
		if p.running() {
			continue
		}
		if what == 0 && n%2 == 0 { // and again, while it starts
			p.start()
		} else if start() {
			ready = time.Now()
		}
	}
	p.killBrug()
	kills = append(kills, kill{at: time.Now(), brug: true, ready: ready})
	until(t, "brug", start)
	for i := range c.people {
		for len(c.asked[i]) < crashQuestions {
			c.ask(i, true)
		}
	}
	c.check(t, kills)
	if t.Failed() {
		if log, err := os.ReadFile(filepath.Join(p.data, "brug.log")); err == nil {
			t.Logf("the end of the log:\n%s", log[max(0, len(log)-4000):])
		}
	}
}

// check waits until everybody has the answer to their last question, behind which
// nothing may come, and compares.
func (c *crowd) check(t *testing.T, kills []kill) {
	t.Helper()
	deadline := time.Now().Add(3 * patience.Limit)
	repeated, lost, asked := map[string]int{}, map[string]int{}, map[string]int{}
	for i, person := range c.people {
		last := c.asked[i][crashQuestions-1].title
		for !slices.Contains(titles(person.heard(), c.asked[i]), last) && time.Now().Before(deadline) {
			<-time.After(20 * time.Millisecond)
		}
		got := person.heard()
		gone := c.lost(t, i, got, kills)
		checkAnswers(t, i, person, got, gone, c.asked[i])
		asked[person.name()] += crashQuestions
		lost[person.name()] += len(gone)
		repeated[person.name()] += checkRepeats(t, i, person, got, kills)
		if page, ok := person.(*onWeb); ok {
			page.check(c.asked[i])
		}
	}
	t.Logf("%d kills; questions %v, answers repeated %v, questions lost %v", len(kills), asked, repeated, lost)
	if 4*lost["signal"] > asked["signal"] {
		t.Errorf("%d of %d questions on Signal were lost: more than die with a socket", lost["signal"], asked["signal"])
	}
}

// titles are the questions' titles among what was heard, without repeats.
func titles(all []told, asked []crashQuestion) []string {
	var got []string
	for _, h := range all {
		first := h.title()
		if slices.ContainsFunc(asked, func(q crashQuestion) bool { return q.title == first }) && !slices.Contains(got, first) {
			got = append(got, first)
		}
	}
	return got
}

// lost are the titles of questions that may have died with a socket: only on Signal,
// only around a kill of brug, and not if the helpdesk had read them.
func (c *crowd) lost(t *testing.T, i int, got []told, kills []kill) (gone []string) {
	t.Helper()
	person, ok := c.people[i].(*onSignal)
	if !ok {
		return nil
	}
	answered := titles(got, c.asked[i])
	for _, q := range c.asked[i] {
		switch {
		case slices.Contains(answered, q.title):
		case person.read(q.text):
			t.Errorf("person %d: %q was read and not answered", i, q.text)
		case inSocket(q.at, kills):
			gone = append(gone, q.title)
		}
	}
	return gone
}

// inSocket says that an event of this time may have been written to a socket that
// broke before brug had stored it: brug was killed soon after both it and the event were
// there, or was never seen ready in between, or had just been killed. It takes some
// milliseconds; soon is what a loaded machine makes of them.
func inSocket(at time.Time, kills []kill) bool {
	for _, k := range kills {
		if !k.brug {
			continue
		}
		if k.at.Before(at) {
			if at.Sub(k.at) < time.Second {
				return true
			}
			continue
		}
		from := at
		if k.ready.After(from) {
			from = k.ready
		}
		return k.ready.IsZero() || k.at.Sub(from) < 3*time.Second
	}
	return false
}

// checkAnswers compares the order of answers with that of the questions.
func checkAnswers(t *testing.T, i int, person newcomer, got []told, gone []string, asked []crashQuestion) {
	t.Helper()
	var want []string
	for _, q := range asked {
		if !slices.Contains(gone, q.title) {
			want = append(want, q.title)
		}
	}
	if got := titles(got, asked); !slices.Equal(got, want) {
		t.Errorf("person %d on %s: got %q, want %q", i, person.name(), got, want)
	}
}

// checkRepeats returns how many answers came again. That is right only for a send that
// was under way at a kill: near it in time, and with nothing behind it, for the next
// part is sent when the one before is noted.
func checkRepeats(t *testing.T, i int, person newcomer, got []told, kills []kill) (repeats int) {
	t.Helper()
	seen := map[string]told{}
	for _, h := range got {
		before, again := seen[h.text]
		seen[h.text] = h
		if !again {
			continue
		}
		repeats++
		inFlight := person.repeats() && slices.ContainsFunc(kills, func(k kill) bool {
			noted := slices.ContainsFunc(got, func(next told) bool {
				return next.text != h.text && next.at.After(before.at) && next.at.Before(k.at)
			})
			return k.at.After(before.at.Add(-time.Second)) && k.at.Before(before.at.Add(3*time.Second)) && !noted
		})
		if !inFlight {
			t.Errorf("person %d on %s: %q, said at %s, was repeated", i, person.name(), h.title(), before.at)
		}
	}
	return repeats
}
