package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/own"
)

// keyFile holds the encryption key in the data folder.
const keyFile = "key"

// errNoData is returned for a data folder that is not there.
var errNoData = errors.New("there is no data folder yet; start brug once with  brug serve, or point BRUG_DATA at it")

// openBox reads the encryption key, or makes one if make is set.
func openBox(c *Config, make bool) (*seal.Box, error) {
	text := c.Key
	path := filepath.Join(c.Data, keyFile)
	if text == "" {
		raw, err := os.ReadFile(path)
		switch {
		case err == nil:
			text = string(raw)
		case errors.Is(err, fs.ErrNotExist) && make:
			text = seal.NewKey() + "\n"
			if err := writeNew(path, text); err != nil {
				return nil, fmt.Errorf("make key: %w", err)
			}
		default:
			return nil, fmt.Errorf("read key: %w", err)
		}
	}
	box, err := seal.New(text)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return box, nil
}

// writeNew writes a file that survives a crash, or does not exist.
func writeNew(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// redisURL finds the helpdesk's Redis: the one configured, the private one that runs
// already, or a private one started for as long as ctx lasts. wait returns when that
// one has stopped.
func redisURL(ctx context.Context, log *slog.Logger, c *Config) (url string, alone bool, wait func(), err error) {
	if c.RedisURL != "" {
		return c.RedisURL, false, func() {}, nil
	}
	server, err := own.New(log, c.Data)
	if err != nil {
		return "", false, nil, err
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		server.Run(ctx)
	}()
	ready, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := server.Ready(ready); err != nil {
		return "", false, nil, err
	}
	return server.URL(), server.Alone(), func() { <-stopped }, nil
}

// openStore connects a command that is not the server. close must be called.
func openStore(ctx context.Context, log *slog.Logger, c *Config) (s *store.Store, close func(), err error) {
	if _, err := os.Stat(c.Data); err != nil {
		return nil, nil, errNoData
	}
	if err := whole(c); err != nil {
		return nil, nil, err
	}
	box, err := openBox(c, false)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	url, _, wait, err := redisURL(ctx, log, c)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	s, err = store.Open(ctx, url, c.Desk, box)
	if err != nil {
		cancel()
		wait()
		return nil, nil, err
	}
	return s, func() { s.Close(); cancel(); wait() }, nil
}
