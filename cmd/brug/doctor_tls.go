package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// fewDays is how long before its end a certificate should have been renewed long ago:
// that is tried 30 days before, or when a third of a shorter life is left.
const fewDays = 14

// certificateView is what the doctor sees of BRUG_TLS_DOMAIN from this machine.
type certificateView struct {
	// addresses are the domain's, own this machine's.
	addresses []string
	own       []net.Addr
	dial      func(ctx context.Context, network, address string) (net.Conn, error)
	roots     *x509.CertPool // the system's when nil
}

func certificateFinding(ctx context.Context, domain string) finding {
	view := certificateView{dial: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}
	// Without an answer there is no address, which the finding says.
	view.addresses, _ = net.DefaultResolver.LookupHost(ctx, domain)
	view.own, _ = net.InterfaceAddrs()
	return view.finding(ctx, domain, time.Now())
}

func (v certificateView) finding(ctx context.Context, domain string, now time.Time) finding {
	f := finding{what: "certificate"}
	if len(v.addresses) == 0 {
		f.found, f.mend, f.bad = domain+" leads nowhere", "give the domain an A record with the address of this machine, and an AAAA record if it has IPv6", true
		return f
	}
	for _, port := range []string{"80", "443"} {
		conn, err := v.dial(ctx, "tcp", net.JoinHostPort(domain, port))
		if err != nil {
			f.found, f.mend, f.bad = "port "+port+" of "+domain+" does not answer", "start brug, and open ports 80 and 443 in the firewall"+v.elsewhere("; "), true
			return f
		}
		conn.Close()
	}
	until, err := v.until(ctx, domain)
	if err != nil {
		f.found, f.mend, f.bad = domain+" has no certificate that browsers trust: "+err.Error(), "the log says why, under “no certificate”"+v.elsewhere("; "), true
		return f
	}
	f.found, f.mend = fmt.Sprintf("%s, good until %s", domain, until.Format(time.DateOnly)), v.elsewhere("")
	if until.Sub(now) < fewDays*24*time.Hour {
		f.mend, f.bad = "it should have been renewed by now: the log says why not, under “no certificate”", true
	}
	return f
}

// until is when the certificate that the domain shows ends.
func (v certificateView) until(ctx context.Context, domain string) (time.Time, error) {
	conn, err := v.dial(ctx, "tcp", net.JoinHostPort(domain, "443"))
	if err != nil {
		return time.Time{}, err
	}
	secure := tls.Client(conn, &tls.Config{ServerName: domain, RootCAs: v.roots})
	defer secure.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := secure.HandshakeContext(ctx); err != nil {
		return time.Time{}, err
	}
	return secure.ConnectionState().PeerCertificates[0].NotAfter, nil
}

// elsewhere says that the domain leads to another machine, as far as can be seen from
// here: behind a router that passes the ports on, this machine does not know its
// public address.
func (v certificateView) elsewhere(before string) string {
	for _, own := range v.own {
		if network, ok := own.(*net.IPNet); ok && slices.Contains(v.addresses, network.IP.String()) {
			return ""
		}
	}
	return before + "the domain leads to " + strings.Join(v.addresses, ", ") + ", which is no address of this machine: right only behind a router that passes ports 80 and 443 on"
}
