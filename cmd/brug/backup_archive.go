package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/internal/seal"
)

// The files of a backup, beside those below articlesFolder and keyFile.
const (
	manifestFile = "manifest.json"
	redisFile    = "redis.json"
	settingsFile = "brug.yaml"
)

// archiveFormat is raised when a backup is written in another way.
const archiveFormat = 1

// archive is a backup in memory: a tar, whose first file names all others.
type archive struct {
	Desk  string
	Made  time.Time
	files []archived
}

type archived struct {
	name string
	data []byte
}

// manifest is the first file of a backup.
type manifest struct {
	Format int         `json:"format"`
	Desk   string      `json:"desk"`
	Made   time.Time   `json:"made"`
	Files  []fileEntry `json:"files"`
	// Proof is the hash of Files, sealed: it opens with the key of this helpdesk only,
	// and fails when a file was changed.
	Proof []byte `json:"proof"`
}

type fileEntry struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// errDamaged is returned for a file that is no backup, or not a whole one.
var errDamaged = errors.New("this is no backup of brug, or it is damaged; nothing was changed")

func (a *archive) add(name string, data []byte) { a.files = append(a.files, archived{name, data}) }

func (a *archive) addFile(name, path string) error {
	data, err := os.ReadFile(path)
	if err == nil {
		a.add(name, data)
	}
	return err
}

// file is the content of a file, nil when there is none.
func (a *archive) file(name string) []byte {
	for _, f := range a.files {
		if f.name == name {
			return f.data
		}
	}
	return nil
}

func (a *archive) entries() []fileEntry {
	var all []fileEntry
	for _, f := range a.files {
		hash := sha256.Sum256(f.data)
		all = append(all, fileEntry{f.name, hex.EncodeToString(hash[:])})
	}
	return all
}

// sum is the hash of what a manifest says of the files.
func sum(files []fileEntry) []byte {
	raw, err := json.Marshal(files)
	if err != nil {
		panic(err) // strings always marshal
	}
	hash := sha256.Sum256(raw)
	return hash[:]
}

// write makes the file, whole or not at all, for nobody else to read.
func (a *archive) write(path string, box *seal.Box) error {
	m := manifest{Format: archiveFormat, Desk: a.Desk, Made: a.Made, Files: a.entries()}
	m.Proof = box.Seal("backup:"+a.Desk, sum(m.Files))
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".backup-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	packed := gzip.NewWriter(f)
	out := tar.NewWriter(packed)
	for _, file := range append([]archived{{manifestFile, raw}}, a.files...) {
		if err = out.WriteHeader(&tar.Header{Name: file.name, Mode: 0o600, Size: int64(len(file.data)), ModTime: a.Made}); err == nil {
			_, err = out.Write(file.data)
		}
		if err != nil {
			f.Close()
			return err
		}
	}
	if err := errors.Join(out.Close(), packed.Close(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// readArchive reads a backup and checks that it is whole. It returns errDamaged.
func readArchive(path string) (*archive, manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, manifest{}, fmt.Errorf("read backup: %w", err)
	}
	defer f.Close()
	files, err := unpack(f)
	if err != nil || len(files) == 0 || files[0].name != manifestFile {
		return nil, manifest{}, errDamaged
	}
	var m manifest
	if json.Unmarshal(files[0].data, &m) != nil {
		return nil, m, errDamaged
	}
	if m.Format != archiveFormat {
		return nil, m, fmt.Errorf("the backup has format %d, this brug reads %d: use the brug that wrote it, or a newer one", m.Format, archiveFormat)
	}
	a := &archive{Desk: m.Desk, Made: m.Made, files: files[1:]}
	if string(sum(a.entries())) != string(sum(m.Files)) || a.file(redisFile) == nil {
		return nil, m, errDamaged
	}
	return a, m, nil
}

// unpack reads all files; their names are such as we write.
func unpack(r io.Reader) ([]archived, error) {
	packed, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	var files []archived
	in := tar.NewReader(packed)
	for {
		head, err := in.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, packed) // the checksum at the end
			return files, err
		}
		if err != nil {
			return nil, err
		}
		if head.Typeflag != tar.TypeReg || !expected(head.Name) {
			return nil, errDamaged
		}
		data, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		files = append(files, archived{head.Name, data})
	}
}

func expected(name string) bool {
	switch name {
	case manifestFile, redisFile, settingsFile, keyFile:
		return true
	}
	return strings.HasPrefix(name, articlesFolder+"/") && filepath.IsLocal(name)
}
