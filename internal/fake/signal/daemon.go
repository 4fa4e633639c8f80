package signal

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/internal/fake/port"
)

// The account of the helpdesk.
const (
	Account     = "+3197010203040"
	AccountUUID = "fcc8a318-3f1c-4207-ad1c-77835ac7fbaf"
)

// Mode says when the daemon receives.
type Mode string

// The receive modes.
const (
	OnConnection Mode = "on-connection" // while somebody is connected
	OnStart      Mode = "on-start"      // always; what comes while nobody is connected is gone
	Manual       Mode = "manual"        // while somebody has called subscribeReceive
)

// Config is how the daemon is started.
type Config struct {
	// Network is "tcp", "unix" or "http".
	Network string
	// Mode is [OnConnection] when empty. HTTP has no manual mode.
	Mode Mode
	// Single is the daemon for one account only, as with -a.
	Single bool
	// Version is what it says of itself, "0.13.19" when empty.
	Version string
	// LateHeaders keeps the headers of the event stream back until the first event
	// or keep-alive, as versions before 0.14 do.
	LateHeaders bool
	// KeepAlive is the time between two signs of life of the event stream, 15 s when
	// zero.
	KeepAlive time.Duration
}

// Daemon is one signal-cli with one account of ours. All its methods may be called
// from several goroutines.
type Daemon struct {
	config Config
	folder string // of the unix socket

	mu       sync.Mutex
	addr     string
	listener net.Listener  // nil while the daemon is away
	left     chan struct{} // closed when it goes away
	http     *http.Server
	conns    map[*conn]bool
	outputs  []*output
	nextSub  int
	queue    []event
	said     map[int64][]byte // events by timestamp
	requests []Request
	faults   []*fault
	accounts []string
	people   map[string]*Person
	groups   map[string]*Group
	files    map[string][]byte
	links    map[string]chan string
	last     int64 // the last timestamp given away
	group    sync.WaitGroup
}

// Request is a call the daemon got.
type Request struct {
	Method string
	Params map[string]any
}

// Start runs a daemon on the loopback address or on a socket of its own.
// [Daemon.Close] ends it.
func Start(config Config) (*Daemon, error) {
	if config.Mode == "" {
		config.Mode = OnConnection
	}
	if config.Version == "" {
		config.Version = "0.13.19"
	}
	if config.KeepAlive == 0 {
		config.KeepAlive = 15 * time.Second
	}
	d := &Daemon{
		config:   config,
		conns:    make(map[*conn]bool),
		accounts: []string{Account},
		people:   make(map[string]*Person),
		groups:   make(map[string]*Group),
		files:    make(map[string][]byte),
		said:     make(map[int64][]byte),
		links:    make(map[string]chan string),
	}
	if config.Network == "unix" {
		// Not the test's own folder: the path of a socket ends at 107 bytes.
		folder, err := os.MkdirTemp("", "signal")
		if err != nil {
			return nil, fmt.Errorf("fake signal: %w", err)
		}
		d.folder, d.addr = folder, filepath.Join(folder, "socket")
	}
	if err := d.Return(); err != nil {
		return nil, err
	}
	return d, nil
}

// URL is where the daemon listens: tcp://, unix:// or http://.
func (d *Daemon) URL() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.config.Network + "://" + d.addr
}

// Leave ends the daemon and all connections; [Daemon.Return] starts it again. What
// people write meanwhile waits at Signal.
func (d *Daemon) Leave() {
	d.mu.Lock()
	ln, web := d.listener, d.http
	if d.listener != nil {
		close(d.left)
	}
	d.listener, d.http = nil, nil
	d.outputs = nil
	for c := range d.conns {
		c.ended = true
		c.close()
	}
	d.mu.Unlock()
	if web != nil {
		web.Close()
	} else if ln != nil {
		ln.Close()
	}
	d.group.Wait()
}

// Return starts the daemon again, at the same address.
func (d *Daemon) Return() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		return nil
	}
	ln, err := d.take()
	if err != nil {
		return fmt.Errorf("fake signal: %w", err)
	}
	d.addr, d.listener, d.left = ln.Addr().String(), ln, make(chan struct{})
	if d.config.Network == "http" {
		web := &http.Server{Handler: d.handler(), ReadHeaderTimeout: 10 * time.Second}
		d.http = web
		d.group.Go(func() { web.Serve(ln) }) //nolint:errcheck // it ends with Leave
		return nil
	}
	d.group.Go(func() { d.listen(ln) })
	return nil
}

// take listens where the daemon has listened before, or for the first time.
func (d *Daemon) take() (net.Listener, error) {
	switch {
	case d.config.Network == "unix":
		return net.Listen("unix", d.addr)
	case d.addr == "":
		return port.Listen()
	}
	return net.Listen("tcp", d.addr)
}

// Close ends the daemon.
func (d *Daemon) Close() {
	d.Leave()
	if d.folder != "" {
		os.RemoveAll(d.folder)
	}
}

// Idle reports whether nobody is connected.
func (d *Daemon) Idle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.conns) == 0 && len(d.outputs) == 0
}

// Receivers is how many times each event is pushed.
func (d *Daemon) Receivers() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.outputs)
}

// SetAccounts replaces the accounts that the daemon has.
func (d *Daemon) SetAccounts(numbers ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accounts = numbers
}

// Requests returns the calls the daemon got, of one method or, for "", all.
func (d *Daemon) Requests(method string) []Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Request
	for _, r := range d.requests {
		if method == "" || r.Method == method {
			out = append(out, r)
		}
	}
	return out
}

// now is a timestamp nobody got before. The caller holds the lock.
func (d *Daemon) now() int64 {
	d.last = max(time.Now().UnixMilli(), d.last+1)
	return d.last
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("fake signal: " + err.Error()) // only maps, strings and numbers come here
	}
	return raw
}
