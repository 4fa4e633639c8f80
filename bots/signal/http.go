package signal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// web is the daemon's HTTP side: a POST for each call, and server-sent events.
type web struct {
	base, account string
	http          *http.Client
	ctx           context.Context // ends with close
	cancel        context.CancelFunc
	mu            sync.Mutex
	closed        bool
	calls         sync.WaitGroup
	open          chan struct{}
	now           func() time.Time
	waiting       atomic.Int64 // as of a stream
	body          io.ReadCloser
	events        *lineReader
}

func newWeb(base, account string, now func() time.Time) *web {
	w := &web{base: base, account: account, open: make(chan struct{}), now: now}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.http = &http.Client{
		// No limit for the headers: versions before 0.14 send those of the event
		// stream with the first event or keep-alive, after up to 15 s.
		Transport: &http.Transport{
			DialContext: (&net.Dialer{Timeout: dialTime, KeepAlive: 15 * time.Second}).DialContext,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w
}

func (w *web) opened() <-chan struct{} { return w.open }
func (w *web) subscribes() bool        { return false }
func (w *web) finish(time.Time) bool   { return false }

func (w *web) alive() time.Time {
	if n := w.waiting.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

func (w *web) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cancel()
	w.calls.Wait()
	w.http.CloseIdleConnections()
}

func (w *web) post(method string, params map[string]any, done func(json.RawMessage, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		go done(nil, &callError{method: method, cause: errEnded})
		return
	}
	w.calls.Go(func() {
		ctx, cancel := context.WithTimeout(w.ctx, answerTime)
		defer cancel()
		done(w.ask(ctx, method, params))
	})
}

func (w *web) ask(ctx context.Context, method string, params map[string]any) (json.RawMessage, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { sent.Store(info.Err == nil) },
	})
	fail := func(status int, err error) error {
		return &callError{method: method, status: status, cause: err, sent: sent.Load()}
	}
	body := request{Method: method, Params: params, ID: "1"}.encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+"/api/v1/rpc", bytes.NewReader(body))
	if err != nil {
		return nil, fail(0, errors.New("the address cannot be used"))
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, fail(0, withoutURL(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fail(resp.StatusCode, fmt.Errorf("status %d", resp.StatusCode))
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxLine))
	if err != nil {
		return nil, fail(resp.StatusCode, withoutURL(err))
	}
	var f frame
	if json.Unmarshal(raw, &f) != nil || f.Error == nil && f.Result == nil {
		return nil, fail(resp.StatusCode, errors.New("the answer is not JSON-RPC"))
	}
	return f.answer(method)
}

// withoutURL takes the address out of an error, which holds the account's number.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return withoutAddress(err)
}

func (w *web) next() (json.RawMessage, error) {
	if w.events == nil {
		if err := w.subscribe(); err != nil {
			return nil, err
		}
	}
	var data []byte
	for {
		w.waiting.Store(w.now().UnixNano())
		line, err := w.events.next()
		w.waiting.Store(0)
		if err != nil {
			w.body.Close()
			return nil, withoutURL(err)
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		field, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case len(line) == 0 && data != nil:
			return data, nil
		case string(field) == "data":
			if data != nil {
				data = append(data, '\n')
			}
			data = append(data, bytes.TrimPrefix(value, []byte(" "))...)
			if len(data) > maxLine {
				return nil, &shapeError{"an event is too long"}
			}
		}
		// event: is always "receive"; a line that begins with a colon is a sign of life.
	}
}

func (w *web) subscribe() error {
	address := w.base + "/api/v1/events"
	if w.account != "" {
		address += "?account=" + url.QueryEscape(w.account)
	}
	req, err := http.NewRequestWithContext(w.ctx, http.MethodGet, address, nil)
	if err != nil {
		return &callError{method: "events", cause: errors.New("the address cannot be used")}
	}
	w.waiting.Store(w.now().UnixNano())
	resp, err := w.http.Do(req)
	w.waiting.Store(0)
	if err != nil {
		return &callError{method: "events", cause: withoutURL(err)}
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return &callError{method: "events", status: resp.StatusCode, cause: fmt.Errorf("status %d", resp.StatusCode)}
	}
	w.body, w.events = resp.Body, newLineReader(resp.Body)
	close(w.open)
	return nil
}
