package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types/events"
)

// PairStep is what happens while a phone is linked.
type PairStep struct {
	// QR is to be shown as a QR code, until the next step.
	QR string
	// Code is to be typed on the phone: ABCD-1234.
	Code string
	// Until is when QR or Code ends.
	Until time.Time
	// Linked is the number that was linked, with its plus sign; the last step.
	Linked string
	// Err is why it did not work, in words a coordinator understands; the last step.
	Err error
}

// WhatsApp changes the QR code: the first after a minute, the others after 20 s, and
// closes the connection after six (whatsmeow, qrchan.go).
const (
	firstCode = time.Minute
	laterCode = 20 * time.Second
	allCodes  = firstCode + 5*laterCode
)

// Pair links a phone: by QR codes, or by a code that is typed on the phone with this
// number (digits, with the country's code). The steps end with Linked or Err; the
// channel is closed then, or when ctx ends. Run, if it runs, connects by itself
// afterwards. It returns [ErrLinked] while a phone is linked.
func (c *Channel) Pair(ctx context.Context, phone string) (<-chan PairStep, error) {
	d, err := c.device(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if d != nil || c.pairing {
		return nil, ErrLinked
	}
	if err := c.reserve(ctx, allCodes+loginTime); err != nil {
		return nil, err
	}
	c.pairing = true
	steps := make(chan PairStep, 8)
	go func() {
		defer close(steps)
		defer c.pairingEnds(ctx)
		last := c.pair(ctx, phone, steps)
		select {
		case steps <- last:
		case <-ctx.Done():
		}
	}()
	return steps, nil
}

// reserve keeps Run, here and in other processes, from the new device for a while: a
// second connection of one device ends the first. It ends by itself when this process
// dies.
func (c *Channel) reserve(ctx context.Context, d time.Duration) error {
	if _, err := c.db.ExecContext(ctx, `INSERT INTO brug_pairing (one, until) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET until = excluded.until`,
		c.now().Add(d).UnixMilli()); err != nil {
		return fmt.Errorf("reserve the new device: %w", err)
	}
	return nil
}

// reserved says whether a phone is being linked, here or by another process.
func (c *Channel) reserved(ctx context.Context) (bool, error) {
	var n int
	if err := c.db.QueryRowContext(ctx, `SELECT count(*) FROM brug_pairing WHERE until > $1`, c.now().UnixMilli()).Scan(&n); err != nil {
		return false, fmt.Errorf("read whether a phone is being linked: %w", err)
	}
	return n > 0, nil
}

func (c *Channel) pairingEnds(ctx context.Context) {
	if _, err := c.db.ExecContext(context.WithoutCancel(ctx), `DELETE FROM brug_pairing`); err != nil {
		c.log.Warn("whatsapp: the new device stays reserved for some minutes", "error", err)
	}
	c.mu.Lock()
	c.pairing = false
	c.mu.Unlock()
	select {
	case c.linked <- struct{}{}:
	default:
	}
}

// Linked is the number of the linked phone, with its plus sign; "" while there is
// none.
func (c *Channel) Linked(ctx context.Context) (number string, err error) {
	d, err := c.device(ctx)
	if err != nil || d == nil {
		return "", err
	}
	return "+" + d.ID.User, nil
}

// What a coordinator reads when linking does not work.
var (
	errPairTime     = errors.New("the time is over: WhatsApp shows six codes in about three minutes. Try again")
	errPairAway     = errors.New("WhatsApp cannot be reached. Check the server's connection to the internet")
	errPairOutdated = errors.New("WhatsApp does not accept this version of brug any more. Install the newest brug")
	errPairOld      = errors.New("WhatsApp on this phone is too old for linked devices. Update it")
	errPairNumber   = errors.New("WhatsApp does not take this number. Write it with the country's code, as in +31612345678")
	errPairRefused  = errors.New("WhatsApp did not complete the linking. Try again in some minutes")
	errPairKeys     = errors.New("the keys cannot be stored. Check the disk, or BRUG_WHATSAPP_DB")
)

// pair does the two halves: the phone agrees, then the new device logs in once, so
// that its keys are at WhatsApp before anybody writes.
func (c *Channel) pair(ctx context.Context, phone string, steps chan<- PairStep) PairStep {
	if err := c.agree(ctx, phone, steps); err != nil {
		return PairStep{Err: err}
	}
	if c.reserve(ctx, 2*loginTime) != nil || c.renameKeys(ctx) != nil {
		return PairStep{Err: errPairKeys}
	}
	if err := c.firstLogin(ctx); err != nil {
		return PairStep{Err: err}
	}
	number, err := c.Linked(ctx)
	if err != nil || number == "" {
		return PairStep{Err: errPairKeys}
	}
	return PairStep{Linked: number}
}

// call connects a client that refuses all that would have to be stored: Run's
// connection gets it. The other events come by the channel.
func (c *Channel) call(ctx context.Context, d *store.Device) (cli *whatsmeow.Client, events <-chan any, hangUp func(), err error) {
	// The library's own end of a connection must not meet ours (a data race in its
	// socket), so that its context ends last.
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cli = c.newClient(own, d)
	told := c.listen(cli)
	unhook := context.AfterFunc(ctx, cancel)
	if err = cli.ConnectContext(own); !unhook() || err != nil {
		cancel()
		c.log.Warn("whatsapp: pairing: no connection", "error", harmless(err))
		return nil, nil, nil, errPairAway
	}
	return cli, told, func() {
		cli.Disconnect()
		cancel()
	}, nil
}

func (c *Channel) listen(cli *whatsmeow.Client) <-chan any {
	told := make(chan any, 64)
	cli.AddEventHandlerWithSuccessStatus(func(evt any) bool {
		switch evt.(type) {
		case *events.Message, *events.Receipt:
			return false
		}
		select {
		case told <- evt:
		default: // nobody listens any more
		}
		return true
	})
	return told
}

// agree shows codes until the phone has agreed.
func (c *Channel) agree(ctx context.Context, phone string, steps chan<- PairStep) error {
	ctx, cancel := context.WithTimeout(ctx, allCodes+loginTime)
	defer cancel()
	cli, told, hangUp, err := c.call(ctx, c.keys.NewDevice())
	if err != nil {
		return errPairAway
	}
	defer hangUp()
	var codes []string
	next := time.NewTimer(allCodes)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return errPairTime
		case <-next.C:
			if codes = c.show(codes, steps); codes == nil {
				return errPairTime
			}
			next.Reset(laterCode)
		case evt := <-told:
			switch e := evt.(type) {
			case *events.QR:
				if phone != "" {
					if err := c.showCode(ctx, cli, phone, steps); err != nil {
						return err
					}
					continue
				}
				codes = c.show(e.Codes, steps)
				next.Reset(firstCode)
			case *events.ManualLoginReconnect: // the new device may log in
				return nil
			case *events.PairError:
				c.log.Warn("whatsapp: pairing failed", "error", harmless(e.Error))
				return errPairRefused
			case *events.ClientOutdated:
				return errPairOutdated
			case *events.QRScannedWithoutMultidevice:
				return errPairOld
			case *events.Disconnected, *events.ConnectFailure, *events.LoggedOut, *events.TemporaryBan, *events.StreamError:
				return errPairRefused
			}
		}
	}
}

