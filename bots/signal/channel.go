package signal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

var (
	_ bots.Channel        = (*Channel)(nil)
	_ bots.TypingSender   = (*Channel)(nil)
	_ bots.TypingReporter = (*Channel)(nil)
	_ bots.ReadMarker     = (*Channel)(nil)
	_ bots.Fetcher        = (*Channel)(nil)
	_ bots.Forgetter      = (*Channel)(nil)
	_ bots.HealthReporter = (*Channel)(nil)
)

// Config is what a [Channel] needs to know.
type Config struct {
	// RPC is where the signal-cli daemon listens: tcp://HOST:PORT, unix://PATH or
	// http://HOST:PORT. It has no password, so it must not be reachable by others.
	RPC string
	// Account is the helpdesk's number, as +31612345678; "" is the only one the daemon
	// has.
	Account string
	// GroupNotice is the sentence said in a group to whom speaks to us there, at most
	// once an hour in each. Signal does not tell languages, so lang is "". A link to
	// the private chat follows it. nil keeps silent in groups.
	GroupNotice func(lang string) string
}

// Channel is one number on Signal. Make it with [New].
type Channel struct {
	log    *slog.Logger
	config Config
	end    endpoint
	now    func() time.Time
	typed  bots.TypingFunc
	sends  *outstanding

	// How long to wait after a failure, at least and at most; after which silence to
	// ask the daemon for a sign of life, and after which to give it up; how long a send
	// waits for the connection once that is lost (mostly it is just made anew); how long
	// a stop waits for what the daemon has still said.
	minWait, maxWait, pingAfter, deadAfter, readyTime, stopTime time.Duration

	// suspect asks the session to look whether the daemon still has our account.
	suspect chan struct{}

	mu      sync.Mutex
	changed chan struct{} // closed at each change of what follows
	live    transport     // what can send, nil for nothing
	refused bool          // the daemon does not have our account
	me      identity

	up        bool // messages come
	full      bool // and cannot be stored
	since     time.Time
	trouble   string
	limited   time.Time // until when Signal makes us write more slowly
	newKey    time.Time // when a new safety number was last trusted
	challenge challenge

	groups    map[[sha256.Size]byte]time.Time // when we last spoke there
	edits     map[partKey]string              // the first version of an edited message
	editOrder []partKey
}

// New makes the channel. It asks the daemon nothing: Run does, and waits while the
// daemon is away. Its errors are mistakes in the configuration.
func New(log *slog.Logger, config Config) (*Channel, error) {
	end, err := parseEndpoint(config.RPC)
	if err != nil {
		return nil, fmt.Errorf("signal: address of signal-cli: %w", err)
	}
	if config.Account != "" && !numberForm.MatchString(config.Account) {
		return nil, errors.New("signal: the account must be a number with its country, such as +31612345678")
	}
	return &Channel{
		log:       log.With("channel", bots.Signal),
		config:    config,
		end:       end,
		now:       time.Now,
		typed:     func(bots.Address, time.Duration) {},
		sends:     newOutstanding(),
		minWait:   500 * time.Millisecond,
		maxWait:   30 * time.Second,
		pingAfter: 30 * time.Second,
		deadAfter: time.Minute,
		readyTime: 3 * time.Second,
		stopTime:  time.Second,
		suspect:   make(chan struct{}, 1),
		changed:   make(chan struct{}),
		me:        identity{number: config.Account},
		since:     time.Now(),
		groups:    make(map[[sha256.Size]byte]time.Time),
		edits:     make(map[partKey]string),
	}, nil
}

// Kind is [bots.Signal].
func (c *Channel) Kind() bots.Kind { return bots.Signal }

// Limits are those of Signal's apps; Signal publishes none.
func (c *Channel) Limits() bots.Limits {
	return bots.Limits{
		Format: bots.Styles,
		// A text above 2000 bytes travels as an attachment that the app loads when it
		// is tapped (MessageUtil.MAX_INLINE_BODY_SIZE_BYTES in Signal-Android).
		Text: 2000,
		Unit: bots.Bytes,
		// Signal has no buttons.
		Choices: 0,
		// Signal limits how fast one writes without saying how; new contacts in a row
		// lead to a captcha.
		PerSecond: 5,
		Gap:       time.Second,
		Media:     maxFile,
	}
}

// Run receives messages until ctx ends, and then returns nil. It connects again
// whenever the connection is lost, also when the account is not linked yet.
func (c *Channel) Run(ctx context.Context, accept bots.AcceptFunc) error {
	for wait := c.minWait; ; {
		worked, err := c.session(ctx, accept)
		if ctx.Err() != nil {
			c.change(func() { c.up, c.live, c.full, c.trouble = false, nil, false, "" })
			return nil
		}
		c.failed(err)
		if worked {
			wait = c.minWait
		}
		if sleep(ctx, wait) {
			wait = min(2*wait, c.maxWait)
		}
	}
}

// self is our account, as far as it is known.
func (c *Channel) self() identity {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.me
}
