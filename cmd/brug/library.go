package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
	"github.com/brug-helpdesk/brug/knowledge/search"
	"github.com/brug-helpdesk/brug/router"
	"github.com/brug-helpdesk/brug/router/language"
)

// articlesFolder is where the articles live in the data folder.
const articlesFolder = "articles"

// library keeps the index and the language detector in step with the articles.
type library struct {
	base atomic.Pointer[knowledge.Base]
	live *search.Live
	tell atomic.Pointer[language.Detector]
}

func newLibrary(base *knowledge.Base) *library {
	l := &library{live: search.NewLive(base)}
	l.base.Store(base)
	l.tell.Store(language.New(languageTexts(base)))
	return l
}

// change serves new articles.
func (l *library) change(base *knowledge.Base) {
	l.base.Store(base)
	l.live.Swap(base)
	l.tell.Store(language.New(languageTexts(base)))
}

// Run fits the index behind changes, until ctx ends.
func (l *library) Run(ctx context.Context) error { return l.live.Run(ctx) }

func (l *library) current() router.Library {
	return router.Library{Base: l.base.Load(), Index: l.live.Index()}
}

func (l *library) detector() *language.Detector { return l.tell.Load() }

// languageTexts are what the detector learns from.
func languageTexts(base *knowledge.Base) map[string][]string {
	texts := map[string][]string{}
	for _, a := range base.Articles() {
		for lang, byAudience := range a.Texts {
			for _, t := range byAudience {
				texts[lang] = append(texts[lang], t.Title, t.Body)
				texts[lang] = append(texts[lang], t.Questions...)
			}
		}
	}
	return texts
}

// articlesFS is what commands without a running helpdesk look at: the data folder's
// articles if it has any, else those that came with the program.
func articlesFS(c *Config) fs.FS {
	dir := filepath.Join(c.Data, articlesFolder)
	if _, err := os.Stat(filepath.Join(dir, "numbers.yaml")); err == nil {
		return os.DirFS(dir)
	}
	return articles.FS()
}
