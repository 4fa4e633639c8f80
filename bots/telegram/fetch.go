package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"github.com/brug-helpdesk/brug/bots"
)

// maxFile is the largest file a bot may download, in bytes
// (core.telegram.org/bots/api#getfile).
const maxFile = 20 << 20

// ErrTooBig is the error of a file that Telegram does not give to a bot, or that grows
// beyond that size while it is read.
var ErrTooBig = errors.New("telegram: the file is above 20 MB")

// Fetch opens an attachment by its reference. The address Telegram gives for it is
// valid for an hour and is asked for anew each time. The caller closes the reader.
func (c *Channel) Fetch(ctx context.Context, m bots.Media) (io.ReadCloser, error) {
	if card, ok := strings.CutPrefix(m.Ref, cardRef); ok {
		return io.NopCloser(strings.NewReader(card)), nil
	}
	var f file
	if err := c.api.call(ctx, "getFile", tgbotapi.Params{"file_id": m.Ref}, &f); err != nil {
		var ce *callError
		if errors.As(err, &ce) && ce.has("file is too big") {
			return nil, ErrTooBig
		}
		return nil, fmt.Errorf("ask for the file: %w", err)
	}
	if f.Path == "" {
		return nil, errors.New("telegram: the file is not there any more")
	}
	resp, err := c.api.get(ctx, f.Path)
	if err != nil {
		return nil, fmt.Errorf("fetch the file: %w", err)
	}
	return &bounded{ReadCloser: resp.Body, left: maxFile}, nil
}

// bounded fails when more than left bytes come.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooBig
	}
	return n, err
}
