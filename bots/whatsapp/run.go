package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"

	"github.com/brug-helpdesk/brug/bots"
)

// unlinkedCheck is how often Run looks whether a phone was linked by another process.
const unlinkedCheck = 2 * time.Second

// Run receives messages until ctx ends. While no phone is linked it waits for one. It
// returns an error when another program uses the same device ([ErrReplaced]) and when
// the keys are an old copy ([ErrCopy]).
func (c *Channel) Run(ctx context.Context, accept bots.AcceptFunc) error {
	defer c.config.Client.CloseIdleConnections()
	wait := c.minWait
	for ctx.Err() == nil {
		end, p := c.once(ctx, accept)
		if ctx.Err() != nil {
			break
		}
		c.setHealth(false, p)
		if end.err != nil {
			return end.err
		}
		pause := end.wait
		if pause == 0 {
			pause, wait = wait, min(2*wait, c.maxWait)
		}
		if end.good {
			pause, wait = c.minWait, c.minWait
		}
		c.pause(ctx, pause)
	}
	c.setHealth(false, problem{})
	return nil
}

// ending is how a connection ended.
type ending struct {
	// problem is what a coordinator reads while we are not connected.
	problem problem
	// wait is how long to wait before the next connection; 0 grows with each failure.
	wait time.Duration
	// good says that the connection had worked.
	good bool
	// err says that only a person can help.
	err error
}

// once is one connection, or one look for a linked phone.
func (c *Channel) once(ctx context.Context, accept bots.AcceptFunc) (ending, problem) {
	d, err := c.pairedDevice(ctx)
	if err != nil {
		c.log.Error("whatsapp: the keys cannot be read", "error", err)
		return ending{}, problemKeys
	}
	if d == nil {
		return ending{wait: min(unlinkedCheck, c.maxWait)}, c.unlinkedProblem()
	}
	c.setLoggedOut(problem{})
	if err := c.claim(ctx); errors.Is(err, ErrCopy) {
		return ending{err: err}, problemCopy
	} else if err != nil {
		c.log.Warn("whatsapp: the keys cannot be claimed", "error", err)
		return ending{}, problemStore
	}
	end := c.connect(ctx, d, accept)
	return end, end.problem
}

// pairedDevice is the device, once its linking is complete; nil while there is none.
func (c *Channel) pairedDevice(ctx context.Context) (*store.Device, error) {
	d, err := c.device(ctx)
	if err != nil || d == nil {
		return nil, err
	}
	if reserved, err := c.reserved(ctx); err != nil || reserved {
		return nil, err
	}
	return d, nil
}

// unlinkedProblem says why no phone is linked.
func (c *Channel) unlinkedProblem() problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loggedOut != (problem{}) {
		return c.loggedOut
	}
	return problemUnlinked
}

func (c *Channel) setLoggedOut(p problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loggedOut = p
}

// pause waits, but not longer than until a phone is linked here.
func (c *Channel) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-c.linked:
	case <-timer.C:
	}
}

// outdated asks WhatsApp's own page for the version of today, and says how to go on.
func (c *Channel) outdated(ctx context.Context) ending {
	latest, err := whatsmeow.GetLatestVersion(ctx, c.config.Client)
	if err != nil {
		c.log.Warn("whatsapp: ask for the latest version", "error", fmt.Sprintf("%T", err))
		return ending{problem: problemOutdated, wait: c.longWait}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version == *latest {
		return ending{problem: problemOutdated, wait: c.longWait}
	}
	c.log.Info("whatsapp: calling ourselves a newer version", "version", latest.String())
	c.version = *latest
	return ending{problem: problemOutdated, wait: c.minWait}
}
