package desk

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/photo"
)

const (
	// maxMedia is the largest attachment that is passed on, in bytes.
	maxMedia = 100 << 20
	// maxPicture is the largest that is looked at as a picture.
	maxPicture = 25 << 20
)

// media fetches an attachment and hands it on as a file to keep: a browser never
// shows it as a page of ours. A picture is written anew, without what its file says
// of the place and the phone; one of too many pixels for that only loses these. What only
// calls itself a picture, has more than maxPicture bytes, or is of a kind that cannot be
// read here, is a file like any other, handed on as it came; the page says so.
func (d *Desk) media(w http.ResponseWriter, r *http.Request, v handoff.Volunteer) error {
	ctx := r.Context()
	c, entries, err := d.readAll(r, v)
	if err != nil {
		return err
	}
	m, ok := findMedia(entries, r.PathValue("message"), r.PathValue("n"))
	if !ok || d.opts.Fetch == nil {
		return handoff.ErrUnknown
	}
	body, err := d.opts.Fetch(ctx, c.Channel, m)
	if err != nil {
		return err
	}
	defer body.Close()
	file, clean, err := safeFile(body)
	if err != nil {
		return err
	}
	kind, name := "application/octet-stream", fileName(m)
	if clean {
		kind, name = photo.MIME, strings.TrimSuffix(name, path.Ext(name))+".jpg"
	}
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if n, err := io.Copy(w, io.LimitReader(file, maxMedia+1)); err != nil || n > maxMedia {
		// The answer has begun: cutting it off is the only way to say so.
		panic(http.ErrAbortHandler)
	}
	return nil
}

// safeFile is an attachment as it is handed on; clean says that it is a picture
// written anew.
func safeFile(body io.Reader) (file io.Reader, clean bool, err error) {
	begin := bufio.NewReader(body)
	first, _ := begin.Peek(512) // a shorter file ends with an error and is no less a file
	if !strings.HasPrefix(http.DetectContentType(first), "image/") {
		return begin, false, nil
	}
	raw, err := io.ReadAll(io.LimitReader(begin, maxPicture+1))
	if err != nil {
		return nil, false, fmt.Errorf("read attachment: %w", err)
	}
	if len(raw) <= maxPicture {
		if anew, err := photo.Clean(raw, 0); err == nil {
			return bytes.NewReader(anew), true, nil
		}
		if stripped, err := photo.Strip(raw); err == nil {
			return bytes.NewReader(stripped), false, nil
		}
	}
	return io.MultiReader(bytes.NewReader(raw), begin), false, nil
}

func findMedia(entries []bots.Entry, message, n string) (bots.Media, bool) {
	i, err := strconv.Atoi(n)
	for _, e := range entries {
		if e.ID == message && err == nil && i >= 0 && i < len(e.Media) {
			return e.Media[i], true
		}
	}
	return bots.Media{}, false
}

// fileName is a name that no system takes for a path or a command.
func fileName(m bots.Media) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_. ", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(m.Name, "_"))
	name = strings.TrimLeft(name, ". ")
	if len(name) > 120 {
		name = strings.ToValidUTF8(name[len(name)-120:], "")
	}
	if name != "" {
		return name
	}
	name = string(m.Kind)
	if known, err := mime.ExtensionsByType(m.MIME); err == nil && len(known) > 0 {
		name += known[0]
	}
	return name
}
