package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router/language"
	"github.com/brug-helpdesk/brug/router/safety"
)

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

func micros(us float64) string { return strconv.FormatFloat(us, 'f', 0, 64) + " µs" }

func (c *cli) knowledgeEvalCommand() *cobra.Command {
	var asJSON, gold bool
	cmd := &cobra.Command{
		Use:   "eval FILE",
		Short: "Measure how well questions find their article",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mind, _, err := c.newMind(cmd)
			if err != nil {
				return err
			}
			f, err := openFile(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			questions, err := search.ReadQuestions(f)
			if err != nil {
				return fmt.Errorf("read %s: %w", args[0], err)
			}
			detect := func(string) string { return "" }
			if gold {
				detect = nil
			}
			report := search.Eval(questions, detect, func(text, lang string) search.Outcome {
				articles, answered := mind.Judge(text, lang)
				return search.Outcome{Articles: articles, Answered: answered}
			})
			if asJSON {
				return printJSON(c.out, report)
			}
			c.knowledgeTable(report)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&gold, "gold-language", false, "take the language from the file instead of detecting it")
	return cmd
}

func (c *cli) knowledgeTable(r search.Report) {
	row := func(name string, f search.Figures) []string {
		return []string{name, strconv.Itoa(f.N), percent(f.Hit1), percent(f.Hit3), fmt.Sprintf("%.3f", f.MRR), percent(f.Answered),
			percent(f.AnsweredRight), percent(f.OOSRejected), micros(f.P50), micros(f.P99)}
	}
	rows := [][]string{row("all", r.Figures)}
	for _, lang := range sorted(r.ByLang) {
		rows = append(rows, row("language "+lang, r.ByLang[lang]))
	}
	for _, set := range sorted(r.BySet) {
		rows = append(rows, row("set "+set, r.BySet[set]))
	}
	table(c.out, []string{"", "n", "hit1", "hit3", "mrr", "answered", "right", "oos rejected", "p50", "p99"}, rows)
}

func (c *cli) languageCommand() *cobra.Command {
	var asJSON bool
	eval := &cobra.Command{
		Use:   "eval FILE",
		Short: "Measure how well languages are told apart",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, lib, err := c.newMind(cmd)
			if err != nil {
				return err
			}
			f, err := openFile(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			report, err := language.Eval(f, lib.detector())
			if err != nil {
				return fmt.Errorf("read %s: %w", args[0], err)
			}
			if asJSON {
				return printJSON(c.out, report)
			}
			row := func(name string, f language.Figures) []string {
				return []string{name, strconv.Itoa(f.N), percent(f.Accuracy), strconv.Itoa(f.UKAsRU), strconv.Itoa(f.RUAsUK), micros(f.P50)}
			}
			rows := [][]string{row("all", report.Figures)}
			for _, lang := range sorted(report.ByLang) {
				rows = append(rows, row("language "+lang, report.ByLang[lang]))
			}
			table(c.out, []string{"", "n", "accuracy", "uk as ru", "ru as uk", "p50"}, rows)
			return nil
		},
	}
	eval.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd := &cobra.Command{Use: "language", Short: "Measure the language detector"}
	cmd.AddCommand(eval)
	return cmd
}

func (c *cli) safetyCommand() *cobra.Command {
	var asJSON bool
	eval := &cobra.Command{
		Use:   "eval FILE",
		Short: "Measure how well danger is seen",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := safety.Eval(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.out, report)
			}
			row := func(name string, f *safety.Figures) []string {
				return []string{name, strconv.Itoa(f.N), percent(f.Recall), percent(f.KindRight), percent(f.FalseAlarm)}
			}
			rows := [][]string{row("all", &report.Figures)}
			for _, lang := range sorted(report.ByLang) {
				rows = append(rows, row("language "+lang, report.ByLang[lang]))
			}
			for _, kind := range sorted(report.ByKind) {
				if kind != "" {
					rows = append(rows, row("kind "+kind, report.ByKind[kind]))
				}
			}
			table(c.out, []string{"", "n", "recall", "kind right", "false alarms"}, rows)
			return nil
		},
	}
	eval.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd := &cobra.Command{Use: "safety", Short: "Measure the danger rules"}
	cmd.AddCommand(eval)
	return cmd
}
