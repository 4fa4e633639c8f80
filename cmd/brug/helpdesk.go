package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/phrases"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/web"
	"github.com/brug-helpdesk/brug/knowledge"
	"github.com/brug-helpdesk/brug/knowledge/articles"
	"github.com/brug-helpdesk/brug/router"
	"github.com/brug-helpdesk/brug/router/mailbox"
	"github.com/brug-helpdesk/brug/router/safety"
)

// rewrites names what one process at a time does about Redis's file on disk, and
// rewriteEvery is how often at most.
const (
	rewrites     = "rewrites"
	rewriteEvery = time.Minute
)

// longestTranscript is how many entries of a conversation are kept.
const longestTranscript = 1000

// helpdesk is all parts of one process, wired together.
type helpdesk struct {
	log        *slog.Logger
	config     *Config
	store      *store.Store
	bell       *store.Bell
	articles   *knowledge.Store
	library    *library
	mind       *router.Mind
	mailbox    *mailbox.Mailbox
	outbox     *bots.Outbox
	transcript *bots.Transcript
	queue      *handoff.Queue
	volunteers *handoff.Volunteers
	alerts     *handoff.Alerts
	router     *router.Router
	desk       *desk.Desk
	channels   channels
	metrics    *metrics
	seen       *seen
}

// newHelpdesk wires the parts, with the channels that are configured and those given;
// nothing runs yet.
func newHelpdesk(log *slog.Logger, c *Config, s *store.Store, more ...bots.Channel) (*helpdesk, error) {
	h := &helpdesk{log: log, config: c, store: s, bell: store.NewBell(s), metrics: newMetrics(), seen: newSeen(log, s)}
	var err error
	if h.articles, err = knowledge.OpenStore(log, filepath.Join(c.Data, articlesFolder), articles.FS()); err != nil {
		return nil, err
	}
	h.library = newLibrary(h.articles.Base())
	h.articles.OnChange(h.library.change)
	if h.mind, err = buildMind(c, h.library, time.Now); err != nil {
		return nil, err
	}
	h.mailbox = mailbox.New(log, s, h.bell, mailbox.Options{Quiet: c.Quiet, Keep: c.Keep, Danger: h.mind.Danger,
		Mask: maskForGood, Accepted: h.accepted})
	h.outbox = bots.NewOutbox(s, c.Keep)
	h.transcript = bots.NewTranscript(s, c.Keep, longestTranscript)
	h.volunteers = handoff.NewVolunteers(s, time.Now)
	h.queue = handoff.New(log, s, h.mailbox, h.transcript, handoff.Options{Keep: c.Keep, Again: c.UrgentAgain, Free: h.volunteers.Free})
	if h.channels, err = h.newChannels(); err != nil {
		return nil, err
	}
	h.channels.all = append(h.channels.all, more...)
	for _, ch := range h.channels.all {
		if r, ok := ch.(bots.TypingReporter); ok {
			r.OnTyping(h.channels.hears)
		}
	}
	if h.alerts, err = handoff.NewAlerts(log, s, h.queue, h.volunteers, h.outbox, handoff.AlertOptions{
		BaseURL: c.BaseURL, After: c.AlertAfter, Group: bots.Address{Channel: bots.Telegram, ID: c.NotifyTelegram},
		Bot: h.channels.bot(), Mail: h.channels.mail != nil, Limits: h.channels.limits,
	}); err != nil {
		return nil, err
	}
	h.router = router.New(log, s, h.mailbox, h.outbox, h.transcript, h.queue, h.mind, router.Options{
		Limits: h.channels.limits,
		Speaks: h.volunteers.AnySpeaks, Mask: maskForLists, MaskForGood: maskForGood, Forget: h.channels.forget, Decided: h.metrics.decided, MarkRead: h.channels.markRead,
	})
	h.desk, err = desk.New(log, h.queue, h.volunteers, h.transcript, h.bell, desk.Options{
		BaseURL: c.BaseURL, Org: c.OrgName, Suggest: h.suggest, Topics: h.topics, Fetch: h.channels.fetch, Channels: h.health, Linkers: h.linkers(),
		Personal: personalData, Reveal: h.reveal, Guidance: safety.Guidance, FirstLine: safety.FirstLine, Alerts: h.alerts,
		Address: func(r *http.Request) string { return web.Address(r, c.proxies()) },
	})
	if err != nil {
		return nil, err
	}
	h.gauges()
	return h, nil
}

