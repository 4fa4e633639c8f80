package mailbox

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/router/safety"
)

var (
	//go:embed accept.lua
	acceptSource string
	//go:embed load.lua
	loadSource string

	acceptScript = redis.NewScript(acceptSource)
	loadScript   = redis.NewScript(loadSource)
)

const (
	// mostEvents is how many events of one conversation may wait; the rest is
	// counted and dropped, and the person told.
	mostEvents = 100
	// keepSeen is how long a delivered message is remembered. WhatsApp's servers
	// repeat for up to 7 days.
	keepSeen = 8 * 24 * time.Hour
	// longestQuiet is how long a person who keeps writing waits at most.
	longestQuiet = 6 * time.Second
)

// Options are a mailbox's settings.
type Options struct {
	// Quiet is how long free text waits for more of it; 0 makes every message a
	// turn of its own.
	Quiet time.Duration
	// Keep is how long a conversation is kept after its last event.
	Keep time.Duration
	// Danger says what danger a text speaks of; such a text cannot wait.
	Danger func(text string) safety.Finding
	// Mask hides what must not be stored; urgent texts are not masked. May be nil.
	Mask func(text string) string
	// Accepted is called after a message is stored for the first time, with the
	// owner of its conversation. It must not block. May be nil.
	Accepted func(m bots.Message, owner string)
}

