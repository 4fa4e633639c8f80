package bots

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Who speaks in a transcript.
const (
	FromNewcomer  = "newcomer"
	FromBot       = "bot"
	FromVolunteer = "volunteer"
	FromNote      = "note"   // written by a volunteer for volunteers
	FromSystem    = "system" // what happened: claimed, resolved, withdrawn
)

// Delivery states of an entry, in the order they are reached.
const (
	DeliveryQueued    = "queued"
	DeliverySent      = "sent"
	DeliveryDelivered = "delivered"
	DeliveryRead      = "read"
	DeliveryFailed    = "failed"
)

// Entry is one line of what was said in a conversation.
type Entry struct {
	// ID is the network's for a newcomer's message and the reply's ID for ours.
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	From string    `json:"from"`
	// By is the volunteer's name.
	By       string    `json:"by,omitempty"`
	Text     string    `json:"text,omitempty"`
	Lang     string    `json:"lang,omitempty"`
	Choices  []Choice  `json:"choices,omitempty"`
	Media    []Media   `json:"media,omitempty"`
	Location *Location `json:"location,omitempty"`
	Article  string    `json:"article,omitempty"`
	Revision string    `json:"revision,omitempty"`
	// Edits names the entry whose words this one replaces, Withdraws the one that its
	// sender took back: see [Transcript.Write].
	Edits     string `json:"edits,omitempty"`
	Withdraws string `json:"withdraws,omitempty"`
	// Withdrawn and Edited say that this was done to the entry: what stood there
	// before is kept nowhere.
	Withdrawn bool `json:"withdrawn,omitempty"`
	Edited    bool `json:"edited,omitempty"`
	// Delivery and Reason are set by Read for what we sent: the least state of
	// its parts.
	Delivery string `json:"delivery,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// Transcript keeps what was said, sealed, in a list for each conversation. Its
// keys expire Keep after the last entry, unless the conversation's owner keeps them
// longer.
type Transcript struct {
	store *store.Store
	keep  time.Duration
	max   int
}

// NewTranscript keeps entries for the time given, and at most the last max.
func NewTranscript(s *store.Store, keep time.Duration, max int) *Transcript {
	return &Transcript{store: s, keep: keep, max: max}
}

// Append is the writes that add an entry.
func (t *Transcript) Append(conversation string, e Entry) []store.Op {
	return t.Entries(conversation, []Entry{e})
}

// Entries is the writes that add entries.
func (t *Transcript) Entries(conversation string, entries []Entry) []store.Op {
	if len(entries) == 0 {
		return nil
	}
	key := logKey(t.store, conversation)
	sealed := make([]any, len(entries))
	for i, e := range entries {
		sealed[i] = t.store.SealJSON(key, e)
	}
	return []store.Op{
		store.Do("RPUSH", key, sealed...),
		store.Do("LTRIM", key, -t.max, -1),
		store.Do("PEXPIRE", key, t.keep.Milliseconds()),
	}
}

// Hold is the writes that keep a transcript, and what waits to be sent, as long as a
// case is open.
func (t *Transcript) Hold(conversation string) []store.Op {
	var ops []store.Op
	for _, key := range t.keys(conversation) {
		ops = append(ops, store.Do("PERSIST", key))
	}
	return ops
}

// Release is the writes that let them expire again.
func (t *Transcript) Release(conversation string) []store.Op {
	var ops []store.Op
	for _, key := range t.keys(conversation) {
		ops = append(ops, store.Do("PEXPIRE", key, t.keep.Milliseconds()))
	}
	return ops
}

func (t *Transcript) keys(conversation string) []string {
	keys := []string{logKey(t.store, conversation)}
	for _, box := range boxes(conversation) {
		keys = append(keys, deliveryKey(t.store, box), outKey(t.store, box))
	}
	return keys
}

// Erase is the writes that delete a transcript.
func (t *Transcript) Erase(conversation string) []store.Op {
	return []store.Op{store.Do("DEL", logKey(t.store, conversation))}
}

// Read returns the entries of a conversation, oldest first, with the state of
// delivery.
func (t *Transcript) Read(ctx context.Context, conversation string) ([]Entry, error) {
	_, entries, err := t.list(ctx, conversation)
	if err != nil {
		return nil, err
	}
	states := map[string]string{}
	for _, box := range boxes(conversation) {
		more, err := t.store.Cmd().HGetAll(ctx, deliveryKey(t.store, box)).Result()
		if err != nil {
			return nil, fmt.Errorf("read delivery: %w", err)
		}
		maps.Copy(states, more)
	}
	for i := range entries {
		entries[i].Delivery, entries[i].Reason = deliveryOf(states, entries[i].ID)
	}
	return entries, nil
}

// list reads the entries, sealed as they lie there and opened.
func (t *Transcript) list(ctx context.Context, conversation string) (sealed []string, entries []Entry, err error) {
	key := logKey(t.store, conversation)
	if sealed, err = t.store.Cmd().LRange(ctx, key, 0, -1).Result(); err != nil {
		return nil, nil, fmt.Errorf("read transcript: %w", err)
	}
	for _, s := range sealed {
		plain, err := t.store.Open(key, []byte(s))
		var e Entry
		if err == nil {
			err = json.Unmarshal(plain, &e)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read transcript: %w", err)
		}
		entries = append(entries, e)
	}
	return sealed, entries, nil
}

// deliveryOf folds the states of a reply's parts: one failed part fails the reply,
// else the part that got least far counts.
func deliveryOf(states map[string]string, reply string) (state, reason string) {
	rank := map[string]int{DeliveryQueued: 1, DeliverySent: 2, DeliveryDelivered: 3, DeliveryRead: 4}
	for n := 0; ; n++ {
		value, ok := states[fmt.Sprintf("p:%s-%d", reply, n)]
		if !ok {
			return state, reason
		}
		s, why, _ := strings.Cut(value, " ")
		if s == DeliveryFailed {
			return s, why
		}
		if state == "" || rank[s] < rank[state] {
			state = s
		}
	}
}

func logKey(s *store.Store, conversation string) string { return s.Key("conv", conversation, "log") }
