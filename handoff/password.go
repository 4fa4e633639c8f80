package handoff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/brug-helpdesk/brug/internal/store"
)

// OWASP's second choice of parameters for argon2id (Password Storage Cheat Sheet):
// 19 MiB, two passes, one lane. Signing in is rare; memory on a small server is not
// to be had twice.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
)

const (
	// attemptsKeep is how long sign-ins are counted. One name may try nameMax times
	// meanwhile, one address addressMax times: an office has one for all.
	attemptsKeep = 15 * time.Minute
	nameMax      = 10
	addressMax   = 100
)

var (
	// ErrPassword is returned for a password of less than 10 or more than 200 characters.
	ErrPassword = errors.New("a password has 10 to 200 characters")
	// ErrTooMany is returned after too many failed sign-ins.
	ErrTooMany = errors.New("too many failed sign-ins; wait 15 minutes")
)

func hashPassword(password string, salt []byte) string {
	sum := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, 1, 32)
	return base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(sum)
}

func checkPassword(kept, password string) bool {
	encoded, _, _ := strings.Cut(kept, "$")
	salt, err := base64.RawStdEncoding.DecodeString(encoded)
	return err == nil && subtle.ConstantTimeCompare([]byte(hashPassword(password, salt)), []byte(kept)) == 1
}

// SetPassword lets a volunteer sign in with a password from now on. It returns
// [ErrPassword].
func (vs *Volunteers) SetPassword(ctx context.Context, id, password string) error {
	if n := utf8.RuneCountInString(password); n < 10 || n > 200 {
		return ErrPassword
	}
	if _, err := vs.Get(ctx, id); err != nil {
		return err
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	key := vs.keys.volunteer(id)
	kept := vs.store.Seal(key+":password", []byte(hashPassword(password, salt)))
	if err := vs.store.Apply(ctx, store.Tx{Head: key, Ops: []store.Op{store.Do("HSET", key, "password", kept)}}); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// attempt counts a try and returns [ErrTooMany] beyond most in attemptsKeep.
func (vs *Volunteers) attempt(ctx context.Context, key string, most int64) error {
	n, err := vs.store.Cmd().Incr(ctx, key).Result()
	if err == nil {
		err = vs.store.Cmd().ExpireNX(ctx, key, attemptsKeep).Err()
	}
	if err != nil {
		return fmt.Errorf("count sign-ins: %w", err)
	}
	if n > most {
		return ErrTooMany
	}
	return nil
}

func (vs *Volunteers) addressKey(address string) string {
	return vs.keys.attempts(vs.store.Hash("address", address))
}

// SignIn checks a name and a password and returns the secret of a new session.
// Address is where the attempt comes from. It returns [ErrUnknown], [ErrTooMany], or
// [ErrCodeMissing] when all is right and the volunteer uses codes, too: then the
// secret is the one that [Volunteers.SignInCode] wants.
func (vs *Volunteers) SignIn(ctx context.Context, name, password, address string) (secret string, v Volunteer, err error) {
	// Counted before the password is looked at: many attempts at once count too.
	byName := vs.keys.attempts(vs.nameHash(name))
	if err := vs.attempt(ctx, byName, nameMax); err != nil {
		return "", v, err
	}
	if err := vs.attempt(ctx, vs.addressKey(address), addressMax); err != nil {
		return "", v, err
	}
	v, err = vs.enabled(vs.ByName(ctx, name))
	if err != nil && !errors.Is(err, ErrUnknown) {
		return "", v, err
	}
	var kept string
	if err == nil {
		if kept, err = vs.password(ctx, v.ID); err != nil {
			return "", v, err
		}
	}
	if kept == "" {
		kept = hashPassword("", make([]byte, 16)) // an unknown name takes as long
		password += " "
	}
	if !checkPassword(kept, password) {
		return "", Volunteer{}, ErrUnknown
	}
	if on, _, err := vs.Codes(ctx, v.ID); err != nil {
		return "", v, err
	} else if on {
		if secret, err = vs.newStep(ctx, v.ID); err != nil {
			return "", v, err
		}
		return secret, v, ErrCodeMissing
	}
	session, hash, ops := vs.newSession(v.ID)
	ops = append(ops, store.Do("DEL", byName))
	if err := vs.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: vs.keys.session(hash), Ops: ops}); err != nil {
		return "", v, fmt.Errorf("sign in: %w", err)
	}
	return session, v, nil
}

// HasPassword reports whether a volunteer can sign in with a password.
func (vs *Volunteers) HasPassword(ctx context.Context, id string) (bool, error) {
	kept, err := vs.password(ctx, id)
	return kept != "", err
}

// password is the kept hash of a volunteer's password, "" for none.
func (vs *Volunteers) password(ctx context.Context, id string) (string, error) {
	key := vs.keys.volunteer(id)
	sealed, err := vs.store.Cmd().HGet(ctx, key, "password").Bytes()
	if store.Missing(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	kept, err := vs.store.Open(key+":password", sealed)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(kept), nil
}
