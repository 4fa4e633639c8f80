package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.mau.fi/whatsmeow"

	"github.com/brug-helpdesk/brug/bots"
)

// maxFile is the largest attachment that is fetched, in bytes. WhatsApp allows
// documents up to 2 GB; the library decrypts in memory.
const maxFile = 64 << 20

var (
	// ErrTooBig is the error of a file above 64 MB.
	ErrTooBig = errors.New("whatsapp: the file is above 64 MB")
	// ErrExpired is the error of a file that WhatsApp has deleted, which it does after
	// some weeks.
	ErrExpired = errors.New("whatsapp: the file is not at WhatsApp any more")
)

// Fetch opens an attachment by its reference. It needs the connection.
func (c *Channel) Fetch(ctx context.Context, m bots.Media) (io.ReadCloser, error) {
	if card, ok := strings.CutPrefix(m.Ref, cardRef); ok {
		return io.NopCloser(strings.NewReader(card)), nil
	}
	r, err := parseReference(m.Ref)
	if err != nil {
		return nil, err
	}
	if m.Size > maxFile {
		return nil, ErrTooBig
	}
	s := c.current()
	if s == nil {
		return nil, errOffline
	}
	data, err := s.client.DownloadMediaWithPath(ctx, r.Path, r.SealedHash, r.Hash, r.Key, -1, r.Type, "")
	switch {
	case err == nil:
		return io.NopCloser(bytes.NewReader(data)), nil
	case errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403),
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404),
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410):
		return nil, ErrExpired
	}
	return nil, fmt.Errorf("fetch the file: %w", harmless(err))
}
