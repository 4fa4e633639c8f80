package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots/signal"
	"github.com/brug-helpdesk/brug/handoff/mail"
)

// channelFindings asks each channel that is on how it is.
func channelFindings(ctx context.Context, c *Config) []finding {
	findings := []finding{telegramFinding(ctx, c)}
	findings = append(findings, signalFindings(ctx, c)...)
	findings = append(findings, whatsAppFinding(ctx, c), mailFinding(ctx, c))
	return append(findings, runningFindings(ctx, c)...)
}

// telegramFinding asks Telegram who the bot is. Updates are not asked for: that would
// push the running helpdesk aside.
func telegramFinding(ctx context.Context, c *Config) finding {
	f := finding{what: "Telegram"}
	if c.TelegramToken == "" {
		f.found, f.mend = "off", "for a bot, ask @BotFather for a token and set BRUG_TELEGRAM_TOKEN"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.TelegramAPI, "/")+"/bot"+c.TelegramToken+"/getMe", nil)
	if err != nil {
		f.found, f.mend, f.bad = "the address is not one", "mend BRUG_TELEGRAM_API_URL", true
		return f
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil { // the error holds the token
		f.found, f.mend, f.bad = "does not answer", "look at the network and BRUG_TELEGRAM_API_URL", true
		return f
	}
	defer response.Body.Close()
	var me struct {
		Result struct {
			Username string `json:"username"`
		} `json:"result"`
	}
	if err := json.NewDecoder(response.Body).Decode(&me); err != nil || me.Result.Username == "" {
		f.found, f.mend, f.bad = "refuses the token", "copy the token again from @BotFather", true
		return f
	}
	f.found = "@" + me.Result.Username + ", by " + c.TelegramMode
	return f
}

// mailFinding signs in at the mail server and sends nothing.
func mailFinding(ctx context.Context, c *Config) finding {
	f := finding{what: "mail"}
	if c.MailServer == "" {
		f.found, f.mend = "off", "for alerts to volunteers by e-mail set BRUG_MAIL_SERVER and BRUG_MAIL_FROM"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	ch, err := mail.New(c.mail())
	if err == nil {
		err = ch.Check(ctx)
	}
	if err != nil {
		f.found, f.mend, f.bad = err.Error(), "look at BRUG_MAIL_SERVER, BRUG_MAIL_USER and BRUG_MAIL_PASSWORD", true
		return f
	}
	f.found = c.MailServer + " takes mail from " + c.MailFrom
	return f
}

func signalFindings(ctx context.Context, c *Config) []finding {
	if c.SignalRPC == "" {
		return []finding{{what: "Signal", found: "off", mend: "run signal-cli and set BRUG_SIGNAL_RPC and BRUG_SIGNAL_ACCOUNT"}}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if c.SignalAccount == "" {
		return []finding{{what: "Signal", found: "off: no account", mend: "link a phone on the coordinator's page or with  brug pair signal, then set BRUG_SIGNAL_ACCOUNT", bad: true}}
	}
	findings := []finding{{what: "Signal", found: "signal-cli at " + c.SignalRPC}}
	for _, p := range signal.Check(ctx, signal.Config{RPC: c.SignalRPC, Account: c.SignalAccount}) {
		findings = append(findings, finding{what: "Signal", found: "look at this", mend: p.Text, bad: !p.Hint})
	}
	return findings
}

func whatsAppFinding(ctx context.Context, c *Config) finding {
	f := finding{what: "WhatsApp"}
	if c.WhatsApp != "on" {
		f.found, f.mend = "off", "read bots/whatsapp/README.md, then  brug pair whatsapp  and BRUG_WHATSAPP=on"
		return f
	}
	ch, err := openWhatsApp(ctx, slog.New(slog.DiscardHandler), c, nil)
	if err != nil {
		f.found, f.mend, f.bad = err.Error(), "look at BRUG_WHATSAPP_DB", true
		return f
	}
	defer ch.Close()
	number, err := ch.Linked(ctx)
	if err != nil || number == "" {
		f.found, f.mend, f.bad = "no phone is linked", "brug pair whatsapp", true
		return f
	}
	f.found = "linked to " + number
	f.mend = "open WhatsApp on that phone at least once a week, or it is unlinked; and update brug often: WhatsApp refuses old clients"
	return f
}
