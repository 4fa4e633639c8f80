package knowledge

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Store serves the articles of a folder that people change: by hand, with git, or through Save. The folder is
// a Git repository; branch main is what is served, branch starter is what the last release
// brought.
type Store struct {
	log  *slog.Logger
	dir  string
	base atomic.Pointer[Base]

	mu       sync.Mutex // one change of the folder, one reload at a time
	seen     string     // the folder's state at the last reload
	refused  error
	onChange []func(*Base)
}

// pollEvery is how often the folder is looked at: a change is served within a second.
const pollEvery = 500 * time.Millisecond

// OpenStore opens the folder, or makes it from the starter articles. A release that brings other starter
// articles updates every file that nobody changed. If what is in the folder cannot be loaded,
// the last commit is served, or else the starter, and Refused says why.
func OpenStore(log *slog.Logger, dir string, starter fs.FS) (*Store, error) {
	s := &Store{log: log, dir: dir}
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	fresh, err := readFiles(starter)
	if err != nil {
		return nil, err
	}
	repo, err := openRepository(dir, fresh)
	if err != nil {
		return nil, fmt.Errorf("open articles: %w", err)
	}
	kept, err := repo.update(fresh)
	if err != nil {
		// The editors' articles are served all the same.
		s.log.Error("starter articles not updated", "err", err)
	} else if kept > 0 {
		s.log.Info("starter articles updated", "kept_changed", kept)
	}
	s.seen = s.state()
	base, err := Load(os.DirFS(dir))
	if err != nil {
		s.refused = err
		s.log.Error("articles refused, serving the last good ones", "err", err)
		if base, err = repo.lastGood(); err != nil {
			if base, err = Load(starter); err != nil {
				return nil, fmt.Errorf("load starter articles: %w", err)
			}
		}
	}
	s.base.Store(base)
	return s, nil
}

// Base returns what is served now.
func (s *Store) Base() *Base { return s.base.Load() }

// Refused returns why the present content of the folder is not served, nil if it is.
func (s *Store) Refused() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// OnChange has f called with every new base after it is served. Call it before Run.
func (s *Store) OnChange(f func(*Base)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = append(s.onChange, f)
}

// Run watches the folder until ctx ends.
func (s *Store) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.reload()
		}
	}
}

// reload serves the folder if it changed and is sound.
func (s *Store) reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.state()
	if state == s.seen {
		return
	}
	s.seen = state
	base, err := Load(os.DirFS(s.dir))
	s.refused = err
	if err != nil {
		s.log.Error("changed articles refused, serving the old ones", "err", err)
		return
	}
	s.serve(base)
}

func (s *Store) serve(base *Base) {
	s.base.Store(base)
	s.log.Info("articles loaded", "articles", len(base.articles))
	for _, f := range s.onChange {
		f(base)
	}
}

// state sums up the commit and every file's size and time.
func (s *Store) state() string {
	var b strings.Builder
	head, err := os.ReadFile(filepath.Join(s.dir, ".git", "refs", "heads", mainBranch))
	if err == nil {
		b.Write(head)
	}
	_ = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone meanwhile: seen at the next look
		}
		if path != s.dir && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

// Change is what an editor saves.
type Change struct {
	Name    string // the editor's name
	Email   string // may be empty
	Message string
	Files   map[string][]byte // by path within the folder; nil removes the file
}

// Save writes and commits a change and serves it at once. A change that would make the folder
// unsound is refused with all its *FileError, and nothing is written.
func (s *Store) Save(c Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	now, err := readFiles(os.DirFS(s.dir))
	if err != nil {
		return err
	}
	base, err := Load(now.with(c.Files))
	if err != nil {
		return err
	}
	repo, err := openRepository(s.dir, nil)
	if err != nil {
		return fmt.Errorf("save articles: %w", err)
	}
	if err := files(c.Files).write(s.dir); err != nil {
		return fmt.Errorf("save articles: %w", err)
	}
	if err := repo.commit(c.Message, c.Name, c.Email); err != nil {
		return fmt.Errorf("save articles: %w", err)
	}
	s.seen, s.refused = s.state(), nil
	s.serve(base)
	return nil
}

// lock keeps two processes from changing the folder at the same time. It belongs to the open file, so
// it ends with the process.
func (s *Store) lock() (unlock func(), err error) { return LockFolder(s.dir) }

// LockFolder keeps every process from changing a folder of articles, until unlock. The
// folder is made if it is missing.
func LockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("lock articles: %w", err)
	}
	f, err := os.OpenFile(filepath.Clean(dir)+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock articles: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock articles: %w", err)
	}
	return func() { f.Close() }, nil
}