// Event is something that happened to a conversation.
type Event struct {
	// Kind is "message", or what [Mailbox.Post] was called with.
	Kind string `json:"kind"`
	// At is when it was stored.
	At      time.Time     `json:"at"`
	Message *bots.Message `json:"message,omitempty"`
	// Danger is what the message's text was found to be before it was masked; nil when
	// there was no text.
	Danger *safety.Finding `json:"danger,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// Mailbox stores events and hands them out. It is safe for concurrent use.
type Mailbox struct {
	log   *slog.Logger
	store *store.Store
	queue store.Queue
	o     Options
	// worker hands out turns; retry is how long a failed one waits.
	worker *store.Worker
	retry  time.Duration
	handle Handler // of Run
}

// queueName names the queue of conversations, and the topic that wakes it.
const queueName = "mail"

// New makes the mailbox of a helpdesk.
func New(log *slog.Logger, s *store.Store, bell *store.Bell, o Options) *Mailbox {
	return &Mailbox{log: log, store: s, queue: s.Queue(queueName), o: o, retry: 2 * time.Second,
		worker: store.NewWorker(log, s, bell, queueName, turnLease, atOnce)}
}

func (m *Mailbox) headKey(conversation string) string { return m.store.Key("conv", conversation) }
func (m *Mailbox) eventsKey(conversation string) string {
	return m.store.Key("conv", conversation, "events")
}
func (m *Mailbox) contactKey(c bots.Kind, id string) string {
	return m.store.Key("contact", m.store.Hash("contact "+string(c), id))
}

// Accept stores a message; it is a [bots.AcceptFunc]. A message that was stored
// before changes nothing.
func (m *Mailbox) Accept(ctx context.Context, msg bots.Message) error {
	var cut bool
	msg.Text, cut = bots.CleanText(msg.Text)
	msg.Cut = msg.Cut || cut
	contacts := m.contactKeys(msg.Contact)
	conversation := store.NewID() // unless the contact has one
	e := Event{Kind: "message", At: time.Now().UTC(), Message: &msg}
	if msg.Text != "" {
		found := m.o.Danger(msg.Text)
		e.Danger = &found
	}
	urgent := e.Danger != nil && e.Danger.Kind != ""
	if m.o.Mask != nil && !urgent {
		msg.Text = m.o.Mask(msg.Text)
	}
	hot := urgent || msg.Action != bots.New || strings.HasPrefix(msg.Text, "/")
	for range 3 {
		status, answer, err := m.accept(ctx, conversation, contacts, e, hot)
		if err != nil {
			return err
		}
		switch status {
		case 2: // it has
			conversation = answer
			continue
		case 0:
			delay := m.o.Quiet
			if hot || answer == "volunteer" {
				delay = 0
			}
			m.worker.WakeAt(time.Now().Add(delay))
		}
		if m.o.Accepted != nil && (status == 0 || status == 4) {
			m.o.Accepted(msg, answer)
		}
		return nil
	}
	return fmt.Errorf("accept message: the contact's conversation keeps changing")
}

func (m *Mailbox) contactKeys(a bots.Address) []string {
	keys := []string{m.contactKey(a.Channel, a.ID)}
	for _, alt := range a.Alt {
		if alt != "" && alt != a.ID {
			keys = append(keys, m.contactKey(a.Channel, alt))
		}
	}
	return keys
}

func (m *Mailbox) allContactKeys(contacts []bots.Address) []string {
	var keys []string
	for _, c := range contacts {
		keys = append(keys, m.contactKeys(c)...)
	}
	return keys
}

// Find returns the conversation of a contact, or "" when there is none.
func (m *Mailbox) Find(ctx context.Context, contact bots.Address) (string, error) {
	found, err := m.store.Cmd().MGet(ctx, m.contactKeys(contact)...).Result()
	if err != nil {
		return "", fmt.Errorf("find conversation: %w", err)
	}
	for _, f := range found {
		if id, ok := f.(string); ok {
			return id, nil
		}
	}
	return "", nil
}

func (m *Mailbox) accept(ctx context.Context, conversation string, contacts []string, e Event, hot bool) (int64, string, error) {
	msg := e.Message
	seen := m.store.Key("seen", m.store.Hash("seen "+string(msg.Channel), msg.Contact.ID+"\x00"+msg.ID))
	keys := append([]string{seen, m.queue.Due, m.queue.Leases, m.headKey(conversation), m.eventsKey(conversation)}, contacts...)
	hotFlag := 0
	if hot {
		hotFlag = 1
	}
	lease, idle := m.worker.Offer(conversation)
	token := ""
	if idle {
		token = lease.ID()
	}
	got, err := m.store.Run(ctx, acceptScript, keys, conversation,
		m.store.SealJSON(m.eventsKey(conversation), e), hotFlag,
		m.o.Quiet.Milliseconds(), min(longestQuiet, 4*m.o.Quiet).Milliseconds(), mostEvents,
		keepSeen.Milliseconds(), m.o.Keep.Milliseconds(), token, turnLease.Milliseconds()).Slice()
	if err != nil {
		return 0, "", fmt.Errorf("accept message: %w", err)
	}
	var waits []string
	for _, field := range got[2:] {
		waits = append(waits, field.(string))
	}
	if len(waits) > 0 {
		m.worker.Begin(lease, func(ctx context.Context, lease store.Lease) { m.turn(ctx, lease, waits) })
	}
	return got[0].(int64), got[1].(string), nil
}

// Post is the writes that add an event from inside: what a volunteer did, a reply
// that could not be sent. It raises the conversation's version and is taken at once.
func (m *Mailbox) Post(conversation, kind string, data any) []store.Op {
	plain, err := json.Marshal(data)
	if err != nil {
		panic(err) // callers post plain data
	}
	head := m.headKey(conversation)
	e := Event{Kind: kind, At: time.Now().UTC(), Data: plain}
	return []store.Op{
		store.Do("RPUSH", m.eventsKey(conversation), m.store.SealJSON(m.eventsKey(conversation), e)),
		store.Do("HINCRBY", head, "v", 1),
		store.Wake(m.queue.Due, m.queue.Leases, head, conversation, 0),
		m.store.Ring(queueName, ""),
	}
}

// Depth is how many conversations have something due or waiting.
func (m *Mailbox) Depth(ctx context.Context) (int64, error) {
	return m.store.Cmd().ZCard(ctx, m.queue.Due).Result()
}

// Recover makes what a dead process worked on due at once. Only a process that
// knows itself to be alone may call it.
func (m *Mailbox) Recover(ctx context.Context) error { return m.store.Recover(ctx, m.queue) }

// Erase is the writes that delete a conversation's mailbox and its contacts.
func (m *Mailbox) Erase(conversation string, contacts []bots.Address) []store.Op {
	ops := []store.Op{
		store.Do("DEL", m.eventsKey(conversation)),
		store.Do("ZREM", m.queue.Due, conversation),
		store.Do("HDEL", m.queue.Leases, conversation),
		store.Do("DEL", m.headKey(conversation)),
	}
	for _, key := range m.allContactKeys(contacts) {
		ops = append(ops, store.Do("DEL", key))
	}
	return ops
}
