package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/fake/port"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
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

// daytime makes it noon where the newcomers are, for at night they are told only what
// they ask for. It comes before the first start.
func (p *patient) daytime() {
	p.t.Helper()
	config := &Config{Data: p.data, Desk: "main"}
	if _, err := openBox(config, true); err != nil {
		p.t.Fatal(err)
	}
	s, done, err := openStore(p.t.Context(), slog.New(slog.DiscardHandler), config)
	if err != nil {
		p.t.Fatal(err)
	}
	defer done()
	makeNoon(p.t, s)
}

// makeNoon sets the helpdesk's zone so that it is noon there.
func makeNoon(t *testing.T, s *store.Store) {
	t.Helper()
	hours := handoff.DefaultHours()
	hours.Zone = fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12) // GMT+2 is two hours behind
	queue := handoff.New(slog.New(slog.DiscardHandler), s, nil, nil, handoff.Options{})
	if err := queue.SetHours(t.Context(), handoff.Actor{Coordinator: true}, hours); err != nil {
		t.Fatal(err)
	}
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
	case <-time.After(patience.Limit):
		p.t.Error("brug does not stop")
		p.killBrug()
	}
}

// readySoon waits until brug says that it is ready and the channels' networks have
// heard of it. It returns false when brug has ended by itself meanwhile.
func (p *patient) readySoon(addr string, heard ...func() bool) bool {
	p.t.Helper()
	ready := func() bool {
		r, err := http.Get("http://" + addr + "/readyz")
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	}
	for _, ok := range append(heard, ready) {
		for deadline := time.Now().Add(2 * time.Minute); !ok(); <-time.After(10 * time.Millisecond) {
			if !p.running() {
				return false
			}
			if time.Now().After(deadline) {
				p.t.Fatal("brug does not come back")
			}
		}
	}
	return true
}

// steadyAddr is an address that nobody takes before brug does, or while it is dead.
func steadyAddr(t *testing.T) string {
	t.Helper()
	l, err := port.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
