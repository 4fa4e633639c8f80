package telegram

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// Fault is a way in which a request goes wrong.
type Fault struct {
	// Method is the one it happens to; "" is sendMessage.
	Method string
	// After lets the server do what was asked before it fails.
	After bool
	// Delay comes before everything else.
	Delay time.Duration
	// Drop closes the connection instead of answering.
	Drop bool
	// Page answers 502 with a proxy's page of HTML.
	Page bool
	// Code, Description and RetryAfter (in seconds) are an error of the API. With
	// none of Drop, Page and Code the request succeeds, after Delay.
	Code        int
	Description string
	RetryAfter  int
}

type fault struct {
	Fault
	left int
}

// Fail lets the next n requests go wrong. Several faults follow one another.
func (s *Server) Fail(f Fault, n int) {
	if f.Method == "" {
		f.Method = "sendMessage"
	}
	f.Method = strings.ToLower(f.Method)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{Fault: f, left: n})
}

func (s *Server) nextFault(method string) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Method == method && f.left > 0 {
			f.left--
			return f
		}
	}
	return nil
}

// fail answers a request the way f says.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *fault, method string, params map[string]string) {
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
		}
	}
	var result any
	var refused *refusal
	if f.After || !f.Drop && !f.Page && f.Code == 0 {
		result, refused = s.handle(r.Context(), method, params)
	}
	switch {
	case f.Drop:
		s.record(method, params, 0)
		panic(http.ErrAbortHandler) // closes the connection
	case f.Page:
		s.record(method, params, http.StatusBadGateway)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n") // as above
	case f.Code != 0:
		s.record(method, params, f.Code)
		answer(w, nil, &refusal{code: f.Code, description: f.Description, retryAfter: f.RetryAfter})
	default:
		s.record(method, params, statusOf(refused))
		answer(w, result, refused)
	}
}
