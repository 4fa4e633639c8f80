package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write deploy/brug.yaml.example anew")

const (
	deployFolder  = "../../deploy/"
	exampleConfig = deployFolder + "brug.yaml.example"
)

// exampleYAML is a settings file that names every setting and changes none.
func exampleYAML() string {
	var b strings.Builder
	b.WriteString("# Every setting of brug, with its default. Take away the \"#\" before what you change.\n" +
		"# The environment and flags overrule this file; \"brug doctor --settings\" prints their names.\n")
	for _, s := range settings() {
		fmt.Fprintf(&b, "\n# %s\n", s.help)
		if s.secret {
			fmt.Fprintf(&b, "# A secret: better in a file that the variable %s_FILE names.\n", s.env)
		}
		def := s.def
		if def == "" {
			def = `""`
		}
		fmt.Fprintf(&b, "#%s: %s\n", s.key, def)
	}
	return b.String()
}

func TestExampleNamesEverySetting(t *testing.T) {
	want := exampleYAML()
	if *update {
		if err := os.WriteFile(exampleConfig, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleConfig)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is old; write it anew:  go test ./cmd/brug -run TestExample -update", exampleConfig)
	}
	load := func(args ...string) Config {
		flags := pflag.NewFlagSet("brug", pflag.ContinueOnError)
		addFlags(flags)
		if err := flags.Parse(append(args, "--data", t.TempDir())); err != nil {
			t.Fatal(err)
		}
		c, err := loadConfig(flags, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		c.Data = ""
		return *c
	}
	file := filepath.Join(t.TempDir(), "brug.yaml")
	if err := os.WriteFile(file, []byte(regexp.MustCompile(`(?m)^#(\S)`).ReplaceAllString(want, "$1")), 0o600); err != nil {
		t.Fatal(err)
	}
	if with, without := load("--config", file), load(); with != without {
		t.Errorf("the example's defaults are not the program's:\n%+v\n%+v", with, without)
	}
}

// TestDashboardsNameMetricsThatExist keeps alerts from being silent because a metric has
// another name now.
func TestDashboardsNameMetricsThatExist(t *testing.T) {
	var code strings.Builder
	for _, file := range []string{"metrics.go", "helpdesk.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	name := regexp.MustCompile(`\bbrug_[a-z_]+`)
	for _, file := range []string{"alerts.yaml", "dashboard.json"} {
		text, err := os.ReadFile(deployFolder + file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") && !json.Valid(text) {
			t.Errorf("%s is not JSON", file)
		}
		found := name.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, m := range found {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				m = strings.TrimSuffix(m, part)
			}
			if !strings.Contains(code.String(), `"`+m+`"`) {
				t.Errorf("%s names %s, which nobody counts", file, m)
			}
		}
	}
}
