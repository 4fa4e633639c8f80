package signal

import "slices"

// Fields are the fields of a JSON object.
type Fields = map[string]any

// output is somebody to whom events are pushed.
type output struct {
	push func(params []byte)
	cut  func(params []byte)
}

// event is what is pushed: the params of a notification.
type event struct {
	params []byte
	cut    bool
}

// attach adds a receiver; it gets what waited at Signal. The caller holds the lock.
func (d *Daemon) attach(o *output) {
	d.outputs = append(d.outputs, o)
	d.flush()
}

// detach takes a receiver away. The caller holds the lock.
func (d *Daemon) detach(o *output) {
	d.outputs = slices.DeleteFunc(d.outputs, func(x *output) bool { return x == o })
}

// push hands an event to all receivers, or keeps it until there is one. The caller
// holds the lock.
func (d *Daemon) push(e event) {
	d.queue = append(d.queue, e)
	d.flush()
}

func (d *Daemon) flush() {
	if len(d.outputs) == 0 && d.config.Mode == OnStart {
		d.queue = nil
	}
	for len(d.outputs) > 0 && len(d.queue) > 0 {
		e := d.queue[0]
		d.queue = d.queue[1:]
		for _, o := range slices.Clone(d.outputs) {
			if e.cut {
				o.cut(e.params)
				d.outputs = slices.DeleteFunc(d.outputs, func(x *output) bool { return x == o })
				continue
			}
			o.push(e.params)
		}
	}
}

// Raw pushes params as they are; they need not be JSON, but have no line breaks.
func (d *Daemon) Raw(params string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.push(event{params: []byte(params)})
}

// Line writes a whole line to every client on TCP or the unix socket.
func (d *Daemon) Line(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for c := range d.conns {
		c.line([]byte(line))
	}
}

// CutNext ends the connection in the middle of the next event, which is lost.
func (d *Daemon) CutNext(params string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.push(event{params: []byte(params), cut: true})
}

// Deliver pushes an envelope; fields that every envelope has are added.
func (d *Daemon) Deliver(envelope Fields) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.deliver(envelope, nil)
}

// deliver pushes an envelope, beside an exception unless that is nil. The caller
// holds the lock.
func (d *Daemon) deliver(envelope Fields, exception any) {
	if envelope["timestamp"] == nil {
		envelope["timestamp"] = d.now()
	}
	usual := Fields{
		"sourceName": "", "sourceDevice": 1,
		"serverReceivedTimestamp": envelope["timestamp"], "serverDeliveredTimestamp": 0,
	}
	for name, value := range usual {
		if _, ok := envelope[name]; !ok {
			envelope[name] = value
		}
	}
	params := Fields{"envelope": envelope, "account": Account}
	if exception != nil {
		params["exception"] = exception
	}
	raw := encode(params)
	at, _ := envelope["timestamp"].(int64)
	d.said[at] = raw
	d.push(event{params: raw})
}

// Again delivers the event with a timestamp once more.
func (d *Daemon) Again(timestamp int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.push(event{params: d.said[timestamp]})
}
