package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// maxUpdate bounds one update, in bytes; Telegram's are below a tenth of it.
const maxUpdate = 1 << 20

// recently is how long a failed delivery counts as a present trouble.
const recently = 2 * time.Minute

// retrySeconds is when Telegram shall try again what could not be accepted.
const retrySeconds = "1"

// webhookSecret is what Telegram says in X-Telegram-Bot-Api-Secret-Token: 1 to 256 of
// A-Z, a-z, 0-9, _ and -. It follows from the token, so that every process knows it.
func webhookSecret(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("brug telegram webhook"))
	return hex.EncodeToString(mac.Sum(nil))
}

// keepWebhook registers the webhook and sees to it that it stays, until ctx ends. At
// the end it stays too: Telegram keeps what comes until we are back.
func (c *Channel) keepWebhook(ctx context.Context) error {
	if err := c.insist(ctx, func() error { return c.setWebhook(ctx) }); err != nil {
		return err
	}
	c.setHealth(true, "")
	for sleep(ctx, c.webhookCheck) {
		if err := c.insist(ctx, func() error { return c.checkWebhook(ctx) }); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (c *Channel) setWebhook(ctx context.Context) error {
	return c.api.call(ctx, "setWebhook", tgbotapi.Params{
		"url":                  c.config.WebhookURL,
		"secret_token":         c.secret,
		"allowed_updates":      allowedUpdates,
		"drop_pending_updates": "false",
	}, nil)
}

// checkWebhook sets the webhook again where somebody changed it, and reads whether
// Telegram reaches us.
func (c *Channel) checkWebhook(ctx context.Context) error {
	var info struct {
		URL       string `json:"url"`
		ErrorDate int64  `json:"last_error_date"`
		Pending   int    `json:"pending_update_count"`
	}
	if err := c.api.call(ctx, "getWebhookInfo", nil, &info); err != nil {
		return err
	}
	if info.URL != c.config.WebhookURL {
		c.log.Warn("somebody changed the webhook; setting it again")
		if err := c.setWebhook(ctx); err != nil {
			return err
		}
	}
	failing := info.Pending > 0 && c.now().Sub(time.Unix(info.ErrorDate, 0)) < recently
	if failing {
		c.setHealth(false, problemUnreached)
	} else {
		c.setHealth(true, "")
	}
	return nil
}

// Handler takes the updates Telegram delivers, in [Webhook] mode. It answers 200 only
// after an update was accepted, and 503 while it cannot be.
func (c *Channel) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.config.Mode != Webhook {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "only POST", http.StatusMethodNotAllowed)
			return
		}
		said := r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
		if said == "" {
			http.Error(w, "no secret token", http.StatusUnauthorized)
			return
		}
		if !hmac.Equal([]byte(said), []byte(c.secret)) {
			http.Error(w, "wrong secret token", http.StatusForbidden)
			return
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusRequestEntityTooLarge)
			return
		}
		c.take(w, r, raw)
	})
}

// take accepts one update and answers Telegram. What cannot be read is taken too:
// Telegram would only bring it again.
func (c *Channel) take(w http.ResponseWriter, r *http.Request, raw []byte) {
	c.mu.Lock()
	in := c.intake
	if in != nil {
		in.posts.Add(1)
	}
	c.mu.Unlock()
	if in == nil {
		later(w)
		return
	}
	defer in.posts.Done()
	e, err := convert(raw, c.now())
	if err != nil {
		c.log.Warn("an update cannot be read", "update_id", e.id, "error", err)
	}
	if e.message != nil {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(in.ctx, cancel)()
		if err := in.accept(ctx, *e.message); err != nil {
			c.notStored(ctx, err)
			later(w)
			return
		}
		c.stored()
	}
	// The answer may hold one request of ours; Telegram tells nothing of its result.
	method, params := c.aside(e)
	if method == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	params["method"] = method
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(params); err != nil {
		c.log.Debug("a small request failed", "error", err)
	}
}

func later(w http.ResponseWriter) {
	w.Header().Set("Retry-After", retrySeconds)
	http.Error(w, "try again", http.StatusServiceUnavailable)
}

func (c *Channel) notStored(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.log.Warn("an update was not accepted", "error", err)
		c.setHealth(false, problemStore)
	}
}

// stored ends the trouble notStored told of.
func (c *Channel) stored() {
	if c.Health().Problem == problemStore {
		c.setHealth(true, "")
	}
}
