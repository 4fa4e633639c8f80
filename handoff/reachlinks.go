package handoff

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// alertLinkKeep is how long a one-time link is good, and how long a repeat of its use
// is known as one.
const alertLinkKeep = time.Hour

// alertLink is what a one-time link stands for.
type alertLink struct {
	Volunteer string    `json:"volunteer"`
	Kind      bots.Kind `json:"kind"`
	Lang      string    `json:"lang"`
	// Mail is the address to confirm.
	Mail string `json:"mail,omitempty"`
}

// newAlertLink returns the secret of a new link and the writes that keep it.
func (a *Alerts) newAlertLink(l alertLink) (secret, key string, ops []store.Op) {
	secret = rand.Text()
	key = a.keys.alertLink(a.store.Hash("alert", secret))
	plain, err := json.Marshal(l)
	if err != nil {
		panic(err) // strings always marshal
	}
	return secret, key, []store.Op{store.Do("HSET", key, "data", a.store.Seal(key, plain)), store.Do("PEXPIRE", key, alertLinkKeep.Milliseconds())}
}

// alertLink reads a link. It returns [ErrUnknown]; used says for which address it was
// used already.
func (a *Alerts) alertLink(ctx context.Context, kind bots.Kind, secret string) (l alertLink, key, used string, err error) {
	key = a.keys.alertLink(a.store.Hash("alert", secret))
	f, err := a.store.Cmd().HGetAll(ctx, key).Result()
	if err != nil {
		return l, key, "", fmt.Errorf("read link: %w", err)
	}
	if f["data"] == "" {
		return l, key, "", ErrUnknown
	}
	plain, err := a.store.Open(key, []byte(f["data"]))
	if err == nil {
		err = json.Unmarshal(plain, &l)
	}
	if err != nil {
		return l, key, "", fmt.Errorf("read link: %w", err)
	}
	if l.Kind != kind {
		return l, key, "", ErrUnknown
	}
	return l, key, f["used"], nil
}

// startPrefix begins the code of a link that volunteers open, and no other that the
// bot is started with.
const startPrefix = "desk-"

// TelegramLink makes a one-time link that opens the helpdesk's bot and links the chat
// of whoever presses start there. It is good for an hour.
func (a *Alerts) TelegramLink(ctx context.Context, volunteer, lang string) (string, error) {
	if a.opts.Bot == nil {
		return "", errWay
	}
	bot, err := a.opts.Bot(ctx)
	if err != nil {
		return "", fmt.Errorf("make Telegram link: %w", err)
	}
	secret, key, ops := a.newAlertLink(alertLink{Volunteer: volunteer, Kind: bots.Telegram, Lang: lang})
	if err := a.store.Apply(ctx, store.Tx{Head: key, Ops: ops}); err != nil {
		return "", fmt.Errorf("make Telegram link: %w", err)
	}
	return "https://t.me/" + bot + "?start=" + startPrefix + secret, nil
}

// Start takes the message with which a volunteer's phone opens such a link; done is
// false for every other message, which is a newcomer's. A repeat changes nothing.
func (a *Alerts) Start(ctx context.Context, m bots.Message) (done bool, err error) {
	secret, ok := strings.CutPrefix(m.Text, "/start "+startPrefix)
	if !ok || m.Channel != bots.Telegram || m.Action != bots.New {
		return false, nil
	}
	l, key, used, err := a.alertLink(ctx, bots.Telegram, strings.TrimSpace(secret))
	chat := a.store.Hash("alert chat", m.Contact.ID)
	switch {
	case err == nil && used == chat:
		return true, nil // Telegram tells again what it told before
	case errors.Is(err, ErrUnknown) || err == nil && used != "":
		return true, a.answer(ctx, m.Contact, m.LangHint, "alert_link_old")
	case err != nil:
		return false, err
	}
	guards := []store.Guard{{Key: key, Field: "used"}}
	ops := append([]store.Op{store.Do("HSET", key, "used", chat)}, a.say(l.Volunteer, m.Contact, l.Lang, a.words.Say(l.Lang, "alert_linked", nil), false)...)
	err = a.change(ctx, l.Volunteer, guards, ops, func(r *Reach) { r.Telegram, r.Lang = m.Contact.ID, l.Lang })
	return true, ignoreLost(err)
}

// answer says something to a chat that is nobody's.
func (a *Alerts) answer(ctx context.Context, to bots.Address, lang, phrase string) error {
	ops := a.say(once+store.NewID(), to, lang, a.words.Say(lang, phrase, nil), false)
	return a.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: a.keys.alerts(), Ops: ops})
}

// mailMax is how many addresses a volunteer may ask to confirm in attemptsKeep:
// strangers must not be flooded.
const mailMax = 5

// ConfirmMail sends a one-time link to an address; it gets alerts when somebody opens
// the link. It returns [ErrAddress] or [ErrTooMany].
func (a *Alerts) ConfirmMail(ctx context.Context, volunteer, address, lang string) error {
	address = strings.TrimSpace(address)
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > 254 {
		return ErrAddress
	}
	if !a.opts.Mail {
		return errWay
	}
	tried := a.keys.attempts(a.store.Hash("alert mail", volunteer))
	n, err := a.store.Cmd().Incr(ctx, tried).Result()
	if err == nil {
		err = a.store.Cmd().ExpireNX(ctx, tried, attemptsKeep).Err()
	}
	if err != nil {
		return fmt.Errorf("confirm address: %w", err)
	}
	if n > mailMax {
		return ErrTooMany
	}
	secret, key, ops := a.newAlertLink(alertLink{Volunteer: volunteer, Kind: Mail, Lang: lang, Mail: address})
	text := a.words.Say(lang, "alert_confirm", map[string]any{"Link": a.opts.BaseURL + "/desk/mail/" + secret})
	ops = append(ops, a.say(once+store.NewID(), bots.Address{Channel: Mail, ID: address}, lang, text, false)...)
	if err := a.store.Apply(ctx, store.Tx{Head: key, Ops: ops}); err != nil {
		return fmt.Errorf("confirm address: %w", err)
	}
	return nil
}

// MailConfirmed uses a link up that ConfirmMail sent. It returns [ErrUnknown] for one
// that is old or used.
func (a *Alerts) MailConfirmed(ctx context.Context, secret string) error {
	l, key, used, err := a.alertLink(ctx, Mail, secret)
	if err != nil {
		return err
	}
	if used != "" {
		return ErrUnknown
	}
	err = a.change(ctx, l.Volunteer, []store.Guard{{Key: key, Field: "used"}}, []store.Op{store.Do("HSET", key, "used", "1")},
		func(r *Reach) { r.Mail, r.Lang = l.Mail, l.Lang })
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return ErrUnknown
	}
	return err
}

// MailWaits says whether a link can still be used. It returns [ErrUnknown] if not.
func (a *Alerts) MailWaits(ctx context.Context, secret string) error {
	_, _, used, err := a.alertLink(ctx, Mail, secret)
	if err == nil && used != "" {
		return ErrUnknown
	}
	return err
}
