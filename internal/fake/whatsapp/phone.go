package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	_ "modernc.org/sqlite" // the phones' keys
)

// Phone is a person's app: a whatsmeow client that is the account's phone itself.
type Phone struct {
	account *Account
	peer    *Account // whom it writes to
	client  *whatsmeow.Client
	keys    *sqlstore.Container
	dir     string
	ready   chan struct{} // it logged in
	idle    chan struct{} // it has done all that came

	mu     sync.Mutex
	inbox  []Received
	typing int
	read   []string
	timer  uint32
}

// Received is a message on a phone.
type Received struct {
	ID string
	// Text is as it was sent, with WhatsApp's markers; Seen is what the app shows.
	Text, Seen string
	// ReplyTo is the message it quotes.
	ReplyTo string
	// Expires is its disappearing timer in seconds, 0 for none.
	Expires uint32
	// At is when it arrived first.
	At time.Time
	// Count is how often it arrived; apps show a repeat once.
	Count int
}

// Phone makes the account's phone, which writes to peer, and connects it. name is
// what it shows to others.
func (a *Account) Phone(peer *Account, name string) (*Phone, error) {
	p := &Phone{account: a, peer: peer}
	if err := p.start(name); err != nil {
		p.Close()
		return nil, fmt.Errorf("start phone: %w", err)
	}
	return p, nil
}

func (p *Phone) start(name string) error {
	ctx := p.account.server.ctx
	var err error
	if p.dir, err = os.MkdirTemp("", "phone"); err != nil {
		return err
	}
	dsn := "file:" + (&url.URL{Path: filepath.Join(p.dir, "keys.db")}).EscapedPath() +
		"?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)&_pragma=synchronous(0)&_pragma=journal_mode(MEMORY)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	p.keys = sqlstore.NewWithDB(db, "sqlite3", nil)
	if err := p.keys.Upgrade(ctx); err != nil {
		return err
	}
	dev := p.keys.NewDevice()
	if dev.Account, err = p.account.sign(*dev.IdentityKey.Pub, 0); err != nil {
		return err
	}
	own := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*dev.IdentityKey.Priv), dev.Account.Details)
	dev.Account.DeviceSignature = own[:]
	number := p.account.number
	dev.ID, dev.LID, dev.PushName = &number, p.account.lid, name
	if err := dev.Save(ctx); err != nil {
		return err
	}
	s := p.account.server
	s.mu.Lock()
	p.account.devices[0] = &device{account: p.account, noise: *dev.NoiseKey.Pub}
	s.mu.Unlock()

	p.client = whatsmeow.NewClient(dev, nil)
	p.client.BackgroundEventCtx = ctx
	p.client.ManualHistorySyncDownload = true
	p.client.SynchronousAck = true // so that Sleep knows when all is sent
	client := s.client(func() bool { return false })
	p.client.SetWebsocketHTTPClient(client)
	p.client.SetMediaHTTPClient(client)
	p.ready, p.idle = make(chan struct{}, 8), make(chan struct{}, 8)
	p.client.AddEventHandler(func(evt any) {
		switch e := evt.(type) {
		case *events.Connected:
			p.ready <- struct{}{}
		case *events.OfflineSyncCompleted:
			if e.Count == sleepMark {
				p.idle <- struct{}{}
			}
		default:
			p.see(evt)
		}
	})
	if err := p.Wake(); err != nil {
		return err
	}
	// This tells the name. A client that is online would confirm every message, also
	// where no test asks for it; see Confirm.
	return p.client.SendPresence(ctx, types.PresenceUnavailable)
}

// Sleep takes the phone off the network, where what comes for it waits. First it ends
// what it is doing: the library's socket must not be closed while it sends.
func (p *Phone) Sleep() {
	if mark, err := waBinary.Marshal(node{Tag: "ib", Content: []node{{Tag: "offline", Attrs: attrs{"count": sleepMark}}}}); err == nil && p.client.IsConnected() {
		//lint:ignore SA1019 there is no other way behind the library's queue
		p.client.DangerousInternals().HandleFrame(p.account.server.ctx, mark)
		select {
		case <-p.idle:
		case <-time.After(calmTime):
		}
	}
	p.client.Disconnect()
}

// sleepMark is no count that a server sends.
const sleepMark = -1

// Wake connects the phone.
func (p *Phone) Wake() error {
	if err := p.client.ConnectContext(p.account.server.ctx); err != nil {
		return err
	}
	select {
	case <-p.ready:
		return nil
	case <-time.After(20 * time.Second):
		return errors.New("no login within 20 s")
	}
}

// Close switches the phone off for good.
func (p *Phone) Close() {
	if p.client != nil {
		p.Sleep()
	}
	if p.keys != nil {
		_ = p.keys.Close() // its folder goes with it
	}
	if p.dir != "" {
		_ = os.RemoveAll(p.dir)
	}
}

// Account is the phone's own.
func (p *Phone) Account() *Account { return p.account }

func (p *Phone) see(evt any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := evt.(type) {
	case *events.Message:
		if e.Info.IsFromMe || e.Message.GetProtocolMessage() != nil {
			return
		}
		p.keep(e)
	case *events.ChatPresence:
		if e.State == types.ChatPresenceComposing {
			p.typing++
		}
	case *events.Receipt:
		if e.Type == types.ReceiptTypeRead && !e.IsFromMe {
			p.read = append(p.read, e.MessageIDs...)
		}
	}
}

func (p *Phone) keep(e *events.Message) {
	for i := range p.inbox {
		if p.inbox[i].ID == e.Info.ID {
			p.inbox[i].Count++
			return
		}
	}
	r := Received{ID: e.Info.ID, Text: textOf(e.Message), At: time.Now(), Count: 1}
	r.Seen = seen(r.Text)
	if c := e.Message.GetExtendedTextMessage().GetContextInfo(); c != nil {
		r.ReplyTo, r.Expires = c.GetStanzaID(), c.GetExpiration()
	}
	p.inbox = append(p.inbox, r)
}

func textOf(m *waE2E.Message) string {
	if t := m.GetConversation(); t != "" {
		return t
	}
	return m.GetExtendedTextMessage().GetText()
}

// Inbox is what arrived, oldest first, each message once.
func (p *Phone) Inbox() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.inbox)
}

// Typing is how often "typing…" was shown.
func (p *Phone) Typing() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.typing
}

// Read are the messages of this phone that the other side said it has read.
func (p *Phone) Read() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.read)
}

// Timer makes messages disappear after this many seconds, 0 for never.
func (p *Phone) Timer(seconds uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = seconds
}

func (p *Phone) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.account.server.ctx, 20*time.Second)
}
