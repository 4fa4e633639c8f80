package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// maxResponse bounds one answer, in bytes: a hundred updates are far below it.
const maxResponse = 32 << 20

// client makes requests. The token is in every address it asks for and in no error
// it returns.
type client struct {
	token string
	base  string // without a slash at the end
	http  *http.Client
}

// The library's logger writes addresses with the token in them. It is one for the
// whole program.
var silence = sync.OnceFunc(func() { _ = tgbotapi.SetLogger(nolog{}) })

type nolog struct{}

func (nolog) Println(...any)        {}
func (nolog) Printf(string, ...any) {}

func newHTTPClient() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	t.MaxIdleConnsPerHost = 16
	return &http.Client{
		Transport: t,
		// A redirect would carry the token to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call asks for one method and decodes its result, unless result is nil. Its error
// is a *callError.
func (c *client) call(ctx context.Context, method string, params tgbotapi.Params, result any) error {
	d := &doer{ctx: ctx, http: c.http}
	api := tgbotapi.BotAPI{Token: c.token, Client: d}
	api.SetAPIEndpoint(strings.ReplaceAll(c.base, "%", "%%") + "/bot%s/%s")
	resp, err := api.MakeRequest(method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(resp.Result, result)
	}
	if err == nil {
		return nil
	}
	ce := &callError{method: method, sent: d.sent.Load(), status: d.status}
	var refused *tgbotapi.Error
	switch {
	case errors.As(err, &refused):
		ce.code = refused.Code
		ce.description = refused.Message
		ce.retryAfter = time.Duration(refused.RetryAfter) * time.Second
	case ctx.Err() != nil:
		ce.cause = ctx.Err()
	default:
		ce.cause = errors.New(c.scrub(err.Error()))
	}
	return ce
}

// get fetches a file below /file/bot<token>/. The caller closes the body.
func (c *client) get(ctx context.Context, path string) (*http.Response, error) {
	u := c.base + "/file/bot" + c.token + "/" + (&url.URL{Path: path}).EscapedPath()
	req, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return nil, errors.New(c.scrub(err.Error()))
	}
	resp, err := (&doer{ctx: ctx, http: c.http}).Do(req)
	if err != nil {
		return nil, errors.New(c.scrub(err.Error()))
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return resp, nil
}

// scrub takes the token out of a text, in each form an address may show it.
func (c *client) scrub(s string) string {
	_, secret, _ := strings.Cut(c.token, ":")
	for _, t := range []string{c.token, url.PathEscape(c.token), url.QueryEscape(c.token), secret} {
		if t != "" {
			s = strings.ReplaceAll(s, t, "TOKEN")
		}
	}
	return s
}

// doer gives the library's requests a context, and notes how far a request came.
type doer struct {
	ctx    context.Context
	http   *http.Client
	sent   atomic.Bool // the whole request was written
	status int         // of the answer, 0 for none
}

func (d *doer) Do(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(d.ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				d.sent.Store(true)
			}
		},
	})
	resp, err := d.http.Do(req.WithContext(ctx))
	if err != nil {
		// A url.Error repeats the address.
		var withURL *url.Error
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return nil, err
	}
	d.status = resp.StatusCode
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxResponse), resp.Body}
	return resp, nil
}
