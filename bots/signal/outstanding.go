package signal

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

const (
	// keepSent is how long what became of a part is remembered, for a retry of a part
	// that was sent after all. Delivery retries within half an hour.
	keepSent = time.Hour
	// maxSent bounds the memory of it.
	maxSent = 4096
)

// sending is one part on its way.
type sending struct {
	done    chan struct{}
	receipt bots.Receipt
	err     error
}

type partKey [sha256.Size]byte

// outstanding remembers the parts that were given to the daemon. Signal has no key
// against sending twice, and the daemon may answer after we stopped waiting: the retry
// then takes that answer instead of sending again.
type outstanding struct {
	mu    sync.Mutex
	parts map[partKey]*sending
	order []sentPart
}

type sentPart struct {
	key partKey
	at  time.Time
}

func newOutstanding() *outstanding { return &outstanding{parts: make(map[partKey]*sending)} }

func keyOf(p bots.Part) partKey { return sha256.Sum256([]byte(p.ID + "\x00" + p.To.ID)) }

// join returns the sending of a part. first says that it is new, and that the caller
// must see to it that finish is called.
func (o *outstanding) join(key partKey, now time.Time) (s *sending, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.order) > 0 && (now.Sub(o.order[0].at) > keepSent || len(o.order) > maxSent) {
		delete(o.parts, o.order[0].key)
		o.order = o.order[1:]
	}
	if s := o.parts[key]; s != nil {
		return s, false
	}
	s = &sending{done: make(chan struct{})}
	o.parts[key] = s
	o.order = append(o.order, sentPart{key, now})
	return s, true
}

// finish notes what became of a part. What failed is sent anew the next time.
func (o *outstanding) finish(key partKey, s *sending, r bots.Receipt, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s.receipt, s.err = r, err
	if err != nil && o.parts[key] == s {
		delete(o.parts, key)
	}
	close(s.done)
}
