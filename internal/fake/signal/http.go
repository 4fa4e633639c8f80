package signal

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// handler is the HTTP side (http/HttpServerHandler.java).
func (d *Daemon) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/rpc", only(http.MethodPost, d.serveRPC))
	mux.HandleFunc("/api/v1/events", only(http.MethodGet, d.serveEvents))
	mux.HandleFunc("/api/v1/check", only(http.MethodGet, func(http.ResponseWriter, *http.Request) {}))
	return mux
}

func only(method string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		switch {
		case !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, strings.ToLower(host)):
			w.WriteHeader(http.StatusMisdirectedRequest)
		case r.Method != method:
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			h(w, r)
		}
	}
}

func (d *Daemon) serveRPC(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	answer, dropped := d.answer(body, nil)
	switch {
	case dropped:
		panic(http.ErrAbortHandler) // closes the connection
	case bytes.Equal(answer, badGateway):
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write(answer)
	case answer == nil:
		w.WriteHeader(http.StatusCreated)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}
}

// serveEvents is the stream of server-sent events.
func (d *Daemon) serveEvents(w http.ResponseWriter, r *http.Request) {
	account := r.URL.Query().Get("account")
	d.mu.Lock()
	known := account == "" || d.config.Single || slices.Contains(d.accounts, account) || account == AccountUUID
	d.mu.Unlock()
	if !known {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	var mu sync.Mutex
	gone := make(chan struct{})
	leave := sync.OnceFunc(func() { close(gone) })
	write := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		_ = out.SetWriteDeadline(time.Now().Add(writeTime))
		_, err := io.WriteString(w, text)
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			leave()
		}
	}
	if !d.config.LateHeaders {
		w.WriteHeader(http.StatusOK)
		_ = out.Flush()
	}
	o := &output{
		push: func(params []byte) { write(fmt.Sprintf("event:receive\ndata:%s\n\n", params)) },
		cut: func(params []byte) {
			write(fmt.Sprintf("event:receive\ndata:%s", params[:len(params)/2]))
			leave()
		},
	}
	d.mu.Lock()
	d.attach(o)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.detach(o)
		d.mu.Unlock()
		mu.Lock() // no event is being written any more
		defer mu.Unlock()
	}()
	for {
		select {
		case <-time.After(d.config.KeepAlive):
			write(":\n")
		case <-gone:
			panic(http.ErrAbortHandler)
		case <-r.Context().Done():
			return
		}
	}
}
