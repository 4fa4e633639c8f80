package signal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// visit is a short connection beside that of a running channel. On TCP and on a unix
// socket the daemon pushes messages to it too, which are not kept: where no channel
// runs and the daemon receives on connection only, those would be lost. So a visit
// says all it has to say at once and leaves.
type visit struct {
	transport
	done chan struct{}
}

func (c Config) visit(ctx context.Context) (*visit, error) {
	end, err := parseEndpoint(c.RPC)
	if err != nil {
		return nil, fmt.Errorf("signal: address of signal-cli: %w", err)
	}
	t, err := end.dial(ctx, "", time.Now)
	if err != nil {
		return nil, err
	}
	v := &visit{transport: t, done: make(chan struct{})}
	if !t.subscribes() {
		close(v.done)
		return v, nil
	}
	go func() {
		defer close(v.done)
		for {
			_, err := t.next()
			var shape *shapeError
			if err != nil && !errors.As(err, &shape) {
				t.close()
				return
			}
		}
	}()
	return v, nil
}

func (v *visit) leave() {
	v.close()
	<-v.done
}

// Accounts lists the numbers the daemon has. A daemon that runs for one account (-a)
// does not tell, which is an error.
func Accounts(ctx context.Context, c Config) ([]string, error) {
	v, err := c.visit(ctx)
	if err != nil {
		return nil, err
	}
	defer v.leave()
	numbers, err := listAccounts(ctx, v)
	if hasCode(err, codeMethod) {
		return nil, errSingle
	}
	return numbers, err
}

var errSingle = errors.New("signal: signal-cli runs for one account only; start its daemon without -a to list or link accounts")

// Link begins to link the daemon to a phone as a device with a name. The address is to
// be shown as a QR code at once: it is good for about a minute. wait returns the
// linked number when the phone has approved, and must be called; it ends with its
// context.
func Link(ctx context.Context, c Config, name string) (uri string, wait func(context.Context) (number string, err error), err error) {
	v, err := c.visit(ctx)
	if err != nil {
		return "", nil, err
	}
	var started struct {
		URI string `json:"deviceLinkUri"`
	}
	if err := call(ctx, v, "startLink", nil, &started); err != nil {
		v.leave()
		if hasCode(err, codeMethod) {
			return "", nil, errSingle
		}
		return "", nil, fmt.Errorf("begin to link: %w", err)
	}
	// The daemon waits for the phone only once it is asked to finish.
	type outcome struct {
		raw json.RawMessage
		err error
	}
	got := make(chan outcome, 1)
	v.post("finishLink", map[string]any{"deviceLinkUri": started.URI, "deviceName": name},
		func(raw json.RawMessage, err error) { got <- outcome{raw, err} })
	leave := sync.OnceFunc(v.leave)
	return started.URI, func(ctx context.Context) (string, error) {
		defer leave()
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case o := <-got:
			var linked struct {
				Number string `json:"number"`
			}
			if o.err != nil {
				return "", fmt.Errorf("link: %w", o.err)
			}
			if json.Unmarshal(o.raw, &linked) != nil || linked.Number == "" {
				return "", errors.New("signal: the answer to finishLink has another form")
			}
			return linked.Number, nil
		}
	}, nil
}

// SolveCaptcha hands Signal the solution of the captcha that [Channel.Health] told
// of: its challenge, and the address that begins with signalcaptcha://.
func SolveCaptcha(ctx context.Context, c Config, challenge, captcha string) error {
	v, err := c.visit(ctx)
	if err != nil {
		return err
	}
	defer v.leave()
	params := map[string]any{"challenge": challenge, "captcha": captcha}
	if c.Account != "" {
		params["account"] = c.Account
	}
	if err := call(ctx, v, "submitRateLimitChallenge", params, nil); err != nil {
		return fmt.Errorf("submit the captcha: %w", err)
	}
	return nil
}
