package main

import (
	"context"
	"crypto/subtle"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/brug-helpdesk/brug/bots"
)

// metrics counts what brug does; nothing in it is about a person.
type metrics struct {
	registry  *prometheus.Registry
	received  *prometheus.CounterVec
	sent      *prometheus.CounterVec
	failed    *prometheus.CounterVec
	sendTime  *prometheus.HistogramVec
	decisions *prometheus.CounterVec
	answer    prometheus.Histogram
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "brug_messages_received_total",
			Help: "Messages stored, without duplicates."}, []string{"channel"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "brug_messages_sent_total",
			Help: "Messages that a network took."}, []string{"channel"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "brug_send_failures_total",
			Help: "Sends that failed, by reason; retries count."}, []string{"channel", "reason"}),
		sendTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "brug_send_seconds",
			Help: "How long a network took to take a message.", Buckets: prometheus.ExponentialBuckets(0.001, 3, 10)}, []string{"channel"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "brug_decisions_total",
			Help: "What was decided: answered, clarified, escalated, urgent, …"}, []string{"kind"}),
		answer: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "brug_answer_seconds",
			Help: "From a stored question to its decision, quiet time included.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 14)}),
	}
	m.registry.MustRegister(m.received, m.sent, m.failed, m.sendTime, m.decisions, m.answer,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Sent counts a message that a network took.
func (m *metrics) Sent(channel bots.Kind, took time.Duration) {
	m.sent.WithLabelValues(string(channel)).Inc()
	m.sendTime.WithLabelValues(string(channel)).Observe(took.Seconds())
}

// Failed counts a send that failed.
func (m *metrics) Failed(channel bots.Kind, reason bots.Reason) {
	m.failed.WithLabelValues(string(channel), string(reason)).Inc()
}

// decided counts a decision; what follows a colon would make too many kinds.
func (m *metrics) decided(what string, took time.Duration) {
	kind, _, _ := strings.Cut(what, ":")
	m.decisions.WithLabelValues(kind).Inc()
	if took > 0 {
		m.answer.Observe(took.Seconds())
	}
}

// gauge registers a figure that is read when somebody asks for it.
func (m *metrics) gauge(name, help string, labels prometheus.Labels, read func(ctx context.Context) (float64, error)) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		v, err := read(ctx)
		if err != nil {
			return -1 // Redis is away
		}
		return v
	}))
}

// handler serves the metrics to this machine, and to others with the token.
func (m *metrics) handler(log *slog.Logger, token string) http.Handler {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		ok := token != "" && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
		if token == "" {
			ok = fromHere(r)
		}
		if !ok {
			http.Error(w, "metrics are for this machine; set BRUG_METRICS_TOKEN for others", http.StatusForbidden)
			return
		}
		serve.ServeHTTP(w, r)
	})
}

// fromHere says that a request comes from this machine and not through a proxy.
func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