// maskForGood hides what must never be stored, except from a message that speaks of
// danger: there it may be what saves somebody.
func maskForGood(text string) string {
	masked, _ := safety.Mask(text)
	return masked
}

// personalData is where personal data stand in a text, for the desk.
func personalData(text string) []desk.Personal {
	_, found := safety.MaskSoft(text)
	list := make([]desk.Personal, len(found))
	for i, s := range found {
		list[i] = desk.Personal{Kind: s.Kind, Start: s.Start, End: s.End}
	}
	return list
}

func maskForLists(text string) string {
	masked, _ := safety.MaskSoft(text)
	return masked
}

// accepted is called for every message stored: it counts, and shows that somebody is
// at work.
func (h *helpdesk) accepted(m bots.Message, owner string) {
	h.metrics.received.WithLabelValues(string(m.Channel)).Inc()
	h.seen.came(m.Channel)
	if m.Action == bots.New && owner != string(router.Volunteer) {
		h.channels.typing(m.Contact)
	}
}

// recover makes what the dead held due at once; this process is the only one.
func (h *helpdesk) recover(ctx context.Context) error {
	if err := h.mailbox.Recover(ctx); err != nil {
		return err
	}
	if err := errors.Join(h.store.RecoverHold(ctx, rewrites), h.store.Recover(ctx, h.store.Queue("alerts")),
		h.outbox.Recover(ctx, handoff.Mail)); err != nil {
		return err
	}
	for _, kind := range allKinds {
		if err := h.outbox.Recover(ctx, kind); err != nil {
			return err
		}
		if err := h.store.RecoverHold(ctx, string(kind)); err != nil {
			return err
		}
	}
	return nil
}

// run runs every part until ctx ends or one of them fails.
func (h *helpdesk) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.bell.Run(ctx) })
	g.Go(func() error { return h.articles.Run(ctx) })
	g.Go(func() error { return h.library.Run(ctx) })
	g.Go(func() error { return h.mailbox.Run(ctx, h.router.Handle) })
	g.Go(func() error { return h.queue.Run(ctx) })
	g.Go(func() error { return h.alerts.Run(ctx) })
	g.Go(func() error { return h.desk.Run(ctx) })
	g.Go(func() error { return h.seen.run(ctx) })
	g.Go(func() error {
		return h.store.Hold(ctx, rewrites, func(ctx context.Context) error { return h.store.RunRewrites(ctx, h.log, rewriteEvery) })
	})
	if h.channels.mail != nil {
		d := bots.NewDelivery(h.log, h.store, h.outbox, h.bell, h.channels.mail, h.metrics, h.parked)
		g.Go(func() error { return d.Run(ctx) })
	}
	for _, ch := range h.channels.all {
		h.log.Info("channel on", "channel", ch.Kind())
		d := bots.NewDelivery(h.log, h.store, h.outbox, h.bell, ch, sentAnd{h.metrics, h.seen}, h.parked)
		g.Go(func() error { return d.Run(ctx) })
		g.Go(func() error { return h.receive(ctx, ch) })
	}
	g.Go(func() error { return h.runHeard(ctx) })
	for range 8 { // a slow network delays few others' "typing…"
		g.Go(func() error { return h.channels.runTyping(ctx) })
	}
	return g.Wait()
}

// receive runs a channel in one process at a time. A channel that only a person can
// mend is reported and left; the others go on.
func (h *helpdesk) receive(ctx context.Context, ch bots.Channel) error {
	var err error
	if ch.Kind() == bots.Web {
		err = ch.Run(ctx, h.mailbox.Accept) // any number of processes may serve pages
	} else {
		err = h.store.Hold(ctx, string(ch.Kind()), func(ctx context.Context) error {
			r := &reporter{store: h.store, log: h.log, ch: ch}
			return r.around(ctx, h.accept)
		})
	}
	if err != nil && ctx.Err() == nil {
		h.log.Error("channel stopped: it needs a person", "channel", ch.Kind(), "err", err)
	}
	return nil
}

