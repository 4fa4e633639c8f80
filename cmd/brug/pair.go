package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/mdp/qrterminal/v3"
	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/bots/signal"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
)

// pairTime is how long a code may take to be scanned, tries included.
const pairTime = 10 * time.Minute

func (c *cli) pairCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "pair", Short: "Link a phone"}
	cmd.AddCommand(c.pairWhatsApp(), c.pairSignal())
	return cmd
}

func (c *cli) pairWhatsApp() *cobra.Command {
	var phone string
	cmd := &cobra.Command{
		Use:   "whatsapp",
		Short: "Link the helpdesk to the WhatsApp of a phone",
		Long:  "Link the helpdesk to the WhatsApp of a phone: on the phone open Settings, Linked devices, Link a device, and scan the code. With --phone a code is shown that is typed on the phone instead.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			if _, err := os.Stat(config.Data); err != nil {
				return errNoData
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), pairTime)
			defer cancel()
			ch, err := openWhatsApp(ctx, slog.New(slog.DiscardHandler), config, nil)
			if err != nil {
				return err
			}
			defer ch.Close()
			steps, err := ch.Pair(ctx, phone)
			if errors.Is(err, whatsapp.ErrLinked) {
				number, err := ch.Linked(ctx)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.out, "%s is linked. To link another, unlink the device on the phone first.\n", number)
				return nil
			}
			if err != nil {
				return err
			}
			return c.showSteps(config, steps)
		},
	}
	cmd.Flags().StringVar(&phone, "phone", "", "number of the phone, with the country's code: a code to type is shown instead of a picture")
	return cmd
}

func (c *cli) showSteps(config *Config, steps <-chan whatsapp.PairStep) error {
	for step := range steps {
		switch {
		case step.Err != nil:
			return step.Err
		case step.QR != "":
			fmt.Fprintln(c.out, "On the phone: Settings, Linked devices, Link a device. Scan this:")
			showQR(c.out, step.QR)
		case step.Code != "":
			fmt.Fprintf(c.out, "On the phone: Settings, Linked devices, Link a device, Link with phone number. Type:  %s\n", step.Code)
		case step.Linked != "":
			fmt.Fprintf(c.out, "%s is linked.\n", step.Linked)
			if config.WhatsApp != "on" {
				fmt.Fprintln(c.out, "Now start brug with BRUG_WHATSAPP=on.")
			}
			return nil
		}
	}
	return errors.New("no phone was linked in time; try again")
}

func (c *cli) pairSignal() *cobra.Command {
	var challenge, captcha string
	cmd := &cobra.Command{
		Use:   "signal",
		Short: "Link the helpdesk to the Signal of a phone, or check the account there is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			if config.SignalRPC == "" {
				return errors.New("start signal-cli as a daemon and say where it is: BRUG_SIGNAL_RPC=tcp://127.0.0.1:7583")
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), pairTime)
			defer cancel()
			where := signal.Config{RPC: config.SignalRPC}
			if challenge != "" {
				where.Account = config.SignalAccount
				if err := signal.SolveCaptcha(ctx, where, challenge, captcha); err != nil {
					return err
				}
				fmt.Fprintln(c.out, "Signal took the solution; waiting messages go out now.")
				return nil
			}
			accounts, err := signal.Accounts(ctx, where)
			if err != nil {
				return err
			}
			for _, number := range accounts {
				if number == config.SignalAccount || config.SignalAccount == "" {
					fmt.Fprintf(c.out, "signal-cli has the account %s. Set BRUG_SIGNAL_ACCOUNT=%s and start brug.\n", number, number)
					return nil
				}
			}
			uri, wait, err := signal.Link(ctx, where, "brug")
			if err != nil {
				return err
			}
			fmt.Fprintln(c.out, "On the phone: Settings, Linked devices, Link new device. Scan this:")
			showQR(c.out, uri)
			number, err := wait(ctx)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s is linked. Set BRUG_SIGNAL_ACCOUNT=%s and start brug.\n", number, number)
			return nil
		},
	}
	cmd.Flags().StringVar(&challenge, "challenge", "", "what Signal asks for; brug doctor and the coordinator's page show it")
	cmd.Flags().StringVar(&captcha, "captcha", "", "the solution: the signalcaptcha:// address from the page that Signal names")
	return cmd
}

func showQR(w io.Writer, text string) {
	qrterminal.GenerateHalfBlock(text, qrterminal.L, w)
}
