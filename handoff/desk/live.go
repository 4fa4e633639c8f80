package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/web"
)

// live spreads changed cases over the open streams of this process.
type live struct {
	mu      sync.Mutex
	streams map[chan update]struct{}
}

// update is one event of a stream. Name is "" for a changed case, "gone" for one
// that exists no more, "typing" when its newcomer is, "sync" when something was missed
// and lists must be read anew.
type update struct {
	name string
	data []byte
	// c is the changed case, hidden what is sent to who may not read it.
	c      handoff.Case
	hidden []byte
}

// seenBy is the data for one reader.
func (u update) seenBy(v handoff.Volunteer) []byte {
	if u.hidden != nil && !v.Actor().MayRead(u.c) {
		return u.hidden
	}
	return u.data
}

func newLive() *live { return &live{streams: map[chan update]struct{}{}} }

func (l *live) join() (<-chan update, func()) {
	c := make(chan update, 64)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.streams[c] = struct{}{}
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.streams, c)
	}
}

var missed = update{name: "sync", data: []byte("{}")}

// send never waits: the last place in the channel of a slow stream is for the word
// that it missed something.
func (l *live) send(u update) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.streams {
		switch {
		case len(c) < cap(c)-1:
			c <- u
		case len(c) == cap(c)-1:
			c <- missed
		}
	}
}

func (l *live) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.streams) == 0
}

// Run keeps the pages live until ctx ends, and then returns nil.
func (d *Desk) Run(ctx context.Context) error {
	rings, end := d.bell.Listen("desk")
	defer end()
	keys, endKeys := d.bell.Listen("typing")
	defer endKeys()
	d.live.send(missed) // what rang before, while pages were open already
	var linking sync.WaitGroup
	defer linking.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case order := <-d.links.begin:
			linking.Go(func() { d.link(ctx, order) })
		case note := <-keys:
			d.spreadTyping(note)
		case id := <-rings:
			// Many rings of one case are one change.
			ids := map[string]bool{id: true}
			for more := true; more; {
				select {
				case id := <-rings:
					ids[id] = true
				default:
					more = false
				}
			}
			for id := range ids {
				d.spread(ctx, id)
			}
		}
	}
}

func (d *Desk) spread(ctx context.Context, id string) {
	if d.live.empty() {
		return
	}
	if id == "" {
		d.live.send(missed)
		return
	}
	c, err := d.queue.Get(ctx, id)
	if errors.Is(err, handoff.ErrUnknown) {
		gone, _ := json.Marshal(map[string]string{"id": id}) // a string always marshals
		d.live.send(update{name: "gone", data: gone})
		return
	}
	var j caseJSON
	if err == nil {
		j, err = d.placed(ctx, c)
	}
	if err != nil {
		if ctx.Err() == nil {
			d.log.Warn("desk: read changed case", "case", id, "err", err)
		}
		d.live.send(missed)
		return
	}
	u := update{c: c, data: marshal(j)}
	if c.Urgent != "" {
		u.hidden = marshal(j.hidden())
	}
	d.live.send(u)
}

// spreadTyping tells that the newcomer of a case is typing, for so many ms.
func (d *Desk) spreadTyping(note string) {
	id, ms, _ := strings.Cut(note, " ")
	lasts, err := strconv.Atoi(ms)
	if err != nil {
		return // "": something was missed, which does not matter here
	}
	data, _ := json.Marshal(typingJSON{id, lasts}) // plain data always marshals
	d.live.send(update{name: "typing", data: data})
}

func marshal(j caseJSON) []byte {
	data, err := json.Marshal(j)
	if err != nil {
		panic(err) // plain data
	}
	return data
}

// events is the stream of changed cases. Whoever is signed out loses it with the
// next sign of life.
func (d *Desk) events(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	updates, leave := d.live.join()
	defer leave()
	stream, err := web.NewEvents(w, 2*time.Second)
	if err != nil {
		return nil // the browser went away
	}
	tick := time.NewTicker(web.KeepAlive)
	defer tick.Stop()
	for err == nil {
		select {
		case <-r.Context().Done():
			return nil
		case u := <-updates:
			err = stream.Send("", u.name, u.seenBy(v))
		case <-tick.C:
			if v, err = d.Who(r); err == nil {
				err = stream.Alive()
			}
		}
	}
	return nil
}
