package bots_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// network is a channel that takes parts, or refuses them as a test wants.
type network struct {
	mu     sync.Mutex
	sent   []string
	refuse func(p bots.Part, try int) error
	tries  map[string]int
}

func (n *network) Kind() bots.Kind     { return bots.Telegram }
func (n *network) Limits() bots.Limits { return bots.Limits{Format: bots.HTML, Text: 4096} }
func (n *network) Run(ctx context.Context, _ bots.AcceptFunc) error {
	<-ctx.Done()
	return nil
}

func (n *network) Send(_ context.Context, p bots.Part) (bots.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tries[p.ID]++
	if n.refuse != nil {
		if err := n.refuse(p, n.tries[p.ID]); err != nil {
			return bots.Receipt{}, err
		}
	}
	n.sent = append(n.sent, p.ID)
	return bots.Receipt{ID: "net-" + p.ID}, nil
}

func (n *network) got() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.sent...)
}

type watcher struct{}

func (watcher) Sent(bots.Kind, time.Duration) {}
func (watcher) Failed(bots.Kind, bots.Reason) {}

// post is an outbox with a sender.
type post struct {
	t       *testing.T
	store   *store.Store
	outbox  *bots.Outbox
	log     *bots.Transcript
	network *network
	parked  []bots.Parked
	mu      sync.Mutex
}

func newPost(t *testing.T) *post {
	s := storetest.Open(t)
	return &post{t: t, store: s, outbox: bots.NewOutbox(s, time.Hour), log: bots.NewTranscript(s, time.Hour, 100),
		network: &network{tries: map[string]int{}}}
}

