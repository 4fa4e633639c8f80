package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
)

func (c *cli) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the helpdesk (the default)",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.serve(cmd) },
	}
}

// serve runs the helpdesk until it is told to stop. Then the channels take nothing
// more, what was begun is finished, and Redis stops last.
func (c *cli) serve(cmd *cobra.Command) error {
	config, err := c.config(cmd)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.err, nil))
	if err := os.MkdirAll(config.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := whole(config); err != nil {
		return err
	}
	box, err := openBox(config, true)
	if err != nil {
		return err
	}
	under, stopUnder := context.WithCancel(context.WithoutCancel(cmd.Context()))
	defer stopUnder()
	url, alone, redisStopped, err := redisURL(under, log, config)
	if err != nil {
		return err
	}
	defer func() { stopUnder(); redisStopped() }()
	s, err := openPatiently(cmd.Context(), log, url, config.Desk, box)
	if err != nil {
		return err
	}
	defer s.Close()
	h, err := newServer(log, config, s)
	if err != nil {
		return err
	}
	if alone {
		if err := h.recover(cmd.Context()); err != nil {
			return err
		}
	}
	return c.run(cmd.Context(), h)
}

// newServer is [newHelpdesk] on a small server: building the indexes leaves much behind.
// What is alive afterwards changes little and holds few pointers, so that looking
// through it often costs less than the room to do it seldom.
func newServer(log *slog.Logger, config *Config, s *store.Store, more ...bots.Channel) (*helpdesk, error) {
	debug.SetGCPercent(20)
	h, err := newHelpdesk(log, config, s, more...)
	debug.SetGCPercent(45)
	debug.FreeOSMemory()
	return h, err
}

// openPatiently waits for a Redis that starts at the same time as brug.
func openPatiently(ctx context.Context, log *slog.Logger, url, desk string, box *seal.Box) (*store.Store, error) {
	for try := 0; ; try++ {
		s, err := store.Open(ctx, url, desk, box)
		if err == nil {
			return s, nil
		}
		if try == 30 || ctx.Err() != nil || errors.Is(err, store.ErrOtherKey) {
			return nil, err
		}
		if try == 0 {
			log.Warn("waiting for Redis", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// run serves until ctx ends.
func (c *cli) run(ctx context.Context, h *helpdesk) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	doors, err := h.open(ctx)
	if err != nil {
		return err
	}
	parts := make(chan error, 1)
	go func() { parts <- h.run(ctx) }()
	serving := make(chan error, len(doors))
	for _, d := range doors {
		go func() { serving <- d.serve() }()
	}
	if err := c.greet(ctx, h); err != nil {
		h.log.Warn("greet", "err", err)
	}
	select {
	case err = <-serving:
		stop()
		err = errors.Join(err, <-parts)
	case err = <-parts:
	case <-ctx.Done():
		err = <-parts
	}
	stop()
	closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, d := range doors {
		if shut := d.Shutdown(closing); shut != nil {
			d.Close()
		}
	}
	return err
}

// greet prints where to click and, as long as there is nobody to answer, a sign-in
// link for a coordinator.
func (c *cli) greet(ctx context.Context, h *helpdesk) error {
	base := h.config.BaseURL
	var b strings.Builder
	fmt.Fprintf(&b, "\n  brug is running.\n\n  Newcomers write at   %s/chat\n  Volunteers answer at %s/desk\n", base, base)
	any, err := h.volunteers.Any(ctx)
	if err != nil {
		return err
	}
	if !any {
		v, err := h.volunteers.Add(ctx, handoff.Volunteer{Name: "Coordinator", Role: handoff.RoleCoordinator})
		if err != nil && !errors.Is(err, handoff.ErrName) {
			return err
		}
		if err == nil {
			link, err := signInLink(ctx, h.config, h.volunteers, v)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "\n  Sign in as coordinator (once, within 24 hours):\n  %s\n", link)
		}
	}
	fmt.Fprintf(&b, "\n  Is everything in order?  brug doctor\n\n")
	_, err = fmt.Fprint(c.out, b.String())
	return err
}
