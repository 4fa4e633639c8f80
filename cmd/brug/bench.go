package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/knowledge"
)

func (c *cli) benchCommand() *cobra.Command {
	var people, known int
	var length time.Duration
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure this machine with a helpdesk and a Redis of its own, which are thrown away",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.bench(cmd.Context(), people, known, length)
		},
	}
	cmd.Flags().IntVar(&people, "people", 512, "how many people write at the same time")
	cmd.Flags().IntVar(&known, "known", 0, "conversations that exist before the start")
	cmd.Flags().DurationVar(&length, "length", 10*time.Second, "length of each measurement")
	return cmd
}

// bench measures questions from Accept to the channel's Send, with search, encryption
// and a Redis that writes every batch to the disk.
func (c *cli) bench(ctx context.Context, people, known int, length time.Duration) error {
	dir, err := os.MkdirTemp("", "brug-bench-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	config := &Config{Addr: "127.0.0.1:0", Data: dir, BaseURL: "http://localhost", Desk: "bench", Keep: 720 * time.Hour}
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelError}))
	url, _, stopped, err := redisURL(ctx, log, config)
	if err != nil {
		return err
	}
	defer func() { cancel(); stopped() }()
	box, err := seal.New(seal.NewKey())
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, url, config.Desk, box)
	if err != nil {
		return err
	}
	defer s.Close()
	ch := &benchChannel{}
	h, err := newServer(log, config, s, ch)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- h.run(running) }()
	defer func() { stop(); <-done }()

	b := &benchmark{h: h, ch: ch, questions: benchQuestions(h.library.current().Base)}
	if known > 0 {
		if err := b.fill(ctx, known); err != nil {
			return err
		}
	}
	b.usable()
	b.full(ctx, people, time.Second) // warm up
	before := spent(ctx, s)
	full := b.full(ctx, people, length)
	after := spent(ctx, s)
	if err := b.drained(ctx); err != nil {
		return err
	}
	steady := b.steady(ctx, 1000, length)
	scripts := scriptRate(ctx, s, people, length/2)
	rate := float64(len(full)) / length.Seconds()
	fmt.Fprintf(c.out, "at saturation      %8.0f questions/s   p50 %s   p99 %s   (%d people, %d known conversations)\n",
		rate, quantile(full, 50), quantile(full, 99), people, known)
	fmt.Fprintf(c.out, "at 1000/s          %8.0f questions/s   p50 %s   p99 %s\n",
		float64(len(steady))/length.Seconds(), quantile(steady, 50), quantile(steady, 99))
	fmt.Fprintf(c.out, "script calls       %8.0f calls/s       questions per script call %.3f\n", scripts, rate/scripts)
	fmt.Fprintf(c.out, "each question      %s\n", perQuestion(before, after, len(full)))
	fmt.Fprintf(c.out, "memory             %8.0f MB (brug)    %.0f MB (its Redis)\n", residentMB("self"), redisMB(ctx, s))
	return nil
}

// benchChannel takes every part at once and tells who waits for it.
type benchChannel struct {
	accept  atomic.Pointer[bots.AcceptFunc]
	waiting sync.Map // contact → chan struct{}
}

func (b *benchChannel) Kind() bots.Kind { return bots.Telegram }

func (b *benchChannel) Limits() bots.Limits {
	return bots.Limits{Format: bots.HTML, Text: 4096, Choices: 10}
}

func (b *benchChannel) Run(ctx context.Context, accept bots.AcceptFunc) error {
	b.accept.Store(&accept)
	<-ctx.Done()
	return nil
}

func (b *benchChannel) Send(_ context.Context, p bots.Part) (bots.Receipt, error) {
	if p.Article != "" {
		if w, ok := b.waiting.LoadAndDelete(p.To.ID); ok {
			close(w.(chan struct{}))
		}
	}
	return bots.Receipt{ID: p.ID}, nil
}

// benchmark asks questions and notes how long each took.
type benchmark struct {
	h         *helpdesk
	ch        *benchChannel
	questions []string
	n         atomic.Int64
}

// benchQuestions are example questions that are answered outright.
func benchQuestions(base *knowledge.Base) []string {
	var all []string
	for _, a := range base.Articles() {
		if len(a.Audiences()) > 0 {
			continue
		}
		for _, lang := range []string{"uk", "ar", "en", "nl"} {
			if t, ok := a.Answer(lang, ""); ok && len(t.Questions) > 0 {
				all = append(all, t.Questions[0])
			}
		}
	}
	return all
}

// ask sends one question of a new person and waits for the article; ok is false when
// it was not answered with one.
func (b *benchmark) ask(ctx context.Context) (took time.Duration, ok bool) {
	n := b.n.Add(1)
	id := "bench-" + strconv.FormatInt(n, 10)
	answered := make(chan struct{})
	b.ch.waiting.Store(id, answered)
	begin := time.Now()
	accept := b.ch.accept.Load()
	err := (*accept)(ctx, bots.Message{Channel: bots.Telegram, ID: id, At: begin,
		Contact: bots.Address{Channel: bots.Telegram, ID: id}, Text: b.questions[int(n)%len(b.questions)]})
	if err != nil {
		return 0, false
	}
	select {
	case <-answered:
		return time.Since(begin), true
	case <-ctx.Done():
	case <-time.After(2 * time.Second): // clarified, or handed to a person
		b.ch.waiting.Delete(id)
	}
	return 0, false
}

// usable keeps the questions that are answered with an article.
func (b *benchmark) usable() {
	var good []string
	for _, q := range b.questions {
		if v := b.h.mind.Ask(q, "", false); v.Decision == "answer" && v.Ask == "" {
			good = append(good, q)
		}
	}
	b.questions = good
}

// full lets people ask one question after the other, as fast as they are answered.
func (b *benchmark) full(ctx context.Context, people int, length time.Duration) []time.Duration {
	for b.ch.accept.Load() == nil && ctx.Err() == nil {
		runtime.Gosched()
	}
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	for range people {
		wg.Go(func() {
			for ctx.Err() == nil {
				if took, ok := b.ask(ctx); ok {
					mu.Lock()
					all = append(all, took)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return all
}

// drained waits until what was asked before is answered: it is no part of what comes.
func (b *benchmark) drained(ctx context.Context) error {
	for {
		unread, err := b.h.mailbox.Depth(ctx)
		if err != nil {
			return err
		}
		unsent, err := b.h.outbox.Depth(ctx, bots.Telegram)
		if err != nil || unread+unsent == 0 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// steady asks at a fixed rate, whether earlier questions are answered or not.
func (b *benchmark) steady(ctx context.Context, perSecond int, length time.Duration) []time.Duration {
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range int(length.Seconds() * float64(perSecond)) {
		if wait := time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))); wait > 0 {
			time.Sleep(wait)
		}
		wg.Go(func() {
			if took, ok := b.ask(ctx); ok {
				mu.Lock()
				all = append(all, took)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return all
}

// fill makes conversations of people who wrote before.
func (b *benchmark) fill(ctx context.Context, n int) error {
	state := strings.Repeat("x", 600)
	for i := 0; i < n && ctx.Err() == nil; {
		pipe := b.h.store.Client().Pipeline()
		for range 5000 {
			id := strconv.Itoa(i)
			pipe.Set(ctx, b.h.store.Key("contact", "known"+id), "known"+id, time.Hour)
			pipe.HSet(ctx, b.h.store.Key("conv", "known"+id), "v", 1, "owner", "bot", "state", state)
			i++
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	return ctx.Err()
}