// show gives the first code out, and returns the others; nil when there was none.
func (c *Channel) show(codes []string, steps chan<- PairStep) []string {
	if len(codes) == 0 {
		return nil
	}
	valid := laterCode
	if len(codes) == 6 {
		valid = firstCode
	}
	select {
	case steps <- PairStep{QR: codes[0], Until: c.now().Add(valid)}:
	default: // nobody reads
	}
	return codes[1:len(codes):len(codes)]
}

func (c *Channel) showCode(ctx context.Context, cli *whatsmeow.Client, phone string, steps chan<- PairStep) error {
	// WhatsApp takes only names of this form, of known browsers.
	code, err := cli.PairPhone(ctx, phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if err != nil {
		c.log.Warn("whatsapp: pairing by code", "error", harmless(err))
		return errPairNumber
	}
	select {
	case steps <- PairStep{Code: code, Until: c.now().Add(allCodes)}:
	default:
	}
	return nil
}

// firstLogin connects the new device once.
func (c *Channel) firstLogin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	d, err := c.device(ctx)
	if err != nil || d == nil {
		return errPairKeys
	}
	_, told, hangUp, err := c.call(ctx, d)
	if err != nil {
		return fmt.Errorf("the phone is linked, but %w", errPairAway)
	}
	defer hangUp()
	for {
		select {
		case <-ctx.Done():
			return errPairRefused
		case evt := <-told:
			switch evt.(type) {
			case *events.Connected:
				return nil
			case *events.ConnectFailure, *events.LoggedOut, *events.TemporaryBan, *events.ClientOutdated:
				return errPairRefused
			}
		}
	}
}
