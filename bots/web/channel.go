package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

var (
	_ bots.Channel        = (*Channel)(nil)
	_ bots.TypingSender   = (*Channel)(nil)
	_ bots.TypingReporter = (*Channel)(nil)
	_ bots.Forgetter      = (*Channel)(nil)
	_ bots.Fetcher        = (*Channel)(nil)
	_ bots.HealthReporter = (*Channel)(nil)
)

// Config is what a [Channel] needs to know.
type Config struct {
	// Name is who runs the helpdesk, in the head of the page; "" shows none.
	Name string
	// KeepDays is how long a conversation is kept after its last event; 30 when 0.
	KeepDays int
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Urgent reports texts that no limit may hold back; nil is none.
	Urgent func(text string) bool
	// Mask hides what must never be kept, except from urgent texts; nil hides nothing.
	Mask func(text string) string
}

// Channel is the web chat of a helpdesk. Make it with [New].
type Channel struct {
	log     *slog.Logger
	store   *store.Store
	bell    *store.Bell
	config  Config
	handler http.Handler
	uploads chan struct{} // photos on their way
	open    open
	typists typists
	typed   bots.TypingFunc

	mu     sync.Mutex
	intake *intake // nil unless Run runs
	health bots.Health
}

// intake is one run of the channel.
type intake struct {
	ctx    context.Context
	accept bots.AcceptFunc
	busy   sync.WaitGroup
}

// New makes the channel. The bell must run for pages to hear of answers at once.
func New(log *slog.Logger, s *store.Store, bell *store.Bell, config Config) (*Channel, error) {
	if config.KeepDays <= 0 {
		config.KeepDays = 30
	}
	if config.Urgent == nil {
		config.Urgent = func(string) bool { return false }
	}
	if config.Mask == nil {
		config.Mask = func(text string) string { return text }
	}
	c := &Channel{log: log.With("channel", bots.Web), uploads: make(chan struct{}, atOnce), open: open{pages: map[string]int{}},
		typed: func(bots.Address, time.Duration) {}, store: s, bell: bell, config: config,
		health: bots.Health{Since: time.Now()}}
	handler, err := c.routes()
	if err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	c.handler = handler
	return c, nil
}

// Handler serves the page and the API. It is mounted at / and /chat/; what it does
// not know is a page that says so.
func (c *Channel) Handler() http.Handler { return c.handler }

// Kind is [bots.Web].
func (c *Channel) Kind() bots.Kind { return bots.Web }

// Limits are our own: what is read on a phone without getting lost.
func (c *Channel) Limits() bots.Limits {
	return bots.Limits{
		Format:    bots.Page,
		Text:      4000,
		Unit:      bots.UTF16,
		Choices:   100,
		ChoosesID: true,
		Media:     maxPhoto,
	}
}

// healthCheck is how often Run looks whether Redis answers.
const healthCheck = 5 * time.Second

// Run takes messages until ctx ends.
func (c *Channel) Run(ctx context.Context, accept bots.AcceptFunc) error {
	in := &intake{ctx: ctx, accept: accept}
	c.setIntake(in)
	defer func() {
		c.setIntake(nil)
		in.busy.Wait()
		c.setHealth(false, "")
	}()
	tick := time.NewTicker(healthCheck)
	defer tick.Stop()
	for {
		if err := c.store.Client().Ping(ctx).Err(); err == nil {
			c.setHealth(true, "")
		} else if ctx.Err() == nil {
			c.setHealth(false, "Redis does not answer, so the web chat takes no messages. Pages keep them and try again. Check Redis and the disk.")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (c *Channel) setIntake(in *intake) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.intake = in
}

// enter begins the work of a request while Run runs. The context ends with the
// request and with Run; done must be called.
func (c *Channel) enter(r *http.Request) (in *intake, ctx context.Context, done func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in = c.intake; in == nil {
		return nil, nil, nil
	}
	in.busy.Add(1)
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(in.ctx, cancel)
	return in, ctx, func() {
		stop()
		cancel()
		in.busy.Done()
	}
}

// Health reports whether messages can be taken.
func (c *Channel) Health() bots.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

func (c *Channel) setHealth(connected bool, problem string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.Connected != connected {
		c.health.Since = time.Now()
	}
	c.health.Connected, c.health.Problem, c.health.Code = connected, problem, ""
	if problem != "" {
		c.health.Code = "web_store"
	}
}
