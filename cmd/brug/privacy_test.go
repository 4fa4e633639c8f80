package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/router"
)

// TestAPersonIsErasedForGood talks as a person, erases them beside the running
// program, and searches all of Redis, its append-only file and the data folder for
// anything that led to them.
func TestAPersonIsErasedForGood(t *testing.T) {
	telegram, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer telegram.Close()
	addr := steadyAddr(t)
	p := &patient{t: t, binary: buildBrug(t), data: t.TempDir(), env: []string{"BRUG_ADDR=" + addr,
		"BRUG_BASE_URL=http://" + addr, "BRUG_TELEGRAM_TOKEN=" + fake.Token, "BRUG_TELEGRAM_API_URL=" + telegram.URL()}}
	p.start()
	defer p.stop()
	untilReady(t, addr)
	p.command("volunteer", "add", "Olha")
	desk := &api{t: t, base: "http://" + addr, token: p.command("volunteer", "token", "Olha")}
	person, other := telegram.User(7788990011, canaries[3], "uk"), telegram.User(55, "B", "uk")
	other.Text("Як отримати БСН?")
	person.Text("хочу поговорити з людиною, " + canaries[0])
	id := desk.waiting(1).Cases[0].ID
	if status := desk.call("POST", "/desk/api/cases/"+id+"/claim", nil, nil); status != http.StatusOK {
		t.Fatalf("claim: %d", status)
	}
	if status := desk.call("POST", "/desk/api/cases/"+id+"/reply", map[string]string{"text": "Вітаю, " + canaries[1]}, nil); status/100 != 2 {
		t.Fatalf("reply: %d", status)
	}
	until(t, "the volunteer's words", func() bool {
		return slices.ContainsFunc(person.Sent(), func(s fake.Sent) bool { return strings.Contains(s.Text, canaries[1]) })
	})

	s := p.openStore()
	ctx := t.Context()
	kase, err := handoff.New(nil, s, nil, nil, handoff.Options{}).Get(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	traces := map[string][]byte{
		"the conversation": []byte(kase.Conversation),
		"the contact":      []byte(s.Hash("contact telegram", "7788990011")),
		"the number":       []byte("7788990011"),
		"the case's key":   []byte("case:" + id),
	}
	log, err := s.Cmd().LRange(ctx, s.Key("conv", kase.Conversation, "log"), 0, -1).Result()
	if err != nil || len(log) < 3 {
		t.Fatalf("transcript: %d entries, %v", len(log), err)
	}
	for _, sealed := range log {
		// The middle of what is sealed: no file format breaks so few bytes in two.
		traces["a sealed entry "+sealed[30:33]] = []byte(sealed[30:46])
	}
	// What was taken to work on last is remembered until the next, or for one lease.
	other.Text("Як отримати БСН?")
	until(t, "the workers to forget", func() bool { return !strings.Contains(strings.Join(takers(t, s), " "), kase.Conversation) })
	if found := searchTraces(t, p.data, s, traces); len(found) < 2*3 {
		t.Fatalf("the search finds too little to be trusted: %q", found)
	}

	var kept router.Kept
	if err := json.Unmarshal([]byte(p.command("privacy", "export", "--case", id, "--json")), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept.Entries) != len(log) || kept.State.Address.ID != "7788990011" || len(kept.Cases) != 1 {
		t.Errorf("exported %d messages of %d, %d cases", len(kept.Entries), len(log), len(kept.Cases))
	}
	if text := p.command("privacy", "export", "--channel", "telegram", "--contact", "7788990011"); !strings.Contains(text, canaries[0]) || !strings.Contains(text, canaries[1]) {
		t.Errorf("the readable export is not complete:\n%s", text)
	}
	if got := p.command("privacy", "erase", "--channel", "telegram", "--contact", "7788990011"); !strings.Contains(got, "1 cases, 1 addresses") {
		t.Errorf("erase says %q", got)
	}
	for _, where := range searchTraces(t, p.data, s, traces) {
		t.Errorf("still there after the erasure: %s", where)
	}
	records, err := handoff.New(nil, s, nil, nil, handoff.Options{}).Audit(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"exported", "erased"} {
		if !slices.ContainsFunc(records, func(r handoff.Record) bool { return r.Action == action && r.Case == id }) {
			t.Errorf("%q is not in the audit log", action)
		}
	}
	// The other person is still known, and this one is a stranger.
	n := len(person.Sent())
	person.Text("Як отримати БСН?")
	until(t, "an answer to a stranger", func() bool { return len(person.Sent()) > n })
	if text := p.command("privacy", "export", "--channel", "telegram", "--contact", "55"); !strings.Contains(text, "burgerservicenummer") {
		t.Errorf("the other person's talk is gone:\n%s", text)
	}
}

// openStore opens the Redis of a running helpdesk.
func (p *patient) openStore() *store.Store {
	p.t.Helper()
	url, err := os.ReadFile(filepath.Join(p.data, "redis.addr"))
	if err != nil {
		p.t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(p.data, keyFile))
	if err != nil {
		p.t.Fatal(err)
	}
	box, err := seal.New(string(key))
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := store.Open(context.Background(), strings.TrimSpace(string(url)), "main", box)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.Close() })
	return s
}

// takers are the last answers to those who take work.
func takers(t *testing.T, s *store.Store) []string {
	t.Helper()
	var answers []string
	for _, key := range allKeys(t, s) {
		if strings.HasPrefix(key, s.Key("taker")) {
			answers = append(answers, s.Cmd().Get(t.Context(), key).Val())
		}
	}
	return answers
}

func allKeys(t *testing.T, s *store.Store) []string {
	t.Helper()
	keys, err := s.Client().Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// searchTraces looks for traces in every key and value of Redis and in every file of
// a folder, and says where they are.
func searchTraces(t *testing.T, dir string, s *store.Store, traces map[string][]byte) []string {
	t.Helper()
	found := searchFiles(t, dir, traces)
	for _, key := range allKeys(t, s) {
		found = append(found, traced("the name of key "+key, []byte(key), traces)...)
		for _, value := range values(t, s, key) {
			found = append(found, traced("key "+key, []byte(value), traces)...)
		}
	}
	return found
}

// traced says which traces are in something.
func traced(where string, in []byte, traces map[string][]byte) (found []string) {
	for what, trace := range traces {
		if bytes.Contains(in, trace) {
			found = append(found, what+" in "+where)
		}
	}
	return found
}

// searchFiles looks for traces in every file of a folder.
func searchFiles(t *testing.T, dir string, traces map[string][]byte) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		found = append(found, traced("file "+filepath.Base(path), raw, traces)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// values is everything that a key holds, unpacked.
func values(t *testing.T, s *store.Store, key string) []string {
	t.Helper()
	ctx, cmd := t.Context(), s.Client()
	var all []string
	switch kind := cmd.Type(ctx, key).Val(); kind {
	case "string":
		all = []string{cmd.Get(ctx, key).Val()}
	case "hash":
		for field, value := range cmd.HGetAll(ctx, key).Val() {
			all = append(all, field, value)
		}
	case "list":
		all = cmd.LRange(ctx, key, 0, -1).Val()
	case "set":
		all = cmd.SMembers(ctx, key).Val()
	case "zset":
		all = cmd.ZRange(ctx, key, 0, -1).Val()
	case "stream":
		for _, m := range cmd.XRange(ctx, key, "-", "+").Val() {
			for field, value := range m.Values {
				all = append(all, field, fmt.Sprint(value))
			}
		}
	case "none": // expired since it was listed
	default:
		t.Fatalf("key %s is a %s, which this search does not know", key, kind)
	}
	return all
}
