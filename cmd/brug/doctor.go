package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

// finding is one line of the doctor's table.
type finding struct {
	what, found string
	// mend says what to do; "" when all is well. bad says that the helpdesk does
	// not work, or may lose something, without it.
	mend string
	bad  bool
}

func (c *cli) doctorCommand() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look whether everything is in order, and say how to mend what is not",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if list {
				c.printSettings()
				return nil
			}
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			return c.report(c.examine(cmd.Context(), config))
		},
	}
	cmd.Flags().BoolVar(&list, "settings", false, "list every setting with its default")
	return cmd
}

// printSettings lists every setting.
func (c *cli) printSettings() {
	var rows [][]string
	for _, s := range settings() {
		def := s.def
		if def == "" {
			def = "–"
		}
		help := s.help
		if s.secret {
			help += "; also " + s.env + "_FILE"
		}
		rows = append(rows, []string{s.key, s.env, "--" + s.flag, def, help})
	}
	for _, row := range append([][]string{{"brug.yaml", "environment", "flag", "default", "meaning"}}, rows...) {
		fmt.Fprintf(c.out, "%-18s %-24s %-20s %-26s %s\n", row[0], row[1], row[2], row[3], row[4])
	}
}

func (c *cli) report(findings []finding) error {
	bad := 0
	for _, f := range findings {
		mark := "ok  "
		switch {
		case f.bad:
			mark = "BAD "
			bad++
		case f.mend != "":
			mark = "note"
		}
		fmt.Fprintf(c.out, "%s  %-22s %s\n", mark, f.what, f.found)
		if f.mend != "" {
			fmt.Fprintf(c.out, "      %-22s → %s\n", "", f.mend)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d things must be mended", bad)
	}
	return nil
}

// examine looks at everything.
func (c *cli) examine(ctx context.Context, config *Config) []finding {
	findings := []finding{
		{what: "web address", found: config.BaseURL + ", served on " + config.Addr, mend: addressAdvice(config)},
		organisation(config),
	}
	if config.TLSDomain != "" {
		findings = append(findings, certificateFinding(ctx, config.TLSDomain))
	}
	if _, err := os.Stat(config.Data); err != nil {
		return append(findings, finding{what: "data folder", found: config.Data + " is not there", mend: errNoData.Error(), bad: true})
	}
	findings = append(findings, disk(config.Data), keyPlace(config))
	findings = append(findings, redisFindings(ctx, config)...)
	findings = append(findings, articleFindings(config)...)
	return append(findings, channelFindings(ctx, config)...)
}

func addressAdvice(c *Config) string {
	if c.BaseURL[:5] != "https" {
		return "fine on this machine; for others set BRUG_TLS_DOMAIN, or BRUG_BASE_URL=https://… with a proxy in front"
	}
	if host, _, _ := net.SplitHostPort(c.Addr); c.TLSDomain != "" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return "others reach it there without TLS, too: set BRUG_ADDR=127.0.0.1:8080"
	}
	return ""
}

func organisation(c *Config) finding {
	if c.OrgName == "" || c.OrgContact == "" {
		return finding{what: "organisation", found: "not named", mend: "set BRUG_ORG_NAME and BRUG_ORG_CONTACT: newcomers have a right to know who reads what they write"}
	}
	return finding{what: "organisation", found: c.OrgName}
}

// fewBytes is how little free disk is worth a warning.
const fewBytes = 1 << 30

func disk(dir string) finding {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return finding{what: "disk", found: err.Error(), mend: "look at the data folder", bad: true}
	}
	free := fs.Bavail * uint64(fs.Bsize)
	f := finding{what: "disk", found: fmt.Sprintf("%.1f GB free at %s", float64(free)/1e9, dir)}
	if free < fewBytes {
		f.mend, f.bad = "free some disk: with a full one no message is accepted", true
	}
	return f
}

func keyPlace(c *Config) finding {
	if c.Key != "" {
		return finding{what: "encryption key", found: "from BRUG_KEY"}
	}
	path := filepath.Join(c.Data, keyFile)
	info, err := os.Stat(path)
	if err != nil {
		return finding{what: "encryption key", found: "none", mend: "start brug once with  brug serve", bad: true}
	}
	f := finding{what: "encryption key", found: path,
		mend: "it lies beside the data: a copy of the disk reads everything. Keep it elsewhere (BRUG_KEY_FILE) and keep a copy: without it nothing can be read"}
	if info.Mode().Perm()&0o077 != 0 {
		f.mend, f.bad = "others may read it: chmod 600 "+path, true
	}
	return f
}

func articleFindings(c *Config) []finding {
	base, err := knowledge.Load(articlesFS(c))
	if err != nil {
		return []finding{{what: "articles", found: err.Error(), mend: "mend the file named; the last good articles are served meanwhile", bad: true}}
	}
	now := time.Now()
	texts, confirmed, overdue, expired := 0, 0, 0, 0
	for _, a := range base.Articles() {
		if a.Overdue(now) {
			overdue++
		}
		if a.Expired(now) {
			expired++
		}
		for _, byAudience := range a.Texts {
			for _, t := range byAudience {
				if t.Body == "" {
					continue
				}
				texts++
				if t.Confirmed() {
					confirmed++
				}
			}
		}
	}
	f := finding{what: "articles", found: fmt.Sprintf("%d articles, %d texts, %d confirmed by an editor", len(base.Articles()), texts, confirmed)}
	if confirmed < texts {
		f.mend = fmt.Sprintf("%d texts are given with the words “not confirmed yet”: an editor should read them", texts-confirmed)
	}
	findings := []finding{f}
	if overdue+expired > 0 {
		findings = append(findings, finding{what: "review", found: fmt.Sprintf("%d articles are overdue, %d have ended and are not given", overdue, expired),
			mend: "brug knowledge lint  lists them"})
	}
	starter, err := knowledge.Load(articles.FS())
	if err != nil {
		return append(findings, finding{what: "numbers to call", found: err.Error(), mend: "this brug is broken: install it anew", bad: true})
	}
	return append(findings, numberFinding(base.Numbers(), starter.Numbers(), now))
}

// numberFinding looks whether somebody of this helpdesk has confirmed the numbers to call,
// and how long ago. A day that came with brug is its makers' word, not theirs.
func numberFinding(numbers, starter knowledge.Numbers, now time.Time) finding {
	oldest, ours := "", 0
	var when time.Time
	for name, n := range numbers {
		if when.IsZero() || n.Confirmed.Before(when) {
			oldest, when = name, n.Confirmed.Time
		}
		if made, ok := starter[name]; !ok || !n.Confirmed.Equal(made.Confirmed.Time) {
			ours++
		}
	}
	f := finding{what: "numbers to call", found: fmt.Sprintf("%d, the oldest confirmed on %s (%s)", len(numbers), when.Format(time.DateOnly), oldest)}
	if ours < len(numbers) {
		f.found += fmt.Sprintf("; %d not yet by you", len(numbers)-ours)
	}
	if ours < len(numbers) || now.Sub(when) > 90*24*time.Hour {
		f.mend = "call or look up each number and note the day in articles/numbers.yaml"
	}
	return f
}
