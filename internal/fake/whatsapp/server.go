package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// Server is a WhatsApp of its own. Make it with [Start].
type Server struct {
	listener net.Listener
	http     *http.Server
	static   *keys.KeyPair
	cert     []byte
	ctx      context.Context
	cancel   context.CancelFunc
	conns    sync.WaitGroup

	mu       sync.Mutex
	accounts map[string]*Account // by the user part of number and LID
	pairing  map[string]*conn    // by the refs in its QR codes
	codes    map[string]*linking // by the number that asked for a code
	open     map[*conn]bool
	files    map[string][]byte
	events   map[string]func() // deliver again, by message id
	forms    map[string]string // in which form its sender wrote to the other, by message id
	nextID   int
	away     bool
	faults   faults
}

// Account is a telephone number.
type Account struct {
	server   *Server
	number   types.JID
	lid      types.JID
	identity *keys.KeyPair // of the phone, which signs linked devices

	// guarded by server.mu
	shown   Shown
	name    string
	online  bool
	devices map[uint16]*device
	garble  int
}

// Shown is how the server names the sender of a message.
type Shown int

// The ways a sender is named.
const (
	ByNumber   Shown = iota // the number, with the LID beside it
	ByLID                   // the LID, with the number beside it
	OnlyLID                 // the number is hidden
	OnlyNumber              // no LID is known yet
)

// device is a phone (number 0) or a linked device.
type device struct {
	account *Account
	id      uint16
	noise   [32]byte

	registration []byte
	identity     []byte
	signed       preKey
	pool         []preKey

	queue []node // waits to be confirmed, oldest first
	conn  *conn  // nil when offline
	live  bool   // asked for its queue
}

type preKey struct{ id, pub, signature []byte }

// Start listens on a free port of the loopback interface.
func Start() (*Server, error) {
	s := &Server{
		static: keys.NewKeyPair(), accounts: map[string]*Account{}, pairing: map[string]*conn{},
		codes: map[string]*linking{}, open: map[*conn]bool{}, files: map[string][]byte{}, events: map[string]func(){}, forms: map[string]string{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	var err error
	if s.cert, err = certificate(*s.static.Pub); err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws/chat", s.serveChat)
	mux.HandleFunc("POST /mms/{kind}/{token}", s.upload)
	mux.HandleFunc("GET /v/{name}", s.download)
	mux.HandleFunc("GET /{$}", s.servePage)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(s.listener) // ends with Close
	return s, nil
}

// Close ends all connections and waits for their goroutines.
func (s *Server) Close() {
	s.cancel()
	s.http.Close() // the listener's error does not matter any more
	s.conns.Wait()
}

var errAway = errors.New("connect: connection refused")

// Client is an HTTP client that reaches this server by any host name, unless the
// server is away ([Server.Leave]).
func (s *Server) Client() *http.Client {
	return s.client(func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.away
	})
}

// Address is where the server listens, for [Dial] in another process.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Dial is an HTTP client that reaches the server at this address by any host name.
func Dial(address string) *http.Client { return client(address, func() bool { return false }) }

func (s *Server) client(away func() bool) *http.Client { return client(s.Address(), away) }

func client(address string, away func() bool) *http.Client {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		if away() {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errAway}
		}
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	}
	// Keep-alive would leave goroutines of idle connections behind.
	return &http.Client{Transport: &http.Transport{DialContext: dial, DialTLSContext: dial, DisableKeepAlives: true}}
}

// Account makes or returns the account of a number, digits only, with the country's
// code.
func (s *Server) Account(number string) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[number]; a != nil {
		return a
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || len(number) < 8 {
		panic("not a telephone number: " + number)
	}
	// A LID has about fifteen digits and nothing of the number.
	lid := strconv.FormatUint(100_000_000_000_000+n*7919%99_999_999_999_989, 10)
	a := &Account{
		server: s, identity: keys.NewKeyPair(), devices: map[uint16]*device{},
		number: types.NewJID(number, types.DefaultUserServer), lid: types.NewJID(lid, types.HiddenUserServer),
	}
	s.accounts[number], s.accounts[lid] = a, a
	return a
}

// Server is the one the account is on.
func (a *Account) Server() *Server { return a.server }

// Number is the account's number as a JID.
func (a *Account) Number() types.JID { return a.number }

// LID is the account's hidden identifier as a JID.
func (a *Account) LID() types.JID { return a.lid }

// Show says how the account's next messages name it.
func (a *Account) Show(how Shown) {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	a.shown = how
}

// Devices are the numbers of the account's linked devices.
func (a *Account) Devices() int {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	n := 0
	for id := range a.devices {
		if id > 0 {
			n++
		}
	}
	return n
}

// account finds an account by number or LID. The lock is held.
func (s *Server) account(j types.JID) *Account {
	if j.Server != types.DefaultUserServer && j.Server != types.HiddenUserServer {
		return nil
	}
	a := s.accounts[j.User]
	if a == nil || j.Server == types.HiddenUserServer && a.lid.User != j.User {
		return nil
	}
	return a
}

// jid is the address of a device in the form of another address.
func (d *device) jid(server string) types.JID {
	j := d.account.number
	if server == types.HiddenUserServer {
		j = d.account.lid
	}
	j.Device = d.id
	return j
}

func (s *Server) serveChat(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has answered
	}
	ws.SetReadLimit(1 << 24)
	s.conns.Add(1)
	defer s.conns.Done()
	defer ws.CloseNow() // whatever comes of it, the connection is over
	p, key, payload, err := accept(s.ctx, ws, s.static, s.cert)
	if err != nil {
		return
	}
	c := &conn{server: s, pipe: p, key: key}
	s.mu.Lock()
	s.open[c] = true
	s.mu.Unlock()
	defer s.forget(c)
	s.login(c, payload)
	c.run()
}

// forget removes an ended connection.
func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	if c.device != nil && c.device.conn == c {
		c.device.conn, c.device.live = nil, false
	}
}

// servePage is the page that tells browsers, and [whatsmeow.GetLatestVersion], the
// client's version.
func (s *Server) servePage(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(w, `<script>{"server_revision":1,"client_revision":%d,"tier":"sitevar"}</script>`, s.faults.latest)
}
