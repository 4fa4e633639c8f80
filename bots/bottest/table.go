package bottest

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/bots"
)

// everything is all features, in the order of the table.
var everything = []Feature{Edits, Deletions, Buttons, Reactions, Quotes, Attachments, Locations, Unknowns, Blocks, Typing, HearsTyping,
	ReadReceipts, DeliveryReceipts, Idempotent, HardLimit, Redelivers, Repeats, Garbage, Outages, LangHints}

// inTable are the columns of the table in bots/README.md.
var inTable = []bots.Kind{bots.Telegram, bots.WhatsApp, bots.Signal, bots.Web}

// table compares the features with what bots/README.md tells: "yes" for one that the
// suite tests here, something else for one it does not; where one of a network's ways
// has it and another not, the words are neither "yes" nor "–".
func table(t *testing.T, h Harness) {
	kind := h.Open(t, slog.New(slog.DiscardHandler)).Kind()
	column := slices.Index(inTable, kind)
	if column < 0 {
		return // the suite's own test
	}
	page, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range everything {
		_, row, ok := strings.Cut(string(page), "\n| "+string(f)+" |")
		if row, _, _ = strings.Cut(row, "\n"); !ok || strings.Count(row, "|") != len(inTable) {
			t.Errorf("bots/README.md has no row for %q", f)
			continue
		}
		cell := strings.TrimSpace(strings.Split(row, "|")[column])
		if !h.has(f) && cell == "yes" || h.has(f) && strings.HasPrefix(cell, "–") {
			t.Errorf("bots/README.md says %q of %q on %s, and the suite that it has it: %v", cell, f, kind, h.has(f))
		}
	}
}