func (p *post) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	bell := store.NewBell(p.store)
	d := bots.NewDelivery(slog.New(slog.DiscardHandler), p.store, p.outbox, bell, p.network, watcher{},
		func(_ string, parked bots.Parked) []store.Op {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.parked = append(p.parked, parked)
			return nil
		})
	var wg sync.WaitGroup
	wg.Go(func() { bell.Run(ctx) })
	wg.Go(func() { d.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	p.t.Cleanup(stop)
	return stop
}

func (p *post) put(conversation string, urgent bool, ids ...string) {
	p.t.Helper()
	var parts []bots.Part
	var ops []store.Op
	for _, id := range ids {
		parts = append(parts, bots.Part{ID: id, To: bots.Address{Channel: bots.Telegram, ID: conversation}, Body: "text of " + id, Urgent: urgent})
		reply := id[:len(id)-2]
		ops = append(ops, p.log.Append(conversation, bots.Entry{ID: reply, From: bots.FromBot})...)
	}
	ops = append(ops, p.outbox.Put(conversation, parts)...)
	if err := p.store.Apply(p.t.Context(), store.Tx{Head: p.store.Key("test"), Ops: ops}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) delivery(conversation, reply string) (state, reason string) {
	p.t.Helper()
	entries, err := p.log.Read(p.t.Context(), conversation)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		if e.ID == reply {
			return e.Delivery, e.Reason
		}
	}
	return "", ""
}

func TestPartsGoOutInOrderAndOnce(t *testing.T) {
	p := newPost(t)
	var want []string
	for i := range 20 {
		p.put("a", false, fmt.Sprintf("r%02d-0", i), fmt.Sprintf("r%02d-1", i))
		want = append(want, fmt.Sprintf("r%02d-0", i), fmt.Sprintf("r%02d-1", i))
	}
	p.start()
	p.start() // a second process
	patience.Until(t, "all parts", func() bool { return len(p.network.got()) >= len(want) })
	if diff := cmp.Diff(want, p.network.got()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	patience.Until(t, "the state", func() bool { s, _ := p.delivery("a", "r19"); return s == bots.DeliverySent })
}

func TestUrgentPartsGoFirstAndWaitForNothing(t *testing.T) {
	p := newPost(t)
	p.network.refuse = func(part bots.Part, _ int) error {
		if part.ID == "stuck-0" {
			return &bots.SendError{Reason: bots.RateLimited, RetryAfter: time.Minute, Err: errors.New("slow down")}
		}
		return nil
	}
	p.put("a", false, "stuck-0")
	for i := range 50 {
		p.put(fmt.Sprint("other", i), false, "usual-0")
	}
	p.put("a", true, "alarm-0", "alarm-1")
	p.start()
	patience.Until(t, "all", func() bool { return len(p.network.got()) >= 52 })
	alarm := 0
	for i, id := range p.network.got() {
		if id == "alarm-1" {
			alarm = i
		}
	}
	// The first part is taken before all others; the second follows among those
	// that were taken with it.
	if got := p.network.got(); alarm < 1 || got[alarm] != "alarm-1" {
		t.Errorf("urgent parts in %q", got)
	}
	if s, _ := p.delivery("a", "stuck"); s != bots.DeliveryQueued {
		t.Errorf("the part that must wait is %q", s)
	}
}

func TestWhatMaySucceedLaterIsTriedAgain(t *testing.T) {
	p := newPost(t)
	begin := time.Now()
	p.network.refuse = func(part bots.Part, try int) error {
		switch try {
		case 1:
			return &bots.SendError{Reason: bots.RateLimited, RetryAfter: time.Second, Err: errors.New("429")}
		case 2:
			return errors.New("the connection broke")
		}
		return nil
	}
	p.put("a", false, "r-0", "r-1")
	p.start()
	patience.Until(t, "both parts", func() bool { return len(p.network.got()) == 2 })
	if diff := cmp.Diff([]string{"r-0", "r-1"}, p.network.got()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if took := time.Since(begin); took < time.Second {
		t.Errorf("retry-after was not obeyed: %s", took)
	}
}

func TestWhatCannotBeSentParksTheRestOfItsReply(t *testing.T) {
	p := newPost(t)
	p.network.refuse = func(part bots.Part, _ int) error {
		if part.ID == "bad-0" {
			return &bots.SendError{Reason: bots.Rejected, Err: errors.New("no")}
		}
		return nil
	}
	p.put("a", false, "bad-0", "bad-1")
	p.put("a", false, "next-0")
	p.start()
	patience.Until(t, "the next reply", func() bool { return len(p.network.got()) == 1 })
	if diff := cmp.Diff([]string{"next-0"}, p.network.got()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if s, why := p.delivery("a", "bad"); s != bots.DeliveryFailed || why != string(bots.Rejected) {
		t.Errorf("the parked reply is %q because of %q", s, why)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if diff := cmp.Diff([]bots.Parked{{Reply: "bad", Reason: bots.Rejected}}, p.parked); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestDeliveryOnlyMovesForward(t *testing.T) {
	p := newPost(t)
	p.put("a", false, "r-0")
	p.start()
	patience.Until(t, "the part", func() bool { s, _ := p.delivery("a", "r"); return s == bots.DeliverySent })
	for _, step := range []struct{ said, want string }{
		{bots.DeliveryRead, bots.DeliveryRead},
		{bots.DeliveryDelivered, bots.DeliveryRead}, // came late
		{bots.DeliveryFailed, bots.DeliveryFailed},
	} {
		reply, ops, err := p.outbox.Status(t.Context(), "a", "net-r-0", step.said, "")
		if err != nil || reply != "r" {
			t.Fatalf("status: %q, %v", reply, err)
		}
		if err := p.store.Apply(t.Context(), store.Tx{Head: p.store.Key("test"), Ops: ops}); err != nil {
			t.Fatal(err)
		}
		if got, _ := p.delivery("a", "r"); got != step.want {
			t.Errorf("after %s: %s, want %s", step.said, got, step.want)
		}
	}
	if reply, ops, err := p.outbox.Status(t.Context(), "a", "somebody else's", bots.DeliveryRead, ""); reply != "" || ops != nil || err != nil {
		t.Errorf("a foreign message: %q, %v, %v", reply, ops, err)
	}
}

func TestWhatWasTakenBackIsGone(t *testing.T) {
	p := newPost(t)
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	write := func(entries ...bots.Entry) {
		t.Helper()
		ops, err := p.log.Write(t.Context(), "a", entries)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.store.Apply(t.Context(), store.Tx{Head: p.store.Key("test"), Ops: ops}); err != nil {
			t.Fatal(err)
		}
	}
	write(bots.Entry{ID: "1", At: at, From: bots.FromNewcomer, Text: "frist"},
		bots.Entry{ID: "2", At: at, From: bots.FromNewcomer, Text: "secret", Media: []bots.Media{{Ref: "letter"}}},
		bots.Entry{ID: "3", At: at, From: bots.FromVolunteer, Text: "ours"})
	write(bots.Entry{ID: "e1", At: at, From: bots.FromNewcomer, Text: "first", Edits: "1"},
		bots.Entry{ID: "e2", At: at, From: bots.FromNewcomer, Text: "not theirs", Edits: "3"},
		bots.Entry{ID: "d1", At: at, From: bots.FromNewcomer, Withdraws: "2"},
		bots.Entry{ID: "d2", At: at, From: bots.FromNewcomer, Withdraws: "unknown"})
	write(bots.Entry{ID: "4", At: at, From: bots.FromNewcomer, Text: "said and"},
		bots.Entry{ID: "d4", At: at, From: bots.FromNewcomer, Withdraws: "4"})
	raw := p.store.Client().LRange(t.Context(), p.store.Key("conv", "a", "log"), 0, -1).Val()
	for _, sealed := range raw {
		plain, err := p.store.Open(p.store.Key("conv", "a", "log"), []byte(sealed))
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{"frist", "secret", "letter", "said and"} {
			if strings.Contains(string(plain), gone) {
				t.Errorf("%q is kept", gone)
			}
		}
	}
	got, err := p.log.Read(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	want := []bots.Entry{
		{ID: "1", At: at, From: bots.FromNewcomer, Text: "first", Edited: true},
		{ID: "2", At: at, From: bots.FromNewcomer, Withdrawn: true},
		{ID: "3", At: at, From: bots.FromVolunteer, Text: "ours"},
		{ID: "e2", At: at, From: bots.FromNewcomer, Text: "not theirs", Edits: "3"},
		{ID: "4", At: at, From: bots.FromNewcomer, Withdrawn: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
