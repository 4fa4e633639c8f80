package signal

import (
	"fmt"
	"slices"
	"time"
)

// linkTime is how long a phone may take to approve.
const linkTime = 60 * time.Second

func (d *Daemon) startLink() Fields {
	d.mu.Lock()
	defer d.mu.Unlock()
	uri := fmt.Sprintf("sgnl://linkdevice?uuid=66402299-e9cb-461f-9b72-%012x&pub_key=BXj9ncEAoyz3cZ6nK3cwuitZ%%2F1ZW", d.now())
	d.links[uri] = make(chan string, 1)
	return Fields{"deviceLinkUri": uri}
}

// finishLink waits until a phone approves.
func (d *Daemon) finishLink(p params) (any, error) {
	uri, given := p.text("deviceLinkUri")
	if !given {
		return nil, refuse(userError, "Missing deviceLinkUri.")
	}
	d.mu.Lock()
	approved, left := d.links[uri], d.left
	d.mu.Unlock()
	if approved == nil {
		return nil, refuse(userError, "Unknown device link uri.")
	}
	select {
	case <-left:
		return nil, refuse(ioError, "Link request error: Connection closed!")
	case number := <-approved:
		d.mu.Lock()
		delete(d.links, uri)
		d.mu.Unlock()
		if number == "" {
			return nil, refuse(ioError, "Link request error: Connection closed!")
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if slices.Contains(d.accounts, number) {
			return nil, refuse(userError, "The user %s already exists\nDelete \"/data/123456\" before trying again.", number)
		}
		d.accounts = append(d.accounts, number)
		return Fields{"number": number}, nil
	case <-time.After(linkTime):
		return nil, refuse(userError, "Link request timed out, please try again.")
	}
}

// Scan plays the phone that scans the code of a link; "" refuses. It reports whether
// there is such a code.
func (d *Daemon) Scan(uri, number string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	approved := d.links[uri]
	if approved == nil {
		return false
	}
	approved <- number
	return true
}
