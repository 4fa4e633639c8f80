package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/router"
	"github.com/brug-helpdesk/brug/router/safety"
)

// newMind makes a mind on the articles of the data folder, without Redis.
func (c *cli) newMind(cmd *cobra.Command) (*router.Mind, *library, error) {
	config, err := c.config(cmd)
	if err != nil {
		return nil, nil, err
	}
	base, err := knowledge.Load(articlesFS(config))
	if err != nil {
		return nil, nil, err
	}
	lib := newLibrary(base)
	mind, err := buildMind(config, lib, time.Now)
	return mind, lib, err
}

func buildMind(config *Config, lib *library, now func() time.Time) (*router.Mind, error) {
	say, err := phrases.New()
	if err != nil {
		return nil, err
	}
	rules, err := safety.Default()
	if err != nil {
		return nil, err
	}
	return router.NewMind(say, rules, router.MindOptions{
		Org: config.OrgName, BaseURL: config.BaseURL, Keep: config.Keep,
		Library: lib.current, Detector: lib.detector, Now: now,
	})
}

func (c *cli) askCommand() *cobra.Command {
	var lang string
	var why bool
	cmd := &cobra.Command{
		Use:   "ask TEXT",
		Short: "Say what the helpdesk would make of a message",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mind, _, err := c.newMind(cmd)
			if err != nil {
				return err
			}
			return printJSON(c.out, mind.Ask(strings.Join(args, " "), lang, why))
		},
	}
	cmd.Flags().StringVar(&lang, "lang", "", "language of the message; detected if missing")
	cmd.Flags().BoolVar(&why, "why", false, "explain the candidates: matched words and features")
	return cmd
}

func (c *cli) knowledgeCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "knowledge", Short: "Check, search and measure the articles"}
	cmd.AddCommand(c.lintCommand(), c.searchCommand(), c.knowledgeEvalCommand())
	return cmd
}

func (c *cli) lintCommand() *cobra.Command {
	var stamp string
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Look for mistakes in the articles",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			if stamp != "" {
				n, err := knowledge.Stamp(stamp)
				fmt.Fprintf(c.out, "%d translations marked with the revision of their original\n", n)
				return err
			}
			base, err := knowledge.Load(articlesFS(config))
			if err != nil {
				return err
			}
			problems := knowledge.Lint(base, time.Now())
			for _, p := range problems {
				fmt.Fprintln(c.out, p)
			}
			if len(problems) > 0 {
				return fmt.Errorf("%d things to mend in %d articles", len(problems), len(base.Articles()))
			}
			fmt.Fprintf(c.out, "%d articles, nothing to mend\n", len(base.Articles()))
			return nil
		},
	}
	cmd.Flags().StringVar(&stamp, "stamp", "", "note in every translation in this folder which revision it was made from")
	return cmd
}

func (c *cli) searchCommand() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "search TEXT",
		Short: "List the articles found for a text",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, lib, err := c.newMind(cmd)
			if err != nil {
				return err
			}
			text := strings.Join(args, " ")
			if lang == "" {
				lang = lib.detector().Detect(text).Base()
			}
			for _, h := range lib.current().Index.Search(text, lang, 10) {
				fmt.Fprintf(c.out, "%.2f  %-28s %s\n", h.Confidence, h.Article, lib.current().Base.Article(h.Article).Title(lang))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&lang, "lang", "", "language of the text; detected if missing")
	return cmd
}

// printJSON prints v on one line.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table prints rows of one label and figures in columns.
func table(w io.Writer, head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if i == 0 {
				fmt.Fprint(w, cell, pad)
			} else {
				fmt.Fprint(w, "  ", pad, cell)
			}
		}
		fmt.Fprintln(w)
	}
}

// openFile opens the file an eval reads.
func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	return f, nil
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
