package handoff

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/internal/store"
)

// AlertOptions are the ways and times of alerts.
type AlertOptions struct {
	// BaseURL is the helpdesk's public address.
	BaseURL string
	// After is for how long of office hours somebody waits before volunteers hear of
	// it, and the least time between two alerts that are not urgent; 10 minutes.
	After time.Duration
	// Group hears of every case at once; its ID is "" for nobody.
	Group bots.Address
	// Bot names the helpdesk's Telegram bot; nil when there is none.
	Bot func(ctx context.Context) (string, error)
	// Mail says that the helpdesk can send e-mail.
	Mail bool
	// Limits of a channel.
	Limits func(bots.Kind) bots.Limits
}

// Alerts tells volunteers who are away from the desk that somebody waits, never a word
// of what was written. It looks whenever a case comes into the queue or becomes urgent,
// and when the next one will have waited long enough; that look is a piece of work by
// due time, like everything else. What it says goes out by the outbox.
//
// A volunteer hears of a case once; once more if it becomes urgent after that, and of
// danger again when nobody takes it or nobody is with it any more. Who is given back a
// case they closed hears of that.
type Alerts struct {
	log        *slog.Logger
	store      *store.Store
	keys       keys
	queue      *Queue
	volunteers *Volunteers
	outbox     *bots.Outbox
	words      *phrases.Catalogue
	opts       AlertOptions
}

// NewAlerts makes the alerts of a queue. [Alerts.Run] must run in at least one process.
func NewAlerts(log *slog.Logger, s *store.Store, q *Queue, vs *Volunteers, outbox *bots.Outbox, o AlertOptions) (*Alerts, error) {
	if o.After == 0 {
		o.After = 10 * time.Minute
	}
	words, err := phrases.New()
	if err != nil {
		return nil, err
	}
	return &Alerts{log: log, store: s, keys: keys{s}, queue: q, volunteers: vs, outbox: outbox, words: words, opts: o}, nil
}

const (
	// lookEvery is how often the waiting cases are looked at anyway, lookGap the least
	// time between two looks.
	lookEvery = 15 * time.Minute
	lookGap   = time.Second
	// lookLease is how long one look may take.
	lookLease = 30 * time.Second
	// theLook is the one piece of work.
	theLook = "look"
)

// alert is the writes that make [Alerts] look at a case that comes into the queue,
// becomes urgent or is opened again. News once more is what was closed, and danger that
// nobody took in time or that nobody is with any more.
func (q *Queue) alert(old, c Case) []store.Op {
	var ops []store.Op
	opened := !old.Open() && c.Open()
	left := c.Urgent != "" && c.State == Waiting && (old.State == Claimed || c.Recalled && !old.Recalled)
	if left || opened && old.ID != "" {
		ops = append(ops, store.Do("DEL", q.keys.alerted(c.ID)))
	}
	if opened || left || c.State == Waiting && (old.State != Waiting || old.Urgent != c.Urgent) {
		ops = append(ops, q.keys.wakeAlerts(0))
	}
	return ops
}

func (k keys) wakeAlerts(delay time.Duration) store.Op {
	due := k.Queue("alerts")
	return store.Wake(due.Due, due.Leases, k.alerts(), theLook, delay)
}

func (a *Alerts) wake() store.Op { return a.keys.wakeAlerts(0) }

