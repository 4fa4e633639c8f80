package signal

// Fault is a way in which a call goes wrong.
type Fault struct {
	// Method is the one it happens to; "" is send.
	Method string
	// After lets the daemon do what was asked before it fails.
	After bool
	// Hold, unless nil, keeps the call waiting until it is closed, before everything
	// else.
	Hold <-chan struct{}
	// Drop closes the connection instead of answering.
	Drop bool
	// Page answers with a proxy's page of HTML; over HTTP only.
	Page bool
	// Code and Message are an error of the daemon.
	Code    int
	Message string
	// Type fails a send the way a result says ("NETWORK_FAILURE", …); Token and
	// RetryAfter, in seconds, belong to RATE_LIMIT_FAILURE. RetryAfter 0 is left out.
	Type       string
	Token      string
	RetryAfter int64
}

type fault struct {
	Fault
	left int
}

// badGateway is what a proxy says while the daemon is away.
var badGateway = []byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n")

// proxyPage stands for badGateway on its way out.
type proxyPage struct{}

func (*proxyPage) Error() string { return "502 Bad Gateway" }

// Fail lets the next n calls go wrong. Several faults follow one another.
func (d *Daemon) Fail(f Fault, n int) {
	if f.Method == "" {
		f.Method = "send"
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, &fault{Fault: f, left: n})
}

func (d *Daemon) nextFault(method string) *fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.faults {
		if f.Method == method && f.left > 0 {
			f.left--
			return f
		}
	}
	return nil
}

// fail answers a call the way f says.
func (d *Daemon) fail(f *fault, method string, p params, c *conn) (out any, dropped bool, err error) {
	if f.Hold != nil {
		d.wait(f.Hold)
	}
	if f.After || !f.Drop && !f.Page && f.Code == 0 && f.Type == "" {
		out, err = d.call(method, p, c)
	}
	switch {
	case f.Drop:
		return nil, true, nil
	case f.Page:
		return nil, false, &proxyPage{}
	case f.Code != 0:
		return nil, false, refuse(f.Code, "%s", f.Message)
	case f.Type != "":
		d.mu.Lock()
		defer d.mu.Unlock()
		recipient, _ := p.text("recipient")
		if list := p.list("recipient"); len(list) > 0 {
			recipient = list[0]
		}
		r := result(d.person(recipient), recipient, f.Type)
		if f.Token != "" {
			r["token"] = f.Token
		}
		if f.RetryAfter != 0 {
			r["retryAfterSeconds"] = f.RetryAfter
		}
		out, err = sent(d.now(), []Fields{r})
		return out, false, err
	}
	return out, false, err
}

// wait waits until a call is let go, or the daemon is taken away.
func (d *Daemon) wait(hold <-chan struct{}) {
	d.mu.Lock()
	left := d.left
	d.mu.Unlock()
	select {
	case <-hold:
	case <-left:
	}
}
