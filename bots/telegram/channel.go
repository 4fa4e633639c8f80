package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

var (
	_ bots.Channel        = (*Channel)(nil)
	_ bots.TypingSender   = (*Channel)(nil)
	_ bots.Fetcher        = (*Channel)(nil)
	_ bots.HealthReporter = (*Channel)(nil)
)

// Mode is the way updates reach us.
type Mode string

// The two ways. A bot has one of them at a time.
const (
	Poll    Mode = "poll"    // we ask; works behind any firewall
	Webhook Mode = "webhook" // Telegram calls us; needs a public https address
)

// DefaultAPIURL is Telegram's own server.
const DefaultAPIURL = "https://api.telegram.org"

// Config is what a [Channel] needs to know.
type Config struct {
	// Token is the bot's, from @BotFather.
	Token string
	// APIURL is the Bot API server, "" for [DefaultAPIURL].
	APIURL string
	// Mode is [Poll] when empty.
	Mode Mode
	// WebhookURL is where Telegram reaches [Channel.Handler]; for [Webhook] only.
	WebhookURL string
	// Commands is the menu of the bot by language: two letters (ISO 639-1), or ""
	// for all others.
	Commands map[string][]Command
	// GroupNotice is the sentence said in a group, in the language of a tag that may
	// be empty. A link to the private chat follows it. nil keeps silent in groups.
	GroupNotice func(lang string) string
	// Client makes the requests; nil is a client of our own.
	Client *http.Client
}

// Command is a line of the bot's menu.
type Command struct {
	// Name is 1 to 32 of a-z, 0-9 and _, without the slash.
	Name string
	// Description is 1 to 256 characters.
	Description string
}

// Channel is one Telegram bot. Make it with [New].
type Channel struct {
	log    *slog.Logger
	api    *client
	config Config
	secret string // what Telegram says to the webhook
	now    func() time.Time

	// How long to wait after a failure, at least and at most, and between two looks
	// at the webhook; how long a stop waits for the last words.
	minWait, maxWait, webhookCheck, stopTime time.Duration

	mu     sync.Mutex
	health bots.Health
	intake *intake // while Run runs
	self   user    // the bot; the zero value until Telegram told
	groups map[int64]time.Time
	limit  lastLimit
}

// tokenShape is what can stand in an address as it is; Telegram judges the rest.
var tokenShape = regexp.MustCompile(`^[A-Za-z0-9:_-]+$`)

// New makes the channel. It asks Telegram nothing: Run does, and waits while Telegram
// is away. Its errors are mistakes in the configuration.
func New(log *slog.Logger, config Config) (*Channel, error) {
	silence()
	if !tokenShape.MatchString(config.Token) {
		return nil, errors.New("telegram: the token is not one @BotFather gives")
	}
	if config.APIURL == "" {
		config.APIURL = DefaultAPIURL
	}
	config.APIURL = strings.TrimRight(config.APIURL, "/")
	if err := checkURL(config.APIURL); err != nil {
		return nil, fmt.Errorf("telegram: address of the API: %w", err)
	}
	switch config.Mode {
	case "":
		config.Mode = Poll
	case Poll:
	case Webhook:
		if err := checkURL(config.WebhookURL); err != nil {
			return nil, fmt.Errorf("telegram: address of the webhook: %w", err)
		}
	default:
		return nil, fmt.Errorf("telegram: mode %q is neither poll nor webhook", config.Mode)
	}
	if config.Client == nil {
		config.Client = newHTTPClient()
	}
	return &Channel{
		log:          log.With("channel", bots.Telegram),
		api:          &client{token: config.Token, base: config.APIURL, http: config.Client},
		config:       config,
		secret:       webhookSecret(config.Token),
		now:          time.Now,
		minWait:      500 * time.Millisecond,
		maxWait:      30 * time.Second,
		webhookCheck: time.Minute,
		stopTime:     time.Second,
		health:       bots.Health{Since: time.Now()},
		groups:       make(map[int64]time.Time),
	}, nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("it cannot be read")
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("it must begin with https://")
	}
	return nil
}

// Kind is [bots.Telegram].
func (c *Channel) Kind() bots.Kind { return bots.Telegram }

// Limits are those of core.telegram.org/bots/api and core.telegram.org/bots/faq.
func (c *Channel) Limits() bots.Limits {
	return bots.Limits{
		Format: bots.HTML,
		// sendMessage: "1-4096 characters after entities parsing"; Telegram's texts
		// are counted in UTF-16 units throughout.
		Text: 4096,
		Unit: bots.UTF16,
		// Telegram takes up to a hundred buttons; a phone shows about ten of them
		// without scrolling, one in a row.
		Choices: 10,
		// No limit is documented for a label; the app ends a long one with "…".
		Label: 0,
		// faq#my-bot-is-hitting-limits: "about 30 messages per second" over all
		// chats. We keep below it.
		PerSecond: 25,
		// The same: "avoid sending more than one message per second" in a chat.
		Gap: time.Second,
		// getFile: "bots can download files of up to 20MB in size".
		Media: maxFile,
	}
}

// intake is where updates go while Run runs.
type intake struct {
	ctx    context.Context
	accept bots.AcceptFunc
	posts  sync.WaitGroup // requests to the webhook under way
}

// Run receives messages until ctx ends. It returns an error only when Telegram does
// not know the token.
func (c *Channel) Run(ctx context.Context, accept bots.AcceptFunc) error {
	defer c.api.http.CloseIdleConnections()
	own, cancel := context.WithCancel(ctx)
	in := &intake{ctx: own, accept: accept}
	c.setIntake(in)
	var menu sync.WaitGroup
	defer func() {
		cancel()
		c.setIntake(nil)
		in.posts.Wait()
		menu.Wait()
	}()
	err := c.introduce(ctx)
	if err == nil {
		menu.Go(func() { c.setCommands(own) })
		if c.config.Mode == Webhook {
			err = c.keepWebhook(ctx)
		} else {
			err = c.poll(ctx, accept)
		}
	}
	if ctx.Err() != nil {
		c.setHealth(false, "")
		return nil
	}
	return err // its problem stays on show
}

// introduce asks Telegram who the bot is, until it answers.
func (c *Channel) introduce(ctx context.Context) error {
	return c.insist(ctx, func() error {
		var self user
		if err := c.api.call(ctx, "getMe", nil, &self); err != nil {
			return err
		}
		c.mu.Lock()
		c.self = self
		c.mu.Unlock()
		return nil
	})
}

// insist repeats what until it succeeds. It gives up when ctx ends and when Telegram
// does not know the token.
func (c *Channel) insist(ctx context.Context, what func() error) error {
	for wait := c.minWait; ; wait = min(2*wait, c.maxWait) {
		err := what()
		if err == nil {
			return nil
		}
		if err := c.trouble(ctx, err); err != nil {
			return err
		}
		if !sleep(ctx, max(wait, retryAfter(err))) {
			return ctx.Err()
		}
	}
}

func (c *Channel) setIntake(in *intake) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.intake = in
}

// me is the bot, the zero value until Telegram told.
func (c *Channel) me() user {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.self
}

// Username is the bot's, without the @. It asks Telegram when Run has not done so here.
func (c *Channel) Username(ctx context.Context) (string, error) {
	if self := c.me(); self.Username != "" {
		return self.Username, nil
	}
	var self user
	if err := c.api.call(ctx, "getMe", nil, &self); err != nil {
		return "", fmt.Errorf("telegram: ask for our name: %w", err)
	}
	return self.Username, nil
}
