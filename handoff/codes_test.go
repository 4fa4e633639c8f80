package handoff_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// coded is a volunteer whose password needs a code.
type coded struct {
	t        *testing.T
	s        *store.Store
	vs       *handoff.Volunteers
	clock    *clock
	anna     handoff.Volunteer
	secret   string
	recovery []string
}

func openCoded(t *testing.T) *coded {
	t.Helper()
	c := &coded{t: t, s: storetest.Open(t), clock: &clock{t: monday}}
	c.vs = handoff.NewVolunteers(c.s, c.clock.now)
	ctx := t.Context()
	var err error
	c.anna, err = c.vs.Add(ctx, handoff.Volunteer{Name: "Anna"})
	must(t, err)
	must(t, c.vs.SetPassword(ctx, c.anna.ID, "correct horse battery"))
	c.turnOn()
	return c
}

func (c *coded) turnOn() {
	c.t.Helper()
	var address string
	var err error
	c.secret, address, err = c.vs.NewCodes(c.t.Context(), c.anna, "Helpdesk Breda")
	must(c.t, err)
	if !strings.HasPrefix(address, "otpauth://totp/Helpdesk%20Breda:Anna?") || !strings.Contains(address, "secret="+c.secret) {
		c.t.Errorf("the app is told %s", address)
	}
	c.recovery, err = c.vs.ConfirmCodes(c.t.Context(), c.anna.ID, c.code(0))
	must(c.t, err)
	c.clock.pass(time.Minute)
}

// code is what the app shows so much later.
func (c *coded) code(later time.Duration) string {
	c.t.Helper()
	code, err := totp.GenerateCode(c.secret, c.clock.now().Add(later))
	must(c.t, err)
	return code
}

// step is a right password.
func (c *coded) step() string {
	c.t.Helper()
	step, _, err := c.vs.SignIn(c.t.Context(), "Anna", "correct horse battery", "192.0.2.1")
	if !errors.Is(err, handoff.ErrCodeMissing) {
		c.t.Fatalf("a password alone: %v", err)
	}
	return step
}

