package handoff_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/patience"
	"github.com/brug-helpdesk/brug/internal/store"
)

// post is a channel that keeps what is sent, and can be away.
type post struct {
	kind bots.Kind
	mu   sync.Mutex
	sent []bots.Part
	fail error
}

func (p *post) Kind() bots.Kind                                  { return p.kind }
func (p *post) Limits() bots.Limits                              { return bots.Limits{Format: bots.PlainSMS, Text: 1000} }
func (p *post) Run(ctx context.Context, _ bots.AcceptFunc) error { <-ctx.Done(); return nil }
func (p *post) Sent(bots.Kind, time.Duration)                    {}
func (p *post) Failed(bots.Kind, bots.Reason)                    {}
func (p *post) Send(_ context.Context, part bots.Part) (bots.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return bots.Receipt{}, p.fail
	}
	p.sent = append(p.sent, part)
	return bots.Receipt{}, nil
}

func (p *post) take() (texts []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sent {
		texts = append(texts, s.To.ID+": "+s.Body)
	}
	p.sent = nil
	return texts
}

// alarm is a helpdesk with alerts; the test looks when it wants to.
type alarm struct {
	*helpdesk
	*handoff.Alerts
	volunteers *handoff.Volunteers
	outbox     *bots.Outbox
	posts      map[bots.Kind]*post
}

func openAlarm(t *testing.T, group string) *alarm {
	t.Helper()
	h := open(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	volunteers := handoff.NewVolunteers(h.s, h.clock.now)
	h.Queue = handoff.New(log, h.s, h.mail, bots.NewTranscript(h.s, time.Hour, 10), handoff.Options{Now: h.clock.now, Free: volunteers.Free})
	a := &alarm{helpdesk: h, volunteers: volunteers, outbox: bots.NewOutbox(h.s, time.Hour), posts: map[bots.Kind]*post{}}
	a.Alerts = a.process(t, group)
	bell := store.NewBell(h.s)
	var wg sync.WaitGroup
	wg.Go(func() { _ = bell.Run(t.Context()) })
	for _, kind := range []bots.Kind{bots.Telegram, handoff.Mail} {
		p := &post{kind: kind}
		a.posts[kind] = p
		d := bots.NewDelivery(log, h.s, a.outbox, bell, p, p, func(conversation string, _ bots.Parked) []store.Op {
			ops, ok := a.Refused(conversation)
			if !ok {
				t.Errorf("%s is no alert", conversation)
			}
			return ops
		})
		wg.Go(func() { _ = d.Run(t.Context()) })
	}
	t.Cleanup(wg.Wait)
	return a
}

// process is the alerts of one process more.
func (a *alarm) process(t *testing.T, group string) *handoff.Alerts {
	t.Helper()
	alerts, err := handoff.NewAlerts(slog.New(slog.NewTextHandler(t.Output(), nil)), a.s, a.Queue, a.volunteers, a.outbox, handoff.AlertOptions{
		BaseURL: "https://help.example", Group: bots.Address{Channel: bots.Telegram, ID: group}, Mail: true,
		Bot:    func(context.Context) (string, error) { return "bridge_bot", nil },
		Limits: func(bots.Kind) bots.Limits { return bots.Limits{Format: bots.PlainSMS, Text: 1000} }})
	must(t, err)
	return alerts
}

// volunteer adds somebody who is reached by Telegram, day and night.
func (a *alarm) volunteer(t *testing.T, name string, langs ...string) handoff.Volunteer {
	t.Helper()
	v, err := a.volunteers.Add(t.Context(), handoff.Volunteer{Name: name, Languages: langs})
	must(t, err)
	must(t, a.Change(t.Context(), v.ID, func(r *handoff.Reach) { r.Telegram, r.QuietFrom, r.QuietTo = "chat-"+name, 0, 0 }))
	return v
}

// hears looks, waits until everything is delivered, and compares.
func (a *alarm) hears(t *testing.T, kind bots.Kind, want ...string) {
	t.Helper()
	must(t, a.Look(t.Context()))
	a.delivered(t)
	got := a.posts[kind].take()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("heard (-want +got):\n%s", d)
	}
}

func (a *alarm) delivered(t *testing.T) {
	t.Helper()
	patience.Until(t, "everything is delivered", func() bool {
		var n int64
		for _, kind := range []bots.Kind{bots.Telegram, handoff.Mail} {
			depth, err := a.outbox.Depth(t.Context(), kind)
			must(t, err)
			n += depth
		}
		return n == 0
	})
}

const atDesk = "\n\nhttps://help.example/desk"

