package signal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

const (
	// dialTime bounds the way to the daemon, which is on this machine or near it.
	dialTime = 10 * time.Second
	// answerTime is how long an answer may take. The daemon itself tries for some
	// 20 s to reach Signal, for each device of a contact.
	answerTime = 2 * time.Minute
	// maxLine bounds one line of the daemon's, in bytes: an attachment of maxFile as
	// base64 is below it.
	maxLine = 32 << 20
)

// transport is a connection to the daemon.
type transport interface {
	// next waits for what the daemon says by itself and returns the params of the
	// notification. A *shapeError is about one line only; after any other error the
	// connection is of no use.
	next() (json.RawMessage, error)
	// post asks for something. done is called once, from another goroutine, with the
	// answer or with a *callError; an answer that nobody waits for any more too.
	post(method string, params map[string]any, done func(json.RawMessage, error))
	// opened is closed when notifications can come.
	opened() <-chan struct{}
	// subscribes reports whether there is subscribeReceive.
	subscribes() bool
	// alive is when the daemon last said anything; the zero value while next is not
	// being waited for.
	alive() time.Time
	// finish asks the daemon to stop; what it has said until then can still be read
	// until the time given. false: this transport cannot.
	finish(until time.Time) bool
	close()
}

// request is a call in JSON-RPC 2.0.
type request struct {
	Version string         `json:"jsonrpc"`
	Method  string         `json:"method"`
	Params  map[string]any `json:"params,omitempty"`
	ID      string         `json:"id"`
}

func (r request) encode() []byte {
	r.Version = "2.0"
	raw, err := json.Marshal(r)
	if err != nil {
		panic("signal: " + err.Error()) // strings, numbers and lists always encode
	}
	return raw
}

// frame is anything the daemon says.
type frame struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	ID     json.RawMessage `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
}

type rpcError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// answer is what a frame says to the request it answers.
func (f frame) answer(method string) (json.RawMessage, error) {
	if f.Error == nil {
		return f.Result, nil
	}
	e := &callError{method: method, code: f.Error.Code, message: f.Error.Message}
	var data struct {
		Response struct {
			Results []result `json:"results"`
		} `json:"response"`
	}
	if json.Unmarshal(f.Error.Data, &data) == nil {
		e.results = data.Response.Results
	}
	return nil, e
}

// shapeError is a line that cannot be understood. It never holds the line.
type shapeError struct{ what string }

func (e *shapeError) Error() string { return e.what }

// errEnded is the cause of a call whose connection ended.
var errEnded = errors.New("the connection to signal-cli ended")

// endpoint is where the daemon listens.
type endpoint struct {
	scheme  string // tcp, unix, http, https
	address string // host:port, a path, or the base of an address
}

func parseEndpoint(s string) (endpoint, error) {
	scheme, rest, _ := strings.Cut(s, "://")
	switch scheme {
	case "unix":
		if rest == "" {
			return endpoint{}, errors.New("unix:// needs the path of the socket")
		}
		if len(rest) > 107 {
			return endpoint{}, errors.New("the path of a unix socket ends at 107 bytes")
		}
		return endpoint{scheme, rest}, nil
	case "tcp":
		if _, _, err := net.SplitHostPort(rest); err != nil {
			return endpoint{}, errors.New("tcp:// needs a host and a port, such as tcp://127.0.0.1:7583")
		}
		return endpoint{scheme, rest}, nil
	case "http", "https":
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			return endpoint{}, errors.New("http:// needs a host, such as http://127.0.0.1:8080")
		}
		u.RawQuery, u.Fragment = "", ""
		return endpoint{scheme, strings.TrimRight(u.String(), "/")}, nil
	}
	return endpoint{}, errors.New("the address must begin with tcp://, unix:// or http://")
}

// dial opens a connection. Notifications are of account, "" for all; now is the clock
// by which it is alive.
func (e endpoint) dial(ctx context.Context, account string, now func() time.Time) (transport, error) {
	if e.scheme == "http" || e.scheme == "https" {
		return newWeb(e.address, account, now), nil
	}
	d := net.Dialer{Timeout: dialTime, KeepAlive: 15 * time.Second}
	conn, err := d.DialContext(ctx, e.scheme, e.address)
	if err != nil {
		return nil, &callError{method: "connect", cause: withoutAddress(err)}
	}
	return newStream(conn, now), nil
}

// withoutAddress keeps what is not needed out of a log.
func withoutAddress(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Errorf("%s: %w", op.Op, op.Err)
	}
	return err
}

// call posts and waits for the answer. When ctx ends first, the answer is given up.
func call(ctx context.Context, t transport, method string, params map[string]any, into any) error {
	type outcome struct {
		raw json.RawMessage
		err error
	}
	got := make(chan outcome, 1)
	t.post(method, params, func(raw json.RawMessage, err error) { got <- outcome{raw, err} })
	select {
	case <-ctx.Done():
		return &callError{method: method, cause: ctx.Err(), sent: true}
	case o := <-got:
		if o.err != nil || into == nil {
			return o.err
		}
		if json.Unmarshal(o.raw, into) != nil {
			return &callError{method: method, cause: errors.New("the answer has another form"), sent: true}
		}
		return nil
	}
}
