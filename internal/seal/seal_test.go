package seal

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func mustBox(t *testing.T, text string) *Box {
	t.Helper()
	b, err := New(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealedTextOpensOnlyInItsPlace(t *testing.T) {
	b := mustBox(t, NewKey())
	sealed := b.Seal("conversation a", []byte("мене звати Олена"))
	if bytes.Contains(sealed, []byte("Олена")) {
		t.Fatal("the text can be read")
	}
	plain, err := b.Open("conversation a", sealed)
	if err != nil || string(plain) != "мене звати Олена" {
		t.Fatalf("open: %q, %v", plain, err)
	}
	if _, err := b.Open("conversation b", sealed); !errors.Is(err, ErrOpen) {
		t.Errorf("opened in another place: %v", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := b.Open("conversation a", sealed); !errors.Is(err, ErrOpen) {
		t.Errorf("opened a damaged text: %v", err)
	}
	if _, err := b.Open("conversation a", []byte("short")); !errors.Is(err, ErrOpen) {
		t.Errorf("opened a short text: %v", err)
	}
}

func TestJSONIsSealedAsItIs(t *testing.T) {
	b := mustBox(t, NewKey())
	for _, text := range []string{"", "<b>Олена & co</b>", strings.Repeat("довго ", 5000)} {
		plain, err := b.Open("p", b.SealJSON("p", text))
		if want := `"` + text + `"`; err != nil || strings.TrimSpace(string(plain)) != want {
			t.Errorf("open: %.40q…, %v, want %.40q…", plain, err, want)
		}
	}
}

func TestNewKeySealsAndOldKeyStillOpens(t *testing.T) {
	oldKey, newKey := NewKey(), NewKey()
	before := mustBox(t, oldKey)
	after := mustBox(t, oldKey+"\n"+newKey+"\n")
	sealed := before.Seal("p", []byte("x"))
	if _, err := after.Open("p", sealed); err != nil {
		t.Errorf("the old key's text: %v", err)
	}
	if _, err := before.Open("p", after.Seal("p", []byte("x"))); !errors.Is(err, ErrOpen) {
		t.Errorf("the new key was not used: %v", err)
	}
	if before.Hash("p", "v") != after.Hash("p", "v") {
		t.Error("contacts would not be found again")
	}
	if before.Hash("p", "v") == before.Hash("q", "v") || before.Hash("p", "v") == mustBox(t, newKey).Hash("p", "v") {
		t.Error("the hash does not depend on place and key")
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	for _, text := range []string{"", "abc", "AAAA", NewKey() + " nonsense"} {
		if _, err := New(text); !errors.Is(err, ErrKey) {
			t.Errorf("New(%q) = %v", text, err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	box, err := New(NewKey())
	if err != nil {
		b.Fatal(err)
	}
	text := bytes.Repeat([]byte("д"), 300)
	for b.Loop() {
		box.Seal("p", text)
	}
}

// BenchmarkEncryption is what keeping a message sealed costs: time for one way, and
// bytes more than the text has.
func BenchmarkEncryption(b *testing.B) {
	box, err := New(NewKey())
	if err != nil {
		b.Fatal(err)
	}
	text := []byte(strings.Repeat("Як отримати БСН? ", 8)) // about as long as people write
	sealed := box.Seal("place", text)
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			box.Seal("place", text)
		}
		b.ReportMetric(float64(len(sealed)-len(text)), "more-B")
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := box.Open("place", sealed); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("copy", func(b *testing.B) { // what it would be without
		for b.Loop() {
			_ = append([]byte(nil), text...)
		}
	})
}
