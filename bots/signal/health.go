package signal

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/brug-helpdesk/brug/bots"
)

// What a coordinator reads.
const (
	problemAway = "signal-cli cannot be reached. Messages wait at Signal and arrive when it is back. " +
		"If this lasts, look whether signal-cli runs and whether BRUG_SIGNAL_RPC is its address."
	problemStore = "Messages cannot be stored here, so signal-cli is made to wait. Check Redis and the disk."
	problemHost  = "signal-cli refuses the name that BRUG_SIGNAL_RPC calls it by. Use tcp:// instead, or start it with --http 0.0.0.0:8080 " +
		"where nobody but brug can reach it."
	problemAccount = "signal-cli does not have the number in BRUG_SIGNAL_ACCOUNT, or Signal has unlinked it. " +
		"Link it with: brug pair signal."
	problemNone    = "signal-cli has no number yet. Link one with: brug pair signal."
	problemSeveral = "signal-cli has several numbers. Say which is the helpdesk's with BRUG_SIGNAL_ACCOUNT."
	problemNewKey  = "Somebody writes from a new phone or has installed Signal anew (a new safety number). " +
		"It was accepted, so that nobody is left waiting. Before you tell anything private, make sure who it is."
	problemCaptcha = "Signal wants to see that a person runs this number, and until then does not let it write to some people. " +
		"1. Open https://signalcaptchas.org/challenge/generate.html and solve the puzzle. " +
		"2. Copy the address behind “Open Signal”; it begins with signalcaptcha:// and works for a few minutes only. " +
		"3. On the server: %s. 4. Send the replies that were held back once more."
	problemLimited = "Signal lets this number write more slowly, until %s UTC at least. Replies wait and go out by themselves. " +
		"If this comes back every day, too many people are written to for the first time: let them write first."
	captchaCommand = "brug pair signal --challenge %s --captcha 'signalcaptcha://…'"
)

// codes name the problems for other languages.
var codes = map[string]string{
	problemAway: "signal_away", problemStore: "signal_store", problemHost: "signal_host", problemAccount: "signal_account",
	problemNone: "signal_none", problemSeveral: "signal_several", problemNewKey: "signal_new_key",
}

// Health reports the connection.
func (c *Channel) Health() bots.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := bots.Health{Connected: c.connected(), Since: c.since}
	h.Problem, h.Code, h.Arg = c.problem()
	return h
}

func (c *Channel) connected() bool { return c.up && !c.full }

// problem is what [bots.Health] says of it.
func (c *Channel) problem() (text, code, arg string) {
	now := c.now()
	switch {
	case c.full:
		text = problemStore
	case c.trouble != "":
		text = c.trouble
	case c.challenge.to != "" && now.Sub(c.challenge.at) < challengeTime:
		command := challengeCommand(c.challenge.token)
		return fmt.Sprintf(problemCaptcha, command), "signal_captcha", command
	case now.Before(c.limited):
		until := c.limited.UTC().Format("15:04")
		return fmt.Sprintf(problemLimited, until), "signal_limited", until
	case !c.newKey.IsZero() && now.Sub(c.newKey) < noteKeys:
		text = problemNewKey
	}
	return text, codes[text], ""
}

var tokenForm = regexp.MustCompile(`^[A-Za-z0-9_.:=/+-]{1,200}$`)

// challengeCommand holds Signal's token for the challenge, which is of use to this
// account only.
func challengeCommand(token string) string {
	if !tokenForm.MatchString(token) {
		token = "TOKEN"
	}
	return fmt.Sprintf(captchaCommand, token)
}

// change changes the state and wakes those who wait for it.
func (c *Channel) change(what func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.connected()
	what()
	if c.connected() != before {
		c.since = c.now()
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

// failed notes why there is no connection.
func (c *Channel) failed(err error) {
	problem := problemFor(err)
	refused := problem == problemAccount || problem == problemNone || problem == problemSeveral
	c.change(func() { c.up, c.live, c.trouble, c.refused = false, nil, problem, refused })
	c.log.Warn("no connection to signal-cli", "error", err)
}

// problemFor says why there is no connection.
func problemFor(err error) string {
	var account *errNoAccount
	var ce *callError
	switch {
	case errors.As(err, &account):
		return account.problem
	case !errors.As(err, &ce):
	case ce.status == http.StatusMisdirectedRequest:
		return problemHost
	case ce.status == http.StatusBadRequest || ce.cause == nil && ce.code == codeAccount:
		return problemAccount
	}
	return problemAway
}
