package handoff

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	// stepKeep is how long a right password waits for its code.
	stepKeep = 5 * time.Minute
	// codeMax is how many codes may be tried in attemptsKeep. With three codes good at
	// a time, somebody who knows the password guesses one in two years on average.
	codeMax = 5
	// codePeriod is RFC 6238's default time step, the only one that all apps know.
	codePeriod = 30 * time.Second
	// recoveryCodes is how many are given out.
	recoveryCodes = 10
)

var (
	// ErrCodeMissing is returned for a right password that is not enough.
	ErrCodeMissing = errors.New("a code is needed, too")
	// ErrCode is returned for a code that is wrong, old or was used before.
	ErrCode = errors.New("the code is wrong, old or used")
)

// field of a recovery code that was not used yet.
const againField = "again:"

// Codes reports whether a volunteer's password needs a code beside it, and how many
// recovery codes are left.
func (vs *Volunteers) Codes(ctx context.Context, id string) (on bool, left int, err error) {
	fields, err := vs.store.Cmd().HKeys(ctx, vs.keys.codes(id)).Result()
	if err != nil {
		return false, 0, fmt.Errorf("read codes: %w", err)
	}
	for _, f := range fields {
		if strings.HasPrefix(f, againField) {
			left++
		}
		on = on || f == "secret"
	}
	return on, left, nil
}

// NewCodes begins to set codes up: it returns the secret for the volunteer's app in
// letters, and as the address that its QR code holds. Asking again within 15 minutes
// returns the same ones. org is the name that the app shows.
func (vs *Volunteers) NewCodes(ctx context.Context, v Volunteer, org string) (secret, address string, err error) {
	fresh := make([]byte, 20) // as long as SHA-1's output (RFC 4226, section 4)
	rand.Read(fresh)
	key := vs.keys.newCodes(v.ID)
	if err := vs.store.Cmd().SetNX(ctx, key, vs.store.Seal(key, fresh), attemptsKeep).Err(); err != nil {
		return "", "", fmt.Errorf("make codes: %w", err)
	}
	raw, err := vs.pendingCodes(ctx, v.ID)
	if err != nil {
		return "", "", err
	}
	made, err := totp.Generate(totp.GenerateOpts{Issuer: cmp.Or(org, "brug"), AccountName: v.Name, Secret: raw})
	if err != nil {
		return "", "", fmt.Errorf("make codes: %w", err)
	}
	return made.Secret(), made.URL(), nil
}

// pendingCodes is the secret that waits for its first code, or [ErrUnknown].
func (vs *Volunteers) pendingCodes(ctx context.Context, id string) ([]byte, error) {
	key := vs.keys.newCodes(id)
	sealed, err := vs.store.Cmd().Get(ctx, key).Bytes()
	if store.Missing(err) {
		return nil, ErrUnknown
	}
	if err == nil {
		sealed, err = vs.store.Open(key, sealed)
	}
	if err != nil {
		return nil, fmt.Errorf("read new codes: %w", err)
	}
	return sealed, nil
}

// ConfirmCodes turns codes on with a first one and returns the recovery codes, which
// are never shown again. It returns [ErrCode], and [ErrUnknown] when NewCodes was too
// long ago or codes are on already.
func (vs *Volunteers) ConfirmCodes(ctx context.Context, id, code string) (recovery []string, err error) {
	raw, err := vs.pendingCodes(ctx, id)
	if err != nil {
		return nil, err
	}
	period, ok := vs.matching(raw, code, 0)
	if !ok {
		return nil, ErrCode
	}
	key := vs.keys.codes(id)
	ops := []store.Op{store.Do("HSET", key, "secret", vs.store.Seal(key, raw), "last", period), store.Do("DEL", vs.keys.newCodes(id))}
	for range recoveryCodes {
		text := strings.ToLower(rand.Text()[:10]) // 50 bits
		recovery = append(recovery, text[:5]+"-"+text[5:])
		ops = append(ops, store.Do("HSET", key, againField+vs.recoveryHash(id, text), 1))
	}
	err = vs.store.Apply(ctx, store.Tx{Head: key, Guards: []store.Guard{{Key: key, Field: "secret"}}, Ops: ops})
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("turn codes on: %w", err)
	}
	return recovery, nil
}

func (vs *Volunteers) recoveryHash(id, text string) string {
	return vs.store.Hash("recovery "+id, text)
}

