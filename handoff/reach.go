package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/internal/store"
)

// AlertChoice is what a volunteer wants to hear of while away from the desk.
type AlertChoice string

// The choices.
const (
	AlertUrgent AlertChoice = "urgent" // danger only
	AlertAll    AlertChoice = "all"    // and who waits long
	AlertNone   AlertChoice = "none"
)

// Reach is how and when a volunteer who is away from the desk hears that somebody
// waits.
type Reach struct {
	Choice AlertChoice `json:"choice"`
	// QuietFrom and QuietTo are the hours, on the helpdesk's own clock, in which only
	// urgent cases are told; equal for none.
	QuietFrom Clock `json:"quiet_from"`
	QuietTo   Clock `json:"quiet_to"`
	// Lang is the language alerts are written in.
	Lang string `json:"lang"`
	// Telegram is the chat with the helpdesk's bot, Mail an address that was
	// confirmed; "" for none.
	Telegram string `json:"telegram,omitempty"`
	Mail     string `json:"mail,omitempty"`
	// Problem says that the last alert to this kind of address was refused.
	Problem bots.Kind `json:"-"`

	version string
	last    time.Time // of the last alert that was not urgent
}

// newReach is how alerts begin when a volunteer gives an address.
func newReach() Reach {
	return Reach{Choice: AlertAll, QuietFrom: 21 * 60, QuietTo: 8 * 60, Lang: "en"}
}

// Mail is the channel of alerts by e-mail.
const Mail bots.Kind = "mail"

// to is where alerts go: Telegram before mail, unless Telegram refused the last.
func (r Reach) to() bots.Address {
	if r.Telegram != "" && (r.Problem != bots.Telegram || r.Mail == "") {
		return bots.Address{Channel: bots.Telegram, ID: r.Telegram}
	}
	return bots.Address{Channel: Mail, ID: r.Mail}
}

// quietFor is how long the quiet hours still last at a moment on the helpdesk's own
// clock.
func (r Reach) quietFor(local time.Time) time.Duration {
	const day = 24 * 60
	at, from, to := local.Hour()*60+local.Minute(), int(r.QuietFrom), int(r.QuietTo)
	length, since := (to-from+day)%day, (at-from+day)%day
	if since >= length {
		return 0
	}
	return time.Duration(length-since)*time.Minute - time.Duration(local.Second())*time.Second
}

var (
	// ErrAddress is returned for what is no e-mail address.
	ErrAddress = errors.New("this is no e-mail address")
	// errWay is for a way of alerts that the helpdesk does not have.
	errWay = errors.New("the helpdesk does not have this way of alerts")
)

// Reach reads how a volunteer is reached.
func (a *Alerts) Reach(ctx context.Context, volunteer string) (Reach, error) {
	key := a.keys.reach(volunteer)
	f, err := a.store.Cmd().HGetAll(ctx, key).Result()
	if err != nil {
		return Reach{}, fmt.Errorf("read alerts of a volunteer: %w", err)
	}
	return a.decodeReach(key, f)
}

func (a *Alerts) decodeReach(key string, f map[string]string) (Reach, error) {
	r := newReach()
	if f["data"] == "" {
		return r, nil
	}
	plain, err := a.store.Open(key, []byte(f["data"]))
	if err == nil {
		err = json.Unmarshal(plain, &r)
	}
	if err != nil {
		return Reach{}, fmt.Errorf("read alerts of a volunteer: %w", err)
	}
	r.version, r.last, r.Problem = f["v"], moment(f["last"]), bots.Kind(f["problem"])
	return r, nil
}

// Change changes how a volunteer is reached; do may be called again when somebody was
// faster.
func (a *Alerts) Change(ctx context.Context, volunteer string, do func(*Reach)) error {
	return a.change(ctx, volunteer, nil, nil, do)
}

func (a *Alerts) change(ctx context.Context, volunteer string, guards []store.Guard, more []store.Op, do func(*Reach)) error {
	key := a.keys.reach(volunteer)
	for range attempts {
		r, err := a.Reach(ctx, volunteer)
		if err != nil {
			return err
		}
		do(&r)
		plain, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("save alerts of a volunteer: %w", err)
		}
		own := store.Guard{Key: key, Field: "v", Want: r.version}
		ops := append([]store.Op{store.Do("HSET", key, "data", a.store.Seal(key, plain), "v", atoi(r.version)+1),
			store.Do("HDEL", key, "problem"), a.wake()}, more...)
		err = a.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: key, Guards: append(guards[:len(guards):len(guards)], own), Ops: ops})
		var broken *store.GuardError
		if !errors.As(err, &broken) || broken.Guard != own {
			return err
		}
	}
	return fmt.Errorf("save alerts of a volunteer: others were faster %d times", attempts)
}
