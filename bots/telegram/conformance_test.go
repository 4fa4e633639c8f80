package telegram_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
	"github.com/brug-helpdesk/brug/bots/telegram"
	fake "github.com/brug-helpdesk/brug/internal/fake/telegram"
	"github.com/brug-helpdesk/brug/internal/patience"
)

func TestPolling(t *testing.T) {
	bottest.Run(t, func(t *testing.T) bottest.Harness {
		h := harness(t, telegram.Poll)
		h.Features = append(h.Features, bottest.Outages)
		return h
	})
}

func TestWebhook(t *testing.T) {
	bottest.Run(t, func(t *testing.T) bottest.Harness {
		return harness(t, telegram.Webhook)
	})
}

func harness(t *testing.T, mode telegram.Mode) bottest.Harness {
	s := startFake(t)
	// Telegram holds its answer to who asks the same again, also at a stop. Here an hour
	// passes between two questions.
	var hours atomic.Int64
	s.SetClock(func() time.Time { return time.Unix(0, 0).Add(time.Duration(hours.Add(1)) * time.Hour) })
	n := &network{t: t, s: s, updates: make(map[string]int64)}
	hook := &mount{}
	web := httptest.NewServer(hook)
	t.Cleanup(web.Close)
	return bottest.Harness{
		Open: func(t *testing.T, log *slog.Logger) bots.Channel {
			c, err := telegram.New(log, telegram.Config{
				Token: fake.Token, APIURL: s.URL(), Mode: mode, WebhookURL: web.URL + "/hooks/telegram",
			})
			if err != nil {
				t.Fatal(err)
			}
			c.SetStopTime(patience.Limit)
			hook.set(c.Handler())
			return c
		},
		Network: n,
		Features: []bottest.Feature{
			bottest.Edits, bottest.Buttons, bottest.Reactions, bottest.Quotes, bottest.Attachments, bottest.Locations,
			bottest.Unknowns, bottest.Blocks, bottest.Typing, bottest.HardLimit, bottest.Redelivers, bottest.Repeats,
			bottest.Garbage, bottest.LangHints,
		},
		Faults: []bottest.Fault{
			bottest.LostRequest, bottest.LostReply, bottest.BadGateway, bottest.TooMany, bottest.Refused,
			bottest.Forbidden, bottest.Slow,
		},
		Secrets: []string{fake.Token, "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"},
	}
}

// startFake starts a server that is as lenient about webhooks as a self-hosted one.
func startFake(t *testing.T) *fake.Server {
	t.Helper()
	s, err := fake.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Local()
	return s
}

// mount is the web server's place for the webhook of the channel that runs now.
type mount struct {
	mu sync.Mutex
	h  http.Handler
}

func (m *mount) set(h http.Handler) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.h = h
}

func (m *mount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	h := m.h
	m.mu.Unlock()
	h.ServeHTTP(w, r)
}

// network is the fake as the suite sees it.
type network struct {
	t *testing.T
	s *fake.Server

	mu      sync.Mutex
	updates map[string]int64 // by the identifier of the message they carried
}

func (n *network) note(id string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.updates[id] = n.s.LastUpdate()
	return id
}

func (n *network) Phone(i int) bottest.Phone {
	return &phone{n: n, chat: n.s.User(900100200+int64(i), "Оксана", "uk")}
}

func (n *network) Again(id string) {
	n.mu.Lock()
	update := n.updates[id]
	n.mu.Unlock()
	n.s.Again(update)
}

func (n *network) Garbage() {
	for _, raw := range []string{
		`{"update_id":%d,"message":{"message_id":"seven","chat":[],"text":{"a":"900100200"}}}`,
		`{"update_id":%d,"message":900100200}`,
		`{"update_id":%d,"message":{}}`,
		`{"update_id":%d,"new_kind_of_update":{"chat":{"id":900100200}}}`,
		`{"update_id":%d}`,
		`{"update_id":%d,"callback_query":{"id":5}}`,
		`{"update_id":"%d","edited_message":{"message_id":1.5}}`,
	} {
		n.s.Raw(raw)
	}
}

func (n *network) Leave() { n.s.Leave() }

func (n *network) Return() {
	if err := n.s.Return(); err != nil {
		n.t.Error(err)
	}
}

func (n *network) Fail(f bottest.Fault, times int) {
	n.s.Fail(map[bottest.Fault]fake.Fault{
		bottest.LostRequest: {Drop: true},
		bottest.LostReply:   {Drop: true, After: true},
		bottest.BadGateway:  {Page: true},
		bottest.TooMany:     {Code: 429, Description: "Too Many Requests: retry after 7", RetryAfter: int(bottest.Wait / time.Second)},
		bottest.Refused:     {Code: 400, Description: "Bad Request: BUTTON_DATA_INVALID"},
		bottest.Forbidden:   {Code: 401, Description: "Unauthorized"},
		bottest.Slow:        {Delay: 5 * patience.Limit},
	}[f], times)
}

// phone is a newcomer with Telegram.
type phone struct {
	n    *network
	chat *fake.Chat
}

func (p *phone) Address() bots.Address {
	return bots.Address{Channel: bots.Telegram, ID: strconv.FormatInt(p.chat.ID(), 10)}
}

func (p *phone) made(id int64) string { return p.n.note(strconv.FormatInt(id, 10)) }

func (p *phone) number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		p.n.t.Errorf("%q is no message of Telegram's", id)
	}
	return n
}

func (p *phone) Write(text string) string   { return p.made(p.chat.Text(text)) }
func (p *phone) Edit(id, text string)       { p.chat.Edit(p.number(id), text) }
func (p *phone) Tap(id, choice string)      { p.chat.Tap(p.number(id), choice) }
func (p *phone) React(id, emoji string)     { p.chat.React(p.number(id), emoji) }
func (p *phone) Block()                     { p.chat.Block() }
func (p *phone) Unblock()                   { p.chat.Unblock() }
func (p *phone) TypingSeen() int            { return p.chat.Typing() }
func (p *phone) Surprise() (string, string) { return p.surprise(), "dice" }
func (p *phone) SendPlace(lat, lon float64) string {
	return p.made(p.chat.Location(lat, lon))
}

func (p *phone) surprise() string {
	return p.made(p.chat.Message(fake.Fields{"dice": fake.Fields{"emoji": "🎲", "value": 4}}))
}

func (p *phone) SendFile(f bottest.File) string {
	switch f.Kind {
	case bots.Image:
		return p.made(p.chat.Photo(f.Data, f.Caption))
	case bots.Voice:
		return p.made(p.chat.Voice(f.Data))
	case bots.Document:
		return p.made(p.chat.Document(f.Name, f.MIME, f.Data, f.Caption))
	}
	p.n.t.Errorf("the phone cannot send %s", f.Kind)
	return ""
}

func (p *phone) Inbox() []bottest.Received {
	var out []bottest.Received
	for _, m := range p.chat.Sent() {
		r := bottest.Received{ID: strconv.FormatInt(m.ID, 10), Text: m.Text}
		for _, row := range m.Buttons {
			for _, b := range row {
				r.Choices = append(r.Choices, bots.Choice{ID: b.Data, Label: b.Text, URL: b.URL})
			}
		}
		if m.ReplyTo != 0 {
			r.ReplyTo = strconv.FormatInt(m.ReplyTo, 10)
		}
		out = append(out, r)
	}
	return out
}
