package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
	"github.com/brug-helpdesk/brug/router/safety"
)

// office is a store with one or more mailboxes on it, as if in several processes.
type office struct {
	t     *testing.T
	store *store.Store
}

func newOffice(t *testing.T) *office { return &office{t, storetest.Open(t)} }

func (o *office) mailbox(options Options) *Mailbox {
	if options.Danger == nil {
		options.Danger = func(text string) safety.Finding {
			if strings.Contains(text, "urgent") {
				return safety.Finding{Kind: safety.Medical}
			}
			return safety.Finding{}
		}
	}
	if options.Keep == 0 {
		options.Keep = time.Hour
	}
	return New(slog.New(slog.DiscardHandler), o.store, store.NewBell(o.store), options)
}

// work runs a mailbox until the test ends or the returned function is called.
func (o *office) work(m *Mailbox, handle Handler) (stop func()) {
	ctx, cancel := context.WithCancel(o.t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx, handle) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			o.t.Error(err)
		}
	})
	o.t.Cleanup(stop)
	return stop
}

func message(contact, id, text string) bots.Message {
	return bots.Message{Channel: bots.Web, ID: id, Contact: bots.Address{Channel: bots.Web, ID: contact}, Text: text}
}

func (o *office) accept(m *Mailbox, msgs ...bots.Message) {
	o.t.Helper()
	for _, msg := range msgs {
		if err := m.Accept(o.t.Context(), msg); err != nil {
			o.t.Fatal(err)
		}
	}
}

