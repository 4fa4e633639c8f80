package signal_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
	"github.com/brug-helpdesk/brug/internal/patience"
)

func TestTCP(t *testing.T)  { conformance(t, fake.Config{Network: "tcp"}) }
func TestUnix(t *testing.T) { conformance(t, fake.Config{Network: "unix"}) }
func TestHTTP(t *testing.T) { conformance(t, fake.Config{Network: "http"}) }

func TestManualMode(t *testing.T) {
	conformance(t, fake.Config{Network: "unix", Mode: fake.Manual})
}

// Versions before 0.14 let a client of their events wait for the headers.
func TestLateHeaders(t *testing.T) {
	conformance(t, fake.Config{Network: "http", LateHeaders: true, KeepAlive: 100 * time.Millisecond})
}

func conformance(t *testing.T, config fake.Config) {
	t.Parallel()
	bottest.Run(t, func(t *testing.T) bottest.Harness {
		d := startFake(t, config)
		h := bottest.Harness{
			Open: func(t *testing.T, log *slog.Logger) bots.Channel {
				c, err := signal.New(log, signal.Config{RPC: d.URL(), Account: fake.Account})
				if err != nil {
					t.Fatal(err)
				}
				c.SetWaits(20*time.Millisecond, time.Second, time.Minute, time.Minute, 2*time.Second)
				return noticed{c, d}
			},
			Network: &network{t: t, d: d},
			Features: []bottest.Feature{
				bottest.Edits, bottest.Deletions, bottest.Reactions, bottest.Quotes, bottest.Attachments,
				bottest.Unknowns, bottest.Typing, bottest.HearsTyping, bottest.ReadReceipts, bottest.DeliveryReceipts, bottest.Repeats,
				bottest.Garbage, bottest.Outages,
			},
			Faults: []bottest.Fault{
				bottest.LostRequest, bottest.LostReply, bottest.TooMany, bottest.Refused, bottest.Forbidden, bottest.Slow,
			},
			Secrets: []string{fake.Account, fake.AccountUUID, strings.TrimPrefix(fake.Account, "+")},
		}
		if config.Network == "http" {
			h.Faults = append(h.Faults, bottest.BadGateway)
		}
		return h
	})
}

func startFake(t *testing.T, config fake.Config) *fake.Daemon {
	t.Helper()
	d, err := fake.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// noticed is a channel whose stop the daemon has noticed when Run returns. What is
// pushed to a connection that has just ended is lost, which is Signal's rule and not
// what the suite asks about.
type noticed struct {
	*signal.Channel
	d *fake.Daemon
}

func (n noticed) Run(ctx context.Context, accept bots.AcceptFunc) error {
	err := n.Channel.Run(ctx, accept)
	for end := time.Now().Add(patience.Limit); !n.d.Idle(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return errors.New("the daemon does not notice the stop")
		}
	}
	return err
}

// network is the fake as the suite sees it.
type network struct {
	t *testing.T
	d *fake.Daemon
}

func (n *network) Phone(i int) bottest.Phone {
	uuid := "d37732dd-213a-4279-b8e4-2f964b9aae0" + strconv.Itoa(i)
	number := ""
	if i == 1 {
		number = "+31612345678"
	}
	return &phone{n: n, p: n.d.Person(uuid, number)}
}

func (n *network) Again(id string) { n.d.Again(timestamp(n.t, id)) }
func (n *network) Leave()          { n.d.Leave() }

func (n *network) Return() {
	if err := n.d.Return(); err != nil {
		n.t.Error(err)
	}
}

