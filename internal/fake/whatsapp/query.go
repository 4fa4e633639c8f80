package whatsapp

import (
	"strconv"

	"go.mau.fi/whatsmeow/types"
)

// query answers an iq. What nobody needs in tests gets an empty result.
func (s *Server) query(c *conn, n *node) {
	if kind := text(n, "type"); kind == "result" || kind == "error" {
		if _, ok := n.GetOptionalChildByTag("pair-device-sign"); ok {
			s.linked(c, n)
		}
		return
	}
	if reg, ok := n.GetOptionalChildByTag("link_code_companion_reg"); ok {
		if text(&reg, "stage") == "companion_hello" {
			s.hello(c, n, reg)
		} else {
			s.finish(c, n, reg)
		}
		return
	}
	if c.device == nil {
		c.result(n)
		return
	}
	switch text(n, "xmlns") {
	case "encrypt":
		s.preKeys(c, n)
	case "passive":
		c.result(n)
		if _, ok := n.GetOptionalChildByTag("active"); ok {
			s.goLive(c)
		}
	case "usync":
		s.usync(c, n)
	case "w:m":
		c.result(n, node{Tag: "media_conn", Attrs: attrs{"auth": "test-auth", "ttl": 300, "auth_ttl": 300, "max_buckets": 12},
			Content: []node{{Tag: "host", Attrs: attrs{"hostname": "media.whatsapp.test"}}}})
	case "privacy":
		c.result(n, node{Tag: "privacy", Content: []node{{Tag: "category", Attrs: attrs{"name": "readreceipts", "value": "all"}}}})
	case "md":
		if _, ok := n.GetOptionalChildByTag("remove-companion-device"); ok {
			s.mu.Lock()
			delete(c.device.account.devices, c.device.id)
			s.mu.Unlock()
		}
		c.result(n)
	default:
		c.result(n)
	}
}

// preKeys counts, takes and gives keys for new sessions.
func (s *Server) preKeys(c *conn, n *node) {
	if list, ok := n.GetOptionalChildByTag("list"); ok {
		s.takeKeys(c.device, n, list)
		c.result(n)
		return
	}
	if wanted, ok := n.GetOptionalChildByTag("key"); ok {
		var users []node
		for _, user := range wanted.GetChildren() {
			users = append(users, s.bundle(jid(&user, "jid")))
		}
		c.result(n, node{Tag: "list", Content: users})
		return
	}
	s.mu.Lock()
	count := max(1, len(c.device.pool))
	s.mu.Unlock()
	c.result(n, node{Tag: "count", Attrs: attrs{"value": count}})
}

func (s *Server) takeKeys(d *device, n *node, list node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.registration = bytesOf(n.GetChildByTag("registration"))
	d.identity = bytesOf(n.GetChildByTag("identity"))
	d.signed = keyOf(n.GetChildByTag("skey"))
	for _, key := range list.GetChildren() {
		d.pool = append(d.pool, keyOf(key))
	}
}

func keyOf(n node) preKey {
	return preKey{
		id: bytesOf(n.GetChildByTag("id")), pub: bytesOf(n.GetChildByTag("value")),
		signature: bytesOf(n.GetChildByTag("signature")),
	}
}

func (k preKey) node(tag string) node {
	n := node{Tag: tag, Content: []node{{Tag: "id", Content: k.id}, {Tag: "value", Content: k.pub}}}
	if k.signature != nil {
		n.Content = append(n.GetChildren(), node{Tag: "signature", Content: k.signature})
	}
	return n
}

// bundle gives one device's keys away; a one-time key only once.
func (s *Server) bundle(j types.JID) node {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := node{Tag: "user", Attrs: attrs{"jid": j}}
	a := s.account(j)
	if a == nil || a.devices[j.Device] == nil || a.devices[j.Device].identity == nil {
		user.Content = []node{{Tag: "error", Attrs: attrs{"code": "404", "text": "item-not-found"}}}
		return user
	}
	d := a.devices[j.Device]
	content := []node{
		{Tag: "registration", Content: d.registration},
		{Tag: "type", Content: []byte{5}},
		{Tag: "identity", Content: d.identity},
		d.signed.node("skey"),
	}
	if len(d.pool) > 0 {
		content = append(content, d.pool[0].node("key"))
		d.pool = d.pool[1:]
	}
	user.Content = content
	return user
}

// usync lists the devices of users.
func (s *Server) usync(c *conn, n *node) {
	wanted := n.GetChildByTag("usync", "list")
	var users []node
	s.mu.Lock()
	for _, user := range wanted.GetChildren() {
		j := jid(&user, "jid")
		a := s.account(j)
		if a == nil {
			users = append(users, node{Tag: "user", Attrs: attrs{"jid": j}, Content: []node{
				{Tag: "devices", Content: []node{{Tag: "error", Attrs: attrs{"code": "404"}}}}}})
			continue
		}
		var list []node
		for id := range uint16(20) {
			if d := a.devices[id]; d != nil && d.identity != nil {
				list = append(list, node{Tag: "device", Attrs: attrs{"id": strconv.Itoa(int(id))}})
			}
		}
		users = append(users, node{Tag: "user", Attrs: attrs{"jid": j}, Content: []node{
			{Tag: "devices", Content: []node{{Tag: "device-list", Content: list}}},
			{Tag: "lid", Attrs: attrs{"val": a.lid}},
		}})
	}
	s.mu.Unlock()
	c.result(n, node{Tag: "usync", Content: []node{{Tag: "list", Content: users}}})
}
