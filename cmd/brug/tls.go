package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/time/rate"
)

// certificateFolder holds the certificate and its keys in the data folder, for brug's
// user alone.
const certificateFolder = "certificates"

// certified serves one domain over https, with a certificate that is fetched and
// renewed by itself (ACME, RFC 8555).
type certified struct {
	log     *slog.Logger
	domain  string
	manager *autocert.Manager
	// Where it listens: :443, and :80 for the authority's questions and for who types
	// the name without https.
	secure, plain string
}

// newCertified is a certified for domain; directory is the authority's, "" for Let's
// Encrypt.
func newCertified(log *slog.Logger, domain, data, directory string) *certified {
	return &certified{log: log, domain: domain, secure: ":443", plain: ":80", manager: &autocert.Manager{
		Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(domain), // no other name costs an order
		Cache:  autocert.DirCache(filepath.Join(data, certificateFolder)),
		Client: &acme.Client{DirectoryURL: directory, UserAgent: "brug"},
	}}
}

// open listens on both ports, and fetches the certificate before the first visitor
// asks for it. server makes one with our limits; handler is what https serves.
func (c *certified) open(ctx context.Context, server func(http.Handler) *http.Server, handler http.Handler) ([]door, error) {
	plain, err := net.Listen("tcp", c.plain)
	if err != nil {
		return nil, fmt.Errorf("listen for BRUG_TLS_DOMAIN (does another web server run here? may brug open ports below 1024?): %w", err)
	}
	secure, err := net.Listen("tcp", c.secure)
	if err != nil {
		plain.Close()
		return nil, fmt.Errorf("listen for BRUG_TLS_DOMAIN: %w", err)
	}
	config := c.manager.TLSConfig() // http/2, and the authority's own protocol
	config.MinVersion = tls.VersionTLS12
	get, failed := config.GetCertificate, rate.Sometimes{Interval: time.Minute}
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		certificate, err := get(hello)
		if err != nil && hello.ServerName == c.domain {
			failed.Do(func() { c.log.Warn("no certificate", "domain", c.domain, "err", err) })
		}
		return certificate, err
	}
	go c.ahead(ctx, secure.Addr())
	https := server(strictTransport(handler))
	https.TLSConfig = config
	return []door{{server(c.manager.HTTPHandler(http.HandlerFunc(c.redirect))), plain}, {https, secure}}, nil
}

// redirect leads to the same page over https, always of our own domain.
func (c *certified) redirect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Use https.", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, "https://"+c.domain+r.URL.RequestURI(), http.StatusPermanentRedirect)
}

// strictTransport tells browsers to use https only, for a year (RFC 6797).
func strictTransport(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		h.ServeHTTP(w, r)
	})
}

// ahead asks for the certificate, again every ten minutes until there is one: the
// domain may still have to be pointed here.
func (c *certified) ahead(ctx context.Context, secure net.Addr) {
	_, port, _ := net.SplitHostPort(secure.String()) // a listener's address
	// Nothing is sent over it, so nobody has to be verified.
	dialer := tls.Dialer{Config: &tls.Config{ServerName: c.domain, InsecureSkipVerify: true}}
	for ctx.Err() == nil {
		conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("localhost", port))
		if err == nil {
			c.log.Info("certificate ready", "domain", c.domain)
			conn.Close()
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Minute):
		}
	}
}
