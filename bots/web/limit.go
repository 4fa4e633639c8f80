package web

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// limit is how many there may be in a time.
type limit struct {
	most   int
	window time.Duration
}

var (
	perVisitor = limit{20, time.Minute} // messages of a visitor
	perAddress = limit{60, time.Hour}   // new visitors of a network address: a shelter has one for all
)

var (
	//go:embed limit.lua
	limitSource string
	limitScript = redis.NewScript(limitSource)
)

// room counts a message and returns 0, or how long to wait before it is taken.
func (c *Channel) room(ctx context.Context, visitor, id, address string) (time.Duration, error) {
	ms, err := c.store.Run(ctx, limitScript,
		[]string{c.recentKey(visitor), c.newcomersKey(address), c.eventsKey(visitor)},
		id, perVisitor.most, perVisitor.window.Milliseconds(),
		c.hash(visitor), perAddress.most, perAddress.window.Milliseconds()).Int64()
	if err != nil {
		return 0, fmt.Errorf("count message: %w", err)
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// clientAddress is the network address a request comes from: the last one that was
// not added by a proxy of ours. Of IPv6 it is the network, as one home has many.
func clientAddress(r *http.Request, trusted []netip.Prefix) string {
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
