// Package storetest gives tests a store on a real redis-server, one server for
// each test binary and one helpdesk name for each test.
package storetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
)

var server = sync.OnceValues(start)

// patient lets commands wait where the client would give up after 3 s: the machine
// may be loaded.
const patient = "?dial_timeout=1m&read_timeout=1m&write_timeout=1m&pool_timeout=1m"

// URL is the address of this test binary's server. It dies with the binary.
func URL(tb testing.TB) string {
	tb.Helper()
	url, err := server()
	if err != nil {
		tb.Fatal(err)
	}
	return url
}

// Open returns a store with a fresh key and an empty helpdesk of its own.
func Open(tb testing.TB) *store.Store {
	tb.Helper()
	box, err := seal.New(seal.NewKey())
	if err != nil {
		tb.Fatal(err)
	}
	s, err := store.Open(context.Background(), URL(tb)+patient, "t"+store.NewID(), box)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	return s
}

func start() (string, error) {
	dir, err := os.MkdirTemp("", "brugtest")
	if err != nil {
		return "", err
	}
	socket := filepath.Join(dir, "s")
	cmd := exec.Command("redis-server", "--port", "0", "--unixsocket", socket, "--dir", dir,
		"--save", "", "--appendonly", "no", "--logfile", "redis.log")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := startOnOwnThread(cmd); err != nil {
		return "", fmt.Errorf("start redis-server: %w", err)
	}
	url := "unix://" + socket
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer rdb.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit)
	defer cancel()
	for rdb.Ping(ctx).Err() != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("redis-server does not answer on %s", socket)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return url, nil
}
