package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheThreatModelIsShown: every row of SECURITY.md names what stops something and a
// test that shows it, and these tests exist where it says.
func TestTheThreatModelIsShown(t *testing.T) {
	page, err := os.ReadFile("../../deploy/SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile("\\b(?:bots|router|handoff|internal|knowledge|cmd)(?:/[a-z]+)*\\b|`(?:Test|Fuzz)[A-Za-z0-9]+`")
	rows, tests := 0, 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) != 2 || strings.Contains(line, "|---") || strings.Contains(line, "shown by") {
			continue
		}
		rows++
		// Folders come before the tests in them.
		var folders []string
		named, fresh := 0, true
		for _, m := range words.FindAllString(cells[1], -1) {
			if !strings.HasPrefix(m, "`") {
				if fresh {
					folders = append(folders, m)
				} else {
					folders, fresh = []string{m}, true
				}
				continue
			}
			fresh = false
			named++
			for _, f := range folders {
				tests++
				if !hasTest(t, filepath.Join("../..", f), strings.Trim(m, "`")) {
					t.Errorf("%s has no %s", f, m)
				}
			}
		}
		if named == 0 && !strings.Contains(cells[1], "conformance") {
			t.Errorf("nothing shows %q", cells[0])
		}
	}
	if rows < 25 || tests < 30 {
		t.Errorf("only %d rows and %d tests were read", rows, tests)
	}
}

// hasTest looks for a test in the files of a folder.
func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
