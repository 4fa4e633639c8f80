package acme

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Authority is a running certificate authority. Orders are handled one at a time.
type Authority struct {
	// Directory is the address that clients are given.
	Directory string
	// Roots hold its own certificate.
	Roots *x509.CertPool

	tb   testing.TB
	web  string
	root *x509.Certificate
	key  crypto.Signer

	mu     sync.Mutex
	orders []string // names
	proof  string   // thumbprint of the account's key
	valid  bool
	chain  []byte
	nonce  int
}

// Start runs an authority until the test ends. web is the host:port at which the web
// server of every name is found, instead of port 80.
func Start(tb testing.TB, web string) *Authority {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	a := &Authority{tb: tb, web: web, key: key, Roots: x509.NewCertPool()}
	a.root = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, a.root, a.root, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		tb.Fatal(err)
	}
	a.Roots.AddCert(a.root)
	mux := http.NewServeMux()
	server := httptest.NewServer(a.nonces(mux))
	tb.Cleanup(server.Close)
	a.Directory = server.URL + "/directory"
	for pattern, handle := range map[string]func(r *http.Request) (int, any){
		"GET /directory": func(*http.Request) (int, any) {
			return http.StatusOK, map[string]string{"newNonce": server.URL + "/nonce", "newAccount": server.URL + "/account", "newOrder": server.URL + "/order"}
		},
		"HEAD /nonce":     func(*http.Request) (int, any) { return http.StatusOK, nil },
		"POST /account":   a.account,
		"POST /order":     a.order,
		"POST /order/1":   a.orderState,
		"POST /authz":     a.authorization,
		"POST /challenge": a.challenge,
		"POST /finalize":  a.finalize,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			a.mu.Lock()
			defer a.mu.Unlock()
			status, body := handle(r)
			w.Header().Set("Content-Type", "application/json")
			if status == http.StatusCreated {
				w.Header().Set("Location", server.URL+r.URL.Path+"/1")
			}
			w.WriteHeader(status)
			if body != nil {
				json.NewEncoder(w).Encode(body)
			}
		})
	}
	mux.HandleFunc("POST /certificate", func(w http.ResponseWriter, _ *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(a.chain)
	})
	return a
}

// Orders are the names that certificates were asked for.
func (a *Authority) Orders() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.orders...)
}

// nonces gives every answer a number for the next request (section 6.5).
func (a *Authority) nonces(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.nonce++
		w.Header().Set("Replay-Nonce", fmt.Sprint("nonce-", a.nonce))
		a.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

// read is what a signed request says; its header goes into head.
func (a *Authority) read(r *http.Request, head, payload any) {
	var signed struct{ Protected, Payload string }
	if err := json.NewDecoder(r.Body).Decode(&signed); err != nil {
		a.tb.Errorf("%s: %v", r.URL.Path, err)
		return
	}
	for text, into := range map[string]any{signed.Protected: head, signed.Payload: payload} {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err == nil && into != nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			a.tb.Errorf("%s: %v", r.URL.Path, err)
		}
	}
}

func (a *Authority) account(r *http.Request) (int, any) {
	var head struct {
		JWK struct{ Crv, Kty, X, Y string }
	}
	a.read(r, &head, nil)
	canonical := fmt.Sprintf(`{"crv":%q,"kty":%q,"x":%q,"y":%q}`, head.JWK.Crv, head.JWK.Kty, head.JWK.X, head.JWK.Y) // RFC 7638
	sum := sha256.Sum256([]byte(canonical))
	a.proof = base64.RawURLEncoding.EncodeToString(sum[:])
	return http.StatusCreated, map[string]string{"status": "valid"}
}

func (a *Authority) order(r *http.Request) (int, any) {
	var wish struct {
		Identifiers []struct{ Type, Value string }
	}
	a.read(r, nil, &wish)
	a.orders = append(a.orders, wish.Identifiers[0].Value)
	a.valid, a.chain = false, nil
	_, state := a.orderState(r)
	return http.StatusCreated, state
}

func (a *Authority) name() string { return a.orders[len(a.orders)-1] }

func (a *Authority) status(pending, done string, is bool) string {
	if is {
		return done
	}
	return pending
}

func (a *Authority) address(path string) string {
	return strings.TrimSuffix(a.Directory, "/directory") + path
}

func (a *Authority) orderState(*http.Request) (int, any) {
	state := map[string]any{"status": a.status(a.status("pending", "ready", a.valid), "valid", a.chain != nil),
		"identifiers":    []map[string]string{{"type": "dns", "value": a.name()}},
		"authorizations": []string{a.address("/authz")}, "finalize": a.address("/finalize")}
	if a.chain != nil {
		state["certificate"] = a.address("/certificate")
	}
	return http.StatusOK, state
}

func (a *Authority) challengeState() map[string]string {
	return map[string]string{"type": "http-01", "url": a.address("/challenge"), "token": "the-token", "status": a.status("pending", "valid", a.valid)}
}

func (a *Authority) authorization(*http.Request) (int, any) {
	return http.StatusOK, map[string]any{"status": a.status("pending", "valid", a.valid),
		"identifier": map[string]string{"type": "dns", "value": a.name()}, "challenges": []any{a.challengeState()}}
}

// challenge asks the name's web server.
func (a *Authority) challenge(r *http.Request) (int, any) {
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://"+a.web+"/.well-known/acme-challenge/the-token", nil)
	if err != nil {
		a.tb.Error(err)
		return http.StatusInternalServerError, nil
	}
	ask.Host = a.name()
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		a.tb.Errorf("the web server of %s: %v", a.name(), err)
		return http.StatusOK, a.challengeState()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != "the-token."+a.proof {
		a.tb.Errorf("the web server of %s answers %q, %v", a.name(), body, err)
		return http.StatusOK, a.challengeState()
	}
	a.valid = true
	return http.StatusOK, a.challengeState()
}

// finalize signs what was proven.
func (a *Authority) finalize(r *http.Request) (int, any) {
	var wish struct{ CSR string }
	a.read(r, nil, &wish)
	raw, err := base64.RawURLEncoding.DecodeString(wish.CSR)
	if err != nil || !a.valid {
		a.tb.Errorf("a certificate was asked for too early: %v", err)
		return http.StatusForbidden, nil
	}
	csr, err := x509.ParseCertificateRequest(raw)
	if err != nil {
		a.tb.Error(err)
		return http.StatusBadRequest, nil
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(int64(len(a.orders) + 1)), DNSNames: csr.DNSNames, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().AddDate(0, 0, 90), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.root, csr.PublicKey, a.key)
	if err != nil {
		a.tb.Error(err)
		return http.StatusInternalServerError, nil
	}
	a.chain = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})...)
	return a.orderState(r)
}
