package signal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// writeTime is how long a client may leave what was written to it unread.
const writeTime = 5 * time.Second

// conn is one client on TCP or on the unix socket.
type conn struct {
	d   *Daemon
	net net.Conn

	mu    sync.Mutex // one line at a time
	subs  map[int]*output
	ended bool
}

func (c *conn) close() { c.net.Close() }

// line writes one line. What cannot be written is gone.
func (c *conn) line(raw []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.net.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := c.net.Write(append(slices.Clip(raw), '\n')); err != nil {
		c.net.Close()
	}
}

func (d *Daemon) listen(ln net.Listener) {
	for {
		n, err := ln.Accept()
		if err != nil {
			return
		}
		c := &conn{d: d, net: n, subs: make(map[int]*output)}
		d.mu.Lock()
		if d.listener != ln {
			d.mu.Unlock()
			n.Close()
			return
		}
		d.conns[c] = true
		d.mu.Unlock()
		d.group.Go(c.serve)
	}
}

func (c *conn) serve() {
	d := c.d
	var own *output
	if d.config.Mode != Manual {
		own = &output{push: func(params []byte) { c.line(notification(params)) }, cut: c.cut}
		d.attach(own)
	}
	var calls sync.WaitGroup
	defer func() {
		d.detach(own)
		c.mu.Lock()
		c.ended = true
		subs := maps.Clone(c.subs)
		c.mu.Unlock()
		for _, o := range subs {
			d.detach(o)
		}
		c.close()
		d.mu.Lock()
		delete(d.conns, c)
		d.mu.Unlock()
		calls.Wait()
	}()
	r := bufio.NewReader(c.net)
	for {
		raw, err := r.ReadBytes('\n')
		if err != nil && (!errors.Is(err, io.EOF) || len(raw) == 0) {
			return
		}
		// Each call in a thread of its own: answers overtake one another.
		calls.Go(func() {
			answer, dropped := d.answer(raw, c)
			if dropped {
				c.close()
			} else if answer != nil {
				c.line(answer)
			}
		})
		if err != nil {
			return
		}
	}
}

// cut writes the first half of an event and ends the connection.
func (c *conn) cut(params []byte) {
	line := notification(params)
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.net.Write(line[:len(line)/2])
	c.net.Close()
}

func notification(params []byte) []byte {
	return slices.Concat([]byte(`{"jsonrpc":"2.0","method":"receive","params":`), params, []byte("}"))
}

// subscribe is subscribeReceive.
func (c *conn) subscribe() int {
	d := c.d
	d.mu.Lock()
	id := d.nextSub
	d.nextSub++
	d.mu.Unlock()
	o := &output{cut: c.cut, push: func(params []byte) {
		c.line(notification(fmt.Appendf(nil, `{"subscription":%d,"result":%s}`, id, params)))
	}}
	c.mu.Lock()
	c.subs[id] = o
	c.mu.Unlock()
	d.attach(o)
	c.mu.Lock()
	ended := c.ended
	c.mu.Unlock()
	if ended {
		d.detach(o)
	}
	return id
}

func (c *conn) unsubscribe(id int) bool {
	c.mu.Lock()
	o := c.subs[id]
	delete(c.subs, id)
	c.mu.Unlock()
	c.d.detach(o)
	return o != nil
}