// Run tells what is to be told until ctx ends, and then returns nil. Any number of
// processes may run it.
func (a *Alerts) Run(ctx context.Context) error {
	taker := "alerts-" + store.NewID()
	if err := a.store.Apply(ctx, store.Tx{Head: a.keys.alerts(), Ops: []store.Op{a.wake()}}); err != nil {
		a.complain(ctx, err) // a case that comes wakes it too
	}
	for ctx.Err() == nil {
		leases, wait, err := a.store.Take(ctx, a.store.Queue("alerts"), taker, 1, lookLease)
		for _, lease := range leases {
			err = a.turn(ctx, lease)
		}
		if err != nil {
			a.complain(ctx, err)
		}
		if err != nil || wait < 0 || wait > lookGap {
			wait = lookGap
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return nil
}

func (a *Alerts) complain(ctx context.Context, err error) {
	if ctx.Err() == nil {
		a.log.Warn("alerts: cannot look", "err", err)
	}
}

// turn looks once and sets the next time. What wakes it meanwhile is not lost: it is
// noted in the head, which is cleared before the look begins.
func (a *Alerts) turn(ctx context.Context, lease store.Lease) error {
	guards := []store.Guard{lease.Guard()}
	head, due := a.keys.alerts(), a.store.Queue("alerts")
	err := a.store.Apply(ctx, store.Tx{Head: head, Guards: guards, Ops: []store.Op{store.Do("HDEL", head, "want")}})
	if err != nil {
		return ignoreLost(err)
	}
	next, err := a.look(ctx, guards)
	if err != nil {
		return err // due again after the lease
	}
	delay := min(lookEvery, max(lookGap, next.Sub(a.queue.now())))
	return ignoreLost(a.store.Apply(ctx, store.Tx{Head: head, Guards: guards, Ops: []store.Op{
		a.keys.wakeAlerts(delay), store.Rest(due.Due, due.Leases, head, "", theLook, time.Time{})}}))
}

// receivers are all who want to hear of something.
func (a *Alerts) receivers(ctx context.Context) ([]receiver, error) {
	var all []receiver
	if a.opts.Group.ID != "" {
		all = append(all, receiver{id: group, concerns: func(Case) bool { return true }, Reach: Reach{Choice: AlertAll, Lang: "en"}})
	}
	volunteers, err := a.volunteers.List(ctx)
	if err != nil {
		return nil, err
	}
	present, err := a.queue.Present(ctx)
	if err != nil {
		return nil, err
	}
	here := map[string]bool{}
	for _, ids := range present {
		for _, id := range ids {
			here[id] = true
		}
	}
	pipe := a.store.Client().Pipeline()
	for _, v := range volunteers {
		pipe.HGetAll(ctx, a.keys.reach(v.ID))
	}
	got, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("read alerts of volunteers: %w", err)
	}
	for i, v := range volunteers {
		r, err := a.decodeReach(a.keys.reach(v.ID), got[i].(interface{ Val() map[string]string }).Val())
		if err != nil {
			return nil, err
		}
		if !v.Disabled && r.Choice != AlertNone && r.to().ID != "" && a.Offers(r.to().Channel) {
			all = append(all, receiver{Reach: r, id: v.ID, here: here[v.ID], concerns: v.hearsOf})
		}
	}
	return all, nil
}

// Offers says whether the helpdesk can send alerts to this kind of address.
func (a *Alerts) Offers(kind bots.Kind) bool {
	return kind == Mail && a.opts.Mail || kind == bots.Telegram && a.opts.Bot != nil
}

// look tells everybody what they do not know yet, and returns when to look again.
func (a *Alerts) look(ctx context.Context, guards []store.Guard) (next time.Time, err error) {
	now := a.queue.now()
	next = now.Add(lookEvery)
	people, err := a.receivers(ctx)
	if err != nil || len(people) == 0 {
		return next, err
	}
	cases, err := a.queue.List(ctx, "open", "")
	cases = slices.DeleteFunc(cases, func(c Case) bool { return c.State != Waiting && !c.given() })
	if err != nil || len(cases) == 0 {
		return next, err
	}
	pipe := a.store.Client().Pipeline()
	for _, c := range cases {
		pipe.HGetAll(ctx, a.keys.alerted(c.ID))
	}
	got, err := pipe.Exec(ctx)
	if err != nil {
		return next, fmt.Errorf("read who was told: %w", err)
	}
	told := map[string]map[string]string{}
	for i, c := range cases {
		told[c.ID] = got[i].(interface{ Val() map[string]string }).Val()
	}
	when := alertTiming{hours: a.queue.Hours(), after: a.opts.After, now: now}
	for _, p := range people {
		news, again := when.news(p, cases, told)
		next = earlier(next, again)
		if len(news) == 0 {
			continue
		}
		err := a.tell(ctx, guards, p, news, told)
		var broken *store.GuardError
		switch {
		case errors.As(err, &broken):
			next = now // a case changed meanwhile, or another process looks
		case err != nil:
			return next, err
		}
	}
	return next, nil
}

// tell says what is news, in one message, and notes that it was said.
func (a *Alerts) tell(ctx context.Context, guards []store.Guard, p receiver, news []Case, told map[string]map[string]string) error {
	to, urgent := p.to(), false
	if p.id == group {
		to = a.opts.Group
	}
	var ops []store.Op
	for _, c := range news {
		key := a.keys.alerted(c.ID)
		// The version holds the case there is, the field who was told.
		guards = append(guards, a.queue.Guard(c), store.Guard{Key: key, Field: p.id, Want: told[c.ID][p.id]})
		ops = append(ops, store.Do("HSET", key, p.id, tells(c)))
		urgent = urgent || c.Urgent != ""
	}
	if !urgent && p.id != group {
		ops = append(ops, store.Do("HSET", a.keys.reach(p.id), "last", millis(a.queue.now())))
	}
	ops = append(ops, a.say(p.id, to, p.Lang, a.text(p.Lang, news), urgent)...)
	return a.store.Apply(ctx, store.Tx{Head: a.keys.alerts(), Guards: guards, Ops: ops})
}

// text says how many wait in which language, those in danger first, and where to
// answer.
func (a *Alerts) text(lang string, news []Case) string {
	names := display.Languages(language.Make(lang))
	count := map[string]map[string]int{toldUrgent: {}, toldWaiting: {}}
	for _, c := range news {
		count[tells(c)][names.Name(language.Make(c.Lang))]++
	}
	var lines []string
	for _, kind := range []string{toldUrgent, toldWaiting} {
		for _, name := range slices.Sorted(maps.Keys(count[kind])) {
			lines = append(lines, a.words.Count(lang, "alert_"+kind, count[kind][name], phrases.Data{"Lang": name}))
		}
	}
	link := a.opts.BaseURL + "/desk"
	if len(news) == 1 {
		link += "/case/" + news[0].ID
	}
	return strings.Join(lines, "\n\n") + "\n\n" + link
}

// alertPrefix begins the names under which alerts stand in the outbox: they are no
// newcomer's conversation.
const alertPrefix = "alert-"

// once begins the id of who is written to a single time, before being linked.
const once = "once-"

// say is the writes that send a text to somebody.
func (a *Alerts) say(id string, to bots.Address, lang, text string, urgent bool) []store.Op {
	reply := bots.Reply{ID: store.NewID(), Lang: lang, Text: text, Urgent: urgent, From: bots.FromSystem}
	return a.outbox.Put(alertPrefix+string(to.Channel)+"-"+id, bots.Render(reply, a.opts.Limits(to.Channel), to))
}

// Refused is the writes after the outbox gave up on something that was said; ok is
// false for what is no alert.
func (a *Alerts) Refused(conversation string) (ops []store.Op, ok bool) {
	rest, ok := strings.CutPrefix(conversation, alertPrefix)
	if !ok {
		return nil, false
	}
	kind, id, _ := strings.Cut(rest, "-")
	if id == group || strings.HasPrefix(id, once) {
		return nil, true
	}
	return []store.Op{store.Do("HSET", a.keys.reach(id), "problem", kind)}, true
}