// now is Redis's clock in ms.
func (o *office) now() int64 {
	o.t.Helper()
	at, err := o.store.Now(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return at.UnixMilli()
}

// due is when the next turn of a contact is due, by that clock.
func (o *office) due(m *Mailbox, contact string) int64 {
	o.t.Helper()
	id, err := m.Find(o.t.Context(), bots.Address{Channel: bots.Web, ID: contact})
	if err != nil {
		o.t.Fatal(err)
	}
	at, err := o.store.Cmd().ZScore(o.t.Context(), m.queue.Due, id).Result()
	if err != nil {
		o.t.Fatalf("%s: no turn is due: %v", contact, err)
	}
	return int64(at)
}

// keep writes the texts of a turn to a list, one entry for a turn.
func (o *office) keep(t Turn) Result {
	var texts []string
	for _, e := range t.Events {
		if e.Message != nil {
			texts = append(texts, e.Message.Text)
		} else {
			texts = append(texts, e.Kind+string(e.Data))
		}
	}
	return Result{State: []byte(strings.Join(texts, "|")), Owner: "bot",
		Ops: []store.Op{store.Do("RPUSH", o.store.Key("kept", t.Conversation), strings.Join(texts, "|"))}}
}

func (o *office) kept(m *Mailbox, contact string) []string {
	o.t.Helper()
	id, err := m.Find(o.t.Context(), bots.Address{Channel: bots.Web, ID: contact})
	if err != nil {
		o.t.Fatal(err)
	}
	return o.store.Cmd().LRange(o.t.Context(), o.store.Key("kept", id), 0, -1).Val()
}

func TestEveryEventOnceInOrderOverTwoProcesses(t *testing.T) {
	o := newOffice(t)
	one, two := o.mailbox(Options{}), o.mailbox(Options{})
	handle := func(ctx context.Context, t Turn) (Result, error) { return o.keep(t), nil }
	o.work(one, handle)
	o.work(two, handle)
	const people, each = 30, 20
	var wg sync.WaitGroup
	for p := range people {
		wg.Go(func() {
			for i := range each {
				msg := message(fmt.Sprint("person", p), fmt.Sprint(i), fmt.Sprint(i))
				for _, m := range []*Mailbox{one, two} { // every delivery twice
					if err := m.Accept(t.Context(), msg); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	var want []string
	for i := range each {
		want = append(want, fmt.Sprint(i))
	}
	for p := range people {
		contact := fmt.Sprint("person", p)
		said := func() []string { return strings.Split(strings.Join(o.kept(one, contact), "|"), "|") }
		patience.Until(t, "all events of "+contact, func() bool { return len(said()) >= each })
		if diff := cmp.Diff(want, said()); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", contact, diff)
		}
	}
}

func TestTextWrittenInOneGoIsOneTurn(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{Quiet: time.Second}) // and four at most
	first := o.now()
	for _, msg := range []bots.Message{message("a", "1", "hello"), message("a", "2", "how do I"), message("a", "3", "get a BSN")} {
		before := o.now()
		o.accept(m, msg)
		if due := o.due(m, "a"); due < min(before+1000, first+4000) || due > o.now()+1000 {
			t.Errorf("after %q at %d the turn is due at %d", msg.Text, before, due)
		}
	}
	o.work(m, func(_ context.Context, t Turn) (Result, error) { return o.keep(t), nil })
	patience.Until(t, "the turn", func() bool { return len(o.kept(m, "a")) > 0 })
	if diff := cmp.Diff([]string{"hello|how do I|get a BSN"}, o.kept(m, "a")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatCannotWaitIsTakenAtOnce(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{Quiet: time.Hour})
	tap := message("tap", "1", "")
	tap.Action, tap.Choice = bots.Tap, "x"
	o.accept(m, message("urgent", "1", "urgent"), message("command", "1", "/help"), tap)
	for _, who := range []string{"urgent", "command", "tap"} {
		if due, now := o.due(m, who), o.now(); due > now {
			t.Errorf("%s waits for %d ms", who, due-now)
		}
	}
	stop := o.work(m, func(_ context.Context, t Turn) (Result, error) {
		r := o.keep(t)
		r.Owner = "volunteer"
		return r, nil
	})
	patience.Until(t, "the volunteer has them", func() bool {
		return len(o.kept(m, "urgent")) == 1 && len(o.kept(m, "command")) == 1 && len(o.kept(m, "tap")) == 1
	})
	stop()
	o.accept(m, message("tap", "2", "for the volunteer"))
	if due, now := o.due(m, "tap"), o.now(); due > now {
		t.Errorf("what is for a volunteer waits for %d ms", due-now)
	}
}

func TestATurnDecidedOnAnOldVersionIsDecidedAgain(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{Quiet: time.Millisecond})
	var calls atomic.Int32
	o.work(m, func(ctx context.Context, turn Turn) (Result, error) {
		if calls.Add(1) == 1 { // somebody claims while the bot thinks
			ops := m.Post(turn.Conversation, "desk", map[string]string{"kind": "claimed"})
			if err := o.store.Apply(ctx, store.Tx{Head: o.store.Key("test"), Ops: ops}); err != nil {
				t.Error(err)
			}
		}
		return o.keep(turn), nil
	})
	o.accept(m, message("a", "1", "question"))
	patience.Until(t, "the turn", func() bool { return len(o.kept(m, "a")) > 0 })
	if diff := cmp.Diff([]string{`question|desk{"kind":"claimed"}`}, o.kept(m, "a")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatADeadProcessHeldComesBack(t *testing.T) {
	o := newOffice(t)
	dead := o.mailbox(Options{})
	o.accept(dead, message("a", "1", "question"))
	leases, _, err := o.store.Take(t.Context(), dead.queue, "dead", 1, time.Minute)
	if err != nil || len(leases) != 1 {
		t.Fatalf("take: %v, %v", leases, err)
	}
	next := o.mailbox(Options{})
	if err := next.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.work(next, func(_ context.Context, t Turn) (Result, error) { return o.keep(t), nil })
	patience.Until(t, "the turn", func() bool { return len(o.kept(next, "a")) == 1 })
	// The dead process wakes up and tries to finish: its lease is worth nothing.
	turn := Turn{Conversation: leases[0].Member, Events: []Event{{Kind: "message"}}}
	var lost *store.GuardError
	if err := dead.commit(t.Context(), leases[0], turn, o.keep(turn)); !errors.As(err, &lost) {
		t.Errorf("a dead lease wrote: %v", err)
	}
}

func TestWhatWasTakenAtAcceptanceComesBackToo(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{})
	var calls atomic.Int32
	begun, asleep := make(chan struct{}), make(chan struct{})
	stop := o.work(m, func(_ context.Context, t Turn) (Result, error) {
		if calls.Add(1) == 1 {
			close(begun)
			<-asleep
		}
		return o.keep(t), nil
	})
	wake := sync.OnceFunc(func() { close(asleep) })
	t.Cleanup(wake)
	patience.Until(t, "the mailbox is at work", func() bool { _, idle := m.worker.Offer("any"); return idle })
	o.accept(m, message("a", "1", "question"))
	<-begun
	if err := m.Recover(t.Context()); err != nil { // as the next process does
		t.Fatal(err)
	}
	m.worker.WakeAt(time.Now())
	patience.Until(t, "the turn", func() bool { return len(o.kept(m, "a")) == 1 })
	wake() // whoever had it wakes up: the lease is worth nothing
	stop()
	if diff := cmp.Diff([]string{"question"}, o.kept(m, "a")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAFailingTurnIsGivenUpAtTheThirdFailure(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{})
	m.retry = 10 * time.Millisecond
	var failures []int
	var mu sync.Mutex
	o.work(m, func(_ context.Context, turn Turn) (Result, error) {
		mu.Lock()
		failures = append(failures, turn.Failures)
		mu.Unlock()
		switch {
		case turn.Failures == 0:
			panic("a strange message")
		case turn.Failures < GiveUp:
			return Result{}, errors.New("still strange")
		}
		return o.keep(turn), nil
	})
	o.accept(m, message("a", "1", "question"))
	patience.Until(t, "the turn", func() bool { return len(o.kept(m, "a")) == 1 })
	o.accept(m, message("a", "2", "again"))
	patience.Until(t, "the next turn", func() bool { mu.Lock(); defer mu.Unlock(); return len(failures) >= 5 })
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]int{0, 1, 2, 3, 0}, failures[:5]); diff != "" {
		t.Errorf("failures seen (-want +got):\n%s", diff)
	}
}

func TestAFloodIsCountedAndNobodyElseWaits(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{Quiet: time.Millisecond})
	for i := range mostEvents + 50 {
		o.accept(m, message("flood", fmt.Sprint(i), "x"))
	}
	o.accept(m, message("flood", "alarm", "urgent"), message("other", "1", "question"))
	turns := make(chan Turn, 10)
	o.work(m, func(_ context.Context, t Turn) (Result, error) { turns <- t; return o.keep(t), nil })
	for range 2 {
		turn := <-turns
		switch n := len(turn.Events); {
		case n == 1 && turn.Dropped == 0:
		case n == mostEvents+1 && turn.Dropped == 50:
		default:
			t.Errorf("a turn of %d events, %d dropped", n, turn.Dropped)
		}
	}
}

func TestAContactWithTwoAddressesIsOneConversation(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{})
	o.work(m, func(_ context.Context, t Turn) (Result, error) { return o.keep(t), nil })
	phone := message("phone", "1", "from the phone")
	hidden := message("lid", "2", "number hidden")
	hidden.Contact.Alt = []string{"phone"}
	later := message("lid", "3", "later")
	said := func() string { return strings.Join(o.kept(m, "phone"), "|") }
	want := ""
	for _, msg := range []bots.Message{phone, hidden, later} {
		o.accept(m, msg)
		want = strings.TrimPrefix(want+"|"+msg.Text, "|")
		patience.Until(t, msg.Text, func() bool { return said() == want })
	}
}

func TestATimerIsATurnByItself(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{})
	timers := make(chan Turn, 4)
	o.work(m, func(ctx context.Context, turn Turn) (Result, error) {
		r := o.keep(turn)
		if len(turn.Events) == 0 {
			timers <- turn
			return r, nil
		}
		r.Timer = time.Now().Add(50 * time.Millisecond)
		return r, nil
	})
	o.accept(m, message("a", "1", "question"))
	select {
	case turn := <-timers:
		if string(turn.State) != "question" {
			t.Errorf("state %q", turn.State)
		}
	case <-time.After(patience.Limit):
		t.Fatal("the timer did not come")
	}
}

func TestNothingReadableAndNothingWithoutExpiry(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{})
	o.accept(m, message("+380501234567", "1", "Мене звати Олена"))
	check := func(when string) {
		t.Helper()
		iter := o.store.Client().Scan(t.Context(), 0, o.store.Key("*"), 0).Iterator()
		for iter.Next(t.Context()) {
			key := iter.Val()
			dump := o.store.Client().Dump(t.Context(), key).Val()
			for _, secret := range []string{"Олена", "380501234567"} {
				if strings.Contains(key+dump, secret) {
					t.Errorf("%s: %q can be read in %s", when, secret, key)
				}
			}
		}
	}
	check("waiting")
	o.work(m, func(_ context.Context, t Turn) (Result, error) {
		return Result{State: []byte("Олена"), Owner: "bot", Contacts: []bots.Address{t.Events[0].Message.Contact}}, nil
	})
	conversation, err := m.Find(t.Context(), bots.Address{Channel: bots.Web, ID: "+380501234567"})
	if err != nil {
		t.Fatal(err)
	}
	patience.Until(t, "the turn", func() bool { return o.store.Cmd().HExists(t.Context(), m.headKey(conversation), "state").Val() })
	check("decided")
	for _, key := range []string{m.headKey(conversation), m.contactKey(bots.Web, "+380501234567")} {
		if ttl := o.store.Cmd().PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > time.Hour {
			t.Errorf("%s expires in %s", key, ttl)
		}
	}
}

