package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// hook delivers updates to the bot's webhook.
type hook struct {
	url, secret string
	connections int
	allowedAt   time.Time // setWebhook is taken once a second
	lastError   string
	errorDate   int64

	wakeup chan struct{}
	cancel context.CancelFunc
	posts  sync.WaitGroup
}

// wake lets the delivery look again. It never blocks.
func (h *hook) wake() {
	select {
	case h.wakeup <- struct{}{}:
	default:
	}
}

func (h *hook) close() {
	if h.cancel != nil {
		h.cancel()
	}
	h.posts.Wait()
}

var (
	secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
	hookPorts   = []string{"", "80", "88", "443", "8443"}
)

func (s *Server) setWebhook(p map[string]string) (any, *refusal) {
	h := &s.webhook
	address, secret := p["url"], p["secret_token"]
	connections := number(p, "max_connections", 40, 1, 100)
	same := address == h.url && secret == h.secret && connections == h.connections
	if address == "" {
		same, secret, connections = h.url == "", "", 0
	}
	if now := s.now(); address != "" {
		if now.Before(h.allowedAt) {
			return nil, tooMany(1)
		}
		h.allowedAt = now.Add(time.Second)
	}
	if err := s.checkHook(address, secret); err != nil {
		return nil, err
	}
	if list, ok := p["allowed_updates"]; ok && address != "" {
		s.queue.allow(list)
	}
	if truth(p, "drop_pending_updates") {
		s.queue.waiting = nil
	}
	if same {
		return true, nil
	}
	if h.cancel != nil {
		h.cancel()
		h.cancel = nil
	}
	h.url, h.secret, h.connections, h.lastError, h.errorDate = address, secret, connections, "", 0
	if address == "" {
		return true, nil
	}
	if s.queue.poller != nil {
		s.queue.poller <- refuse(409, "Conflict: terminated by setWebhook request")
		s.queue.poller = nil
	}
	for _, p := range s.queue.waiting {
		p.flying, p.fails, p.due = false, 0, time.Time{}
	}
	var ctx context.Context
	ctx, h.cancel = context.WithCancel(context.Background())
	h.wakeup = make(chan struct{}, 1)
	h.posts.Go(func() { s.deliver(ctx, h.wakeup) })
	return true, nil
}

func (s *Server) checkHook(address, secret string) *refusal {
	if address == "" {
		return nil
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return badRequest("invalid webhook URL specified")
	case len(secret) > 256:
		return badRequest("secret token is too long")
	case !secretToken.MatchString(secret):
		return badRequest("secret token contains unallowed characters")
	case s.local:
		return nil
	case u.Scheme != "https":
		return badRequest("bad webhook: An HTTPS URL must be provided for webhook")
	case !slices.Contains(hookPorts, u.Port()):
		return badRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	return nil
}

func (s *Server) webhookInfo() any {
	h := &s.webhook
	info := Fields{"url": h.url, "has_custom_certificate": false, "pending_update_count": len(s.queue.waiting)}
	if h.url != "" {
		info["max_connections"] = h.connections
	}
	if h.errorDate != 0 {
		info["last_error_date"], info["last_error_message"] = h.errorDate, h.lastError
	}
	if s.queue.allowed != nil {
		info["allowed_updates"] = s.queue.allowed
	}
	return info
}

// deliver posts updates until ctx ends: those of a lane one after another, different
// lanes side by side.
func (s *Server) deliver(ctx context.Context, wakeup chan struct{}) {
	for ctx.Err() == nil {
		s.mu.Lock()
		ready, next := s.launchable(time.Now())
		for _, p := range ready {
			p.flying = true
			s.webhook.posts.Go(func() { s.post(ctx, p) })
		}
		s.mu.Unlock()
		timer := time.NewTimer(next)
		select {
		case <-wakeup:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// launchable are the updates to post now, and how long until the next may be.
func (s *Server) launchable(now time.Time) (ready []*pending, next time.Duration) {
	next = time.Hour
	if s.queue.held {
		return nil, next
	}
	flying := 0
	seen := make(map[string]bool)
	for _, p := range s.queue.waiting {
		first := !seen[p.lane]
		seen[p.lane] = true
		switch {
		case p.flying:
			flying++
		case !first || flying+len(ready) >= s.webhook.connections:
		case p.due.After(now):
			next = min(next, p.due.Sub(now))
		default:
			ready = append(ready, p)
		}
	}
	return ready, next
}

// post delivers one update.
func (s *Server) post(ctx context.Context, p *pending) {
	s.mu.Lock()
	address, secret := s.webhook.url, s.webhook.secret
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	problem, wait := "", 0
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(p.raw))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		problem = "Connection refused"
	} else {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20)) // half a body holds no request
		resp.Body.Close()
		if resp.StatusCode/100 == 2 {
			s.obey(ctx, body)
		} else {
			problem = "Wrong response from the webhook: " + resp.Status
			wait, _ = strconv.Atoi(resp.Header.Get("Retry-After"))
		}
	}
	s.posted(p, problem, min(max(wait, 0), 3600))
}

// posted notes the end of a delivery. After a failure the next try is Retry-After
// later; without one at once, then after 2, 4, 8 … seconds up to one or two minutes.
func (s *Server) posted(p *pending, problem string, wait int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.flying = false
	if problem == "" {
		s.queue.waiting = slices.DeleteFunc(s.queue.waiting, func(x *pending) bool { return x == p })
	} else {
		s.webhook.lastError, s.webhook.errorDate = problem, time.Now().Unix()
		delay := time.Duration(wait) * time.Second
		if wait == 0 && p.fails > 0 {
			most := time.Minute + rand.N(time.Minute)
			delay = min(most, time.Second<<min(p.fails, 10))
		}
		p.due = time.Now().Add(delay)
		p.fails++
	}
	s.webhook.wake()
}

// obey does the one request that the answer of a webhook may hold. Nobody is told its
// result.
func (s *Server) obey(ctx context.Context, body []byte) {
	params := make(map[string]string)
	if json.Valid(body) {
		_ = jsonArgs(body, params) // no object: no request
	} else if form, err := url.ParseQuery(string(body)); err == nil {
		for name := range form {
			params[name] = form.Get(name)
		}
	}
	method := strings.ToLower(params["method"])
	switch {
	case method == "", strings.HasPrefix(method, "get"), method == "setwebhook", method == "deletewebhook":
		return
	}
	delete(params, "method")
	_, refused := s.handle(ctx, method, params)
	s.record(method, params, statusOf(refused))
}
