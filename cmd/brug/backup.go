package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/knowledge"
)

// byBackup stands in the audit log for whoever runs these commands on the machine.
var byBackup = handoff.Actor{Name: "brug backup"}

func (c *cli) backupCommand() *cobra.Command {
	var withKey bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the helpdesk into one file, while it runs",
		Long: "Copy the helpdesk into one file (tar, gzip), while it runs: conversations, cases, volunteers, hours, articles and brug.yaml.\n" +
			"The encryption key is in it only with --with-key; without the key nobody reads the conversations, so keep it in another place.\n" +
			"The keys of WhatsApp are never in it: going on from an old copy would break the encryption with everybody.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			file, _ := cmd.Flags().GetString("config")
			return c.backup(cmd.Context(), config, file, args[0], withKey)
		},
	}
	cmd.Flags().BoolVar(&withKey, "with-key", false, "put the encryption key into the file: whoever has the file then reads everything")
	return cmd
}

func (c *cli) backup(ctx context.Context, config *Config, settings, path string, withKey bool) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already; choose another name", path)
	}
	s, close, err := openStore(ctx, slog.New(slog.DiscardHandler), config)
	if err != nil {
		return err
	}
	defer close()
	about := "without the key"
	if withKey {
		about = "with the key"
	}
	if err := auditLog(config, s).Log(ctx, byBackup, "made a backup", "", about); err != nil {
		return err
	}
	a := archive{Desk: config.Desk, Made: time.Now().UTC().Truncate(time.Second)}
	n, err := a.addRedis(ctx, s)
	if err != nil {
		return err
	}
	if err := a.addArticles(filepath.Join(config.Data, articlesFolder)); err != nil {
		return err
	}
	if settings == "" {
		settings = filepath.Join(config.Data, settingsFile)
	}
	if err := a.addFile(settingsFile, settings); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if withKey {
		text, err := keyText(config)
		if err != nil {
			return err
		}
		a.add(keyFile, []byte(text))
	}
	if err := a.write(path, s.Box); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	fmt.Fprintf(c.out, "%s holds %d keys of Redis and %d other files.\n", path, n, len(a.files)-1)
	if withKey {
		fmt.Fprintln(c.out, "The encryption key is in it: whoever has this file reads everything. Keep it as you keep the key.")
	} else {
		fmt.Fprintln(c.out, "The encryption key is not in it. Without the key this file shows nobody, not even you: keep a copy of the key in another place.")
	}
	if config.WhatsApp == "on" {
		fmt.Fprintln(c.out, "The keys of WhatsApp are not in it, because an old copy breaks the encryption with everybody. After a restore on another machine, link the phone again.")
	}
	return nil
}

// auditLog is the log of a helpdesk whose queue does not run here.
func auditLog(c *Config, s *store.Store) *handoff.Queue {
	return handoff.New(slog.New(slog.DiscardHandler), s, nil, nil, handoff.Options{Keep: c.Keep})
}

// keyText is the encryption key as it is configured, or in the data folder.
func keyText(c *Config) (string, error) {
	if c.Key != "" {
		return strings.TrimSpace(c.Key) + "\n", nil
	}
	raw, err := os.ReadFile(filepath.Join(c.Data, keyFile))
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	return string(raw), nil
}

// addRedis puts in everything that is in Redis, and returns how many keys that is.
func (a *archive) addRedis(ctx context.Context, s *store.Store) (int, error) {
	records, err := s.Snapshot(ctx)
	if err != nil {
		return 0, err
	}
	raw, err := json.Marshal(records)
	if err != nil {
		return 0, fmt.Errorf("write records: %w", err)
	}
	a.add(redisFile, raw)
	return len(records), nil
}

// addArticles puts in the folder of articles, its history too, between two changes.
func (a *archive) addArticles(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil // brug has never served
	}
	unlock, err := knowledge.LockFolder(dir)
	if err != nil {
		return err
	}
	defer unlock()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(filepath.Dir(dir), path)
		if err != nil {
			return err
		}
		return a.addFile(filepath.ToSlash(name), path)
	})
	if err != nil {
		return fmt.Errorf("copy articles: %w", err)
	}
	return nil
}