func TestWhoIsAwayHearsOfLongWaits(t *testing.T) {
	a := openAlarm(t, "")
	a.volunteer(t, "Anna", "uk")
	a.volunteer(t, "Samira", "ar")
	a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk", Preview: "секрет"})
	a.escalate(t, handoff.NewCase{Conversation: "b", Lang: "uk"})
	late := a.escalate(t, handoff.NewCase{Conversation: "c", Lang: "ar"})
	a.hears(t, bots.Telegram)
	a.clock.pass(9 * time.Minute)
	a.hears(t, bots.Telegram)
	a.clock.pass(time.Minute)
	must(t, a.Look(t.Context()))
	a.delivered(t)
	got := strings.Join(a.posts[bots.Telegram].take(), "|")
	for _, want := range []string{"chat-Anna: 2 people are waiting for an answer. Language: Ukrainian." + atDesk,
		"chat-Samira: 1 person is waiting for an answer. Language: Arabic." + atDesk + "/case/" + late.ID} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if strings.Contains(got, "секрет") {
		t.Errorf("%q holds what was written", got)
	}
	// Nobody hears of a case twice, and of the next ones in one message.
	a.clock.pass(time.Minute)
	d := a.escalate(t, handoff.NewCase{Conversation: "d", Lang: "uk"})
	a.clock.pass(5 * time.Minute)
	a.escalate(t, handoff.NewCase{Conversation: "e", Lang: "uk"})
	a.clock.pass(9 * time.Minute)
	_, err := a.Claim(t.Context(), d.ID, person("Ben"))
	must(t, err)
	a.hears(t, bots.Telegram)
	a.clock.pass(time.Minute)
	_, err = a.Release(t.Context(), d.ID, person("Ben"), "")
	must(t, err)
	a.hears(t, bots.Telegram, "chat-Anna: 2 people are waiting for an answer. Language: Ukrainian."+atDesk)
	_, err = a.Claim(t.Context(), d.ID, person("Ben"))
	must(t, err)
	_, err = a.Release(t.Context(), d.ID, person("Ben"), "")
	must(t, err)
	a.clock.pass(time.Hour)
	a.hears(t, bots.Telegram)
}

func TestDangerIsToldAtOnceAtAnyHour(t *testing.T) {
	a := openAlarm(t, "")
	anna := a.volunteer(t, "Anna", "uk")
	must(t, a.Change(t.Context(), anna.ID, func(r *handoff.Reach) { r.Choice, r.QuietFrom, r.QuietTo, r.Lang = handoff.AlertUrgent, 0, 23*60, "uk" }))
	a.clock.pass(12 * time.Hour) // Monday, 23:00 in Amsterdam
	calm := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk"})
	a.hears(t, bots.Telegram)
	c := a.escalate(t, handoff.NewCase{Conversation: "b", Lang: "uk", Urgent: "violence"})
	link := atDesk + "/case/"
	a.hears(t, bots.Telegram, "chat-Anna: Терміново: 1 людина потребує допомоги зараз. Мова: українська."+link+c.ID)
	a.hears(t, bots.Telegram)
	a.says(t, calm.ID, handoff.Change{Message: true, Urgent: "medical"})
	a.hears(t, bots.Telegram, "chat-Anna: Терміново: 1 людина потребує допомоги зараз. Мова: українська."+link+calm.ID)
}

func TestQuietHoursAndOfficeHoursKeepCalmCases(t *testing.T) {
	a := openAlarm(t, "")
	anna := a.volunteer(t, "Anna")
	must(t, a.Change(t.Context(), anna.ID, func(r *handoff.Reach) { r.QuietFrom, r.QuietTo = 11*60, 12*60+30 }))
	c := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk"}) // 11:00 in Amsterdam
	a.clock.pass(89 * time.Minute)
	a.hears(t, bots.Telegram)
	a.clock.pass(time.Minute)
	a.hears(t, bots.Telegram, "chat-Anna: 1 person is waiting for an answer. Language: Ukrainian."+atDesk+"/case/"+c.ID)
	a.clock.pass(4*time.Hour + 25*time.Minute) // 16:55
	last := a.escalate(t, handoff.NewCase{Conversation: "b", Lang: "ar"})
	a.clock.pass(3 * time.Hour)
	a.hears(t, bots.Telegram)
	a.clock.pass(13*time.Hour + 9*time.Minute) // 9:04 the next day
	a.hears(t, bots.Telegram)
	a.clock.pass(time.Minute)
	a.hears(t, bots.Telegram, "chat-Anna: 1 person is waiting for an answer. Language: Arabic."+atDesk+"/case/"+last.ID)
}

