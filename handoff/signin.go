package handoff

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

// linkKeep is how long a one-time sign-in link is good.
const linkKeep = 24 * time.Hour

// newSecret is 32 random bytes in base64url: links, sessions and API tokens.
func newSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Link makes a one-time sign-in link for a volunteer and returns its secret part.
// It is good for 24 hours.
func (vs *Volunteers) Link(ctx context.Context, id string) (string, error) {
	if _, err := vs.Get(ctx, id); err != nil {
		return "", err
	}
	secret := newSecret()
	key := vs.keys.link(vs.store.Hash("link", secret))
	err := vs.store.Apply(ctx, store.Tx{Head: key, Ops: []store.Op{
		store.Do("HSET", key, "vol", id), store.Do("PEXPIRE", key, linkKeep.Milliseconds())}})
	if err != nil {
		return "", fmt.Errorf("make sign-in link: %w", err)
	}
	return secret, nil
}

// LinkFor returns whom a link is for without using it up, or [ErrUnknown].
func (vs *Volunteers) LinkFor(ctx context.Context, secret string) (Volunteer, error) {
	return vs.enabled(vs.indexed(ctx, vs.keys.link(vs.store.Hash("link", secret)), "vol"))
}

// Redeem uses a link up and returns the secret of a new session. It returns
// [ErrUnknown] for a link that is old, used, or a disabled volunteer's.
func (vs *Volunteers) Redeem(ctx context.Context, link string) (session string, v Volunteer, err error) {
	v, err = vs.LinkFor(ctx, link)
	if err != nil {
		return "", v, err
	}
	key := vs.keys.link(vs.store.Hash("link", link))
	session, hash, ops := vs.newSession(v.ID)
	err = vs.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: vs.keys.session(hash),
		Guards: []store.Guard{{Key: key, Field: "vol", Want: v.ID}}, Ops: append(ops, store.Do("DEL", key))})
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return "", v, ErrUnknown
	}
	if err != nil {
		return "", v, fmt.Errorf("sign in: %w", err)
	}
	return session, v, nil
}

// Token makes a new API token for a volunteer; an older one is good no more.
func (vs *Volunteers) Token(ctx context.Context, id string) (string, error) {
	for range attempts {
		v, err := vs.Get(ctx, id)
		if err != nil {
			return "", err
		}
		token := newSecret()
		hash, key := vs.store.Hash("token", token), vs.keys.volunteer(id)
		ops := []store.Op{store.Do("HSET", key, "token", hash), store.Do("HSET", vs.keys.tokens(), hash, id)}
		if v.token != "" {
			ops = append(ops, store.Do("HDEL", vs.keys.tokens(), v.token))
		}
		err = vs.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: key,
			Guards: []store.Guard{{Key: key, Field: "token", Want: v.token}}, Ops: ops})
		var broken *store.GuardError
		switch {
		case err == nil:
			return token, nil
		case !errors.As(err, &broken):
			return "", fmt.Errorf("make token: %w", err)
		}
	}
	return "", fmt.Errorf("make token: others were faster %d times", attempts)
}

// ByToken returns the volunteer of an API token, or [ErrUnknown].
func (vs *Volunteers) ByToken(ctx context.Context, token string) (Volunteer, error) {
	return vs.enabled(vs.indexed(ctx, vs.keys.tokens(), vs.store.Hash("token", token)))
}

// enabled turns a disabled volunteer into an unknown one.
func (vs *Volunteers) enabled(v Volunteer, err error) (Volunteer, error) {
	if err == nil && v.Disabled {
		return Volunteer{}, ErrUnknown
	}
	return v, err
}
