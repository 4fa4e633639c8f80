package whatsapp

import (
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
)

// login looks at what a client says about itself.
func (s *Server) login(c *conn, p *waWa6.ClientPayload) {
	if fail := s.refusal(p); fail != nil {
		c.send(node{Tag: "failure", Attrs: fail})
		return
	}
	if data := p.GetDevicePairingData(); data != nil {
		s.greetNewbie(c, data)
		return
	}
	s.mu.Lock()
	a := s.accounts[strconv.FormatUint(p.GetUsername(), 10)]
	var d *device
	if a != nil {
		d = a.devices[uint16(p.GetDevice())]
	}
	if d == nil || d.noise != c.key {
		s.mu.Unlock()
		c.send(node{Tag: "failure", Attrs: attrs{"reason": "401", "location": "cln"}})
		return
	}
	former := d.conn
	c.device, d.conn, d.live = d, c, false
	s.mu.Unlock()
	if former != nil {
		former.send(node{Tag: "stream:error", Content: []node{{Tag: "conflict", Attrs: attrs{"type": "replaced"}}}})
	}
	c.send(node{Tag: "success", Attrs: attrs{"t": time.Now().Unix(), "lid": d.jid(types.HiddenUserServer), "location": "cln"}})
}

// refusal is why nobody may log in now, nil if they may.
func (s *Server) refusal(p *waWa6.ClientPayload) attrs {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.oldest > p.GetUserAgent().GetAppVersion().GetTertiary() {
		return attrs{"reason": "405", "location": "cln"}
	}
	if p.GetDevicePairingData() == nil && p.GetDevice() == 0 {
		return nil // people's phones are never refused here
	}
	return s.faults.failure
}

// setPresence notes the name a client shows to others, and whether it is online.
func (s *Server) setPresence(c *conn, name string, online bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.device.account.online = online
	if name != "" {
		c.device.account.name = name
	}
}

// Online reports whether others see the account as online.
func (a *Account) Online() bool {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	return a.online
}

// Connected reports whether a linked device of the account is there and has asked for
// its messages.
func (a *Account) Connected() bool {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	for _, d := range a.devices {
		if d.id > 0 && d.live {
			return true
		}
	}
	return false
}

// Waiting is how many messages and receipts wait for the account's linked devices.
func (a *Account) Waiting() int {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	n := 0
	for _, d := range a.devices {
		if d.id > 0 {
			n += len(d.queue)
		}
	}
	return n
}
