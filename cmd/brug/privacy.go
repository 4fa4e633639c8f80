package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/router"
)

// atTerminal stands in the audit log for whoever may run commands on the machine.
var atTerminal = handoff.Actor{Name: "brug privacy"}

func (c *cli) privacyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "privacy", Short: "Give or delete what is kept about one person"}
	cmd.AddCommand(c.privacyExport(), c.privacyErase())
	return cmd
}

// person is how a coordinator names one.
type person struct{ channel, contact, caseID string }

func (p *person) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.channel, "channel", "", "telegram, whatsapp, signal or web")
	cmd.Flags().StringVar(&p.contact, "contact", "", "the person there: Telegram's number of the chat, a telephone number +31…, a Signal id, a web visitor")
	cmd.Flags().StringVar(&p.caseID, "case", "", "or the id of a case, as in the desk's address")
	cmd.MarkFlagsRequiredTogether("channel", "contact")
	cmd.MarkFlagsOneRequired("contact", "case")
	cmd.MarkFlagsMutuallyExclusive("contact", "case")
}

// address is the person's, in the form that the channel keeps.
func (p *person) address() (bots.Address, error) {
	a := bots.Address{Channel: bots.Kind(p.channel), ID: p.contact}
	if !slices.Contains(allKinds, a.Channel) {
		return a, fmt.Errorf("--channel %q; give telegram, whatsapp, signal or web", p.channel)
	}
	if a.Channel == bots.WhatsApp && !strings.Contains(a.ID, "@") {
		a.ID = strings.TrimPrefix(a.ID, "+") + "@s.whatsapp.net"
	}
	return a, nil
}

func (p *person) conversation(ctx context.Context, h *helpdesk) (string, error) {
	if p.caseID != "" {
		kase, err := h.queue.Get(ctx, p.caseID)
		return kase.Conversation, err
	}
	a, err := p.address()
	if err != nil {
		return "", err
	}
	id, err := h.mailbox.Find(ctx, a)
	if err == nil && id == "" {
		err = router.ErrNobody
	}
	return id, err
}

// withPerson runs do on a person's conversation, beside a running helpdesk or
// without one.
func (c *cli) withPerson(cmd *cobra.Command, p *person, do func(ctx context.Context, h *helpdesk, conversation string) error) error {
	return c.withHelpdesk(cmd, func(ctx context.Context, h *helpdesk) error {
		conversation, err := p.conversation(ctx, h)
		if err != nil {
			return err
		}
		return do(ctx, h, conversation)
	})
}

// withHelpdesk runs do on the parts of the helpdesk, beside a running one or without.
func (c *cli) withHelpdesk(cmd *cobra.Command, do func(ctx context.Context, h *helpdesk) error) error {
	config, err := c.config(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, done, err := openStore(ctx, log, config)
	if err != nil {
		return err
	}
	defer done()
	h, err := newHelpdesk(log, config, s)
	if err != nil {
		return err
	}
	return do(ctx, h)
}

func (c *cli) privacyExport() *cobra.Command {
	var p person
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print everything that is kept about a person",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withPerson(cmd, &p, func(ctx context.Context, h *helpdesk, conversation string) error {
				kept, err := h.router.Export(ctx, conversation)
				if err != nil {
					return err
				}
				// First the record: nobody reads without one.
				if err := h.queue.Log(ctx, atTerminal, "exported", newestCase(kept), ""); err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.out, kept)
				}
				printKept(c.out, kept)
				return nil
			})
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// rewriteFor is how long a command waits for Redis to write its file anew.
const rewriteFor = 5 * time.Minute

func (c *cli) privacyErase() *cobra.Command {
	var p person
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Delete everything that is kept about a person, at once and for good",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withPerson(cmd, &p, func(ctx context.Context, h *helpdesk, conversation string) error {
				kept, err := h.router.Erase(ctx, conversation)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.out, "Deleted: %d messages, %d waiting to be read, %d cases, %d addresses.\n",
					len(kept.Entries), len(kept.Waiting), len(kept.Cases), len(kept.State.Contacts))
				ctx, cancel := context.WithTimeout(ctx, rewriteFor)
				defer cancel()
				if err := errors.Join(h.queue.Log(ctx, atTerminal, "erased", newestCase(kept), ""), h.store.Rewrite(ctx)); err != nil {
					return fmt.Errorf("deleted, but not all is done: %w", err)
				}
				fmt.Fprintln(c.out, "Redis's file on disk has forgotten it too. Backups made earlier still hold it, sealed, until you delete them.")
				return nil
			})
		},
	}
	p.flags(cmd)
	return cmd
}

// newestCase is what the audit log knows a conversation by; "" without a case.
func newestCase(k router.Kept) string {
	if len(k.Cases) == 0 {
		return ""
	}
	return k.Cases[0].ID
}

// printKept prints what is kept for people to read.
func printKept(w io.Writer, k router.Kept) {
	line := func(label, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-10s %s\n", label, value)
		}
	}
	for _, a := range k.State.Contacts {
		line("address", string(a.Channel)+" "+strings.Join(append([]string{a.ID}, a.Alt...), " "))
	}
	line("language", k.State.Lang)
	line("situation", k.State.Audience)
	line("question", k.State.Question)
	line("danger", k.State.Urgent)
	for _, kase := range k.Cases {
		fmt.Fprintf(w, "\ncase %s, %s, opened %s\n", kase.ID, kase.State, kase.Opened.Format(time.DateTime))
		line("  topic", kase.Topic)
		line("  danger", kase.Urgent)
		line("  wishes", strings.Join(kase.Wishes, ", "))
		line("  outcome", kase.Outcome)
		line("  preview", kase.Preview)
	}
	fmt.Fprintln(w)
	for _, e := range k.Entries {
		text := e.Text
		if e.Withdrawn {
			text = "(withdrawn)"
		}
		for _, m := range e.Media {
			text += fmt.Sprintf(" [%s %q]", m.Kind, m.Name)
		}
		if e.Location != nil {
			text += fmt.Sprintf(" [place %f, %f]", e.Location.Lat, e.Location.Lon)
		}
		from := e.From
		if e.By != "" {
			from += " " + e.By
		}
		fmt.Fprintf(w, "%s  %s: %s\n", e.At.UTC().Format(time.DateTime), from, text)
	}
	for _, m := range k.Waiting {
		fmt.Fprintf(w, "%s  newcomer, not read yet: %s\n", m.At.UTC().Format(time.DateTime), m.Text)
	}
}
