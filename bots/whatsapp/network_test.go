package whatsapp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
	"github.com/brug-helpdesk/brug/bots/whatsapp"
	fake "github.com/brug-helpdesk/brug/internal/fake/whatsapp"
	"github.com/brug-helpdesk/brug/internal/patience"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashing); path != "" {
		fmt.Fprintln(os.Stderr, crash(path)) // it does not return by itself
		os.Exit(1)
	}
	fake.Trust()
	os.Exit(m.Run())
}

// network is the fake with our number on it, as the suite and our tests see it.
type network struct {
	t    *testing.T
	s    *fake.Server
	desk *fake.Account
	path string // of the database

	mu     sync.Mutex
	phones map[int]*phone
}

const ourNumber = "3197010200300"

func newNetwork(t *testing.T) *network {
	t.Helper()
	s, err := fake.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &network{t: t, s: s, desk: s.Account(ourNumber), path: filepath.Join(t.TempDir(), "keys", "whatsapp.db"), phones: map[int]*phone{}}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// open makes the channel as a newly started process does.
func (n *network) open(t *testing.T, log *slog.Logger, change ...func(*whatsapp.Config)) *whatsapp.Channel {
	t.Helper()
	config := whatsapp.Config{DSN: n.path, Client: n.s.Client(), PerMinute: 100000, Codec: codec{}}
	for _, f := range change {
		f(&config)
	}
	c, err := whatsapp.New(context.Background(), log, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	c.SetWaits(50*time.Millisecond, time.Second, 10*time.Second, 10*time.Second)
	return c
}

// link links our number's phone by a QR code.
func (n *network) link(t *testing.T) {
	t.Helper()
	c := n.open(t, quiet())
	steps, err := c.Pair(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for step := range steps {
		switch {
		case step.Err != nil:
			t.Fatal(step.Err)
		case step.QR != "":
			if err := n.desk.Scan(step.QR); err != nil {
				t.Fatal(err)
			}
		case step.Linked != "+"+ourNumber:
			t.Fatalf("linked %q", step.Linked)
		}
	}
}

// codec seals so that a test sees whether it was used.
type codec struct{}

func (codec) Seal(name string, plain []byte) []byte {
	out := []byte(name + "\x00")
	for _, b := range plain {
		out = append(out, b^0x5a)
	}
	return out
}

func (codec) Open(name string, sealed []byte) ([]byte, error) {
	rest, ok := strings.CutPrefix(string(sealed), name+"\x00")
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	out := []byte(rest)
	for i := range out {
		out[i] ^= 0x5a
	}
	return out, nil
}

func (n *network) Phone(i int) bottest.Phone { return n.phone(i) }

// phone is the nth newcomer's; it is switched on when first used.
func (n *network) phone(i int) *phone {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.phones[i]
	if p == nil {
		account := n.s.Account("38050123456" + string(rune('0'+i)))
		p = &phone{n: n, account: account}
		n.phones[i] = p
	}
	return p
}

func (n *network) Again(id string) { n.s.Again(id) }

// Garbage is what a server or a contact's broken app could send.
func (n *network) Garbage() {
	n.s.Raw([]byte{0, 0xf8, 0xff, 0x01})
	n.s.Raw([]byte{2, 1, 2, 3})
	n.s.Send("message", map[string]any{"id": "X"}, nil)
	n.s.Send("message", map[string]any{"id": "Y", "t": "soon", "from": n.phone(0).account.Number(), "type": 7}, []byte("x"))
	n.s.Send("message", map[string]any{"id": "Z", "t": 1, "from": n.phone(0).account.Number(), "type": "text"}, nil)
	n.s.Send("receipt", map[string]any{"type": "read"}, nil)
	n.s.Send("new-kind", map[string]any{"id": "W"}, nil)
	n.s.Send("notification", map[string]any{"id": "V", "type": "from-the-future", "from": n.desk.Number()}, nil)
}

func (n *network) Leave()  { n.s.Leave() }
func (n *network) Return() { n.s.Return() }

func (n *network) Fail(f bottest.Fault, times int) {
	n.s.Fail(map[bottest.Fault]fake.Fault{
		bottest.LostRequest: {Drop: true},
		bottest.LostReply:   {Drop: true, After: true},
		bottest.Refused:     {Error: 479},
		bottest.Forbidden:   {Error: 463},
		bottest.Slow:        {Delay: 5 * patience.Limit},
	}[f], times)
}

// phone is a newcomer with WhatsApp.
type phone struct {
	n       *network
	account *fake.Account

	once sync.Once
	app  *fake.Phone
}

func (p *phone) on() *fake.Phone {
	p.once.Do(func() {
		app, err := p.account.Phone(p.n.desk, "Оксана Коваль")
		if err != nil {
			panic(err)
		}
		p.app = app
		p.n.t.Cleanup(app.Close)
	})
	return p.app
}

func (p *phone) Address() bots.Address {
	return bots.Address{Channel: bots.WhatsApp, ID: p.account.LID().String(), Alt: []string{p.account.Number().String()}}
}

func (p *phone) Write(text string) string          { return p.on().Write(text) }
func (p *phone) Edit(id, text string)              { p.on().Edit(id, text) }
func (p *phone) Delete(id string)                  { p.on().Delete(id) }
func (p *phone) React(id, emoji string)            { p.on().React(id, emoji) }
func (p *phone) SendPlace(lat, lon float64) string { return p.on().Place(lat, lon) }
func (p *phone) TypingSeen() int                   { return p.on().Typing() }
func (p *phone) ReadSeen() []string                { return p.on().Read() }
func (p *phone) Confirm(id string, read bool)      { p.on().Confirm(id, read) }

// Type types once WhatsApp knows that we are online: before that it would not tell us.
func (p *phone) Type() {
	eventually(p.n.t, "we are online", p.n.desk.Online)
	p.on().Type(true)
}

func (p *phone) Surprise() (string, string) {
	return p.on().Send(&waE2E.Message{EventMessage: &waE2E.EventMessage{Name: proto.String("coffee")}}), "event"
}

func (p *phone) SendFile(f bottest.File) string {
	switch f.Kind {
	case bots.Image:
		return p.on().Photo(f.Data, f.Caption)
	case bots.Voice:
		return p.on().Voice(f.Data)
	case bots.Document:
		return p.on().Document(f.Name, f.MIME, f.Data, f.Caption)
	}
	p.n.t.Errorf("the phone cannot send %s", f.Kind)
	return ""
}

func (p *phone) Inbox() []bottest.Received {
	var out []bottest.Received
	for _, m := range p.on().Inbox() {
		out = append(out, bottest.Received{ID: m.ID, Text: m.Seen, ReplyTo: m.ReplyTo})
	}
	return out
}