func TestErasedConversationLeavesNoKey(t *testing.T) {
	o := newOffice(t)
	m := o.mailbox(Options{})
	contact := bots.Address{Channel: bots.Web, ID: "a", Alt: []string{"b"}}
	o.work(m, func(_ context.Context, t Turn) (Result, error) {
		return Result{Gone: true, Ops: m.Erase(t.Conversation, []bots.Address{contact})}, nil
	})
	msg := message("a", "1", "delete everything")
	msg.Contact = contact
	o.accept(m, msg)
	patience.Until(t, "the contact to go", func() bool { id, err := m.Find(t.Context(), contact); return err == nil && id == "" })
	iter := o.store.Client().Scan(t.Context(), 0, o.store.Key("conv*"), 0).Iterator()
	for iter.Next(t.Context()) {
		t.Errorf("left behind: %s", iter.Val())
	}
}

func FuzzAcceptedTextComesBack(f *testing.F) {
	for _, s := range []string{"", "вода", "\x00\xff", "مرحبا\u202e", strings.Repeat("я", 9000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean, _ := bots.CleanText(text)
		raw, err := json.Marshal(Event{Message: &bots.Message{Text: clean}})
		if err != nil {
			t.Fatal(err)
		}
		var back Event
		if err := json.Unmarshal(raw, &back); err != nil || back.Message.Text != clean {
			t.Fatalf("%q came back as %q, %v", clean, back.Message.Text, err)
		}
	})
}
