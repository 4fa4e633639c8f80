package desk

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

// maxMedia is the largest attachment that is passed on, in bytes.
const maxMedia = 100 << 20

// media fetches an attachment and hands it on as a file to keep: a browser never
// shows it as a page of ours.
func (d *Desk) media(w http.ResponseWriter, r *http.Request, _ handoff.Volunteer) error {
	ctx := r.Context()
	c, err := d.queue.Get(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	entries, err := d.transcript.Read(ctx, c.Conversation)
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
	head := w.Header()
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(m)}))
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if _, err := io.Copy(w, io.LimitReader(body, maxMedia)); err != nil {
		// The answer has begun: cutting it off is the only way to say so.
		panic(http.ErrAbortHandler)
	}
	return nil
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
