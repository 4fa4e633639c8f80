package web

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/photo"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/web"
)

const (
	// maxPhoto is the largest file that a page may send, in bytes.
	maxPhoto = 8 << 20
	// photoSide is how large a photo is kept, in pixels: the small print of a letter
	// can be read.
	photoSide = 2000
	// keepPhotos is how long.
	keepPhotos = 7 * 24 * time.Hour
	// A visitor's most photos, and those of all visitors: about 500 MB of Redis.
	mostPhotos, mostOfAll = 20, 1000
	// atOnce is how many photos may be on their way to one process, and uploadTime how
	// long each may take.
	atOnce, uploadTime = 8, 2 * time.Minute
)

var (
	//go:embed photo.lua
	photoSource string
	photoScript = redis.NewScript(photoSource)
)

// postPhoto takes a photo, of a letter mostly: the file is the body. It is written
// anew before it is kept, so that what the phone put into it stays nowhere.
func (c *Channel) postPhoto(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	in := incoming{Visitor: q.Get("visitor"), ID: q.Get("id"), Text: "photo"}
	if problem := in.problem(); problem != "" {
		web.Error(w, http.StatusBadRequest, "bad_message", problem)
		return
	}
	intake, ctx, done := c.enter(r)
	if intake == nil {
		unavailable(w)
		return
	}
	defer done()
	if !c.hasRoom(ctx, w, r, in) {
		return
	}
	select {
	case c.uploads <- struct{}{}:
		defer func() { <-c.uploads }()
	default:
		unavailable(w)
		return
	}
	// A server that cannot set it has a deadline of its own or none.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime))
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPhoto))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		web.Error(w, http.StatusRequestEntityTooLarge, "too_long", "The photo is larger than 8 MB.")
		return
	case err != nil:
		return // the page is gone
	}
	clean, err := photo.Clean(raw, photoSide)
	if err != nil {
		web.Error(w, http.StatusUnsupportedMediaType, "no_photo", "The file is not a photo that can be read.")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, redisWait)
	defer cancel()
	ref, err := c.keepPhoto(ctx, in, clean)
	switch {
	case errors.Is(err, errNoRoom):
		web.Error(w, http.StatusRequestEntityTooLarge, "too_many", "No more photos can be taken now.")
		return
	case err != nil:
		c.failed(w, "keep photo", in.Visitor, err)
		return
	}
	c.take(ctx, w, intake, event{ID: in.ID, From: fromVisitor, Photo: true}, bots.Message{
		Channel: bots.Web, ID: in.ID, Contact: makeAddress(in.Visitor), LangHint: langHint(r),
		Media: []bots.Media{{Kind: bots.Image, Ref: ref, MIME: photo.MIME, Size: int64(len(clean))}}})
}

// errNoRoom is returned when a visitor, or the helpdesk, has enough photos.
var errNoRoom = errors.New("no room for another photo")

// keepPhoto keeps a photo, sealed, and returns what finds it again. The same message
// again is the same photo.
func (c *Channel) keepPhoto(ctx context.Context, in incoming, clean []byte) (ref string, err error) {
	ref = c.store.Hash("web photo", in.Visitor+"\x00"+in.ID)
	key := c.photoKey(ref)
	n, err := c.store.Run(ctx, photoScript, []string{key, c.photosKey(in.Visitor), c.allPhotosKey()},
		c.store.Seal(key, clean), mostPhotos, mostOfAll, keepPhotos.Milliseconds()).Int()
	switch {
	case err != nil:
		return "", fmt.Errorf("keep photo: %w", err)
	case n < 0:
		return "", errNoRoom
	}
	return ref, nil
}

// Fetch reads a photo again.
func (c *Channel) Fetch(ctx context.Context, m bots.Media) (io.ReadCloser, error) {
	key := c.photoKey(m.Ref)
	sealed, err := c.store.Cmd().Get(ctx, key).Bytes()
	if err != nil {
		return nil, fmt.Errorf("fetch photo: %w", err)
	}
	clean, err := c.store.Open(key, sealed)
	if err != nil {
		return nil, fmt.Errorf("fetch photo: %w", err)
	}
	return io.NopCloser(bytes.NewReader(clean)), nil
}

// forgetPhotos is the writes that delete a visitor's photos.
func (c *Channel) forgetPhotos(ctx context.Context, visitor string) ([]store.Op, error) {
	keys, err := c.store.Cmd().SMembers(ctx, c.photosKey(visitor)).Result()
	if err != nil {
		return nil, fmt.Errorf("find photos: %w", err)
	}
	ops := []store.Op{store.Do("DEL", c.photosKey(visitor))}
	for _, key := range keys {
		ops = append(ops, store.Do("DEL", key), store.Do("ZREM", c.allPhotosKey(), key))
	}
	return ops, nil
}
