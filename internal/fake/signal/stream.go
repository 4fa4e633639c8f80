package signal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
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

	writing sync.Mutex // one line at a time

	// Under the daemon's lock:
	outputs map[int]*output // by subscription; -1 for what is pushed without one
	ended   bool
}

// without is the output of a connection that needs no subscription.
const without = -1

func (c *conn) close() { c.net.Close() }

// line writes one line. What cannot be written is gone.
func (c *conn) line(raw []byte) {
	c.writing.Lock()
	defer c.writing.Unlock()
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
		c := &conn{d: d, net: n, outputs: make(map[int]*output)}
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
	if d.config.Mode != Manual {
		d.mu.Lock()
		c.attach(without, func(params []byte) { c.line(notification(params)) })
		d.mu.Unlock()
	}
	var calls sync.WaitGroup
	defer func() {
		d.mu.Lock()
		c.ended = true
		for id := range c.outputs {
			c.detach(id)
		}
		delete(d.conns, c)
		d.mu.Unlock()
		c.close()
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
	c.writing.Lock()
	defer c.writing.Unlock()
	_, _ = c.net.Write(line[:len(line)/2])
	c.net.Close()
}

func notification(params []byte) []byte {
	return slices.Concat([]byte(`{"jsonrpc":"2.0","method":"receive","params":`), params, []byte("}"))
}

// attach has events pushed to the connection, unless it has ended meanwhile: what nobody
// is there for waits at Signal. The caller holds the daemon's lock.
func (c *conn) attach(subscription int, push func(params []byte)) {
	if c.ended {
		return
	}
	o := &output{push: push, cut: c.cut}
	c.outputs[subscription] = o
	c.d.attach(o)
}

// detach takes that back and reports whether there was something to take back. The
// caller holds the daemon's lock.
func (c *conn) detach(subscription int) bool {
	o := c.outputs[subscription]
	delete(c.outputs, subscription)
	c.d.detach(o)
	return o != nil
}

// subscribe is subscribeReceive.
func (c *conn) subscribe() int {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	id := c.d.nextSub
	c.d.nextSub++
	c.attach(id, func(params []byte) {
		c.line(notification(fmt.Appendf(nil, `{"subscription":%d,"result":%s}`, id, params)))
	})
	return id
}

func (c *conn) unsubscribe(id int) bool {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	return id != without && c.detach(id)
}