func TestAPasswordNeedsTheCodeToo(t *testing.T) {
	c := openCoded(t)
	ctx := t.Context()
	step := c.step()
	if _, err := c.vs.Session(ctx, step, ""); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("the password alone is a session: %v", err)
	}
	for what, code := range map[string]string{"nothing": "", "letters": "abcdef", "an old code": c.code(-2 * time.Minute), "a code of tomorrow": c.code(24 * time.Hour)} {
		if _, _, err := c.vs.SignInCode(ctx, step, code); !errors.Is(err, handoff.ErrCode) {
			t.Errorf("%s: %v", what, err)
		}
	}
	code := c.code(0)
	var in atomic.Int32
	steps := []string{step, c.step()}
	var wg sync.WaitGroup
	for _, s := range steps { // one code, tried twice at once
		wg.Go(func() {
			if session, v, err := c.vs.SignInCode(ctx, s, code[:3]+" "+code[3:]); err == nil {
				in.Add(1)
				if got, err := c.vs.Session(ctx, session, ""); err != nil || got.ID != v.ID {
					t.Errorf("the session is of %+v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Fatalf("one code signed in %d times", in.Load())
	}
	if _, _, err := c.vs.SignInCode(ctx, c.step(), code); !errors.Is(err, handoff.ErrCode) {
		t.Errorf("a used code: %v", err)
	}
	// A phone whose clock is half a minute fast; then the one before is too old.
	if _, _, err := c.vs.SignInCode(ctx, c.step(), c.code(30*time.Second)); err != nil {
		t.Errorf("the next code: %v", err)
	}
	if _, _, err := c.vs.SignInCode(ctx, c.step(), code); !errors.Is(err, handoff.ErrCode) {
		t.Errorf("a code from before the last: %v", err)
	}
}

func TestRecoveryCodesWorkOnce(t *testing.T) {
	c := openCoded(t)
	ctx := t.Context()
	if len(c.recovery) != 10 {
		t.Fatalf("%d recovery codes", len(c.recovery))
	}
	if _, _, err := c.vs.SignInCode(ctx, c.step(), strings.ToUpper(strings.ReplaceAll(c.recovery[3], "-", " "))); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.vs.SignInCode(ctx, c.step(), c.recovery[3]); !errors.Is(err, handoff.ErrCode) {
		t.Errorf("a used recovery code: %v", err)
	}
	if on, left, err := c.vs.Codes(ctx, c.anna.ID); err != nil || !on || left != 9 {
		t.Errorf("on %v, %d left, %v", on, left, err)
	}
	ben, err := c.vs.Add(ctx, handoff.Volunteer{Name: "Ben"})
	must(t, err)
	if err := c.vs.StopCodes(ctx, ben.ID, c.recovery[0]); !errors.Is(err, handoff.ErrCode) {
		t.Errorf("another's recovery code: %v", err)
	}
	iter := c.s.Client().Scan(ctx, 0, c.s.Key("*"), 1000).Iterator()
	for iter.Next(ctx) {
		dump, err := c.s.Client().Dump(ctx, iter.Val()).Result()
		must(t, err)
		for _, secret := range append(c.recovery, c.secret, strings.ReplaceAll(c.recovery[0], "-", "")) {
			if strings.Contains(iter.Val()+dump, secret) {
				t.Errorf("%s holds a secret", iter.Val())
			}
		}
	}
}

func TestCodesCannotBeTriedWithoutEnd(t *testing.T) {
	c := openCoded(t)
	ctx := t.Context()
	for range 5 { // a new password sign-in each time does not help
		if _, _, err := c.vs.SignInCode(ctx, c.step(), "000000"); !errors.Is(err, handoff.ErrCode) {
			t.Fatalf("a wrong code: %v", err)
		}
	}
	if _, _, err := c.vs.SignInCode(ctx, c.step(), c.code(0)); !errors.Is(err, handoff.ErrTooMany) {
		t.Errorf("after five wrong ones: %v", err)
	}
	if err := c.vs.StopCodes(ctx, c.anna.ID, c.code(0)); !errors.Is(err, handoff.ErrTooMany) {
		t.Errorf("turning off after five wrong ones: %v", err)
	}
	iter := c.s.Client().Scan(ctx, 0, c.s.Key("*"), 1000).Iterator()
	for iter.Next(ctx) {
		if name := strings.TrimPrefix(iter.Val(), c.s.Key("")); strings.HasPrefix(name, "attempts:") || strings.HasPrefix(name, "step:") {
			if ttl := c.s.Client().PTTL(ctx, iter.Val()).Val(); ttl <= 0 || ttl > 15*time.Minute {
				t.Errorf("%s stays %v", name, ttl)
			}
		}
	}
}

func TestCodesAreTurnedOffByACodeOrACoordinator(t *testing.T) {
	c := openCoded(t)
	ctx := t.Context()
	if _, err := c.vs.ConfirmCodes(ctx, c.anna.ID, c.code(0)); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("confirming again: %v", err)
	}
	// Codes that are on are not replaced by whoever finds the browser open.
	secret, _, err := c.vs.NewCodes(ctx, c.anna, "")
	must(t, err)
	code, err := totp.GenerateCode(secret, c.clock.now())
	must(t, err)
	if _, err := c.vs.ConfirmCodes(ctx, c.anna.ID, code); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("replacing codes: %v", err)
	}
	must(t, c.vs.StopCodes(ctx, c.anna.ID, c.code(0)))
	off := func(when string) {
		t.Helper()
		session, _, err := c.vs.SignIn(ctx, "Anna", "correct horse battery", "192.0.2.1")
		must(t, err)
		if _, err := c.vs.Session(ctx, session, ""); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	off("turned off")
	c.turnOn()
	step := c.step()
	must(t, c.vs.ResetCodes(ctx, c.anna.ID))
	if _, _, err := c.vs.SignInCode(ctx, step, c.code(0)); !errors.Is(err, handoff.ErrCode) {
		t.Errorf("a code after the reset: %v", err)
	}
	off("reset")
}
