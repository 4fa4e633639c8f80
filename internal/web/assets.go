package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed base.css
var baseFiles embed.FS

// Assets are the files that pages load, each at an address with a hash of its
// content, so that a browser may keep it for good.
type Assets struct {
	prefix string
	byName map[string]string
	byURL  map[string]asset
}

type asset struct {
	name string
	body []byte
}

// NewAssets reads all files of the file systems and of our own base.css; prefix is
// the path they are served under, with a slash at both ends. Files of one name must
// be the same file.
func NewAssets(prefix string, files ...fs.FS) (*Assets, error) {
	a := &Assets{prefix: prefix, byName: map[string]string{}, byURL: map[string]asset{}}
	for _, f := range append(files, baseFiles) {
		err := fs.WalkDir(f, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(f, name)
			if err != nil {
				return err
			}
			return a.add(path.Base(name), body)
		})
		if err != nil {
			return nil, fmt.Errorf("read page files: %w", err)
		}
	}
	return a, nil
}

func (a *Assets) add(name string, body []byte) error {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	url := a.prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	if old, ok := a.byName[name]; ok && old != url {
		return fmt.Errorf("two files are named %s", name)
	}
	a.byName[name] = url
	a.byURL[url] = asset{name: name, body: body}
	return nil
}

// URL is the address of a file; an error means that there is none of this name.
func (a *Assets) URL(name string) (string, error) {
	url, ok := a.byName[name]
	if !ok {
		return "", fmt.Errorf("no page file %s", name)
	}
	return url, nil
}

// ServeHTTP serves the files at their addresses.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byURL[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "404 page not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.body))
}
