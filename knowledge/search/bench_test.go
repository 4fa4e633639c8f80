package search

import (
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
)

// enlarged is the starter base with its articles repeated under other ids until there are n.
func enlarged(tb testing.TB, n int) *knowledge.Base {
	tb.Helper()
	base, err := knowledge.Load(articles.FS())
	if err != nil {
		tb.Fatal(err)
	}
	if len(base.Articles()) >= n {
		return base
	}
	fsys := fstest.MapFS{}
	copyFile := func(from, to string) {
		data, err := fs.ReadFile(articles.FS(), from)
		if err != nil {
			tb.Fatal(err)
		}
		fsys[to] = &fstest.MapFile{Data: data}
	}
	copyFile("numbers.yaml", "numbers.yaml")
	copyFile("terms.yaml", "terms.yaml")
	for i := range n {
		a := base.Articles()[i%len(base.Articles())]
		entries, err := fs.ReadDir(articles.FS(), a.ID)
		if err != nil {
			tb.Fatal(err)
		}
		for _, e := range entries {
			copyFile(a.ID+"/"+e.Name(), fmt.Sprintf("%s-%d/%s", a.ID, i, e.Name()))
		}
	}
	if base, err = knowledge.Load(fsys); err != nil {
		tb.Fatal(err)
	}
	return base
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{100, 300, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			ix := Build(enlarged(b, n), WithCalibrationOf(&Index{}))
			b.ReportAllocs()
			for b.Loop() {
				ix.Search("скільки чекати на номер BSN і куди йти", "uk", 5)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	base := enlarged(b, 0)
	b.Run("calibrated", func(b *testing.B) {
		for b.Loop() {
			Build(base)
		}
	})
	b.Run("uncalibrated", func(b *testing.B) {
		for b.Loop() {
			Build(base, WithCalibrationOf(&Index{}))
		}
	})
}
