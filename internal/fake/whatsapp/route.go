package whatsapp

import (
	"maps"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// goLive gives a device what waits for it, and from then on all at once.
func (s *Server) goLive(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := c.device
	if d.conn != c || d.live {
		return
	}
	d.live = true
	for i, n := range d.queue {
		n.Attrs = maps.Clone(n.Attrs)
		n.Attrs["offline"] = i % 4
		c.send(n)
	}
	c.send(node{Tag: "ib", Attrs: attrs{"from": types.ServerJID}, Content: []node{{Tag: "offline", Attrs: attrs{"count": len(d.queue)}}}})
}

// deliver queues a node for a device and sends it, if the device is there. The lock
// is held, so that the order is that of the calls.
func (s *Server) deliver(d *device, n node) {
	d.queue = append(d.queue, n)
	if d.conn != nil && d.live {
		d.conn.send(n)
	}
}

// confirm takes what a device confirmed out of its queue.
func (s *Server) confirm(c *conn, tag, id, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range c.device.queue {
		if n.Tag == tag && n.Attrs["id"] == id && (tag == "message" || text(&n, "type") == kind) {
			c.device.queue = append(c.device.queue[:i:i], c.device.queue[i+1:]...)
			return
		}
	}
}

// routeMessage gives a message to the devices it is encrypted for.
func (s *Server) routeMessage(c *conn, n *node) {
	s.mu.Lock()
	fault, ok := s.sendFault(c.device)
	s.mu.Unlock()
	if ok && fault.Delay > 0 {
		select {
		case <-time.After(fault.Delay):
		case <-s.ctx.Done():
			return
		}
	}
	switch {
	case ok && fault.Error != 0:
		c.send(s.ack(n, attrs{"error": fault.Error}))
		return
	case ok && fault.Drop && !fault.After:
		c.drop()
		return
	}
	s.mu.Lock()
	to := s.account(jid(n, "to"))
	if to == nil && text(n, "category") != "peer" {
		s.mu.Unlock()
		c.send(s.ack(n, attrs{"error": 404}))
		return
	}
	if to != nil {
		s.fanOut(c.device, to, n)
	}
	s.mu.Unlock()
	if ok && fault.Drop {
		c.drop()
		return
	}
	c.send(s.ack(n, nil))
}

func (s *Server) ack(n *node, more attrs) node {
	a := attrs{"class": "message", "id": n.Attrs["id"], "from": n.Attrs["to"], "t": time.Now().Unix()}
	maps.Copy(a, more)
	return node{Tag: "ack", Attrs: a}
}

// fanOut makes each device's own copy. The lock is held.
func (s *Server) fanOut(from *device, to *Account, n *node) {
	target := jid(n, "to")
	s.forms[text(n, "id")] = target.Server
	var identity []node
	if signed, ok := n.GetOptionalChildByTag("device-identity"); ok {
		identity = []node{signed}
	}
	copyFor := func(j types.JID, enc []node) {
		a := s.account(j)
		if a == nil || a.devices[j.Device] == nil {
			return
		}
		d := a.devices[j.Device]
		out := node{Tag: "message", Attrs: attrs{"id": n.Attrs["id"], "type": n.Attrs["type"], "t": time.Now().Unix()}}
		for _, key := range []string{"edit", "category"} {
			if value := text(n, key); value != "" {
				out.Attrs[key] = value
			}
		}
		if a == from.account {
			out.Attrs["from"], out.Attrs["recipient"] = from.jid(j.Server), target.ToNonAD()
			if target.Server == types.HiddenUserServer {
				out.Attrs["peer_recipient_pn"] = to.number
			} else {
				out.Attrs["peer_recipient_lid"] = to.lid
			}
		} else {
			s.nameSender(from, target.Server, out.Attrs)
		}
		if from.account.name != "" {
			out.Attrs["notify"] = from.account.name
		}
		out.Content = append(a.garbled(enc), identity...)
		s.deliver(d, out)
		s.events[text(n, "id")] = func() { s.deliver(d, out) }
	}
	if participants, ok := n.GetOptionalChildByTag("participants"); ok {
		for _, p := range participants.GetChildren() {
			copyFor(jid(&p, "jid"), p.GetChildrenByTag("enc"))
		}
		return
	}
	copyFor(target, n.GetChildrenByTag("enc")) // sent again to one device
}

// nameSender says who a message is from.
func (s *Server) nameSender(from *device, server string, a attrs) {
	number, lid := from.jid(types.DefaultUserServer), from.jid(types.HiddenUserServer)
	shown := from.account.shown
	if from.id > 0 && shown == ByNumber && server == types.HiddenUserServer {
		shown = ByLID // a linked device answers in the form it was written to
	}
	switch shown {
	case ByNumber:
		a["from"], a["sender_lid"] = number, lid.ToNonAD()
	case ByLID:
		a["from"], a["sender_pn"] = lid, number.ToNonAD()
	case OnlyLID:
		a["from"] = lid
	case OnlyNumber:
		a["from"] = number
	}
}

// routeReceipt takes a receipt as a confirmation and passes it on.
func (s *Server) routeReceipt(c *conn, n *node) {
	kind := text(n, "type")
	if kind != "retry" {
		s.confirm(c, "message", text(n, "id"), "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.send(node{Tag: "ack", Attrs: attrs{"class": "receipt", "id": n.Attrs["id"], "type": kind, "from": n.Attrs["to"]}})
	to := jid(n, "to")
	a := s.account(to)
	if a == nil {
		return
	}
	form := s.forms[text(n, "id")]
	if form == "" {
		form = to.Server
	}
	out := node{Tag: "receipt", Content: n.Content, Attrs: attrs{"id": n.Attrs["id"], "type": kind, "t": time.Now().Unix(),
		"from": c.device.jid(form)}}
	if r := jid(n, "recipient"); !r.IsEmpty() {
		out.Attrs["recipient"] = r
	}
	for _, d := range a.devices {
		// A receipt is for the device that sent, or for all of the account's.
		if d != c.device && (to.Device == d.id || kind != "retry" && to.Device == 0) {
			s.deliver(d, out)
		}
	}
}

// routeState passes "typing" on to those who are there: to phones, and to linked devices
// while they are online.
func (s *Server) routeState(c *conn, n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := jid(n, "to")
	a := s.account(to)
	if a == nil {
		return
	}
	for _, d := range a.devices {
		if d.conn != nil && d.live && (d.id == 0 || a.online) {
			d.conn.send(node{Tag: "chatstate", Attrs: attrs{"from": c.device.jid(to.Server)}, Content: n.Content})
		}
	}
}
