package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

var (
	_ bots.Channel        = (*Channel)(nil)
	_ bots.HealthReporter = (*Channel)(nil)
)

// Config is what a [Channel] needs to know.
type Config struct {
	// Server is host:port of the server that takes our mail. With port 465 the
	// connection is TLS from the start, otherwise it becomes TLS by STARTTLS; without
	// TLS only on this machine.
	Server string
	// From is the address alerts come from.
	From string
	// User and Password sign in at the server; both may be empty.
	User, Password string
	// TLS is for servers with a certificate of their own making; nil trusts the usual
	// authorities.
	TLS *tls.Config
}

// Channel sends alerts by e-mail. Make it with [New].
type Channel struct {
	client *gomail.Client
	// from is the sender with a name, address without; domain is the latter's.
	from, address, domain string

	mu     sync.Mutex
	health bots.Health
}

// timeout is how long one exchange with the server may take.
const timeout = 15 * time.Second

// New makes the channel. It does not connect. Its errors are mistakes in the
// configuration.
func New(c Config) (*Channel, error) {
	host, port, err := net.SplitHostPort(c.Server)
	n, bad := strconv.Atoi(port)
	if err != nil || bad != nil || host == "" {
		return nil, errors.New("mail: the server is not host:port")
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, errors.New("mail: the sender is no e-mail address")
	}
	policy := gomail.TLSMandatory
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		policy = gomail.TLSOpportunistic
	}
	options := []gomail.Option{gomail.WithPort(n), gomail.WithTimeout(timeout), gomail.WithTLSPolicy(policy), gomail.WithoutNoop()}
	if n == 465 {
		options = append(options, gomail.WithSSL())
	}
	if c.TLS != nil {
		secure := c.TLS.Clone()
		secure.ServerName = host
		options = append(options, gomail.WithTLSConfig(secure))
	}
	if c.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if policy == gomail.TLSOpportunistic {
			auth = gomail.SMTPAuthPlain // what is discovered without TLS leaves it out
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	client, err := gomail.NewClient(host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	return &Channel{client: client, from: from.String(), address: from.Address, domain: domain, health: bots.Health{Connected: true, Since: time.Now()}}, nil
}

// Kind is [handoff.Mail].
func (c *Channel) Kind() bots.Kind { return handoff.Mail }

// Limits are our own: an alert is a few lines.
func (c *Channel) Limits() bots.Limits {
	return bots.Limits{Format: bots.PlainSMS, Text: 8000, Unit: bots.UTF16, PerSecond: 2, ChoosesID: true}
}

// Run waits for ctx to end: nothing comes in.
func (c *Channel) Run(ctx context.Context, _ bots.AcceptFunc) error {
	<-ctx.Done()
	return nil
}

// Check connects to the server, signs in and asks whether it takes mail from us. It
// sends nothing.
func (c *Channel) Check(ctx context.Context) error {
	conn, err := c.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	defer c.client.CloseWithSMTPClient(conn)
	if err := conn.Mail(c.address); err != nil {
		return fmt.Errorf("the server takes no mail from %s: %w", c.address, err)
	}
	return nil
}

// Send sends one part. Its first line is the subject as well; its identifier is the
// message's, so that a repeat is the same message to a mailbox that looks.
func (c *Channel) Send(ctx context.Context, p bots.Part) (bots.Receipt, error) {
	m := gomail.NewMsg()
	if err := errors.Join(m.From(c.from), m.To(p.To.ID)); err != nil {
		return bots.Receipt{}, &bots.SendError{Reason: bots.Unreachable, Err: errors.New("an address is wrong")}
	}
	subject, _, _ := strings.Cut(p.Body, "\n")
	m.Subject(subject)
	m.SetMessageIDWithValue(p.ID + "@" + c.domain)
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
	m.SetGenHeader("Content-Language", p.Lang)
	if p.Urgent {
		m.SetImportance(gomail.ImportanceUrgent)
	}
	m.SetBodyString(gomail.TypeTextPlain, p.Body)
	served, err := c.send(ctx, m)
	c.note(served)
	if err != nil {
		return bots.Receipt{}, err
	}
	return bots.Receipt{ID: p.ID, At: time.Now()}, nil
}

// send hands m to the server. served says that the server does its work: it took the
// message, or only the mailbox it goes to is full or gone.
func (c *Channel) send(ctx context.Context, m *gomail.Msg) (served bool, err error) {
	conn, err := c.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return false, &bots.SendError{Reason: bots.Retry, Channel: true, Err: errors.New("the mail server cannot be used")}
	}
	err = c.client.SendWithSMTPClient(conn, m)
	// The message is taken by now: how the farewell goes changes nothing.
	_ = c.client.CloseWithSMTPClient(conn)
	if err == nil {
		return true, nil
	}
	// The server's own words may repeat the address.
	fail := &bots.SendError{Reason: bots.Retry, Err: errors.New("the mail server did not take it")}
	var said *gomail.SendError
	if errors.As(err, &said) {
		fail.Err = fmt.Errorf("the mail server answered %d", said.ErrorCode())
		switch {
		case said.ErrorCode() < 500:
			return mailboxOnly(said), fail
		case said.Reason == gomail.ErrSMTPRcptTo:
			fail.Reason = bots.Unreachable
			return true, fail
		default:
			fail.Reason = bots.Rejected
		}
	}
	return false, fail
}

// mailboxOnly says that a refusal for now is about one mailbox: by its second number if
// the server gives one (RFC 3463: 1 is the address, 2 the mailbox), else because it is the
// answer to a recipient (RFC 5321, 4.3.2: 450 busy, 452 full).
func mailboxOnly(said *gomail.SendError) bool {
	if said.Reason != gomail.ErrSMTPRcptTo {
		return false
	}
	if code := said.EnhancedStatusCode(); code != "" {
		return strings.HasPrefix(code, "4.1.") || strings.HasPrefix(code, "4.2.")
	}
	return said.ErrorCode() == 450 || said.ErrorCode() == 452
}

// Health says whether the last mail went out.
func (c *Channel) Health() bots.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

func (c *Channel) note(ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.Connected != ok {
		c.health.Connected, c.health.Since = ok, time.Now()
	}
	c.health.Problem, c.health.Code = "", ""
	if !ok {
		c.health.Code = "mail_refused"
		c.health.Problem = "The mail server did not take the last alert. brug doctor says what is wrong; the alert is tried again."
	}
}