// matching returns the period that a code belongs to: this one, the one before or the
// one after, for clocks that are a little off (RFC 6238, section 5.2). It must be
// later than last.
func (vs *Volunteers) matching(secret []byte, code string, last int64) (int64, bool) {
	letters := base32.StdEncoding.EncodeToString(secret)
	now := vs.now().Unix() / int64(codePeriod.Seconds())
	for period := max(now-1, last+1); period <= now+1; period++ {
		ok, err := hotp.ValidateCustom(code, uint64(period), letters, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if ok && err == nil { // an error is a code of another length
			return period, true
		}
	}
	return 0, false
}

// useCode returns what must hold and what to write when a code, from the app or for
// recovery, is used up. It counts the attempt and returns [ErrCode] or [ErrTooMany].
func (vs *Volunteers) useCode(ctx context.Context, id, code string) (store.Guard, store.Op, error) {
	var none store.Guard
	if err := vs.attempt(ctx, vs.codeKey(id), codeMax); err != nil {
		return none, store.Op{}, err
	}
	code = strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(code))
	key := vs.keys.codes(id)
	fields, err := vs.store.Cmd().HGetAll(ctx, key).Result()
	if err != nil {
		return none, store.Op{}, fmt.Errorf("read codes: %w", err)
	}
	if fields["secret"] == "" {
		return none, store.Op{}, ErrCode
	}
	if field := againField + vs.recoveryHash(id, code); fields[field] != "" {
		return store.Guard{Key: key, Field: field, Want: fields[field]}, store.Do("HDEL", key, field), nil
	}
	secret, err := vs.store.Open(key, []byte(fields["secret"]))
	if err != nil {
		return none, store.Op{}, fmt.Errorf("read codes: %w", err)
	}
	period, ok := vs.matching(secret, code, int64(atoi(fields["last"])))
	if !ok {
		return none, store.Op{}, ErrCode
	}
	return store.Guard{Key: key, Field: "last", Want: fields["last"]}, store.Do("HSET", key, "last", period), nil
}

func (vs *Volunteers) codeKey(id string) string {
	return vs.keys.attempts(vs.store.Hash("code", id))
}

// newStep remembers that a volunteer's password was right.
func (vs *Volunteers) newStep(ctx context.Context, id string) (string, error) {
	secret := newSecret()
	key := vs.keys.step(vs.store.Hash("step", secret))
	err := vs.store.Apply(ctx, store.Tx{Head: key, Ops: []store.Op{
		store.Do("HSET", key, "vol", id), store.Do("PEXPIRE", key, stepKeep.Milliseconds())}})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return secret, nil
}

// SignInCode finishes what [Volunteers.SignIn] began, with a code from the app or a
// recovery code, and returns the secret of a new session. It returns [ErrUnknown] when
// the password was given too long ago, [ErrCode] or [ErrTooMany].
func (vs *Volunteers) SignInCode(ctx context.Context, step, code string) (session string, v Volunteer, err error) {
	stepKey := vs.keys.step(vs.store.Hash("step", step))
	v, err = vs.enabled(vs.indexed(ctx, stepKey, "vol"))
	if err != nil {
		return "", v, err
	}
	unused, use, err := vs.useCode(ctx, v.ID, code)
	if err != nil {
		return "", v, err
	}
	session, hash, ops := vs.newSession(v.ID)
	err = vs.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: vs.keys.session(hash),
		Guards: []store.Guard{unused, {Key: stepKey, Field: "vol", Want: v.ID}},
		Ops: append(ops, use, store.Do("DEL", stepKey), store.Do("DEL", vs.codeKey(v.ID)),
			store.Do("DEL", vs.keys.attempts(vs.nameHash(v.Name))))})
	var broken *store.GuardError
	if errors.As(err, &broken) { // the same code a moment ago
		return "", Volunteer{}, ErrCode
	}
	if err != nil {
		return "", v, fmt.Errorf("sign in: %w", err)
	}
	return session, v, nil
}

// StopCodes turns codes off for who still has one: it returns [ErrCode] or
// [ErrTooMany].
func (vs *Volunteers) StopCodes(ctx context.Context, id, code string) error {
	unused, _, err := vs.useCode(ctx, id, code)
	if err != nil {
		return err
	}
	err = vs.store.Apply(ctx, store.Tx{Head: unused.Key, Guards: []store.Guard{unused},
		Ops: []store.Op{store.Do("DEL", unused.Key), store.Do("DEL", vs.codeKey(id))}})
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return ErrCode
	}
	if err != nil {
		return fmt.Errorf("turn codes off: %w", err)
	}
	return nil
}

// ResetCodes turns codes off for who has lost them; a coordinator decides that.
func (vs *Volunteers) ResetCodes(ctx context.Context, id string) error {
	err := vs.store.Apply(ctx, store.Tx{Head: vs.keys.volunteer(id), Ops: []store.Op{
		store.Do("DEL", vs.keys.codes(id)), store.Do("DEL", vs.keys.newCodes(id)), store.Do("DEL", vs.codeKey(id))}})
	if err != nil {
		return fmt.Errorf("turn codes off: %w", err)
	}
	return nil
}

// Lost ends all ways into an account whose device is lost or stolen, the sign-in links
// excepted: sessions, passkeys, codes, password and API token. The volunteer needs a
// new link.
func (vs *Volunteers) Lost(ctx context.Context, id string) error {
	v, err := vs.Get(ctx, id)
	if err != nil {
		return err
	}
	key := vs.keys.volunteer(id)
	ops := []store.Op{store.Do("DEL", vs.keys.passkeys(id)), store.Do("DEL", vs.keys.codes(id)), store.Do("DEL", vs.keys.newCodes(id)),
		store.Do("HDEL", key, "password", "token")}
	if v.token != "" {
		ops = append(ops, store.Do("HDEL", vs.keys.tokens(), v.token))
	}
	if ops, err = vs.signOutOps(ctx, id, ops); err != nil {
		return err
	}
	if err := vs.store.Apply(ctx, store.Tx{Head: key, Ops: ops}); err != nil {
		return fmt.Errorf("end sign-ins: %w", err)
	}
	return nil
}
