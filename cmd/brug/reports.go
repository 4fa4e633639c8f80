package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	// reportEvery is how often a running helpdesk notes how its channels are, first
	// when they have had time to connect, and reportOld when such a note says only
	// that none runs.
	reportSoon  = 3 * time.Second
	reportEvery = 30 * time.Second
	reportOld   = 3 * time.Minute
	// reportKeep is how long the last note of a channel that was switched off stays.
	reportKeep = 90 * 24 * time.Hour
	// longSilence is when somebody should look whether a channel still hears.
	longSilence = 3 * 24 * time.Hour
)

// report is how a channel of a running helpdesk is: brug doctor, another process,
// reads it.
type report struct {
	bots.Health
	At time.Time // when it was so
	// Received is when the network last brought anything, zero for never.
	Received time.Time
}

func reportKey(s *store.Store, kind bots.Kind) string { return s.Key("channel", string(kind)) }

// reporter notes how one channel is while this process holds it.
type reporter struct {
	store *store.Store
	log   *slog.Logger
	ch    bots.Channel

	mu       sync.Mutex
	received time.Time
}

// around runs the channel and notes all the while how it is. What only a person can
// mend is noted last.
func (r *reporter) around(ctx context.Context, accept bots.AcceptFunc) error {
	noting, stop := context.WithCancel(ctx)
	var notes sync.WaitGroup
	notes.Go(func() { r.run(noting) })
	err := r.ch.Run(ctx, r.heard(accept))
	stop()
	notes.Wait()
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, r.note(ctx))
	}
	return err
}

// heard is accept, and notes that something came.
func (r *reporter) heard(accept bots.AcceptFunc) bots.AcceptFunc {
	return func(ctx context.Context, m bots.Message) error {
		r.mu.Lock()
		r.received = time.Now()
		r.mu.Unlock()
		return accept(ctx, m)
	}
}

// run notes until ctx ends.
func (r *reporter) run(ctx context.Context) {
	next := time.NewTimer(reportSoon)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
			next.Reset(reportEvery)
		}
		if err := r.note(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("note how a channel is", "channel", r.ch.Kind(), "err", err)
		}
	}
}

func (r *reporter) note(ctx context.Context) error {
	health := bots.Health{Connected: true}
	if h, ok := r.ch.(bots.HealthReporter); ok {
		health = h.Health()
	}
	raw, err := json.Marshal(health)
	if err != nil {
		return err
	}
	r.mu.Lock()
	received := r.received
	r.mu.Unlock()
	fields := []any{"health", raw, "at", time.Now().UnixMilli()}
	if !received.IsZero() {
		fields = append(fields, "received", received.UnixMilli())
	}
	_, err = r.store.Cmd().TxPipelined(ctx, func(p redis.Pipeliner) error {
		key := reportKey(r.store, r.ch.Kind())
		p.HSet(ctx, key, fields...)
		p.PExpire(ctx, key, reportKeep)
		return nil
	})
	return err
}

// readReport is the last note of a channel; ok is false when there is none.
func readReport(ctx context.Context, s *store.Store, kind bots.Kind) (r report, ok bool, err error) {
	var kept struct {
		Health   string `redis:"health"`
		At       int64  `redis:"at"`
		Received int64  `redis:"received"`
	}
	if err := s.Cmd().HGetAll(ctx, reportKey(s, kind)).Scan(&kept); err != nil || kept.At == 0 {
		return r, false, err
	}
	if err := json.Unmarshal([]byte(kept.Health), &r.Health); err != nil {
		return r, false, fmt.Errorf("read how %s is: %w", kind, err)
	}
	r.At = time.UnixMilli(kept.At)
	if kept.Received > 0 {
		r.Received = time.UnixMilli(kept.Received)
	}
	return r, true, nil
}

// names of the channels, as people write them.
var channelNames = map[bots.Kind]string{bots.Telegram: "Telegram", bots.WhatsApp: "WhatsApp", bots.Signal: "Signal"}

// runningFindings say what the running helpdesk has noted about its messengers.
func runningFindings(ctx context.Context, c *Config) []finding {
	on := map[bots.Kind]bool{bots.Telegram: c.TelegramToken != "", bots.Signal: c.SignalRPC != "", bots.WhatsApp: c.WhatsApp == "on"}
	s, done, err := openStore(ctx, slog.New(slog.DiscardHandler), c)
	if err != nil {
		return nil // the findings about Redis say so
	}
	defer done()
	var all []finding
	for _, kind := range allKinds {
		if !on[kind] {
			continue
		}
		r, ok, err := readReport(ctx, s, kind)
		switch {
		case err != nil:
			all = append(all, finding{what: channelNames[kind], found: err.Error(), mend: "look at Redis", bad: true})
		case ok:
			all = append(all, r.findings(channelNames[kind], time.Now())...)
		}
	}
	return all
}

func (r report) findings(name string, now time.Time) []finding {
	if stopped := !r.Connected && r.Problem != ""; now.Sub(r.At) > reportOld && !stopped {
		return []finding{{what: name + ", running", found: "not since " + r.At.UTC().Format(time.DateTime) + " UTC", mend: "start brug"}}
	}
	f := finding{what: name + ", running", found: "connected"}
	if !r.Connected {
		f.found, f.bad = "not connected since "+r.Since.UTC().Format(time.DateTime)+" UTC", true
	}
	f.mend = r.Problem
	all := []finding{f}
	since, what := r.Received, "nothing has been received since "
	if since.IsZero() {
		since, what = r.Since, "nothing at all has been received, connected since "
	}
	if r.Connected && now.Sub(since) > longSilence {
		all = append(all, finding{what: name + ", silent", found: what + since.UTC().Format(time.DateOnly),
			mend: "write to the helpdesk from a phone of your own; if no answer comes, the network may have dropped the number: link it again"})
	}
	return all
}
