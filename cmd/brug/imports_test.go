package main

import (
	"os/exec"
	"strings"
	"testing"
)

// allowed says which of our packages a package may import; the longest prefix counts.
// What is not named may import nothing of ours but internal/….
var allowed = map[string][]string{
	"cmd":                {""},
	"router":             {"bots", "knowledge", "handoff", "router", "internal"},
	"router/language":    {"internal"},
	"router/safety":      {"internal"},
	"router/mailbox":     {"bots", "internal", "router/safety"},
	"bots":               {"bots", "internal"},
	"knowledge":          {"knowledge", "internal"},
	"handoff":            {"bots", "handoff", "internal"},
	"internal":           {"internal"},
	"internal/fake":      {"internal/fake"},
	"internal/phrases":   {},
	"internal/seal":      {},
	"internal/store":     {"internal/store", "internal/seal", "internal/patience"},
	"deploy":             {},
	"internal/web":       {"internal/web"},
	"bots/telegram":      {"bots", "internal"},
	"bots/whatsapp":      {"bots", "internal"},
	"bots/signal":        {"bots", "internal"},
	"bots/web":           {"bots", "internal"},
	"knowledge/articles": {},
}

const module = "github.com/brug-helpdesk/brug/"

func TestPackagesPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from := strings.TrimPrefix(fields[0], module)
		rule := ruleFor(from)
		for _, to := range fields[1:] {
			to, ours := strings.CutPrefix(to, module)
			if ours && !under(to, rule) {
				t.Errorf("%s imports %s; it may import %q", from, to, rule)
			}
			if sibling(from, to) {
				t.Errorf("the channel %s knows the channel %s", from, to)
			}
		}
	}
}

func ruleFor(pkg string) []string {
	for path := pkg; path != ""; path = path[:max(0, strings.LastIndex(path, "/"))] {
		if rule, ok := allowed[path]; ok {
			return rule
		}
	}
	return nil
}

func under(pkg string, prefixes []string) bool {
	for _, p := range prefixes {
		if p == "" || pkg == p || strings.HasPrefix(pkg, p+"/") {
			return true
		}
	}
	return false
}

// sibling says that one channel imports another.
func sibling(from, to string) bool {
	f, inBots := strings.CutPrefix(from, "bots/")
	g, alsoInBots := strings.CutPrefix(to, "bots/")
	return inBots && alsoInBots && f != g && f != "bottest" && g != "bottest" && !strings.HasPrefix(g, f+"/")
}

func TestNoOtherTopLevelFolder(t *testing.T) {
	out, err := exec.Command("git", "-C", "../..", "ls-tree", "--name-only", "-d", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"cmd": true, "bots": true, "router": true, "knowledge": true, "handoff": true, "deploy": true, "internal": true, ".ci": true, ".github": true}
	for _, folder := range strings.Fields(string(out)) {
		if !known[folder] {
			t.Errorf("the folder %s is not part of the design", folder)
		}
	}
}
