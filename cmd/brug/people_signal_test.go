package main

import (
	"slices"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/internal/fake/signal"
)

// onSignal is a person whose network forgets an event once it is written to a
// connection.
type onSignal struct {
	person *signal.Person

	mu    sync.Mutex
	wrote map[string]int64 // timestamp of each text
}

func (p *onSignal) name() string  { return "signal" }
func (p *onSignal) repeats() bool { return true }

func (p *onSignal) ask(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrote[text] = p.person.Write(text)
}

func (p *onSignal) heard() (all []told) {
	for _, m := range p.person.Inbox() {
		all = append(all, told{m.Text, time.UnixMilli(m.Timestamp)})
	}
	return all
}

// read says that the helpdesk has told the person that it read a text.
func (p *onSignal) read(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.person.Read(), p.wrote[text])
}

// subscriptions counts how often brug has begun to receive.
func subscriptions(d *signal.Daemon) int { return len(d.Requests("subscribeReceive")) }
