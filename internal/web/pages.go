package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"

	"github.com/brug-helpdesk/brug/internal/web/direction"
)

//go:embed layout.html problem.html
var layoutFiles embed.FS

// Page is what a template is given.
type Page struct {
	// Lang is the BCP 47 tag of the page's own words; it sets lang and dir.
	Lang string
	// Title is what the browser's tab says.
	Title string
	// Data is the page's own struct.
	Data any
}

// Dir is the direction of the page's language, "rtl" or "ltr".
func (p Page) Dir() string { return direction.Of(p.Lang) }

// Pages are the templates of a package, each set in the common layout.
type Pages struct {
	byName map[string]*template.Template
}

// NewPages parses every *.html at the root of templates. Files whose name begins
// with "_" hold blocks for all others. Besides funcs, templates have asset (the
// address of a file) and dir (the direction of a language).
func NewPages(assets *Assets, templates fs.FS, funcs template.FuncMap) (*Pages, error) {
	all := template.FuncMap{"asset": assets.URL, "dir": direction.Of}
	maps.Copy(all, funcs)
	layout, err := template.New("layout.html").Funcs(all).ParseFS(layoutFiles, "layout.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	p := &Pages{byName: map[string]*template.Template{}}
	shared, err := fs.Glob(templates, "_*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	if len(shared) > 0 {
		if _, err := layout.ParseFS(templates, shared...); err != nil {
			return nil, fmt.Errorf("parse shared templates: %w", err)
		}
	}
	if err := p.parse(layout, layoutFiles, "problem.html"); err != nil {
		return nil, err
	}
	names, err := fs.Glob(templates, "[^_]*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	for _, name := range names {
		if err := p.parse(layout, templates, name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Pages) parse(layout *template.Template, files fs.FS, name string) error {
	t, err := layout.Clone()
	if err == nil {
		t, err = t.ParseFS(files, name)
	}
	if err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	p.byName[name] = t
	return nil
}

// Write answers with a page. On an error nothing was written.
func (p *Pages) Write(w http.ResponseWriter, status int, name string, page Page) error {
	t, ok := p.byName[name]
	if !ok {
		return fmt.Errorf("no template %s", name)
	}
	var body bytes.Buffer
	if err := t.Execute(&body, page); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body.Bytes())
	return nil
}

// Problem answers with a page that says what is wrong; text is a sentence in the
// page's language that also says what to do.
func (p *Pages) Problem(w http.ResponseWriter, status int, lang, title, text string) {
	if err := p.Write(w, status, "problem.html", Page{Lang: lang, Title: title, Data: text}); err != nil {
		http.Error(w, text, status)
	}
}