// accept takes a message, a newcomer's or the one that links a volunteer's chat.
func (h *helpdesk) accept(ctx context.Context, m bots.Message) error {
	if done, err := h.alerts.Start(ctx, m); done || err != nil {
		return err
	}
	return h.mailbox.Accept(ctx, m)
}

// parked are the writes that tell a conversation of a reply that could not be sent.
func (h *helpdesk) parked(conversation string, p bots.Parked) []store.Op {
	if ops, ok := h.alerts.Refused(conversation); ok {
		return ops
	}
	return h.mailbox.Post(conversation, router.EventParked, p)
}

// reveal is how a person is reached outside the helpdesk.
func (h *helpdesk) reveal(ctx context.Context, conversation string) (string, error) {
	kept, err := h.router.Export(ctx, conversation)
	if err != nil {
		return "", err
	}
	return strings.Join(append([]string{kept.State.Address.ID}, kept.State.Address.Alt...), " "), nil
}

// suggest finds articles for a volunteer's answer.
func (h *helpdesk) suggest(_ context.Context, lang, text string) []desk.Suggestion {
	shelf := h.library.current()
	var found []desk.Suggestion
	for _, hit := range shelf.Index.Search(text, lang, 5) {
		a := shelf.Base.Article(hit.Article)
		t, ok := a.Answer(lang, "")
		if !ok || a.Expired(time.Now()) {
			continue
		}
		found = append(found, desk.Suggestion{Article: a.ID, Revision: t.Revision, Title: t.Title,
			Text: knowledge.Expand(strings.TrimSpace(t.Body), shelf.Base.Numbers())})
	}
	return found
}

// topics are what a case can be about.
func (h *helpdesk) topics(lang string) []desk.Topic {
	var all []desk.Topic
	for _, a := range h.library.current().Base.Articles() {
		all = append(all, desk.Topic{ID: a.ID, Group: a.Group, Title: a.Title(lang)})
	}
	return all
}

// gauges are figures read from Redis when somebody looks.
func (h *helpdesk) gauges() {
	figures := func(pick func(handoff.Figures) float64) func(context.Context) (float64, error) {
		return func(ctx context.Context) (float64, error) {
			f, err := h.queue.Figures(ctx)
			return pick(f), err
		}
	}
	h.metrics.gauge("brug_cases_waiting", "Cases that nobody has taken.", nil, figures(func(f handoff.Figures) float64 { return float64(f.Waiting) }))
	h.metrics.gauge("brug_cases_claimed", "Cases that a volunteer holds.", nil, figures(func(f handoff.Figures) float64 { return float64(f.Claimed) }))
	h.metrics.gauge("brug_cases_urgent", "Waiting cases of danger.", nil, figures(func(f handoff.Figures) float64 { return float64(f.Urgent) }))
	h.metrics.gauge("brug_case_oldest_seconds", "How long the oldest case has waited.", nil, figures(func(f handoff.Figures) float64 { return f.Oldest.Seconds() }))
	h.metrics.gauge("brug_conversations_due", "Conversations with something to decide.", nil, func(ctx context.Context) (float64, error) {
		n, err := h.mailbox.Depth(ctx)
		return float64(n), err
	})
	for _, ch := range h.channels.all {
		kind := ch.Kind()
		h.metrics.gauge("brug_outbox_conversations", "Conversations with something to send.", prometheus.Labels{"channel": string(kind)},
			func(ctx context.Context) (float64, error) {
				n, err := h.outbox.Depth(ctx, kind)
				return float64(n), err
			})
		h.metrics.gauge("brug_channel_connected", "1 while the channel is connected.", prometheus.Labels{"channel": string(kind)},
			func(context.Context) (float64, error) {
				if r, ok := ch.(bots.HealthReporter); ok && !r.Health().Connected {
					return 0, nil
				}
				return 1, nil
			})
	}
}

// commandMenu is the bot's menu in a language.
func commandMenu(say *phrases.Catalogue, lang string) [][2]string {
	var menu [][2]string
	for _, name := range []string{"help", "person", "language", "data", "delete", "stop"} {
		menu = append(menu, [2]string{name, say.Say(lang, "command_"+name, nil)})
	}
	return menu
}
