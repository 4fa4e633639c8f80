package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	"github.com/brug-helpdesk/brug/bots/telegram"
	"github.com/brug-helpdesk/brug/bots/web"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/mail"
	"github.com/brug-helpdesk/brug/internal/phrases"
)

var allKinds = []bots.Kind{bots.Telegram, bots.WhatsApp, bots.Signal, bots.Web}

// channels are the networks this helpdesk speaks with.
type channels struct {
	all    []bots.Channel
	mail   *mail.Channel     // for alerts to volunteers; nil when off
	show   chan bots.Address // contacts to show "typing…" to
	notice chan read
	heard  chan typing
}

// newChannels makes the channels that are configured.
func (h *helpdesk) newChannels() (channels, error) {
	c := channels{show: make(chan bots.Address, 256), notice: make(chan read, 256), heard: make(chan typing, 256)}
	say, err := phrases.New()
	if err != nil {
		return c, err
	}
	page, err := web.New(h.log, h.store, h.bell, web.Config{Name: h.config.OrgName, KeepDays: int(h.config.Keep.Hours() / 24),
		TrustedProxies: h.config.proxies(), Urgent: h.mind.Urgent, Mask: maskForGood})
	if err != nil {
		return c, err
	}
	c.all = append(c.all, page)
	if h.config.TelegramToken != "" {
		ch, err := telegram.New(h.log, h.telegramConfig(say))
		if err != nil {
			return c, err
		}
		c.all = append(c.all, ch)
	}
	if h.config.SignalRPC != "" && h.config.SignalAccount != "" { // it has no account before a phone is linked
		ch, err := signal.New(h.log, h.signalConfig(say))
		if err != nil {
			return c, err
		}
		c.all = append(c.all, ch)
	}
	if h.config.WhatsApp == "on" {
		ch, err := openWhatsApp(context.Background(), h.log, h.config, h.store)
		if err != nil {
			return c, err
		}
		c.all = append(c.all, ch)
	}
	if h.config.MailServer != "" {
		if c.mail, err = mail.New(h.config.mail()); err != nil {
			return c, err
		}
	}
	return c, nil
}

// bot names our Telegram bot; nil when there is none.
func (c channels) bot() func(context.Context) (string, error) {
	if ch, ok := c.of(bots.Telegram).(*telegram.Channel); ok {
		return ch.Username
	}
	return nil
}

func (h *helpdesk) signalConfig(say *phrases.Catalogue) signal.Config {
	return signal.Config{RPC: h.config.SignalRPC, Account: h.config.SignalAccount,
		GroupNotice: func(string) string { return groupNotice(say, "en") }}
}

// groupNotice is said in groups, before a link to the private chat.
func groupNotice(say *phrases.Catalogue, lang string) string {
	return strings.TrimSpace(say.Say(lang, "group_notice", phrases.Data{"Link": ""}))
}

func (h *helpdesk) telegramConfig(say *phrases.Catalogue) telegram.Config {
	commands := map[string][]telegram.Command{}
	for _, lang := range append([]string{""}, phrases.Full...) {
		for _, c := range commandMenu(say, lang) {
			commands[lang] = append(commands[lang], telegram.Command{Name: c[0], Description: c[1]})
		}
	}
	return telegram.Config{
		Token: h.config.TelegramToken, APIURL: h.config.TelegramAPI, Mode: telegram.Mode(h.config.TelegramMode),
		WebhookURL: h.config.BaseURL + "/hooks/telegram", Commands: commands,
		GroupNotice: func(lang string) string { return groupNotice(say, lang) },
	}
}

func (c channels) of(kind bots.Kind) bots.Channel {
	for _, ch := range c.all {
		if ch.Kind() == kind {
			return ch
		}
	}
	if kind == handoff.Mail && c.mail != nil {
		return c.mail
	}
	return nil
}

// limits of a channel; one that was switched off meanwhile gets plain text, which
// waits until it is on again.
func (c channels) limits(kind bots.Kind) bots.Limits {
	if ch := c.of(kind); ch != nil {
		return ch.Limits()
	}
	return bots.Limits{Format: bots.PlainSMS, Text: 1000}
}

func (c channels) forget(ctx context.Context, contact bots.Address) error {
	if f, ok := c.of(contact.Channel).(bots.Forgetter); ok {
		return f.Forget(ctx, contact)
	}
	return nil
}

func (c channels) fetch(ctx context.Context, kind bots.Kind, m bots.Media) (io.ReadCloser, error) {
	ch := c.of(kind)
	f, ok := ch.(bots.Fetcher)
	if !ok {
		return nil, fmt.Errorf("fetch attachment: %s is off or has none", kind)
	}
	return f.Fetch(ctx, m)
}
