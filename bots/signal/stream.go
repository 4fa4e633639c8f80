package signal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// stream is the daemon's TCP or unix socket: one JSON object a line in both
// directions, answers and notifications mixed, answers in any order.
type stream struct {
	conn    net.Conn
	in      *lineReader
	open    chan struct{}
	now     func() time.Time
	waiting atomic.Int64 // since when next waits, in Unix nanoseconds; 0 when it does not

	writing sync.Mutex

	mu      sync.Mutex
	lastID  int64
	pending map[string]*pending // nil after the end
}

// pending is a request without an answer.
type pending struct {
	method string
	done   func(json.RawMessage, error)
	timer  *time.Timer
}

func newStream(conn net.Conn, now func() time.Time) *stream {
	s := &stream{
		conn: conn, in: newLineReader(conn), open: make(chan struct{}), now: now, pending: make(map[string]*pending),
	}
	close(s.open)
	return s
}

func (s *stream) opened() <-chan struct{} { return s.open }
func (s *stream) subscribes() bool        { return true }

func (s *stream) alive() time.Time {
	if n := s.waiting.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

func (s *stream) post(method string, params map[string]any, done func(json.RawMessage, error)) {
	s.mu.Lock()
	if s.pending == nil {
		s.mu.Unlock()
		go done(nil, &callError{method: method, cause: errEnded})
		return
	}
	s.lastID++
	id := strconv.FormatInt(s.lastID, 10)
	p := &pending{method: method, done: done}
	p.timer = time.AfterFunc(answerTime, func() {
		s.settle(id, nil, &callError{method: method, cause: errors.New("no answer"), sent: true})
	})
	s.pending[id] = p
	s.mu.Unlock()

	line := append(request{Method: method, Params: params, ID: id}.encode(), '\n')
	s.writing.Lock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(dialTime))
	n, err := s.conn.Write(line)
	s.writing.Unlock()
	if err != nil {
		// Half a line spoils the next: the connection is of no use.
		s.conn.Close()
		go s.settle(id, nil, &callError{method: method, cause: withoutAddress(err), sent: n == len(line)})
	}
}

// settle gives a request its answer.
func (s *stream) settle(id string, raw json.RawMessage, err error) {
	s.mu.Lock()
	p := s.pending[id]
	delete(s.pending, id)
	s.mu.Unlock()
	if p != nil {
		p.timer.Stop()
		p.done(raw, err)
	}
}

func (s *stream) next() (json.RawMessage, error) {
	for {
		s.waiting.Store(s.now().UnixNano())
		line, err := s.in.next()
		s.waiting.Store(0)
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var f frame
		if json.Unmarshal(line, &f) != nil {
			return nil, &shapeError{"a line is not JSON-RPC"}
		}
		if f.Method == "receive" {
			return f.Params, nil
		}
		if f.Method != "" {
			continue // callEvent and what may come
		}
		// Our identifiers are strings; the daemon gives them back as they were.
		var id string
		if json.Unmarshal(f.ID, &id) != nil || id == "" {
			return nil, &shapeError{"an answer to nothing"}
		}
		s.mu.Lock()
		p := s.pending[id]
		s.mu.Unlock()
		if p == nil {
			return nil, &shapeError{"an answer nobody waits for"}
		}
		raw, err := f.answer(p.method)
		s.settle(id, raw, err)
	}
}

// finish closes our direction; the daemon then takes its handlers away and closes the
// other (jsonrpc/SignalJsonRpcDispatcherHandler.java, handleConnection).
func (s *stream) finish(until time.Time) bool {
	half, ok := s.conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return false
	}
	return s.conn.SetReadDeadline(until) == nil
}

func (s *stream) close() {
	s.conn.Close()
	s.mu.Lock()
	left := s.pending
	s.pending = nil
	s.mu.Unlock()
	for _, p := range left {
		p.timer.Stop()
		p.done(nil, &callError{method: p.method, cause: errEnded, sent: true})
	}
}

// lineReader reads lines up to maxLine; a longer one is left out.
type lineReader struct {
	r *bufio.Reader
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{bufio.NewReaderSize(r, 64<<10)} }

// next returns a line without its end, valid until the next call. The beginning of a
// line that has no end is an error, as is the end of it all.
func (l *lineReader) next() ([]byte, error) {
	var line []byte
	long := false
	for {
		piece, err := l.r.ReadSlice('\n')
		switch {
		case err == nil && !long && line == nil:
			return bytes.TrimSuffix(piece, []byte("\n")), nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line)+len(piece) > maxLine:
			line, long = nil, true
		case !long:
			line = append(line, piece...)
		}
		if err == nil {
			if long {
				return nil, &shapeError{"a line is too long"}
			}
			return bytes.TrimSuffix(line, []byte("\n")), nil
		}
	}
}
