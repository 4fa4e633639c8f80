package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/internal/seal"
	"github.com/brug-helpdesk/brug/internal/store"
)

// restoringFile is in the data folder from the first change of a restore to the last.
const restoringFile = "restoring"

// errCutOff is returned for a data folder that is half of one helpdesk and half of
// another.
var errCutOff = errors.New("a restore was cut off here, so articles and conversations may not belong together; run  brug restore FILE  again")

// whole returns errCutOff for a data folder in which a restore was cut off.
func whole(c *Config) error {
	if _, err := os.Stat(filepath.Join(c.Data, restoringFile)); err == nil {
		return errCutOff
	}
	return nil
}

func (c *cli) restoreCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Bring back what brug backup has copied; brug must be stopped",
		Long: "Bring back what brug backup has copied: conversations, cases, volunteers, hours and articles. brug must be stopped.\n" +
			"A helpdesk that is there is replaced only with --replace. The file is checked before anything is changed.\n" +
			"What came after the backup is gone then; what people deleted after it is back: delete it again with brug privacy erase.\n" +
			"The keys of WhatsApp are in no backup: link the phone again if this is another machine.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := c.config(cmd)
			if err != nil {
				return err
			}
			return c.restore(cmd.Context(), config, args[0], replace)
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "take the place of the helpdesk that is there; what it holds is lost")
	return cmd
}

func (c *cli) restore(ctx context.Context, config *Config, path string, replace bool) error {
	a, m, err := readArchive(path)
	if err != nil {
		return err
	}
	if a.Desk != config.Desk {
		return fmt.Errorf("this is a backup of the helpdesk %q, here is %q: set BRUG_DESK=%s", a.Desk, config.Desk, a.Desk)
	}
	if err := os.MkdirAll(config.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := a.fits(config, m); err != nil {
		return err
	}
	if running(ctx, config) {
		return errors.New("brug is running; stop it first")
	}
	ctx, cancel := context.WithCancel(ctx)
	url, alone, wait, err := redisURL(ctx, slog.New(slog.DiscardHandler), config)
	if err != nil {
		cancel()
		return err
	}
	defer func() { cancel(); wait() }()
	if !alone && config.RedisURL == "" {
		return errors.New("brug is running, or one of its commands; stop it first")
	}
	stage, err := store.OpenStage(ctx, url, config.Desk)
	if err != nil {
		return err
	}
	defer stage.Close()
	if !replace && whole(config) == nil {
		if err := vacant(ctx, config, stage); err != nil {
			return err
		}
	}
	n, err := a.swapIn(ctx, config, stage)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The helpdesk is as it was on %s: %d keys of Redis, %d files.\n", a.Made.Format("2006-01-02 15:04 UTC"), n, len(a.files)-1)
	fmt.Fprintln(c.out, "What came later is gone, and what people deleted later is back: delete it again with  brug privacy erase.")
	if config.WhatsApp == "on" {
		fmt.Fprintln(c.out, "On another machine than before, link WhatsApp again:  brug pair whatsapp.")
	}
	return a.note(ctx, config, url)
}

// fits checks that the key of this machine, or else the one in the backup, opens it.
func (a *archive) fits(c *Config, m manifest) error {
	text, err := keyText(c)
	if errors.Is(err, fs.ErrNotExist) {
		if text = string(a.file(keyFile)); text == "" {
			return fmt.Errorf("the backup holds no key, and there is none here: put the key of that helpdesk into %s (or BRUG_KEY_FILE) first", filepath.Join(c.Data, keyFile))
		}
	} else if err != nil {
		return err
	}
	box, err := seal.New(text)
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	proof, err := box.Open("backup:"+a.Desk, m.Proof)
	if err != nil {
		return store.ErrOtherKey
	}
	if string(proof) != string(sum(m.Files)) {
		return errDamaged
	}
	return nil
}

// running says that a brug answers at the address of this helpdesk.
func running(ctx context.Context, c *Config) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Addr+"/healthz", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// vacant returns an error when there is a helpdesk already.
func vacant(ctx context.Context, c *Config, stage *store.Stage) error {
	empty, err := stage.Vacant(ctx)
	if err != nil {
		return err
	}
	articles, err := os.ReadDir(filepath.Join(c.Data, articlesFolder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for articles: %w", err)
	}
	if !empty || len(articles) > 0 {
		return errors.New("there is a helpdesk already; make a backup of it, then use --replace: what it holds is lost")
	}
	return nil
}

// swapIn puts the backup in the place of what is there, and returns how many keys of
// Redis that are. Until restoringFile is there, nothing has changed; until it is gone
// again, brug does not start.
func (a *archive) swapIn(ctx context.Context, c *Config, stage *store.Stage) (int, error) {
	var records []store.Record
	if json.Unmarshal(a.file(redisFile), &records) != nil {
		return 0, errDamaged
	}
	fresh, err := a.unpackArticles(c.Data)
	if err != nil {
		return 0, fmt.Errorf("write articles: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := stage.Put(ctx, records, time.Now()); err != nil {
		return 0, err
	}
	mark := filepath.Join(c.Data, restoringFile)
	if err := writeNew(mark, a.Made.Format(time.RFC3339)+"\n"); err != nil {
		return 0, fmt.Errorf("begin to restore: %w", err)
	}
	articles := filepath.Join(c.Data, articlesFolder)
	if err := errors.Join(os.RemoveAll(articles), os.Rename(filepath.Join(fresh, articlesFolder), articles)); err != nil {
		return 0, fmt.Errorf("replace articles: %w", err)
	}
	if err := stage.Swap(ctx); err != nil {
		return 0, err
	}
	for _, name := range []string{keyFile, settingsFile} {
		if err := a.layOut(c, name); err != nil {
			return 0, err
		}
	}
	if err := os.Remove(mark); err != nil {
		return 0, fmt.Errorf("end the restore: %w", err)
	}
	return len(records), nil
}

// unpackArticles writes the articles beside those that are there.
func (a *archive) unpackArticles(data string) (string, error) {
	old, err := filepath.Glob(filepath.Join(data, ".restore-*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old { // of a restore that was cut off
		os.RemoveAll(dir)
	}
	fresh, err := os.MkdirTemp(data, ".restore-*")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(fresh, articlesFolder), 0o755); err != nil {
		return "", err
	}
	for _, f := range a.files {
		if !strings.HasPrefix(f.name, articlesFolder+"/") {
			continue
		}
		path := filepath.Join(fresh, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			return "", err
		}
	}
	return fresh, nil
}

// layOut writes the key or the settings, where there are none.
func (a *archive) layOut(c *Config, name string) error {
	path := filepath.Join(c.Data, name)
	_, err := os.Stat(path)
	if err == nil || a.file(name) == nil || name == keyFile && c.Key != "" {
		return nil
	}
	if err := writeNew(path, string(a.file(name))); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// note writes into the audit log that this was done.
func (a *archive) note(ctx context.Context, c *Config, url string) error {
	box, err := openBox(c, false)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, url, c.Desk, box)
	if err != nil {
		return err
	}
	defer s.Close()
	return auditLog(c, s).Log(ctx, byBackup, "restored a backup", "", a.Made.Format(time.RFC3339))
}
