// Package own runs the private redis-server of a helpdesk that has none: on a unix
// socket in the data folder, with every write on disk before it is acknowledged.
//
// The server lives in a process group of its own and survives a kill -9 of brug;
// the next start uses it again. It inherits the descriptor of a locked file, so the
// lock says whether a server runs on this folder, whoever started it: two servers
// on one append-only file would ruin it.
package own

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrMissing is returned when there is no redis-server on this machine.
var ErrMissing = errors.New("redis-server is not installed: type  apt-get install redis-server")

// maxSocket is the longest path of a unix socket, in bytes (unix(7)).
const maxSocket = 107

// AddrFile holds the address of the running server, in the data folder.
const AddrFile = "redis.addr"

// Server is a private redis-server.
type Server struct {
	log    *slog.Logger
	dir    string
	socket string
	binary string
	users  *os.File // locked shared as long as this process uses the server
	alone  bool
}

// New prepares the server of a data folder, which must exist. It returns
// [ErrMissing].
func New(log *slog.Logger, dir string) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find data folder: %w", err)
	}
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrMissing
	}
	s := &Server{log: log, dir: filepath.Join(dir, "redis"), binary: binary}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make Redis folder: %w", err)
	}
	if s.socket, err = socketPath(dir); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, AddrFile), []byte(s.URL()+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write %s: %w", AddrFile, err)
	}
	if err := s.join(); err != nil {
		return nil, err
	}
	return s, nil
}

// socketPath is in the data folder, unless that makes it too long: then the
// address used last, or a new folder for temporary files.
func socketPath(dir string) (string, error) {
	path := filepath.Join(dir, "redis", "redis.sock")
	if len(path) <= maxSocket {
		return path, nil
	}
	if old, err := os.ReadFile(filepath.Join(dir, AddrFile)); err == nil {
		path := strings.TrimPrefix(strings.TrimSpace(string(old)), "unix://")
		if _, err := os.Stat(filepath.Dir(path)); err == nil && len(path) <= maxSocket {
			return path, nil
		}
	}
	tmp, err := os.MkdirTemp("", "brug-redis-")
	if err != nil {
		return "", fmt.Errorf("make folder for the Redis socket: %w", err)
	}
	path = filepath.Join(tmp, "redis.sock")
	if len(path) > maxSocket {
		return "", fmt.Errorf("the path of the Redis socket is longer than %d bytes: choose a shorter BRUG_DATA or TMPDIR", maxSocket)
	}
	return path, nil
}

// join notes that this process uses the server, and learns whether it is alone.
func (s *Server) join() error {
	f, err := os.OpenFile(filepath.Join(s.dir, "users.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open lock: %w", err)
	}
	s.alone = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
		f.Close()
		return fmt.Errorf("lock Redis folder: %w", err)
	}
	s.users = f
	return nil
}

// Alone says whether no other brug used this folder when this one came: what was
// under lease then belonged to the dead.
func (s *Server) Alone() bool { return s.alone }

// URL is the server's address.
func (s *Server) URL() string { return "unix://" + s.socket }

// Run keeps a server running until ctx ends, then stops it, unless another brug
// still uses it. It returns nil.
func (s *Server) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		lock, err := s.lock()
		if err != nil {
			s.log.Error("own Redis: lock", "err", err)
		}
		if lock == nil { // one runs already
			pause(ctx, 100*time.Millisecond)
			continue
		}
		if err := s.serve(ctx, lock); err != nil && ctx.Err() == nil {
			s.log.Error("own Redis stopped, starting it again", "err", err, "see", "redis/redis.log in the data folder")
			pause(ctx, 300*time.Millisecond)
		}
	}
	s.leave()
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// lock returns nil when a server holds the lock.
func (s *Server) lock() (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(s.dir, "server.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, nil
		}
		return nil, fmt.Errorf("lock: %w", err)
	}
	return f, nil
}

// serve runs one server until it ends, or ctx does. The server keeps running after
// ctx: leave decides about it.
func (s *Server) serve(ctx context.Context, lock *os.File) error {
	cmd := exec.Command(s.binary,
		"--port", "0", "--unixsocket", s.socket, "--unixsocketperm", "700",
		"--dir", s.dir, "--logfile", filepath.Join(s.dir, "redis.log"), "--daemonize", "no",
		"--save", "", "--appendonly", "yes", "--appendfsync", "always",
		"--maxmemory-policy", "noeviction", "--set-proc-title", "no",
		"--rdbcompression", "no", // what is sealed cannot be made smaller
		"--latency-tracking", "no")
	cmd.ExtraFiles = []*os.File{lock} // the child holds the lock from here
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err := cmd.Start()
	lock.Close()
	if err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err == nil {
			err = errors.New("it ended")
		}
		return err
	case <-ctx.Done():
		if s.leave() {
			select {
			case <-done:
			case <-time.After(10 * time.Second):
			}
		}
		return nil
	}
}

// leave stops the server if nobody else uses it, and says whether it did.
func (s *Server) leave() bool {
	if s.users == nil {
		return false
	}
	defer func() {
		s.users.Close()
		s.users = nil
	}()
	if syscall.Flock(int(s.users.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket, MaxRetries: -1})
	defer rdb.Close()
	rdb.ShutdownNoSave(ctx) // the append-only file has everything; an error means it is gone already
	return true
}

// Ready waits until the server answers and has read its data. It returns ctx's
// error.
func (s *Server) Ready(ctx context.Context) error {
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket})
	defer rdb.Close()
	for {
		err := rdb.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("own Redis does not answer (see redis/redis.log in the data folder): %w", err)
		}
		pause(ctx, 20*time.Millisecond)
	}
}
