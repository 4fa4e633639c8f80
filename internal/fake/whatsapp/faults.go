package whatsapp

import (
	"slices"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// Fault is what goes wrong with a message that a linked device sends.
type Fault struct {
	// Delay comes before everything else.
	Delay time.Duration
	// Error is the code of a refusal.
	Error int
	// Drop ends the connection: before the message is taken, or after it.
	Drop, After bool
}

type faults struct {
	sends   []Fault
	failure attrs  // of every login of a linked device
	oldest  uint32 // version that may log in
	latest  uint32 // version that the web page tells
}

// Fail lets the next n messages of linked devices go wrong.
func (s *Server) Fail(f Fault, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.sends = append(s.faults.sends, slices.Repeat([]Fault{f}, n)...)
}

func (s *Server) sendFault(d *device) (Fault, bool) {
	if d.id == 0 || len(s.faults.sends) == 0 {
		return Fault{}, false
	}
	f := s.faults.sends[0]
	s.faults.sends = s.faults.sends[1:]
	return f, true
}

// Garble spoils the next n messages to the account on their way, so that they cannot
// be decrypted.
func (a *Account) Garble(n int) {
	a.server.mu.Lock()
	defer a.server.mu.Unlock()
	a.garble = n
}

// garbled is the encrypted part as it arrives. The lock is held.
func (a *Account) garbled(enc []node) []node {
	enc = slices.Clone(enc)
	if a.garble == 0 {
		return enc
	}
	a.garble--
	for i := range enc {
		data := slices.Clone(bytesOf(enc[i]))
		data[len(data)*3/4] ^= 0x55 // within the signed part, also of a first message
		enc[i].Content = data
	}
	return enc
}

// Leave makes the server unreachable for linked devices, Return ends that. People's
// phones stay.
func (s *Server) Leave() {
	s.mu.Lock()
	s.away = true
	s.mu.Unlock()
	s.Drop()
}

// Return is the end of [Server.Leave].
func (s *Server) Return() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = false
}

// calmTime is how long a client may take to end what it is doing.
const calmTime = 20 * time.Second

// calm waits until linked devices have confirmed what they were given. The library's
// socket has a data race between a send and the end of the connection, which is harmless
// but ends a test under the race detector.
func (s *Server) calm() {
	for end := time.Now().Add(calmTime); time.Now().Before(end); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		waiting := 0
		for c := range s.open {
			if c.device != nil && c.device.id > 0 && c.device.live {
				waiting += len(c.device.queue)
			}
		}
		s.mu.Unlock()
		if waiting == 0 {
			return
		}
	}
}

// Drop ends the connections of all linked devices.
func (s *Server) Drop() {
	s.calm()
	for _, c := range s.linkedConns() {
		c.drop()
	}
}

func (s *Server) linkedConns() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*conn
	for c := range s.open {
		if c.device == nil || c.device.id > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Again delivers a message once more.
func (s *Server) Again(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if again := s.events[id]; again != nil {
		again()
	}
}

// Send sends a node of any kind to all linked devices that are there.
func (s *Server) Send(tag string, attributes map[string]any, content any) {
	for _, c := range s.linkedConns() {
		c.send(node{Tag: tag, Attrs: attributes, Content: content})
	}
}

// Raw sends bytes that are no node to all linked devices that are there.
func (s *Server) Raw(data []byte) {
	for _, c := range s.linkedConns() {
		_ = c.pipe.send(s.ctx, data)
	}
}

// StreamError sends a stream error and ends the connection, as a server that
// restarts does with code 503. With 515, which asks for a new login, the client hangs
// up.
func (s *Server) StreamError(code string) {
	s.calm()
	for _, c := range s.linkedConns() {
		c.send(node{Tag: "stream:error", Attrs: attrs{"code": code}})
		if code != "515" {
			_ = c.pipe.ws.Close(1000, "") // the client may be gone already
		}
	}
}

// Refuse answers every login of a linked device with a failure: 401 for an unlinked
// device, 402 with code and expire (seconds) for a ban, 503 for trouble of the
// server's own. nil ends that.
func (s *Server) Refuse(failure map[string]any) {
	s.mu.Lock()
	s.faults.failure = failure
	s.mu.Unlock()
}

// Outdate lets only clients from this version (the third number) log in, and tells
// the latest version on the web page.
func (s *Server) Outdate(oldest, latest uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.oldest, s.faults.latest = oldest, latest
}

// Unlink removes the account's linked devices, as the phone's owner can. They hang up.
func (a *Account) Unlink() {
	s := a.server
	s.calm()
	s.mu.Lock()
	var conns []*conn
	for id, d := range a.devices {
		if id > 0 {
			delete(a.devices, id)
			if d.conn != nil {
				conns = append(conns, d.conn)
			}
		}
	}
	s.mu.Unlock()
	for _, c := range conns {
		c.send(node{Tag: "stream:error", Attrs: attrs{"code": "401"}, Content: []node{{Tag: "conflict", Attrs: attrs{"type": "device_removed"}}}})
	}
}

// Plain delivers a message node that no client made (of a group, a status, a channel)
// to the account's linked devices.
func (a *Account) Plain(from, participant types.JID, content ...node) (id string) {
	s := a.server
	s.mu.Lock()
	defer s.mu.Unlock()
	id = "3EB0" + s.serialLocked()
	n := node{Tag: "message", Content: content, Attrs: attrs{"id": id, "type": "text", "from": from, "t": time.Now().Unix()}}
	if !participant.IsEmpty() {
		n.Attrs["participant"] = participant
	}
	for _, d := range a.devices {
		if d.id > 0 {
			s.deliver(d, n)
		}
	}
	return id
}
