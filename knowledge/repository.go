package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

const (
	mainBranch    = "main"
	starterBranch = "starter"
)

// repository is the folder's history.
type repository struct {
	dir string
	git *git.Repository
}

// openRepository opens the folder's repository. Without one, or without a first commit, it is begun
// with the starter's files; files that were there already are kept.
func openRepository(dir string, starter files) (*repository, error) {
	g, err := git.PlainOpen(dir)
	if errors.Is(err, git.ErrRepositoryNotExists) {
		g, err = git.PlainInitWithOptions(dir, &git.PlainInitOptions{
			InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(mainBranch)},
		})
	}
	if err != nil {
		return nil, err
	}
	r := &repository{dir, g}
	if _, err := g.Head(); err == nil {
		return r, nil
	} else if !errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, err
	}
	present, err := readFiles(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	missing := files{}
	for name, data := range starter {
		if present[name] == nil {
			missing[name] = data
		}
	}
	if err := missing.write(dir); err != nil {
		return nil, err
	}
	first, err := r.commitTree("Starter articles", starter)
	if err != nil {
		return nil, err
	}
	for _, branch := range []string{starterBranch, mainBranch} {
		if err := r.point(branch, first); err != nil {
			return nil, err
		}
	}
	return r, r.commit("Articles found in the folder", "", "")
}

// update brings a release's starter articles into main where nobody changed them since the release
// before, and counts the files that were kept because somebody did.
func (r *repository) update(fresh files) (kept int, err error) {
	if err := r.commit("Changes found in the folder", "", ""); err != nil {
		return 0, err
	}
	ref, err := r.git.Reference(plumbing.NewBranchReferenceName(starterBranch), true)
	if err != nil {
		return 0, fmt.Errorf("branch %s: %w", starterBranch, err)
	}
	old, err := r.read(ref.Hash())
	if err != nil {
		return 0, err
	}
	changes := files{}
	for name, data := range fresh {
		if was, ok := old[name]; !ok || !bytes.Equal(was, data) {
			changes[name] = data
		}
	}
	for name := range old {
		if _, ok := fresh[name]; !ok {
			changes[name] = nil
		}
	}
	if len(changes) == 0 {
		return 0, nil
	}
	now, err := readFiles(os.DirFS(r.dir))
	if err != nil {
		return 0, err
	}
	for name, data := range changes {
		mine, have := now[name]
		was, had := old[name]
		if have == had && bytes.Equal(mine, was) {
			continue
		}
		delete(changes, name)
		if have != (data != nil) || !bytes.Equal(mine, data) {
			kept++
		}
	}
	if _, err := Load(now.with(changes)); err != nil {
		return kept, fmt.Errorf("the release's articles do not fit the changed ones: %w", err)
	}
	head, err := r.git.Head()
	if err != nil {
		return kept, err
	}
	released, err := r.commitTree("Starter articles of a release", fresh, ref.Hash())
	if err != nil {
		return kept, err
	}
	if err := changes.write(r.dir); err != nil {
		return kept, err
	}
	// The branch moves last: what is interrupted before is done again at the next start.
	if err := r.commit("Update starter articles nobody changed", "", "", head.Hash(), released); err != nil {
		return kept, err
	}
	return kept, r.point(starterBranch, released)
}

// commit records the folder on the checked-out branch. Nothing changed: no commit, unless it
// joins two parents.
func (r *repository) commit(message, name, email string, parents ...plumbing.Hash) error {
	tree, err := r.git.Worktree()
	if err != nil {
		return err
	}
	if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return fmt.Errorf("add articles: %w", err)
	}
	if name == "" {
		name = "brug"
	}
	by := &object.Signature{Name: name, Email: email, When: time.Now()}
	_, err = tree.Commit(message, &git.CommitOptions{
		Author: by, Committer: by, Parents: parents, AllowEmptyCommits: len(parents) > 1,
	})
	if errors.Is(err, git.ErrEmptyCommit) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("commit articles: %w", err)
	}
	return nil
}

// lastGood loads the newest commit that can be loaded.
func (r *repository) lastGood() (*Base, error) {
	head, err := r.git.Head()
	if err != nil {
		return nil, err
	}
	for hash := head.Hash(); ; {
		content, err := r.read(hash)
		if err != nil {
			return nil, err
		}
		if base, err := Load(content); err == nil {
			return base, nil
		}
		c, err := r.git.CommitObject(hash)
		if err != nil {
			return nil, err
		}
		if len(c.ParentHashes) == 0 {
			return nil, errors.New("no commit can be loaded")
		}
		hash = c.ParentHashes[0]
	}
}

// read returns all files of a commit.
func (r *repository) read(hash plumbing.Hash) (files, error) {
	c, err := r.git.CommitObject(hash)
	if err != nil {
		return nil, fmt.Errorf("commit %s: %w", hash, err)
	}
	tree, err := c.Tree()
	if err != nil {
		return nil, fmt.Errorf("commit %s: %w", hash, err)
	}
	out := files{}
	err = tree.Files().ForEach(func(f *object.File) error {
		in, err := f.Reader()
		if err != nil {
			return err
		}
		defer in.Close()
		out[f.Name], err = io.ReadAll(in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("commit %s: %w", hash, err)
	}
	return out, nil
}

// commitTree makes a commit of content that is on no branch yet.
func (r *repository) commitTree(message string, content files, parents ...plumbing.Hash) (plumbing.Hash, error) {
	root, err := r.writeTree(content)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("write starter: %w", err)
	}
	by := object.Signature{Name: "brug", When: time.Now()}
	return r.store(&object.Commit{Author: by, Committer: by, Message: message, TreeHash: root, ParentHashes: parents})
}

func (r *repository) writeTree(content files) (plumbing.Hash, error) {
	folders := map[string]files{}
	tree := &object.Tree{}
	for name, data := range content {
		if folder, rest, deeper := strings.Cut(name, "/"); deeper {
			if folders[folder] == nil {
				folders[folder] = files{}
			}
			folders[folder][rest] = data
			continue
		}
		blob := r.git.Storer.NewEncodedObject()
		blob.SetType(plumbing.BlobObject)
		w, err := blob.Writer()
		if err != nil {
			return plumbing.ZeroHash, err
		}
		if _, err := w.Write(data); err != nil {
			return plumbing.ZeroHash, err
		}
		if err := w.Close(); err != nil {
			return plumbing.ZeroHash, err
		}
		hash, err := r.git.Storer.SetEncodedObject(blob)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: hash})
	}
	for folder, inside := range folders {
		hash, err := r.writeTree(inside)
		if err != nil {
			return plumbing.ZeroHash, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: folder, Mode: filemode.Dir, Hash: hash})
	}
	sort.Sort(object.TreeEntrySorter(tree.Entries))
	return r.store(tree)
}

func (r *repository) store(o object.Object) (plumbing.Hash, error) {
	encoded := r.git.Storer.NewEncodedObject()
	if err := o.Encode(encoded); err != nil {
		return plumbing.ZeroHash, err
	}
	return r.git.Storer.SetEncodedObject(encoded)
}

func (r *repository) point(branch string, hash plumbing.Hash) error {
	return r.git.Storer.SetReference(plumbing.NewHashReference(plumbing.NewBranchReferenceName(branch), hash))
}
