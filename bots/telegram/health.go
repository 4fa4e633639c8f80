package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// trouble notes what went wrong where people see it. It returns an error when only a
// person can help.
func (c *Channel) trouble(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var ce *callError
	errors.As(err, &ce)
	switch {
	case ce == nil:
		c.setHealth(false, problemStore)
	case ce.refused():
		c.setHealth(false, problemToken)
		return fmt.Errorf("telegram: the token is refused: %w", err)
	case ce.code == http.StatusConflict:
		c.setHealth(false, problemConflict)
	case ce.code == http.StatusBadRequest && ce.method == "setWebhook":
		says := harmless(ce.description)
		c.setProblem(false, problemWebhook+" Telegram says: "+says, codes[problemWebhook], says)
	default:
		c.setHealth(false, problemAway)
	}
	c.log.Warn("telegram does not work", "error", err)
	return nil
}

// What a coordinator reads.
const (
	problemUnreached = "Telegram cannot deliver to this server. Check that BRUG_BASE_URL is reachable from the internet by https, or set BRUG_TELEGRAM_MODE to poll."
	problemAway      = "Telegram cannot be reached. Messages wait there and arrive when it is back. If this lasts, check the server's connection to the internet."
	problemToken     = "Telegram refuses the bot's token. Get the token from @BotFather, set BRUG_TELEGRAM_TOKEN and start again."
	problemConflict  = "Another program receives this bot's messages. Stop it, or give it a bot of its own."
	problemStore     = "Messages cannot be stored here, so they wait at Telegram. Check Redis and the disk."
	problemWebhook   = "Telegram does not accept the address of the webhook. Check BRUG_BASE_URL, or set BRUG_TELEGRAM_MODE to poll."
)

// codes name the problems for other languages.
var codes = map[string]string{
	problemUnreached: "telegram_unreached", problemAway: "telegram_away", problemToken: "telegram_token",
	problemConflict: "telegram_conflict", problemStore: "telegram_store",
	problemWebhook: "telegram_webhook",
}

func retryAfter(err error) time.Duration {
	var ce *callError
	if errors.As(err, &ce) {
		return ce.retryAfter
	}
	return 0
}

// Health reports the connection.
func (c *Channel) Health() bots.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

func (c *Channel) setHealth(connected bool, problem string) {
	c.setProblem(connected, problem, codes[problem], "")
}

// setProblem notes a problem with something in its words that is not known beforehand.
func (c *Channel) setProblem(connected bool, problem, code, arg string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.Connected != connected {
		c.health.Since = c.now()
	}
	c.health.Connected = connected
	c.health.Problem, c.health.Code, c.health.Arg = problem, code, arg
}
