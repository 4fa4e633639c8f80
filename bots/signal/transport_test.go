package signal

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// reader serves a fixed text as a connection.
type reader struct {
	net.Conn
	io.Reader
}

func (r reader) Read(p []byte) (int, error)       { return r.Reader.Read(p) }
func (r reader) Write(p []byte) (int, error)      { return len(p), nil }
func (r reader) Close() error                     { return nil }
func (r reader) SetWriteDeadline(time.Time) error { return nil }

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", maxLine+1)
	fits := `{"method":"receive","params":"` + strings.Repeat("y", maxLine-40) + `"}`
	s := newStream(reader{Reader: strings.NewReader(
		`{"method":"receive","params":1}` + "\n" + long + "\n" + fits + "\r\n" + `{"method":"receive","params":2}` + "\n" + `{"method":"rec`)}, time.Now)
	var got []int
	var shape *shapeError
	for {
		params, err := s.next()
		switch {
		case errors.As(err, &shape):
			got = append(got, -1)
			continue
		case err != nil:
			if !errors.Is(err, io.EOF) {
				t.Errorf("the end is %v", err)
			}
			if want := []int{1, -1, maxLine - 38, 1}; len(got) != len(want) || got[0] != 1 || got[1] != -1 || got[2] != want[2] || got[3] != 1 {
				t.Errorf("lengths are %v, want %v", got, want)
			}
			return
		}
		got = append(got, len(params))
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","method":"receive","params":{}}` + "\n",
		`{"jsonrpc":"2.0","result":{"timestamp":1795320951512},"id":"1"}` + "\n",
		`{"jsonrpc":"2.0","error":{"code":-5,"message":"x","data":{"response":{"results":[{"type":"RATE_LIMIT_FAILURE"}]}}},"id":"1"}` + "\n",
		"\n\n}{\n[]\nnull\n", `{"id":"1"}` + "\n", `{"id":1,"error":7}` + "\n", `{"id":"1","error":{"code":"x"}}` + "\n", "{",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newStream(reader{Reader: strings.NewReader(text)}, time.Now)
		answers := 0
		s.post("send", nil, func(_ json.RawMessage, err error) {
			answers++
			var ce *callError
			if err != nil && !errors.As(err, &ce) {
				t.Errorf("the error is %T", err)
			}
		})
		for {
			_, err := s.next()
			var shape *shapeError
			if err != nil && !errors.As(err, &shape) {
				break
			}
		}
		s.close()
		if answers != 1 {
			t.Errorf("%d answers to one request", answers)
		}
	})
}
