package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/internal/seal"
)

// errKeyOutside is returned where brug does not hold the key itself.
var errKeyOutside = errors.New(`the key comes from BRUG_KEY or BRUG_KEY_FILE, which brug does not write to.
Add a line to it yourself, behind the lines that are there (they open older texts), then restart brug. A new line:
  head -c 32 /dev/urandom | base64`)

func (c *cli) keyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Look after the encryption key"}
	cmd.AddCommand(&cobra.Command{
		Use:   "rotate",
		Short: "Seal with a new key from the next start on; the earlier ones still open",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			n, err := rotateKey(config)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s has %d keys now. A running brug takes the new one at its next start: restart it.\n"+
				"The earlier keys open what they sealed: keep them for %s, until that has expired, and the first one always: people are found by it.\n"+
				"Keep a copy of the file away from this disk.\n", filepath.Join(config.Data, keyFile), n, config.Keep)
			return nil
		},
	})
	return cmd
}

// rotateKey adds a key to the file in the data folder and returns how many it holds.
func rotateKey(c *Config) (int, error) {
	if c.Key != "" {
		return 0, errKeyOutside
	}
	path := filepath.Join(c.Data, keyFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, errNoData
	}
	if err != nil {
		return 0, fmt.Errorf("read key: %w", err)
	}
	if _, err := seal.New(string(raw)); err != nil {
		return 0, fmt.Errorf("read key: %w", err)
	}
	lines := append(strings.Fields(string(raw)), seal.NewKey())
	if err := writeNew(path, strings.Join(lines, "\n")+"\n"); err != nil {
		return 0, fmt.Errorf("write key: %w", err)
	}
	return len(lines), nil
}
