package whatsapp

import (
	"context"
	"log/slog"
	"sync"

	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// signal is the log of the encryption library, which prints to the standard output
// by itself. It has one for the whole process; whoever set it keeps it.
var signal sync.Once

type noLog struct{}

func (noLog) Debug(_, _ string)   {}
func (noLog) Info(_, _ string)    {}
func (noLog) Warning(_, _ string) {}
func (noLog) Error(_, _ string)   {}
func (noLog) Configure(string)    {}

func silence() {
	signal.Do(func() {
		if logger.Logger == nil {
			logger.Logger = noLog{}
		}
	})
}

// deviceName is what the phone shows under "Linked devices".
const deviceName = "brug"

// newClient sets the library up. All it does ends with ctx.
func (c *Channel) newClient(ctx context.Context, d *store.Device) *whatsmeow.Client {
	cli := whatsmeow.NewClient(d, &libLog{c.log})
	cli.BackgroundEventCtx = ctx
	cli.SetWebsocketHTTPClient(c.config.Client)
	cli.SetPreLoginHTTPClient(c.config.Client)
	cli.SetMediaHTTPClient(c.config.Client)
	// Receipts go out after our handler, and only if it succeeded.
	cli.SynchronousAck = true
	cli.EnableDecryptedEventBuffer = true
	// Two grey ticks for the contact: the message is here.
	cli.SetForceActiveDeliveryReceipts(true)
	// run.go connects again, with a client of its own.
	cli.EnableAutoReconnect = false
	cli.DisableLoginAutoReconnect = true
	// What was said before the phone was linked is none of our business.
	cli.ManualHistorySyncDownload = true
	// A contact with a new phone must not be shut out.
	cli.AutoTrustIdentity = true
	cli.GetMessageForRetry = c.sentMessage
	cli.GetClientPayload = func() *waWa6.ClientPayload { return c.payload(d) }
	return cli
}

// payload is what we say about ourselves at login. The library has only variables of
// the whole process for it.
func (c *Channel) payload(d *store.Device) *waWa6.ClientPayload {
	p := d.GetClientPayload()
	c.mu.Lock()
	v := c.version
	c.mu.Unlock()
	if !v.IsZero() {
		p.UserAgent.AppVersion = v.ProtoAppVersion()
	}
	reg := p.GetDevicePairingData()
	if reg == nil {
		return p
	}
	if !v.IsZero() {
		hash := v.Hash()
		reg.BuildHash = hash[:]
	}
	var props waCompanionReg.DeviceProps
	if err := proto.Unmarshal(reg.DeviceProps, &props); err != nil {
		return p
	}
	props.Os = proto.String(deviceName)
	if raw, err := proto.Marshal(&props); err == nil {
		reg.DeviceProps = raw
	}
	return p
}

// libLog takes the library's log. Its arguments hold numbers, names and texts, so
// only the constant part of a line is kept.
type libLog struct{ log *slog.Logger }

var _ waLog.Logger = (*libLog)(nil)

func (l *libLog) Errorf(format string, _ ...any) { l.log.Warn("whatsmeow: " + format) }
func (l *libLog) Warnf(format string, _ ...any)  { l.log.Debug("whatsmeow: " + format) }
func (l *libLog) Infof(string, ...any)           {}
func (l *libLog) Debugf(string, ...any)          {}
func (l *libLog) Sub(string) waLog.Logger        { return l }
