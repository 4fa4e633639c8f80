package own_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store/own"
)

func start(t *testing.T, dir string) (*own.Server, *redis.Client, func()) {
	t.Helper()
	s, err := own.New(slog.New(slog.DiscardHandler), dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	ready, stopWaiting := context.WithTimeout(ctx, patience.Limit)
	defer stopWaiting()
	if err := s.Ready(ready); err != nil {
		t.Fatal(err)
	}
	o, err := redis.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = patience.Limit, patience.Limit, patience.Limit
	rdb := redis.NewClient(o)
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		rdb.Close()
	}
	t.Cleanup(stop)
	return s, rdb, stop
}

func pid(t *testing.T, rdb *redis.Client) int {
	t.Helper()
	info, err := rdb.InfoMap(t.Context(), "server").Result()
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(info["Server"]["process_id"])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestServerIsDurableAndComesBack(t *testing.T) {
	_, rdb, _ := start(t, t.TempDir())
	ctx := t.Context()
	for setting, want := range map[string]string{"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"} {
		if got := rdb.ConfigGet(ctx, setting).Val()[setting]; got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if err := rdb.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	before := pid(t, rdb)
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	patience.Until(t, "the server comes back with its data", func() bool { return rdb.Get(ctx, "k").Val() == "v" })
	if pid(t, rdb) == before {
		t.Error("it is the same process")
	}
}

func TestTwoUsersShareOneServer(t *testing.T) {
	dir := t.TempDir()
	first, rdb, stopFirst := start(t, dir)
	second, rdb2, stopSecond := start(t, dir)
	if !first.Alone() || second.Alone() {
		t.Errorf("alone: first %v, second %v", first.Alone(), second.Alone())
	}
	if pid(t, rdb) != pid(t, rdb2) {
		t.Fatal("two servers on one folder")
	}
	stopFirst()
	if err := rdb2.Ping(t.Context()).Err(); err != nil {
		t.Errorf("the second user lost its server: %v", err)
	}
	process := pid(t, rdb2)
	stopSecond()
	patience.Until(t, "the server ends with nobody using it", func() bool { return syscall.Kill(process, 0) != nil })
}

func TestLongDataFolderGetsAShortSocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s, rdb, stop := start(t, dir)
	if err := rdb.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	addr, err := os.ReadFile(filepath.Join(dir, own.AddrFile))
	if err != nil || strings.TrimSpace(string(addr)) != s.URL() {
		t.Errorf("%s holds %q, %v", own.AddrFile, addr, err)
	}
	stop()
	os.RemoveAll(filepath.Dir(strings.TrimPrefix(s.URL(), "unix://")))
}
