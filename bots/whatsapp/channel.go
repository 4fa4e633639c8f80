package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/store/sqlstore"

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
	// DSN is where the keys are: the path of an SQLite file, or a postgres:// URL.
	DSN string
	// PerMinute is how many messages that are not urgent go out in a minute; 0 is
	// [DefaultPerMinute].
	PerMinute int
	// Client makes all connections; nil is a client of our own. It must have no
	// timeout of its own: one connection lasts for days.
	Client *http.Client
	// Codec seals the texts that are kept for [keepSent], so that a phone that could
	// not decrypt one can get it again after a restart. nil keeps none.
	Codec Codec
	// Claim is asked before each connection, and from time to time while it lasts,
	// whether these keys may be used; see [Keys]. nil is yes.
	Claim func(ctx context.Context, k Keys) error
	// Version is the version of WhatsApp Web we say we are, "2.3000.N"; "" is the
	// library's own.
	Version string
}

// Codec seals and opens what is kept. The name is bound to the content.
type Codec interface {
	Seal(name string, plain []byte) []byte
	Open(name string, sealed []byte) ([]byte, error)
}

// DefaultPerMinute is a pace that a quick typist keeps.
const DefaultPerMinute = 20

// Channel is one WhatsApp number. Make it with [New], end it with [Channel.Close].
type Channel struct {
	log    *slog.Logger
	config Config
	db     *sql.DB
	sqlite bool // else Postgres
	keys   *sqlstore.Container
	lids   *lidMap
	pace   *pace
	now    func() time.Time
	typed  bots.TypingFunc

	// How long to wait: after a failure at least and at most; after a refusal that
	// does not pass by itself; for a message to come again before it counts as
	// unread; between two looks at what is due.
	minWait, maxWait, longWait, unreadAfter, tick time.Duration

	recent recentTexts
	linked chan struct{} // a phone was linked in this process

	mu      sync.Mutex
	health  bots.Health
	changed chan struct{} // closed when health changes
	session *session      // while connected, or about to be
	pairing bool
	// loggedOut is why WhatsApp does not know our device any more.
	loggedOut problem
	version   store.WAVersionContainer // zero for the library's own
	phone     time.Time                // when the phone was last seen
	timers    map[string]time.Duration // disappearing-message timers by contact
}

// New opens the database of the keys; it makes no connection. Its errors are mistakes
// in the configuration and a database that cannot be used.
func New(ctx context.Context, log *slog.Logger, config Config) (*Channel, error) {
	if config.PerMinute < 0 {
		return nil, errors.New("whatsapp: the pace is negative")
	}
	if config.PerMinute == 0 {
		config.PerMinute = DefaultPerMinute
	}
	if config.Client == nil {
		config.Client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	silence()
	c := &Channel{
		log:         log.With("channel", bots.WhatsApp),
		config:      config,
		pace:        newPace(config.PerMinute),
		now:         time.Now,
		typed:       func(bots.Address, time.Duration) {},
		minWait:     500 * time.Millisecond,
		maxWait:     time.Minute,
		longWait:    time.Hour,
		unreadAfter: time.Minute,
		tick:        time.Second,
		linked:      make(chan struct{}, 1),
		health:      bots.Health{Since: time.Now()},
		changed:     make(chan struct{}),
	}
	if config.Version != "" {
		v, err := store.ParseVersion(config.Version)
		if err != nil {
			return nil, fmt.Errorf("whatsapp: version: %w", err)
		}
		c.version = v
	}
	if err := c.open(ctx); err != nil {
		return nil, fmt.Errorf("whatsapp: open the keys: %w", err)
	}
	return c, nil
}

// Close closes the database. Run must have ended.
func (c *Channel) Close() error { return c.db.Close() }

// Kind is [bots.WhatsApp].
func (c *Channel) Kind() bots.Kind { return bots.WhatsApp }

// Limits are customs of the apps more than rules: WhatsApp publishes limits only for
// its Cloud API (developers.facebook.com/docs/whatsapp/cloud-api).
func (c *Channel) Limits() bots.Limits {
	return bots.Limits{
		Format: bots.Markers,
		// The Cloud API's longest text. The apps take more, behind "read more".
		Text: 4096,
		Unit: bots.UTF16,
		// Ordinary accounts' buttons are shown by some apps and not by others.
		Choices: 0,
		// pace.go keeps the pace, because urgent parts are exempt from it.
		PerSecond: 0,
		// Two messages in the same second are a machine's.
		Gap: time.Second,
		// The library holds a file in memory while it decrypts.
		Media: maxFile,
		// The identifier comes from the part's, id.go.
		ChoosesID: true,
	}
}

// Health reports the connection, and a phone that WhatsApp will soon unlink.
func (c *Channel) Health() bots.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.health
	if h.Problem == "" && !c.phone.IsZero() {
		p := phoneProblem(c.now().Sub(c.phone))
		h.Problem, h.Code, h.Arg = p.text, p.code, p.arg
	}
	return h
}

func (c *Channel) setHealth(connected bool, p problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.Connected != connected {
		c.health.Since = c.now()
	}
	c.health.Connected, c.health.Problem, c.health.Code, c.health.Arg = connected, p.text, p.code, p.arg
	close(c.changed)
	c.changed = make(chan struct{})
}

// current is the session that is connected, nil when there is none.
func (c *Channel) current() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil || !c.health.Connected {
		return nil
	}
	return c.session
}

// connected is the session, for which it waits a little: a connection that was cut is
// there again in a moment. It is not the one given, which turned out to be dead. Its
// error is a *bots.SendError.
func (c *Channel) connected(ctx context.Context, dead *session) (*session, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		c.mu.Lock()
		changed := c.changed
		c.mu.Unlock()
		if s := c.current(); s != nil && s != dead {
			return s, nil
		}
		fail := c.offline()
		if fail.Reason != bots.Retry {
			return nil, fail
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil, fail
		case <-ctx.Done():
			return nil, fail
		}
	}
}

func (c *Channel) setSession(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
}
