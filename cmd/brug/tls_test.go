package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/brug-helpdesk/brug/internal/fake/acme"
)

const tlsDomain = "help.example.org"

// certifiedServer is a certified at work, with an authority that looks at its plain
// port.
type certifiedServer struct {
	authority     *acme.Authority
	plain, secure string
}

func serveCertified(t *testing.T, data string) certifiedServer {
	t.Helper()
	// The authority must know the plain port before it is open.
	var plain atomic.Value
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plain.Load().(http.Handler).ServeHTTP(w, r)
	})}
	go asked.Serve(relay)
	t.Cleanup(func() { asked.Close() })
	s := certifiedServer{authority: acme.Start(t, relay.Addr().String())}
	c := newCertified(slog.New(slog.DiscardHandler), tlsDomain, data, s.authority.Directory)
	c.plain, c.secure = "127.0.0.1:0", "127.0.0.1:0"
	server := func(h http.Handler) *http.Server {
		return &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	}
	doors, err := c.open(t.Context(), server, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Proto)
	}))
	if err != nil {
		t.Fatal(err)
	}
	plain.Store(doors[0].Handler)
	s.plain, s.secure = doors[0].listener.Addr().String(), doors[1].listener.Addr().String()
	served := make(chan error, len(doors))
	for _, d := range doors {
		go func() { served <- d.serve() }()
	}
	t.Cleanup(func() {
		for _, d := range doors {
			d.Close()
			<-served
		}
	})
	conn, err := tls.Dial("tcp", s.secure, &tls.Config{ServerName: tlsDomain, InsecureSkipVerify: true})
	if err != nil {
		t.Fatalf("no certificate: %v", err)
	}
	conn.Close()
	return s
}

// client trusts the authority and finds every name here.
func (s certifiedServer) client() *http.Client {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		to := s.secure
		if strings.HasSuffix(address, ":80") {
			to = s.plain
		}
		var d net.Dialer
		return d.DialContext(ctx, network, to)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: s.authority.Roots}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second}
}

func TestADomainGetsItsCertificateByItself(t *testing.T) {
	data := t.TempDir()
	s := serveCertified(t, data)
	client := s.client()
	for range 2 {
		resp, err := client.Get("https://" + tlsDomain + "/desk")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(body) != "HTTP/2.0" || resp.Header.Get("Strict-Transport-Security") != "max-age=31536000" || resp.TLS.Version < tls.VersionTLS12 {
			t.Errorf("%s %v", body, resp.Header)
		}
	}
	if got := s.authority.Orders(); !slices.Equal(got, []string{tlsDomain}) {
		t.Errorf("certificates were ordered for %v", got)
	}
	// Nobody makes us order for other names, however they ask.
	for _, name := range []string{"evil.example.org", "www." + tlsDomain, "127.0.0.1", "localhost", ""} {
		conn, err := tls.Dial("tcp", s.secure, &tls.Config{ServerName: name, InsecureSkipVerify: true})
		if err == nil {
			t.Errorf("%q has a certificate for %v", name, conn.ConnectionState().PeerCertificates[0].DNSNames)
			conn.Close()
		}
	}
	if conn, err := tls.Dial("tcp", s.secure, &tls.Config{ServerName: tlsDomain, RootCAs: s.authority.Roots, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("an old protocol is spoken")
		conn.Close()
	}
	if got := s.authority.Orders(); len(got) != 1 {
		t.Errorf("then certificates were ordered for %v", got)
	}
	// Its key is for brug's user alone, and outlives the process.
	folder := filepath.Join(data, certificateFolder)
	info, err := os.Stat(folder)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) == 0 {
		t.Fatalf("kept files %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v, %v", f.Name(), info.Mode(), err)
		}
	}
	again := serveCertified(t, data)
	again.authority.Roots = s.authority.Roots
	if _, err := again.client().Get("https://" + tlsDomain + "/"); err != nil {
		t.Fatal(err)
	}
	if got := again.authority.Orders(); len(got) != 0 {
		t.Errorf("after a restart certificates were ordered for %v", got)
	}
}

