package compact

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// hashes that are alike in their first or their last bits, of one number and of many.
func hashes() map[string][]uint64 {
	random := rand.New(rand.NewPCG(1, 2))
	all := map[string][]uint64{"none": nil, "zero": {0}, "one": {7}, "ends": {0, 1<<64 - 1}}
	for range 5000 {
		h := random.Uint64()
		all["random"] = append(all["random"], h)
		all["small"] = append(all["small"], h%3000) // many twice
		all["high"] = append(all["high"], h<<40)
	}
	return all
}

func TestKeys(t *testing.T) {
	for name, list := range hashes() {
		keys := NewKeys(list)
		seen := map[int]uint64{}
		for _, h := range list {
			n, ok := keys.Find(h)
			if !ok || n < 0 || n >= keys.Len() {
				t.Fatalf("%s: %d has number %d, %v of %d", name, h, n, ok, keys.Len())
			}
			if other, ok := seen[n]; ok && other != h {
				t.Fatalf("%s: %d and %d have the same number", name, h, other)
			}
			seen[n] = h
		}
		if len(seen) != keys.Len() {
			t.Errorf("%s: %d numbers for %d hashes", name, keys.Len(), len(seen))
		}
		for h := range uint64(4000) {
			if _, ok := keys.Find(h); ok != slices.Contains(list, h) {
				t.Errorf("%s: %d found is %v", name, h, ok)
			}
		}
		reversed := slices.Clone(list)
		slices.Reverse(reversed)
		again := NewKeys(reversed)
		for _, h := range list {
			n, _ := keys.Find(h)
			if m, _ := again.Find(h); m != n {
				t.Fatalf("%s: %d is %d or %d, as the order was", name, h, n, m)
			}
		}
	}
}

func TestLists(t *testing.T) {
	for name, list := range hashes() {
		want := map[uint64][]int32{}
		var entries []Entry[int32]
		for i, h := range list {
			want[h] = append(want[h], int32(i))
			entries = append(entries, Entry[int32]{h, int32(i)})
		}
		lists := NewLists(entries)
		if lists.Len() != len(want) {
			t.Errorf("%s: %d lists, want %d", name, lists.Len(), len(want))
		}
		for h, values := range want {
			if got := lists.Of(h); !slices.Equal(got, values) {
				t.Fatalf("%s: %d leads to %v, want %v", name, h, got, values)
			}
		}
		if _, known := want[12345678]; !known && lists.Of(12345678) != nil {
			t.Errorf("%s: found what was never put in", name)
		}
	}
	var zero Lists[int32]
	if zero.Of(0) != nil || zero.Len() != 0 {
		t.Error("the zero value has something")
	}
}
