package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

// begin starts a helpdesk on a data folder and waits until it takes messages.
func begin(t *testing.T, binary, data string, env ...string) (*patient, string) {
	t.Helper()
	addr := steadyAddr(t)
	p := &patient{t: t, binary: binary, data: data, env: append([]string{"BRUG_ADDR=" + addr, "BRUG_BASE_URL=http://" + addr}, env...)}
	p.start()
	untilReady(t, addr)
	return p, "http://" + addr
}

// brug runs a command as on a server, and returns what it prints and whether it went well.
func (p *patient) brug(args ...string) (string, bool) {
	p.t.Helper()
	cmd := exec.Command(p.binary, args...)
	cmd.Env = append(os.Environ(), append([]string{"BRUG_DATA=" + p.data}, p.env...)...)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// writes sends a message over the web chat and says whether it was taken.
func writes(base, visitor, id, text string) bool {
	body := fmt.Sprintf(`{"visitor":%q,"id":%q,"text":%q}`, visitor, id, text)
	r, err := http.Post(base+"/chat/api/messages", "application/json", strings.NewReader(body))
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusAccepted
}

const wantsPerson = "I want to talk to a person"

// TestABackupIsAHelpdesk copies a helpdesk while people write, and brings it back in an
// empty folder, where the conversation goes on.
func TestABackupIsAHelpdesk(t *testing.T) {
	binary := buildBrug(t)
	first, base := begin(t, binary, t.TempDir())
	if !writes(base, strings.Repeat("olena", 5), "1", wantsPerson) {
		t.Fatal("the first message was not taken")
	}
	first.command("volunteer", "add", "Olha")
	desk := &api{t: t, base: base, token: first.command("volunteer", "token", "Olha")}
	want := desk.waiting(1).Cases[0].ID

	var taken atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	load.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			if writes(base, fmt.Sprintf("visitor-number-%010d", n), "1", wantsPerson) {
				taken.Add(1)
			}
		}
	})
	until(t, "people", func() bool { return taken.Load() > 9 })
	before := int(taken.Load()) + 1
	archive := filepath.Join(t.TempDir(), "brug.tar.gz")
	out, ok := first.brug("backup", "--with-key", archive)
	stop()
	load.Wait()
	first.stop()
	if !ok || !strings.Contains(out, "whoever has this file reads everything") {
		t.Fatalf("backup: %s", out)
	}
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is for others to read: %v, %v", info.Mode(), err)
	}

	second := &patient{t: t, binary: binary, data: filepath.Join(t.TempDir(), "new")}
	if out, ok := second.brug("restore", archive); !ok || !strings.Contains(out, "The helpdesk is as it was") {
		t.Fatalf("restore: %s", out)
	}
	second, base = begin(t, binary, second.data)
	defer second.stop()
	desk.base = base
	var list caseList
	until(t, "everybody who had written before the backup", func() bool {
		list = caseList{}
		desk.call("GET", "/desk/api/cases?state=waiting", nil, &list)
		return len(list.Cases) >= before
	})
	for _, c := range list.Cases {
		if status := desk.call("GET", "/desk/api/cases/"+c.ID, nil, nil); status != http.StatusOK {
			t.Errorf("case %s: %d", c.ID, status)
		}
	}
	if !writes(base, strings.Repeat("olena", 5), "2", "are you there?") {
		t.Fatal("the conversation does not go on")
	}
	until(t, "both messages in the first case", func() bool {
		var c struct{ Messages []struct{ From, Text string } }
		desk.call("GET", "/desk/api/cases/"+want, nil, &c)
		var said []string
		for _, m := range c.Messages {
			if m.From == "newcomer" {
				said = append(said, m.Text)
			}
		}
		return slices.Equal(said, []string{wantsPerson, "are you there?"})
	})
	s := second.openStore()
	defer s.Close()
	records, err := auditLog(&Config{Keep: 24 * time.Hour}, s).Audit(t.Context(), 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range []string{"made a backup", "restored a backup"} {
		if !slices.ContainsFunc(records, func(r handoff.Record) bool { return r.Action == action }) {
			t.Errorf("the audit log does not say who %s", action)
		}
	}
}

