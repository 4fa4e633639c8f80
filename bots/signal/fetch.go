package signal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/brug-helpdesk/brug/bots"
)

// maxFile is the largest attachment that is fetched, in bytes. Signal allows 100 MB,
// but the daemon hands a file over in one line.
const maxFile = 20 << 20

// ErrTooBig is the error of an attachment above 20 MB.
var ErrTooBig = errors.New("signal: the file is above 20 MB")

// Fetch opens an attachment by its reference; the daemon keeps the file on its disk.
// The caller closes the reader.
func (c *Channel) Fetch(ctx context.Context, m bots.Media) (io.ReadCloser, error) {
	if card, ok := strings.CutPrefix(m.Ref, cardRef); ok {
		return io.NopCloser(strings.NewReader(card)), nil
	}
	if m.Size > maxFile {
		return nil, ErrTooBig
	}
	method, params := "getAttachment", map[string]any{"id": m.Ref}
	if name, ok := strings.CutPrefix(m.Ref, stickerRef); ok {
		pack, number, _ := strings.Cut(name, ":")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, errors.New("signal: not the reference of a sticker")
		}
		method, params = "getSticker", map[string]any{"packId": pack, "stickerId": n}
	}
	var file struct {
		Data string `json:"data"`
	}
	if err := c.do(ctx, method, params, &file); err != nil {
		return nil, fmt.Errorf("fetch the file: %w", err)
	}
	if base64.StdEncoding.DecodedLen(len(file.Data)) > maxFile+2 {
		return nil, ErrTooBig
	}
	data, err := base64.StdEncoding.DecodeString(file.Data)
	if err != nil {
		return nil, errors.New("signal: the file is not base64")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
