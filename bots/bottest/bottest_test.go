package bottest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/bottest"
)

// The suite is itself tested on a network in memory that can what Telegram cannot:
// withdrawing, receipts, sending twice without a double, texts counted in bytes.
func TestSuite(t *testing.T) {
	bottest.Run(t, func(t *testing.T) bottest.Harness {
		n := &paper{changed: make(chan struct{}), inbox: make(map[string][]bottest.Received), sent: make(map[string]bots.Receipt)}
		return bottest.Harness{
			Open:    func(*testing.T, *slog.Logger) bots.Channel { return n },
			Network: n,
			Features: []bottest.Feature{bottest.Deletions, bottest.ReadReceipts, bottest.DeliveryReceipts,
				bottest.Idempotent, bottest.HardLimit, bottest.Redelivers, bottest.Repeats},
			Faults:  []bottest.Fault{bottest.LostReply, bottest.TooMany, bottest.Slow},
			Secrets: []string{"paper-secret"},
		}
	})
}

const paperKind bots.Kind = "paper"

// paper is a network and its channel in one.
type paper struct {
	mu      sync.Mutex
	changed chan struct{}
	queue   []bots.Message
	all     []bots.Message
	inbox   map[string][]bottest.Received
	sent    map[string]bots.Receipt
	read    []string
	fault   bottest.Fault
}

func (n *paper) Kind() bots.Kind { return paperKind }

func (n *paper) Limits() bots.Limits {
	return bots.Limits{Format: bots.Styles, Text: 2000, Unit: bots.Bytes, ChoosesID: true}
}

func (n *paper) Run(ctx context.Context, accept bots.AcceptFunc) error {
	for {
		n.mu.Lock()
		changed, queue := n.changed, n.queue
		n.mu.Unlock()
		for len(queue) > 0 && accept(ctx, queue[0]) == nil {
			n.mu.Lock()
			n.queue = n.queue[1:]
			queue = n.queue
			n.mu.Unlock()
		}
		wait := time.Hour
		if len(queue) > 0 {
			wait = 10 * time.Millisecond
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-time.After(wait):
		}
	}
}

func (n *paper) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	fault := n.fault
	n.fault = ""
	switch {
	case fault == bottest.TooMany:
		return bots.Receipt{}, &bots.SendError{Reason: bots.RateLimited, RetryAfter: bottest.Wait, Err: errors.New("slow down")}
	case fault == bottest.Slow:
		<-ctx.Done()
		return bots.Receipt{}, &bots.SendError{Reason: bots.Retry, Err: ctx.Err()}
	case !strings.HasPrefix(p.To.ID, "newcomer"):
		return bots.Receipt{}, &bots.SendError{Reason: bots.Unreachable, Err: errors.New("nobody")}
	case len(p.Body) > 2000:
		return bots.Receipt{}, &bots.SendError{Reason: bots.Rejected, Err: errors.New("too long")}
	}
	if r, ok := n.sent[p.ID]; ok {
		return r, nil
	}
	r := bots.Receipt{ID: "ours-" + p.ID, At: time.Now()}
	n.sent[p.ID] = r
	n.inbox[p.To.ID] = append(n.inbox[p.To.ID], bottest.Received{ID: r.ID, Text: p.Body})
	if fault == bottest.LostReply {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Retry, Err: errors.New("torn")}
	}
	return r, nil
}

func (n *paper) MarkRead(_ context.Context, _ bots.Address, ids []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.read = append(n.read, ids...)
	return nil
}

func (n *paper) deliver(m bots.Message) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	m.Channel, m.At = paperKind, time.Now()
	m.ID = fmt.Sprint("event-", len(n.all))
	n.all = append(n.all, m)
	n.push(m)
	return m.ID
}

func (n *paper) push(m bots.Message) {
	n.queue = append(n.queue, m)
	close(n.changed)
	n.changed = make(chan struct{})
}

func (n *paper) Phone(i int) bottest.Phone {
	return paperPhone{n, bots.Address{Channel: paperKind, ID: fmt.Sprint("newcomer-", i)}}
}

func (n *paper) Fail(f bottest.Fault, _ int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fault = f
}

func (n *paper) Again(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.all {
		if m.ID == id {
			n.push(m)
		}
	}
}

// What the network does not claim is never asked of it.
func (n *paper) Garbage() { panic("not claimed") }
func (n *paper) Leave()   { panic("not claimed") }
func (n *paper) Return()  { panic("not claimed") }

type paperPhone struct {
	n    *paper
	addr bots.Address
}

func (p paperPhone) Address() bots.Address { return p.addr }
func (p paperPhone) Write(text string) string {
	return p.n.deliver(bots.Message{Contact: p.addr, Text: text})
}

func (p paperPhone) Delete(id string) {
	p.n.deliver(bots.Message{Contact: p.addr, Action: bots.Delete, Target: id})
}

func (p paperPhone) Confirm(id string, read bool) {
	action := bots.Delivered
	if read {
		action = bots.Read
	}
	p.n.deliver(bots.Message{Contact: p.addr, Action: action, Target: id})
}

func (p paperPhone) ReadSeen() []string {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	return append([]string(nil), p.n.read...)
}

func (p paperPhone) Inbox() []bottest.Received {
	p.n.mu.Lock()
	defer p.n.mu.Unlock()
	return append([]bottest.Received(nil), p.n.inbox[p.addr.ID]...)
}
