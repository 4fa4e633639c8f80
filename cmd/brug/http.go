package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/privacy"
	"github.com/brug-helpdesk/brug/internal/web"
)

// door is a web server with the place where it listens.
type door struct {
	*http.Server
	listener net.Listener
}

// serve serves until the door is shut.
func (d door) serve() error {
	if d.TLSConfig != nil {
		return d.ServeTLS(d.listener, "", "")
	}
	return d.Serve(d.listener)
}

// open listens everywhere that the settings say; requests end with ctx.
func (h *helpdesk) open(ctx context.Context) ([]door, error) {
	listener, err := net.Listen("tcp", h.config.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (is brug running already? choose another BRUG_ADDR): %w", h.config.Addr, err)
	}
	server := func(handler http.Handler) *http.Server {
		return &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
			BaseContext: func(net.Listener) context.Context { return ctx }, // live streams end with it
			ErrorLog:    slog.NewLogLogger(h.log.Handler(), slog.LevelDebug)}
	}
	handler := h.handler()
	doors := []door{{server(handler), listener}}
	if h.config.TLSDomain == "" {
		return doors, nil
	}
	more, err := newCertified(h.log, h.config.TLSDomain, h.config.Data, "").open(ctx, server, handler)
	if err != nil {
		listener.Close()
		return nil, err
	}
	return append(doors, more...), nil
}

// handler serves everything this process has to say on the web.
func (h *helpdesk) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		web.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", h.ready)
	mux.Handle("GET /metrics", h.metrics.handler(h.log, h.config.MetricsToken))
	mux.Handle("/desk", h.desk)
	mux.Handle("/desk/", h.desk)
	about := h.privacyPage()
	mux.Handle("/privacy", about)
	mux.Handle("/privacy/", about)
	for _, ch := range h.channels.all {
		hook, ok := ch.(interface{ Handler() http.Handler })
		switch {
		case !ok:
		case ch.Kind() == bots.Web:
			mux.Handle("/", hook.Handler())
		default:
			mux.Handle("/hooks/"+string(ch.Kind()), hook.Handler())
		}
	}
	return mux
}

// privacyPage tells people what is kept of them. Without it the helpdesk still helps.
func (h *helpdesk) privacyPage() http.Handler {
	c := privacy.Config{Org: h.config.OrgName, Contact: h.config.OrgContact, KeepDays: int(h.config.Keep.Hours() / 24)}
	for _, ch := range h.channels.all {
		c.Channels = append(c.Channels, string(ch.Kind()))
	}
	page, err := privacy.New(c)
	if err != nil {
		h.log.Error("the privacy page cannot be shown", "err", err)
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "the page is broken", http.StatusInternalServerError)
		})
	}
	return page
}

// ready says whether messages can be accepted: Redis takes writes and articles are
// loaded. Channels do not hold it back.
func (h *helpdesk) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	missing := []string{}
	if err := h.store.Client().Set(ctx, h.store.Key("ready"), time.Now().Unix(), time.Minute).Err(); err != nil {
		missing = append(missing, "redis")
	}
	if len(h.library.current().Base.Articles()) == 0 {
		missing = append(missing, "articles")
	}
	if len(missing) > 0 {
		web.JSON(w, http.StatusServiceUnavailable, map[string][]string{"missing": missing})
		return
	}
	web.JSON(w, http.StatusOK, map[string][]string{"missing": missing})
}
