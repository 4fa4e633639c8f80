package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/internal/seal"
)

func TestANewKeySealsAndTheOldOneStillOpens(t *testing.T) {
	config := &Config{Data: t.TempDir()}
	before, err := openBox(config, true)
	if err != nil {
		t.Fatal(err)
	}
	old := before.Seal("p", []byte("x"))
	var out strings.Builder
	getenv := func(name string) string { return map[string]string{"BRUG_DATA": config.Data}[name] }
	for range 2 {
		if err := run(context.Background(), []string{"key", "rotate"}, getenv, &out, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(out.String(), "has 3 keys now") || !strings.Contains(out.String(), "restart") {
		t.Errorf("it says %q", out.String())
	}
	after, err := openBox(config, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Open("p", old); err != nil {
		t.Errorf("an old text: %v", err)
	}
	if _, err := before.Open("p", after.Seal("p", []byte("x"))); !errors.Is(err, seal.ErrOpen) {
		t.Errorf("the new key does not seal: %v", err)
	}
	if before.Hash("p", "v") != after.Hash("p", "v") {
		t.Error("contacts are not found any more")
	}
	info, err := os.Stat(filepath.Join(config.Data, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
}

func TestAKeyFromOutsideIsNotTouched(t *testing.T) {
	config := &Config{Data: t.TempDir()}
	if _, err := rotateKey(config); !errors.Is(err, errNoData) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := openBox(config, true); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(config.Data, keyFile)
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config.Key = seal.NewKey()
	if _, err := rotateKey(config); !errors.Is(err, errKeyOutside) {
		t.Errorf("with a key from outside: %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != string(was) {
		t.Error("the file was changed")
	}
	config.Key = ""
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rotateKey(config); !errors.Is(err, seal.ErrKey) {
		t.Errorf("a damaged file: %v", err)
	}
}