func TestWhoIsAtTheDeskHearsNothing(t *testing.T) {
	a := openAlarm(t, "")
	anna := a.volunteer(t, "Anna")
	must(t, a.Here(t.Context(), anna.ID, ""))
	c := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk", Urgent: "medical"})
	a.hears(t, bots.Telegram)
	must(t, a.Gone(t.Context(), anna.ID, ""))
	must(t, a.Here(t.Context(), anna.ID, c.ID))
	a.hears(t, bots.Telegram)
	a.clock.pass(handoff.PresenceKeep + time.Second) // the phone fell asleep
	a.hears(t, bots.Telegram, "chat-Anna: Urgent: 1 person needs help now. Language: Ukrainian."+atDesk+"/case/"+c.ID)
}

func TestTheGroupHearsOfEveryCaseAtOnce(t *testing.T) {
	a := openAlarm(t, "-100")
	a.clock.pass(12 * time.Hour)
	c := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk"})
	a.hears(t, bots.Telegram, "-100: 1 person is waiting for an answer. Language: Ukrainian."+atDesk+"/case/"+c.ID)
	a.hears(t, bots.Telegram)
}

// TestManyProcessesTellOnce lets four processes look at the same cases, on the real
// clock of Redis, while more come.
func TestManyProcessesTellOnce(t *testing.T) {
	a := openAlarm(t, "")
	a.volunteer(t, "Anna")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		p := a.process(t, "")
		wg.Go(func() {
			if err := p.Run(ctx); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
		wg.Go(func() {
			for ctx.Err() == nil {
				_ = p.Look(ctx) // without the lease: as a process that lost it
			}
		})
	}
	const cases = 30
	for n := range cases {
		a.escalate(t, handoff.NewCase{Conversation: "c" + string(rune('a'+n)), Lang: "uk", Urgent: "medical"})
	}
	told := 0
	patience.Until(t, "all cases are told", func() bool {
		for _, text := range a.posts[bots.Telegram].take() {
			var n int
			_, rest, _ := strings.Cut(text, "Urgent: ")
			for _, r := range rest {
				if r < '0' || r > '9' {
					break
				}
				n = 10*n + int(r-'0')
			}
			told += n
		}
		return told >= cases
	})
	stop()
	wg.Wait()
	a.delivered(t)
	if more := a.posts[bots.Telegram].take(); told != cases || len(more) > 0 {
		t.Errorf("told of %d cases and %q", told, more)
	}
}

func TestDangerThatNobodyIsWithCallsAgain(t *testing.T) {
	a := openAlarm(t, "")
	trained := a.volunteer(t, "Anna")
	trained, err := a.volunteers.Get(t.Context(), trained.ID)
	must(t, err)
	trained.Urgent = true
	must(t, a.volunteers.Save(t.Context(), trained))
	a.volunteer(t, "Untrained")
	c := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk", Urgent: "violence"})
	call := "chat-Anna: Urgent: 1 person needs help now. Language: Ukrainian." + atDesk + "/case/" + c.ID
	a.hears(t, bots.Telegram, call)
	a.clock.pass(10 * time.Minute)
	must(t, a.Tick(t.Context(), c.ID)) // nobody took it in time
	a.hears(t, bots.Telegram, call)
	_, err = a.Claim(t.Context(), c.ID, person("Ben"))
	must(t, err)
	a.hears(t, bots.Telegram)
	_, err = a.Release(t.Context(), c.ID, person("Ben"), "")
	must(t, err)
	a.hears(t, bots.Telegram, call)
	a.hears(t, bots.Telegram)
}

func TestWhoIsGivenACaseBackHearsOfIt(t *testing.T) {
	a := openAlarm(t, "")
	anna := a.volunteer(t, "Anna", "ar")
	a.volunteer(t, "Olha", "uk")
	c := a.escalate(t, handoff.NewCase{Conversation: "a", Lang: "uk"})
	_, err := a.Claim(t.Context(), c.ID, anna.Actor())
	must(t, err)
	c, err = a.Resolve(t.Context(), c.ID, anna.Actor(), "", handoff.OutcomeVolunteer, "")
	must(t, err)
	seat, err := a.SeatFor(t.Context(), c)
	must(t, err)
	_, guards, ops := a.Reopen(c, seat)
	a.apply(t, ops, guards...)
	a.hears(t, bots.Telegram, "chat-Anna: 1 person is waiting for an answer. Language: Ukrainian."+atDesk+"/case/"+c.ID)
	must(t, a.Touch(t.Context(), c.ID, anna.Actor()))
	a.hears(t, bots.Telegram)
}
