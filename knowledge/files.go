package knowledge

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// files are the contents of a folder by path, for a state of it that is not on disk.
type files map[string][]byte

// readFiles reads everything in fsys but names that begin with a dot.
func readFiles(fsys fs.FS) (files, error) {
	out := files{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		out[name], err = fs.ReadFile(fsys, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	return out, nil
}

// Open is there to make files a file system; Load reads whole files and folders.
func (f files) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

// ReadFile returns the content of one file.
func (f files) ReadFile(name string) ([]byte, error) {
	if data, ok := f[name]; ok {
		return data, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists a folder, sorted by name.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	prefix := ""
	if name != "." {
		prefix = name + "/"
	}
	seen := map[string]bool{} // is it a folder?
	for file := range f {
		if rest, ok := strings.CutPrefix(file, prefix); ok {
			first, _, deeper := strings.Cut(rest, "/")
			seen[first] = deeper
		}
	}
	if len(seen) == 0 {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	out := make([]fs.DirEntry, 0, len(seen))
	for name, folder := range seen {
		out = append(out, entry{name, folder})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name() < out[j].Name() })
	return out, nil
}

type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string { return e.name }
func (e entry) IsDir() bool  { return e.folder }
func (e entry) Type() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}
func (e entry) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }

// with returns f with changes on top; a nil content removes the file.
func (f files) with(changes files) files {
	out := make(files, len(f))
	for name, data := range f {
		out[name] = data
	}
	for name, data := range changes {
		if data == nil {
			delete(out, name)
		} else {
			out[name] = data
		}
	}
	return out
}

// write puts changes into a repository's folder, each file at once; a nil content removes the file.
func (f files) write(dir string) error {
	for name, data := range f {
		if !fs.ValidPath(name) || strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, ".") {
			return fmt.Errorf("%q is no path of an article's file", name)
		}
		full := filepath.Join(dir, filepath.FromSlash(name))
		if data == nil {
			if err := os.Remove(full); err != nil && !os.IsNotExist(err) {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		// A reader sees the old content or the new one, never half of it.
		part := filepath.Join(dir, ".git", "brug-part")
		if err := os.WriteFile(part, data, 0o644); err != nil {
			return err
		}
		if err := os.Rename(part, full); err != nil {
			return err
		}
	}
	return nil
}
