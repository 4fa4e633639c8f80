package whatsapp

import (
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// conn is a client's connection after the handshake.
type conn struct {
	server *Server
	pipe   *pipe
	key    [32]byte // the client's static key
	device *device  // nil while it pairs
	newbie *newbie  // while it pairs
}

type node = waBinary.Node
type attrs = waBinary.Attrs

// send writes a node. An error means that the connection is over, which run sees too.
func (c *conn) send(n node) {
	data, err := waBinary.Marshal(n)
	if err == nil {
		_ = c.pipe.send(c.server.ctx, data)
	}
}

// drop ends the connection at once, without a word.
func (c *conn) drop() { _ = c.pipe.ws.CloseNow() }

// run reads nodes until the connection ends.
func (c *conn) run() {
	for {
		data, err := c.pipe.receive(c.server.ctx)
		if err != nil {
			return
		}
		plain, err := waBinary.Unpack(data)
		if err != nil {
			return
		}
		n, err := waBinary.Unmarshal(plain)
		if err != nil {
			return
		}
		c.handle(n)
	}
}

func (c *conn) handle(n *node) {
	s := c.server
	if n.Tag == "iq" {
		s.query(c, n)
		return
	}
	if c.device == nil {
		return // only iq before the login
	}
	switch n.Tag {
	case "message":
		s.routeMessage(c, n)
	case "receipt":
		s.routeReceipt(c, n)
	case "ack":
		s.confirm(c, text(n, "class"), text(n, "id"), text(n, "type"))
	case "chatstate":
		s.routeState(c, n)
	case "presence":
		s.setPresence(c, text(n, "name"), text(n, "type") == "available")
	}
}

func text(n *node, key string) string {
	s, _ := n.Attrs[key].(string)
	return s
}

func jid(n *node, key string) types.JID {
	j, _ := n.Attrs[key].(types.JID)
	return j
}

func bytesOf(n node) []byte {
	b, _ := n.Content.([]byte)
	return b
}

// serial is a new number for something the server begins.
func (s *Server) serial() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.serialLocked()
}

func (s *Server) serialLocked() string {
	s.nextID++
	return strconv.Itoa(s.nextID)
}

// result answers a query.
func (c *conn) result(n *node, content ...node) {
	answer := node{Tag: "iq", Attrs: attrs{"id": n.Attrs["id"], "from": types.ServerJID, "type": "result"}}
	if len(content) > 0 {
		answer.Content = content
	}
	c.send(answer)
}

// refuse answers a query with an error.
func (c *conn) refuse(n *node, code int, why string) {
	c.send(node{Tag: "iq", Attrs: attrs{"id": n.Attrs["id"], "from": types.ServerJID, "type": "error"},
		Content: []node{{Tag: "error", Attrs: attrs{"code": code, "text": why}}}})
}