func (n *network) Garbage() {
	for _, params := range []string{
		`{"envelope":{"sourceUuid":"d37732dd-213a-4279-b8e4-2f964b9aae00","timestamp":"soon","dataMessage":{"message":"x"}}}`,
		`{"envelope":{"sourceUuid":"d37732dd-213a-4279-b8e4-2f964b9aae00","dataMessage":{"message":"x"}}}`,
		`{"envelope":{"sourceUuid":7,"timestamp":1795320949990,"dataMessage":{"message":"x"}}}`,
		`{"envelope":{"timestamp":1795320949990,"dataMessage":{"message":"from nobody"}}}`,
		`{"envelope":{"sourceUuid":"d37732dd-213a-4279-b8e4-2f964b9aae00","timestamp":1795320949990,"newKind":{}}}`,
		`{"envelope":7}`, `{"envelope":null,"account":"+3197010203040"}`, `{}`, `[]`, `null`, `7`, `"x"`, `{"envelope":{"`,
		`{"exception":{"message":null,"type":"NullPointerException"}}`,
	} {
		n.d.Raw(params)
	}
	for _, line := range []string{"", "}{", "null", "[]", `{"jsonrpc":"2.0","result":{},"id":"99999"}`, `{"jsonrpc":"2.0","result":{},"id":7}`,
		`{"jsonrpc":"2.0","method":"callEvent","params":{}}`} {
		n.d.Line(line)
	}
}

func (n *network) Fail(f bottest.Fault, times int) {
	n.d.Fail(map[bottest.Fault]fake.Fault{
		bottest.LostRequest: {Drop: true},
		bottest.LostReply:   {Drop: true, After: true},
		bottest.BadGateway:  {Page: true},
		bottest.TooMany:     {Type: "RATE_LIMIT_FAILURE", RetryAfter: int64(bottest.Wait / time.Second)},
		bottest.Refused:     {Code: -1, Message: "Invalid style: HUGE"},
		bottest.Forbidden:   {Code: -32602, Message: "Specified account does not exist"},
		bottest.Slow:        {Hold: make(chan struct{})}, // for ever
	}[f], times)
}

// phone is a newcomer with Signal.
type phone struct {
	n *network
	p *fake.Person
}

func timestamp(t *testing.T, id string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "o"), 10, 64)
	if err != nil {
		t.Errorf("%q is no message of Signal's", id)
	}
	return n
}

func theirs(timestamp int64) string { return strconv.FormatInt(timestamp, 10) }

func (p *phone) Address() bots.Address {
	a := bots.Address{Channel: bots.Signal, ID: p.p.UUID()}
	if p.p.Number() != "" {
		a.Alt = []string{p.p.Number()}
	}
	return a
}

func (p *phone) Write(text string) string   { return theirs(p.p.Write(text)) }
func (p *phone) Edit(id, text string)       { p.p.Edit(timestamp(p.n.t, id), text) }
func (p *phone) Delete(id string)           { p.p.Delete(timestamp(p.n.t, id)) }
func (p *phone) TypingSeen() int            { return p.p.Typing() }
func (p *phone) Type()                      { p.p.Type(true) }
func (p *phone) Confirm(id string, r bool)  { p.p.Confirm(r, timestamp(p.n.t, id)) }
func (p *phone) Surprise() (string, string) { return theirs(p.p.Poll()), "poll" }

func (p *phone) React(id, emoji string) {
	p.p.React(timestamp(p.n.t, id), emoji, emoji == "")
}

func (p *phone) SendFile(f bottest.File) string {
	return theirs(p.p.File(f.MIME, f.Name, f.Caption, f.Data))
}

func (p *phone) ReadSeen() []string {
	var out []string
	for _, t := range p.p.Read() {
		out = append(out, theirs(t))
	}
	return out
}

func (p *phone) Inbox() []bottest.Received {
	var out []bottest.Received
	for _, m := range p.p.Inbox() {
		r := bottest.Received{ID: "o" + theirs(m.Timestamp), Text: m.Text}
		if m.Quote != 0 {
			r.ReplyTo = theirs(m.Quote)
			if m.QuoteAuthor != p.p.UUID() {
				p.n.t.Errorf("the quote is of %q", m.QuoteAuthor)
			}
		}
		out = append(out, r)
	}
	return out
}
