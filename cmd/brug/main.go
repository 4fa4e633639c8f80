// Command brug is a helpdesk for newcomers: it bridges messengers to one knowledge
// base and one desk of volunteers.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // office hours must be right on a machine without time zones

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "brug:", err)
		os.Exit(1)
	}
}

// run is main without the process: arguments, environment and output are given.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	c := &cli{getenv: getenv, out: stdout, err: stderr}
	root := &cobra.Command{
		Use:           "brug",
		Short:         "A helpdesk for newcomers over WhatsApp, Telegram, Signal and the web",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return c.serve(cmd) },
	}
	addFlags(root.PersistentFlags())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(c.serveCommand(), c.askCommand(), c.chatCommand(), c.doctorCommand(), c.knowledgeCommand(),
		c.languageCommand(), c.safetyCommand(), c.volunteerCommand(), c.pairCommand(), c.benchCommand(), c.privacyCommand(), c.keyCommand(),
		c.backupCommand(), c.restoreCommand())
	return root.ExecuteContext(ctx)
}

// cli is what all subcommands share.
type cli struct {
	getenv   func(string) string
	out, err io.Writer
}

// config reads the settings for a command.
func (c *cli) config(cmd *cobra.Command) (*Config, error) { return loadConfig(cmd.Flags(), c.getenv) }
