package whatsapp_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
)

func TestConformance(t *testing.T) {
	bottest.Run(t, func(t *testing.T) bottest.Harness {
		n := newNetwork(t)
		n.link(t)
		return bottest.Harness{
			Open: func(t *testing.T, log *slog.Logger) bots.Channel {
				c := n.open(t, log)
				named(t, c)
				return literal{c}
			},
			Network: n,
			Features: []bottest.Feature{
				bottest.Edits, bottest.Deletions, bottest.Reactions, bottest.Quotes, bottest.Attachments, bottest.Locations,
				bottest.Unknowns, bottest.Typing, bottest.HearsTyping, bottest.ReadReceipts, bottest.DeliveryReceipts, bottest.Idempotent,
				bottest.Redelivers, bottest.Garbage, bottest.Outages,
			},
			Faults: []bottest.Fault{
				bottest.LostRequest, bottest.LostReply, bottest.Refused, bottest.Forbidden, bottest.Slow,
			},
			Secrets: []string{ourNumber, "Оксана", "Коваль"},
		}
	})
}

// literal is the channel for parts that the suite writes by itself, as plain text: it
// puts U+200B behind what would be a marker, as the renderer does.
type literal struct{ *whatsapp.Channel }

func (l literal) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	if p.Body == p.Text {
		p.Body = strings.NewReplacer("*", "*\u200b", "_", "_\u200b", "~", "~\u200b", "`", "`\u200b").Replace(p.Body)
	}
	return l.Channel.Send(ctx, p)
}