// TestARestoreRefusesWhatItMustNotDo tries every wrong file, place and key: each time
// the words say what to do, and nothing has changed.
func TestARestoreRefusesWhatItMustNotDo(t *testing.T) {
	data := t.TempDir()
	key := seal.NewKey()
	do := func(env map[string]string, args ...string) (string, error) {
		t.Helper()
		var out bytes.Buffer
		getenv := func(name string) string {
			if v, ok := env[name]; ok {
				return v
			}
			return map[string]string{"BRUG_DATA": data, "BRUG_KEY": key, "BRUG_ADDR": "127.0.0.1:0", "BRUG_BASE_URL": "http://localhost"}[name]
		}
		err := run(t.Context(), args, getenv, &out, io.Discard)
		return out.String(), err
	}
	dir := t.TempDir()
	archive := filepath.Join(dir, "good.tar.gz")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := do(nil, "volunteer", "add", "Olha")
	must(err)
	must(os.WriteFile(filepath.Join(data, "whatsapp.db"), []byte("keys"), 0o600))
	out, err := do(nil, "backup", archive)
	must(err)
	if !strings.Contains(out, "Without the key this file shows nobody") {
		t.Errorf("backup says %s", out)
	}
	raw, err := os.ReadFile(archive)
	must(err)
	_, err = do(nil, "volunteer", "add", "Later")
	must(err)
	damaged := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, raw, 0o600))
		return path
	}
	refused := func(words string, env map[string]string, args ...string) {
		t.Helper()
		if _, err := do(env, args...); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v, want %q", args, err, words)
		}
		if out, err := do(nil, "volunteer", "list"); err != nil || !strings.Contains(out, "Later") {
			t.Fatalf("after %v the helpdesk is another: %s %v", args, out, err)
		}
	}
	refused("is there already", nil, "backup", archive)
	refused("there is a helpdesk already", nil, "restore", archive)
	refused("does not fit", map[string]string{"BRUG_KEY": seal.NewKey()}, "restore", "--replace", archive)
	refused("set BRUG_DESK=main", map[string]string{"BRUG_DESK": "other"}, "restore", "--replace", archive)
	refused("no such file", nil, "restore", "--replace", archive+"x")
	refused("damaged", nil, "restore", "--replace", damaged("cut", raw[:len(raw)-100]))
	refused("damaged", nil, "restore", "--replace", damaged("text", []byte("not a backup")))
	for at := 20; at < len(raw); at += len(raw) / 5 {
		flipped := bytes.Clone(raw)
		flipped[at] ^= 0x10
		refused("damaged", nil, "restore", "--replace", damaged("flipped", flipped))
	}
	refused("holds no key", map[string]string{"BRUG_KEY": "", "BRUG_DATA": t.TempDir()}, "restore", archive)

	// Somebody adds a file and makes the checksums right: the seal is not theirs.
	a, m, err := readArchive(archive)
	must(err)
	for _, f := range a.files {
		if f.name == keyFile || strings.Contains(f.name, "whatsapp") || bytes.Contains(f.data, []byte("Olha")) || bytes.Contains(f.data, []byte(key)) {
			t.Errorf("%s shows what is secret", f.name)
		}
	}
	a.add(articlesFolder+"/evil/en.md", []byte("call this number"))
	m.Files = a.entries()
	if err := a.fits(&Config{Key: key}, m); err != errDamaged {
		t.Errorf("a changed backup: %v", err)
	}

	_, err = do(nil, "restore", "--replace", archive)
	must(err)
	if out, err := do(nil, "volunteer", "list"); err != nil || !strings.Contains(out, "Olha") || strings.Contains(out, "Later") {
		t.Errorf("restored: %s %v", out, err)
	}
}

// TestARestoreThatIsKilledLeavesOneHelpdesk kills the restore at both of its steps. What
// is there afterwards is the old helpdesk, the new one, or a clear word; and the restore
// can be run again.
func TestARestoreThatIsKilledLeavesOneHelpdesk(t *testing.T) {
	binary := buildBrug(t)
	p := &patient{t: t, binary: binary, data: t.TempDir(), env: []string{"BRUG_KEY=" + seal.NewKey(), "BRUG_REDIS_URL=" + storetest.URL(t), "BRUG_DESK=killed"}}
	if _, err := knowledge.OpenStore(slog.New(slog.DiscardHandler), filepath.Join(p.data, articlesFolder), articles.FS()); err != nil {
		t.Fatal(err)
	}
	p.command("volunteer", "add", "Before")
	archive := filepath.Join(t.TempDir(), "brug.tar.gz")
	p.command("backup", archive)
	article := filepath.Join(p.data, articlesFolder, "bsn-get", "en.md")
	old, err := os.ReadFile(article)
	if err != nil {
		t.Fatal(err)
	}
	later := append(bytes.Clone(old), "\nLater.\n"...)
	// state is which helpdesk there is; "" for a mixture.
	state := func() string {
		text, err := os.ReadFile(article)
		if err != nil {
			t.Fatal(err)
		}
		people := p.command("volunteer", "list")
		switch {
		case bytes.Equal(text, later) && strings.Contains(people, "After"):
			return "old"
		case bytes.Equal(text, old) && !strings.Contains(people, "After") && strings.Contains(people, "Before"):
			return "new"
		}
		return ""
	}
	seen := map[string]int{}
	for i, step := range []string{".restore-*", restoringFile} {
		p.command("volunteer", "add", "After")
		if err := os.WriteFile(article, later, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := state(); got != "old" {
			t.Fatalf("round %d begins with %q", i, got)
		}
		cmd := exec.Command(binary, "restore", "--replace", archive)
		cmd.Env = append(os.Environ(), append([]string{"BRUG_DATA=" + p.data}, p.env...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		for found := false; !found; {
			names, err := filepath.Glob(filepath.Join(p.data, step))
			if err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				ended <- err
				found = true
			default:
				found = len(names) > 0
			}
		}
		cmd.Process.Kill()
		<-ended
		out, ok := p.brug("volunteer", "list")
		switch {
		case !ok && strings.Contains(out, "a restore was cut off"):
			seen["refused"]++
			if out, _ := p.brug("serve"); !strings.Contains(out, "a restore was cut off") {
				t.Errorf("brug serves half a helpdesk: %s", out)
			}
		case !ok:
			t.Fatalf("after the kill: %s", out)
		default:
			now := state()
			if now == "" {
				t.Fatalf("round %d: a mixture of two helpdesks, and no word about it", i)
			}
			seen[now]++
		}
		if out, ok := p.brug("restore", "--replace", archive); !ok {
			t.Fatalf("the restore cannot be run again: %s", out)
		}
		if got := state(); got != "new" {
			t.Fatalf("after a whole restore there is the %q helpdesk", got)
		}
		if left, _ := filepath.Glob(filepath.Join(p.data, ".restore-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	t.Logf("after the kills: %v", seen)
}
