package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/internal/fake/port"
)

// BotUser is the bot behind [Token].
const (
	Token   = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
	BotID   = 110201543
	BotName = "bridge_help_bot"
)

// Server is a Bot API server with one bot. All its methods may be called from several
// goroutines.
type Server struct {
	addr string

	mu       sync.Mutex
	http     *http.Server // nil while the server is away
	requests []Request
	rates    rates
	faults   []*fault
	local    bool
	now      func() time.Time

	users    map[int64]*Chat
	groups   map[int64]*Group
	files    map[string]*storedFile
	taps     map[string]*tapped
	commands map[string]json.RawMessage
	lastID   int64 // of messages and files

	queue   queue
	webhook hook
}

// Request is what the bot asked for.
type Request struct {
	At     time.Time
	Method string
	// Params are the arguments; lists and objects are their JSON.
	Params map[string]string
	// Status is the HTTP status of the answer, 0 where the connection was dropped.
	Status int
}

// Start opens a server on addr, such as "127.0.0.1:0". [Server.Close] ends it.
func Start(addr string) (*Server, error) {
	s := &Server{
		addr:     addr,
		users:    make(map[int64]*Chat),
		groups:   make(map[int64]*Group),
		files:    make(map[string]*storedFile),
		taps:     make(map[string]*tapped),
		commands: make(map[string]json.RawMessage),
		lastID:   100,
		now:      time.Now,
	}
	s.rates.init()
	s.queue.init()
	if err := s.Return(); err != nil {
		return nil, err
	}
	return s, nil
}

// URL is the address to give to a bot, without a slash at the end.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return "http://" + s.addr
}

// Leave makes the server unreachable: it closes its port and all connections.
// [Server.Return] ends that. What people write meanwhile waits.
func (s *Server) Leave() {
	s.mu.Lock()
	srv := s.http
	s.http = nil
	s.mu.Unlock()
	if srv != nil {
		srv.Close()
	}
}

// Return opens the port again.
func (s *Server) Return() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return nil
	}
	ln, err := listen(s.addr)
	if err != nil {
		return fmt.Errorf("fake telegram: %w", err)
	}
	s.addr = ln.Addr().String()
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(ln) //nolint:errcheck // it ends with Leave
	return nil
}

// listen takes a port that stays free while the server is away, where any port will do.
func listen(addr string) (net.Listener, error) {
	if addr == "127.0.0.1:0" {
		return port.Listen()
	}
	return net.Listen("tcp", addr)
}

// Close ends the server.
func (s *Server) Close() {
	s.Leave()
	s.webhook.close()
}

// SetClock replaces the clock by which the server limits how often it is asked.
func (s *Server) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Local makes the server as lenient about webhooks as a self-hosted one with --local:
// http, any port, any address.
func (s *Server) Local() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.local = true
}

// Requests returns what the bot asked for, of one method or, for "", of all.
func (s *Server) Requests(method string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.requests {
		if method == "" || r.Method == strings.ToLower(method) {
			out = append(out, r)
		}
	}
	return out
}

// refusal is an error as the Bot API answers it.
type refusal struct {
	code        int
	description string
	retryAfter  int // in seconds
}

func (r *refusal) Error() string { return r.description }

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, description: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) *refusal {
	return refuse(400, "Bad Request: "+format, args...)
}

func tooMany(wait int) *refusal {
	r := refuse(429, "Too Many Requests: retry after %d", wait)
	r.retryAfter = wait
	return r
}

// serve answers one HTTP request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path, isFile := strings.CutPrefix(r.URL.Path, "/file")
	rest, ok := strings.CutPrefix(path, "/bot")
	token, method, found := strings.Cut(rest, "/")
	if !ok || !found {
		answer(w, nil, refuse(404, "Not Found"))
		return
	}
	if bad := checkToken(token); bad != nil {
		answer(w, nil, bad)
		return
	}
	if isFile {
		s.serveFile(w, method)
		return
	}
	method = strings.ToLower(method)
	params, err := readArgs(r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	f := s.nextFault(method)
	if f == nil {
		result, err := s.handle(r.Context(), method, params)
		s.record(method, params, statusOf(err))
		answer(w, result, err)
		return
	}
	s.fail(w, r, f, method, params)
}

func checkToken(token string) *refusal {
	id, secret, ok := strings.Cut(token, ":")
	if n, err := strconv.ParseInt(id, 10, 64); !ok || err != nil || n <= 0 || secret == "" || len(token) > 80 {
		return refuse(401, "Unauthorized: invalid token specified")
	}
	if token != Token {
		return refuse(401, "Unauthorized")
	}
	return nil
}

// handle does what one method does.
func (s *Server) handle(ctx context.Context, method string, p map[string]string) (any, *refusal) {
	if method == "getupdates" {
		return s.getUpdates(ctx, p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch method {
	case "getme":
		return map[string]any{"id": BotID, "is_bot": true, "first_name": "Bridge", "username": BotName,
			"can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false}, nil
	case "sendmessage":
		return s.sendMessage(p)
	case "editmessagereplymarkup":
		return s.editMarkup(p)
	case "sendchataction":
		return s.sendChatAction(p)
	case "answercallbackquery":
		return s.answerTap(p)
	case "getfile":
		return s.getFile(p)
	case "setmycommands":
		return s.setCommands(p)
	case "setwebhook":
		return s.setWebhook(p)
	case "deletewebhook":
		p["url"] = ""
		return s.setWebhook(p)
	case "getwebhookinfo":
		return s.webhookInfo(), nil
	}
	return nil, refuse(404, "Not Found: method not found")
}

func statusOf(r *refusal) int {
	if r != nil {
		return r.code
	}
	return http.StatusOK
}

func (s *Server) record(method string, params map[string]string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{At: time.Now(), Method: method, Params: params, Status: status})
}

// answer writes the envelope of all answers.
func answer(w http.ResponseWriter, result any, r *refusal) {
	envelope := map[string]any{"ok": r == nil}
	if r == nil {
		envelope["result"] = result
	} else {
		envelope["error_code"] = r.code
		envelope["description"] = r.description
		if r.retryAfter > 0 {
			envelope["parameters"] = map[string]any{"retry_after": r.retryAfter}
			w.Header().Set("Retry-After", strconv.Itoa(r.retryAfter))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(statusOf(r))
	_ = json.NewEncoder(w).Encode(envelope) // it fails when the bot went away
}
