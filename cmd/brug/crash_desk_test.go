package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
)

const (
	deskKills    = 12
	deskPeople   = 8
	deskMessages = 40 // of each person at most
	deskDanger   = "My husband beats me"
)

// caller is somebody on Telegram who wants a person and goes on writing.
type caller struct {
	onTelegram
	wrote []string
	at    []time.Time
}

func (c *caller) write(text string) {
	c.wrote, c.at = append(c.wrote, text), append(c.at, time.Now())
	c.ask(text)
}

// TestTheBotIsSilentBesideAVolunteer kills brug, its Redis, or both while people write
// and volunteers claim, reply, release and resolve. By the transcript the bot says
// nothing while somebody holds the case, except about danger; no reply is lost or
// doubled, and nothing changes its order.
func TestTheBotIsSilentBesideAVolunteer(t *testing.T) {
	telegram, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer telegram.Close()
	telegram.Rates(50, 50, 1000)
	addr := steadyAddr(t)
	p := &patient{t: t, binary: buildBrug(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr,
		"BRUG_TELEGRAM_TOKEN=" + fake.Token, "BRUG_TELEGRAM_API_URL=" + telegram.URL()}}
	start := func() bool {
		since := time.Now()
		p.start()
		return p.readySoon(addr, polled(telegram, since))
	}
	until(t, "brug", start)
	defer p.stop()
	team := make([]*volunteer, 3)
	for i := range team {
		name := fmt.Sprintf("Helper%c", 'A'+i)
		p.command("volunteer", "add", name, "--languages", "en")
		team[i] = &volunteer{t: t, base: "http://" + addr, token: p.command("volunteer", "token", name), name: name}
	}
	ctx, endWork := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer endWork()
	for i, v := range team {
		working.Go(func() { v.work(ctx, rand.New(rand.NewPCG(7, uint64(i)))) })
	}

	random := rand.New(rand.NewPCG(3, 4))
	set := crashSet(t, crashQuestions)
	people := make([]*caller, deskPeople)
	for i := range people {
		people[i] = &caller{onTelegram: onTelegram{telegram.User(int64(2000+i), "P", "en")}}
		people[i].write(fmt.Sprintf("I have a very strange letter, it is number %d", 2000+i))
		people[i].write("/person")
	}
	// say lets a person write something that the bot could answer, or only somebody
	// who knows what went before.
	say := func(i int) {
		switch c := people[i]; {
		case len(c.wrote) >= deskMessages:
		case i == 0 && len(c.wrote)%10 == 5:
			c.write(deskDanger)
		case random.IntN(2) == 0:
			// The same text again would be answered once: who asks again asks louder.
			c.write(set[random.IntN(len(set))].text + strings.Repeat("?", len(c.wrote)))
		default:
			c.write(fmt.Sprintf("and number %d is beside the letter, on page %d", 2000+i, len(c.wrote)))
		}
	}
	var kills []kill
	for n := range deskKills {
		for range 8 + random.IntN(10) {
			<-time.After(time.Duration(random.IntN(60)) * time.Millisecond)
			say(random.IntN(deskPeople))
		}
		if n%3 != 0 {
			p.killRedis()
		}
		if n%3 != 1 {
			p.killBrug()
		}
		kills = append(kills, kill{at: time.Now(), brug: n%3 != 1})
		if !p.running() {
			start()
		}
	}
	if !p.running() {
		until(t, "brug", start)
	}
	for i := range people { // everybody ends with a person
		people[i].write("/person")
	}
	desk := &api{t: t, base: "http://" + addr, token: team[0].token}
	settled(t, desk, people)
	endWork()
	working.Wait()
	logs := settled(t, desk, people)

	d := newDeskCheck(t, kills, team)
	for i, person := range people {
		d.conversation(i, person, logs[i])
	}
	t.Logf("%d kills, %d claims, %d replies; while a case was held %d messages came, %d dangers and %d messages from before the claim were answered",
		len(kills), d.claims, d.replies, d.written, d.dangers, d.before)
	if d.written < 20 {
		t.Error("too little was written while cases were held")
	}
	if t.Failed() {
		if log, err := os.ReadFile(filepath.Join(p.data, "brug.log")); err == nil {
			t.Logf("the end of the log:\n%s", log[max(0, len(log)-4000):])
		}
	}
}
