package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Address is the network address a request comes from: the last one that was
// not added by a proxy of ours. Of IPv6 it is the network, as one home has many.
func Address(r *http.Request, trusted []netip.Prefix) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := []string{host}
	for _, h := range slices.Backward(r.Header.Values("X-Forwarded-For")) {
		for _, hop := range slices.Backward(strings.Split(h, ",")) {
			hops = append(hops, strings.TrimSpace(hop))
		}
	}
	last := netip.Addr{}
	for _, hop := range hops {
		a, err := netip.ParseAddr(hop)
		if err != nil {
			break
		}
		last = a.Unmap().WithZone("")
		if !slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(last) }) {
			break
		}
	}
	if last.Is6() {
		network, _ := last.Prefix(64) // 64 fits every IPv6 address
		return network.String()
	}
	return last.String()
}
