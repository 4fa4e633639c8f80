package signal

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
)

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Person is somebody with Signal who writes to the helpdesk.
type Person struct {
	d            *Daemon
	uuid, number string

	// below the daemon's lock
	unregistered bool
	known        bool     // the daemon keeps keys and a session
	newKey       bool     // reinstalled Signal; the daemon does not trust it yet
	held         []Fields // envelopes that wait for trust
	latest       map[int64]int64
	inbox        []Received
	read         []int64
	typing       int
}

// Person returns the person with a UUID, who shows a number unless it is "".
func (d *Daemon) Person(uuid, number string) *Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.people[uuid]
	if p == nil {
		p = &Person{d: d, uuid: uuid, number: number, latest: make(map[int64]int64)}
		d.people[uuid] = p
	}
	return p
}

// person finds a recipient by UUID or number.
func (d *Daemon) person(recipient string) *Person {
	if p := d.people[recipient]; p != nil {
		return p
	}
	for _, p := range d.people {
		if p.number == recipient && recipient != "" {
			return p
		}
	}
	return nil
}

// takes says what happens to something that is sent to p.
func (p *Person) takes() string {
	switch {
	case p == nil || p.unregistered:
		return "UNREGISTERED_FAILURE"
	case p.newKey:
		return "IDENTITY_FAILURE"
	}
	return "SUCCESS"
}

// UUID and Number are how the daemon calls p; the number is "" when hidden.
func (p *Person) UUID() string   { return p.uuid }
func (p *Person) Number() string { return p.number }

// Unregister takes p off Signal.
func (p *Person) Unregister() { p.do(func() { p.unregistered = true }) }

// NewPhone gives p a new key. What p writes is held back, and nothing reaches p,
// until the key is trusted.
func (p *Person) NewPhone() { p.do(func() { p.newKey = true }) }

func (p *Person) do(what func()) {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	what()
}

// Inbox is what arrived from the helpdesk, oldest first.
func (p *Person) Inbox() (got []Received) {
	p.do(func() { got = slices.Clone(p.inbox) })
	return got
}

// Read lists the timestamps of what the helpdesk said it has read.
func (p *Person) Read() (at []int64) {
	p.do(func() { at = slices.Clone(p.read) })
	return at
}

// Typing counts how often the helpdesk was typing.
func (p *Person) Typing() (n int) {
	p.do(func() { n = p.typing })
	return n
}

// Known says that the daemon keeps something about p since p wrote.
func (p *Person) Known() (known bool) {
	p.do(func() { known = p.known })
	return known
}

// Envelope delivers something from p and returns its timestamp. kind is the field of
// the envelope ("dataMessage", …).
func (p *Person) Envelope(kind string, content Fields) (timestamp int64) {
	p.do(func() {
		timestamp = p.d.now()
		p.envelope(timestamp, kind, content)
	})
	return timestamp
}

// EnvelopeAt is [Person.Envelope] with a timestamp, to deliver one again.
func (p *Person) EnvelopeAt(timestamp int64, kind string, content Fields) {
	p.do(func() { p.envelope(timestamp, kind, content) })
}

func (p *Person) envelope(timestamp int64, kind string, content Fields) {
	p.known = true
	e := Fields{
		"source": cmp.Or(p.number, p.uuid), "sourceNumber": orNull(p.number), "sourceUuid": p.uuid,
		"timestamp": timestamp,
	}
	if p.newKey {
		held := Fields{kind: content}
		for k, v := range e {
			held[k] = v
		}
		p.held = append(p.held, held)
		p.d.deliver(e, Fields{"message": "Untrusted identity key!", "type": "UntrustedIdentityException"})
		return
	}
	e[kind] = content
	p.d.deliver(e, nil)
}

// Fails delivers an exception of the daemon in place of what p wrote.
func (p *Person) Fails(exception string) (timestamp int64) {
	p.do(func() {
		timestamp = p.d.now()
		p.d.deliver(Fields{
			"source": cmp.Or(p.number, p.uuid), "sourceNumber": orNull(p.number), "sourceUuid": p.uuid,
			"timestamp": timestamp,
		}, Fields{"message": nil, "type": exception})
	})
	return timestamp
}

// Group is a group the helpdesk is in.
type Group struct {
	d     *Daemon
	id    string
	inbox []Received
}

// Group makes a group.
func (d *Daemon) Group(name string) *Group {
	sum := sha256.Sum256([]byte(name))
	g := &Group{d: d, id: base64.StdEncoding.EncodeToString(sum[:])}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.groups[g.id] = g
	return g
}

// Info is the groupInfo of a message in g.
func (g *Group) Info() Fields {
	return Fields{"groupId": g.id, "groupName": "Newcomers in Delft", "revision": 3, "type": "DELIVER"}
}

// Inbox is what the helpdesk wrote in the group.
func (g *Group) Inbox() []Received {
	g.d.mu.Lock()
	defer g.d.mu.Unlock()
	return slices.Clone(g.inbox)
}
