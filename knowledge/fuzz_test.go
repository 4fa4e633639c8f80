package knowledge_test

import (
	"testing"
	"testing/fstest"

	"github.com/brug-helpdesk/brug/knowledge"
)

func FuzzLoad(f *testing.F) {
	f.Add("---\ntitle: A\n---\nB {{emergency}}\n", metaYAML)
	f.Add("---\n---", "group: [")
	f.Add("---\ntitle: &a [*a]\n---\n", "a: b: c")
	f.Add("---\ntitle: A\n---\n", metaYAML[:len(metaYAML)-len("[]\n")]+"!0 ") // the YAML library panics
	f.Fuzz(func(t *testing.T, text, meta string) {
		fsys := smallBase()
		fsys["bsn-get/uk.md"] = &fstest.MapFile{Data: []byte(text)}
		fsys["bsn-get/article.yaml"] = &fstest.MapFile{Data: []byte(meta)}
		base, err := knowledge.Load(fsys)
		if (base == nil) == (err == nil) {
			t.Errorf("base %v, error %v", base, err)
		}
	})
}
