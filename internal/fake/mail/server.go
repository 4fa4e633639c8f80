package mail

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"sync"
)

// Received is a message the server took.
type Received struct {
	To     string
	Header mail.Header
	Body   string
}

// Server takes mail on an address of its own. All its methods may be called from
// several goroutines.
type Server struct {
	listener net.Listener
	auth     string // what AUTH PLAIN must send, "" for no signing in
	secure   *tls.Config
	work     sync.WaitGroup

	mu     sync.Mutex
	taken  []Received
	refuse map[string]string // by recipient: the answer
	open   map[net.Conn]bool
}

// Start opens a server on a port of this machine; auth is the base64 of the only
// sign-in it takes. With a secure it does nothing before STARTTLS (RFC 3207).
// [Server.Close] ends it.
func Start(auth string, secure *tls.Config) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start mail server: %w", err)
	}
	s := &Server{listener: l, auth: auth, secure: secure, refuse: map[string]string{}, open: map[net.Conn]bool{}}
	s.work.Go(s.serve)
	return s, nil
}

// Addr is host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close ends the server and every connection.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// Taken is what was sent so far.
func (s *Server) Taken() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

// Refuse makes the server answer a recipient so, such as "550 5.1.1 no such user".
func (s *Server) Refuse(to, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse[to] = answer
}

func (s *Server) serve() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[c] = true
		s.mu.Unlock()
		s.work.Go(func() {
			s.talk(c)
			c.Close()
			s.mu.Lock()
			delete(s.open, c)
			s.mu.Unlock()
		})
	}
}

// talk speaks with one client until it says goodbye.
func (s *Server) talk(c net.Conn) {
	t := textproto.NewConn(c)
	say := func(line string) { t.PrintfLine("%s", line) }
	say("220 fake mail")
	signedIn, secured := s.auth == "", s.secure == nil
	var to string
	for {
		line, err := t.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		if !secured && !slices.Contains([]string{"EHLO", "NOOP", "STARTTLS", "QUIT"}, verb) {
			say("530 5.7.0 must issue a STARTTLS command first")
			continue
		}
		switch verb {
		case "EHLO":
			say("250-fake")
			if !secured {
				say("250-STARTTLS")
			} else if s.auth != "" {
				say("250-AUTH PLAIN")
			}
			say("250-ENHANCEDSTATUSCODES")
			say("250 8BITMIME")
		case "STARTTLS":
			if secured {
				say("502 unknown")
				break
			}
			say("220 go ahead")
			safe := tls.Server(c, s.secure)
			if safe.Handshake() != nil {
				return // the client does not trust the certificate
			}
			t, secured = textproto.NewConn(safe), true
		case "HELO", "RSET", "NOOP":
			say("250 fine")
		case "AUTH":
			if signedIn = rest == "PLAIN "+s.auth; signedIn {
				say("235 2.7.0 welcome")
			} else {
				say("535 5.7.8 wrong user or password")
			}
		case "MAIL":
			say(answer(signedIn))
		case "RCPT":
			to = address(rest)
			say(s.answerTo(to))
		case "DATA":
			say("354 go on")
			s.take(to, t.DotReader())
			say("250 2.0.0 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 unknown")
		}
	}
}

func address(rest string) string {
	_, rest, _ = strings.Cut(rest, "<")
	to, _, _ := strings.Cut(rest, ">")
	return to
}

func answer(signedIn bool) string {
	if !signedIn {
		return "530 5.7.0 sign in first"
	}
	return "250 fine"
}

func (s *Server) answerTo(to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer := s.refuse[to]; answer != "" {
		return answer
	}
	return "250 fine"
}

func (s *Server) take(to string, r io.Reader) {
	m, err := mail.ReadMessage(bufio.NewReader(r))
	if err != nil {
		return
	}
	var text io.Reader = m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		text = quotedprintable.NewReader(text)
	}
	body, err := io.ReadAll(text)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, Received{To: to, Header: m.Header, Body: string(body)})
}
