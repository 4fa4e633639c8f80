package main

import (
	"context"
	"errors"
	"slices"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

// linkers link phones on the coordinator's page, as brug pair does in a terminal.
func (h *helpdesk) linkers() map[bots.Kind]desk.Linker {
	all := map[bots.Kind]desk.Linker{}
	if ch, ok := h.channels.of(bots.WhatsApp).(*whatsapp.Channel); ok {
		all[bots.WhatsApp] = whatsAppLinker{ch}
	}
	if h.config.SignalRPC != "" {
		all[bots.Signal] = signalLinker{signal.Config{RPC: h.config.SignalRPC}, h.config.SignalAccount}
	}
	return all
}

type whatsAppLinker struct{ *whatsapp.Channel }

func (l whatsAppLinker) Link(ctx context.Context, phone string) (<-chan desk.LinkStep, error) {
	theirs, err := l.Pair(ctx, phone)
	if errors.Is(err, whatsapp.ErrLinked) {
		return nil, errors.New("a phone is linked already, or is being linked in another place")
	}
	if err != nil {
		return nil, err
	}
	steps := make(chan desk.LinkStep)
	go func() {
		defer close(steps)
		for s := range theirs {
			steps <- desk.LinkStep{QR: s.QR, Code: s.Code, Until: s.Until, Linked: s.Linked, Err: s.Err}
		}
	}()
	return steps, nil
}

// signalLinker links signal-cli, which knows the accounts.
type signalLinker struct {
	where   signal.Config
	account string
}

func (l signalLinker) Linked(ctx context.Context) (string, error) {
	accounts, err := signal.Accounts(ctx, l.where)
	if err != nil || !slices.Contains(accounts, l.account) {
		return "", err
	}
	return l.account, nil
}

func (l signalLinker) Link(ctx context.Context, _ string) (<-chan desk.LinkStep, error) {
	uri, wait, err := signal.Link(ctx, l.where, "brug")
	if err != nil {
		return nil, err
	}
	steps := make(chan desk.LinkStep)
	go func() {
		defer close(steps)
		steps <- desk.LinkStep{QR: uri}
		number, err := wait(ctx)
		last := desk.LinkStep{Linked: number, Err: err}
		if err == nil && number != l.account {
			last.Setting = "BRUG_SIGNAL_ACCOUNT=" + number
		}
		steps <- last
	}()
	return steps, nil
}
