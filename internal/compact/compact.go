package compact

import (
	"cmp"
	"math/bits"
	"slices"
)

// Keys numbers different hashes from 0 on. The zero value has none. It does not change,
// and many goroutines may look.
type Keys struct {
	keys  []uint64 // mixed, ordered
	start []uint32 // by the first bits of a key, how many keys are before those that begin so; one more at the end
	shift int      // leaves the first bits
}

// NewKeys numbers the hashes, of which there may be several alike. Their order does not
// matter: the same hashes always get the same numbers.
func NewKeys(hashes []uint64) Keys {
	keys := make([]uint64, len(hashes))
	for i, h := range hashes {
		keys[i] = mixed(h)
	}
	slices.Sort(keys)
	return number(slices.Clip(slices.Compact(keys)))
}

// number takes mixed keys, ordered and different.
func number(keys []uint64) Keys {
	first := bits.Len(uint(len(keys)) / 2) // one or two keys begin alike
	k := Keys{keys: keys, start: make([]uint32, 1<<first+1), shift: 64 - first}
	for _, key := range keys {
		k.start[key>>k.shift+1]++
	}
	for i := range 1 << first {
		k.start[i+1] += k.start[i]
	}
	return k
}

// mixed spreads hashes evenly over their first bits; different ones stay different.
func mixed(hash uint64) uint64 { return hash * 0x9E3779B97F4A7C15 }

// Len is how many different hashes there are.
func (k *Keys) Len() int { return len(k.keys) }

// Find returns the number of a hash; ok is false when it has none.
func (k *Keys) Find(hash uint64) (n int, ok bool) {
	if len(k.keys) == 0 {
		return 0, false
	}
	key := mixed(hash)
	first := key >> k.shift
	for i := k.start[first]; i < k.start[first+1]; i++ {
		if k.keys[i] == key {
			return int(i), true
		}
	}
	return 0, false
}

// Entry is a value that is found by a hash.
type Entry[V any] struct {
	Hash  uint64
	Value V
}

// Lists leads from a hash to values. The zero value has none. It does not change, and
// many goroutines may look.
type Lists[V any] struct {
	Keys
	from   []uint32 // by number of the hash, where its values begin; one more at the end
	values []V
}

// NewLists makes lists of entries, which it puts into another order. Values of one hash
// stay in theirs.
func NewLists[V any](entries []Entry[V]) Lists[V] {
	slices.SortStableFunc(entries, func(a, b Entry[V]) int { return cmp.Compare(mixed(a.Hash), mixed(b.Hash)) })
	different := 0
	for i := range entries {
		if i == 0 || entries[i].Hash != entries[i-1].Hash {
			different++
		}
	}
	keys, from := make([]uint64, 0, different), make([]uint32, 0, different+1)
	values := make([]V, len(entries))
	for i, e := range entries {
		if i == 0 || e.Hash != entries[i-1].Hash {
			keys, from = append(keys, mixed(e.Hash)), append(from, uint32(i))
		}
		values[i] = e.Value
	}
	return Lists[V]{Keys: number(keys), from: append(from, uint32(len(entries))), values: values}
}

// At returns the values of the hash with number n. They must not be changed.
func (l *Lists[V]) At(n int) []V { return l.values[l.from[n]:l.from[n+1]] }

// Of returns the values of a hash, nil if it has none. They must not be changed.
func (l *Lists[V]) Of(hash uint64) []V {
	if n, ok := l.Find(hash); ok {
		return l.At(n)
	}
	return nil
}
