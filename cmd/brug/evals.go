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

// measured is what an evaluation found: a report for programs, a table for people.
type measured struct {
	report any
	head   []string
	rows   [][]string
}

// evalCommand measures with the questions or messages of a file.
func (c *cli) evalCommand(short string, measure func(cmd *cobra.Command, file string) (measured, error)) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval FILE",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := measure(cmd, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.out, m.report)
			}
			table(c.out, m.head, m.rows)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// rows is a line for all and one for each part.
func rows[F any](all F, line func(name string, f F) []string, parts ...part[F]) [][]string {
	out := [][]string{line("all", all)}
	for _, p := range parts {
		for _, name := range sorted(p.by) {
			if name != "" {
				out = append(out, line(p.name+" "+name, p.by[name]))
			}
		}
	}
	return out
}

type part[F any] struct {
	name string
	by   map[string]F
}

func (c *cli) knowledgeEvalCommand() *cobra.Command {
	var gold bool
	cmd := c.evalCommand("Measure how well questions find their article", func(cmd *cobra.Command, file string) (measured, error) {
		mind, _, err := c.newMind(cmd)
		if err != nil {
			return measured{}, err
		}
		f, err := openFile(file)
		if err != nil {
			return measured{}, err
		}
		defer f.Close()
		questions, err := search.ReadQuestions(f)
		if err != nil {
			return measured{}, fmt.Errorf("read %s: %w", file, err)
		}
		detect := func(string) string { return "" }
		if gold {
			detect = nil
		}
		r := search.Eval(questions, detect, func(text, lang string) search.Outcome {
			articles, answered := mind.Judge(text, lang)
			return search.Outcome{Articles: articles, Answered: answered}
		})
		line := func(name string, f search.Figures) []string {
			return []string{name, strconv.Itoa(f.N), percent(f.Hit1), percent(f.Hit3), fmt.Sprintf("%.3f", f.MRR), percent(f.Answered),
				percent(f.AnsweredRight), percent(f.OOSRejected), micros(f.P50), micros(f.P99)}
		}
		return measured{r, []string{"", "n", "hit1", "hit3", "mrr", "answered", "right", "oos rejected", "p50", "p99"},
			rows(r.Figures, line, part[search.Figures]{"language", r.ByLang}, part[search.Figures]{"set", r.BySet})}, nil
	})
	cmd.Flags().BoolVar(&gold, "gold-language", false, "take the language from the file instead of detecting it")
	return cmd
}

func (c *cli) languageCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "language", Short: "Measure the language detector"}
	cmd.AddCommand(c.evalCommand("Measure how well languages are told apart", func(cmd *cobra.Command, file string) (measured, error) {
		_, lib, err := c.newMind(cmd)
		if err != nil {
			return measured{}, err
		}
		f, err := openFile(file)
		if err != nil {
			return measured{}, err
		}
		defer f.Close()
		r, err := language.Eval(f, lib.detector())
		if err != nil {
			return measured{}, fmt.Errorf("read %s: %w", file, err)
		}
		line := func(name string, f language.Figures) []string {
			return []string{name, strconv.Itoa(f.N), percent(f.Accuracy), strconv.Itoa(f.UKAsRU), strconv.Itoa(f.RUAsUK), micros(f.P50)}
		}
		return measured{r, []string{"", "n", "accuracy", "uk as ru", "ru as uk", "p50"},
			rows(r.Figures, line, part[language.Figures]{"language", r.ByLang})}, nil
	}))
	return cmd
}

func (c *cli) safetyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "safety", Short: "Measure the danger rules"}
	cmd.AddCommand(c.evalCommand("Measure how well danger is seen", func(_ *cobra.Command, file string) (measured, error) {
		r, err := safety.Eval(file)
		if err != nil {
			return measured{}, err
		}
		line := func(name string, f *safety.Figures) []string {
			return []string{name, strconv.Itoa(f.N), percent(f.Recall), percent(f.KindRight), percent(f.FalseAlarm)}
		}
		return measured{r, []string{"", "n", "recall", "kind right", "false alarms"},
			rows(&r.Figures, line, part[*safety.Figures]{"language", r.ByLang}, part[*safety.Figures]{"kind", r.ByKind})}, nil
	}))
	return cmd
}
