package web

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// proxy is a way to the tests' Redis that can be cut.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
	down     bool
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l}
	socket := strings.TrimPrefix(storetest.URL(t), "unix://")
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", socket)
			if err != nil || !p.open(near, far) {
				near.Close()
				continue
			}
			go func() { io.Copy(near, far); near.Close() }()
			go func() { io.Copy(far, near); far.Close() }()
		}
	}()
	t.Cleanup(func() { l.Close(); p.cut() })
	return p
}

// url lets the client fail at once; by itself it would try four times.
func (p *proxy) url() string { return "redis://" + p.listener.Addr().String() + "?max_retries=-1" }

// open notes a connection, unless the way is cut.
func (p *proxy) open(near, far net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		far.Close()
		return false
	}
	p.conns = append(p.conns, near, far)
	return true
}

// cut ends all connections; new ones end at once.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for _, c := range p.conns {
		c.Close()
	}
}
