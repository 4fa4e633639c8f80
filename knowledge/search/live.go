package search

import (
	"context"
	"sync/atomic"

	"github.com/brug-helpdesk/brug/knowledge"
)

// Live is an index that follows the articles.
type Live struct {
	index atomic.Pointer[Index]
	refit chan *knowledge.Base
}

// NewLive builds and calibrates the first index.
func NewLive(base *knowledge.Base) *Live {
	l := &Live{refit: make(chan *knowledge.Base, 1)}
	l.index.Store(Build(base))
	return l
}

// Index returns the present index.
func (l *Live) Index() *Index { return l.index.Load() }

// Swap serves changed articles at once with the calibration there is; Run then fits a new one. Swap and
// Run may run at the same time, two Swaps may not.
func (l *Live) Swap(base *knowledge.Base) {
	l.index.Store(Build(base, WithCalibrationOf(l.Index())))
	select {
	case <-l.refit: // an older base that nobody took is outdated
	default:
	}
	l.refit <- base
}

// Run calibrates after each Swap until ctx ends.
func (l *Live) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case base := <-l.refit:
			// After another Swap these articles are old, and the newer ones are waiting here.
			if before := l.Index(); before.base == base {
				l.index.CompareAndSwap(before, Build(base))
			}
		}
	}
}