func TestTheDoctorLooksAtTheCertificate(t *testing.T) {
	s := serveCertified(t, t.TempDir())
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasSuffix(address, ":443") {
			address = s.secure
		} else {
			address = s.plain
		}
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	refuse := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }
	here := []net.Addr{&net.IPNet{IP: net.ParseIP("192.0.2.1")}}
	us, them := []string{"192.0.2.1"}, []string{"192.0.2.9"}
	for _, c := range []struct {
		what string
		view certificateView
		now  time.Time
		want string
		bad  bool
		mend string
	}{
		{"all is well", certificateView{us, here, dial, s.authority.Roots}, time.Now(), "good until", false, ""},
		{"another machine", certificateView{them, here, dial, s.authority.Roots}, time.Now(), "good until", false, "192.0.2.9, which is no address of this machine"},
		{"no address", certificateView{nil, here, dial, nil}, time.Now(), "leads nowhere", true, "A record"},
		{"closed ports", certificateView{us, here, refuse, nil}, time.Now(), "port 80 of " + tlsDomain + " does not answer", true, "firewall"},
		{"a stranger's certificate", certificateView{us, here, dial, nil}, time.Now(), "no certificate that browsers trust", true, "log"},
		{"near its end", certificateView{us, here, dial, s.authority.Roots}, time.Now().AddDate(0, 0, 80), "good until", true, "renewed"},
	} {
		f := c.view.finding(t.Context(), tlsDomain, c.now)
		if !strings.Contains(f.found, c.want) || f.bad != c.bad || !strings.Contains(f.mend, c.mend) || (c.mend == "") != (f.mend == "") {
			t.Errorf("%s: %+v", c.what, f)
		}
	}
}

func TestPlainHTTPLeadsToTheDomain(t *testing.T) {
	s := serveCertified(t, t.TempDir())
	for _, host := range []string{tlsDomain, "evil.example.org"} {
		r, err := http.NewRequest("GET", "http://"+host+"//evil.example/desk?a=%2F", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusPermanentRedirect || got != "https://"+tlsDomain+"//evil.example/desk?a=%2F" {
			t.Errorf("%s: %d %s", host, resp.StatusCode, got)
		}
	}
	resp, err := s.client().Post("http://"+tlsDomain+"/desk/sign-in", "text/plain", strings.NewReader("secret"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a form over plain http: %d", resp.StatusCode)
	}
}

func TestTheDomainAndThePublicAddressAgree(t *testing.T) {
	for _, c := range []struct{ domain, base, want, problem string }{
		{"Help.Example.org", "", "https://help.example.org", ""},
		{"help.example.org", "https://help.example.org/", "https://help.example.org", ""},
		{"help.example.org", "http://help.example.org", "", "BRUG_TLS_DOMAIN: BRUG_BASE_URL says http://help.example.org"},
		{"help.example.org", "https://other.example.org", "", "BRUG_TLS_DOMAIN: BRUG_BASE_URL says https://other.example.org"},
		{"https://help.example.org", "", "", "BRUG_TLS_DOMAIN: \"https://help.example.org\" is not a domain"},
		{"192.0.2.1", "", "", "is not a domain"},
		{"localhost", "", "", "is not a domain"},
		{"help.example.org:443", "", "", "is not a domain"},
	} {
		flags := pflag.NewFlagSet("brug", pflag.ContinueOnError)
		addFlags(flags)
		env := map[string]string{"BRUG_TLS_DOMAIN": c.domain, "BRUG_BASE_URL": c.base, "BRUG_DATA": t.TempDir()}
		config, err := loadConfig(flags, func(name string) string { return env[name] })
		if c.problem == "" && (err != nil || config.BaseURL != c.want) {
			t.Errorf("%+v: %s, %v", c, config.BaseURL, err)
		}
		if c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
