package bots_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// BenchmarkTranscriptMemory is what a conversation of 20 messages takes of Redis,
// sealed as it is and as it would be without.
func BenchmarkTranscriptMemory(b *testing.B) {
	s := storetest.Open(b)
	log := bots.NewTranscript(s, time.Hour, 1000)
	key, open := s.Key("conv", "a", "log"), s.Key("open")
	var ops []store.Op
	for i := range 20 {
		e := bots.Entry{ID: fmt.Sprint(i), At: time.Now(), From: bots.FromNewcomer, Lang: "uk", Text: strings.Repeat("Як отримати БСН? ", 8)}
		plain, err := json.Marshal(e)
		if err != nil {
			b.Fatal(err)
		}
		ops = append(append(ops, log.Append("a", e)...), store.Do("RPUSH", open, plain))
	}
	if err := s.Apply(b.Context(), store.Tx{Head: s.Key("head"), Ops: ops}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for name, key := range map[string]string{"sealed-B": key, "open-B": open} {
			b.ReportMetric(float64(s.Client().MemoryUsage(b.Context(), key, 0).Val()), name)
		}
	}
}
