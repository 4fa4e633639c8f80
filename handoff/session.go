package handoff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
)

const (
	// sessionKeep is how long a browser stays signed in after it was last used.
	sessionKeep = 30 * 24 * time.Hour
	// seenEvery is how exact "last seen" is: a write for every request would be too many.
	seenEvery = 10 * time.Minute
)

// Device is a browser that a volunteer is signed in with.
type Device struct {
	// ID names it for [Volunteers.SignOutDevice]; nobody signs in with it.
	ID string
	// Name is what the browser calls itself in a few words, "" when unknown.
	Name string
	// Seen is when it was last used, to ten minutes.
	Seen time.Time
	// Here is set for the browser that asks.
	Here bool
}

func (vs *Volunteers) sessionKey(session string) string {
	return vs.keys.session(vs.store.Hash("session", session))
}

func (vs *Volunteers) newSession(id string) (session, hash string, ops []store.Op) {
	session = newSecret()
	hash = vs.store.Hash("session", session)
	key := vs.keys.session(hash)
	return session, hash, []store.Op{
		store.Do("HSET", key, "vol", id), store.Do("PEXPIRE", key, sessionKeep.Milliseconds()),
		store.Do("SADD", vs.keys.sessions(id), hash), store.Do("PEXPIRE", vs.keys.sessions(id), sessionKeep.Milliseconds()),
	}
}

// Session returns the volunteer of a session, or [ErrUnknown]. It keeps the session
// alive and remembers the device, a few words for the volunteer's own eyes.
func (vs *Volunteers) Session(ctx context.Context, session, device string) (Volunteer, error) {
	key := vs.sessionKey(session)
	fields, err := vs.store.Cmd().HMGet(ctx, key, "vol", "seen", "device").Result()
	if err != nil {
		return Volunteer{}, fmt.Errorf("read session: %w", err)
	}
	id, _ := fields[0].(string)
	if id == "" {
		return Volunteer{}, ErrUnknown
	}
	v, err := vs.enabled(vs.Get(ctx, id))
	if err != nil {
		return Volunteer{}, err
	}
	seen, name, err := vs.readDevice(key, fields[1:])
	if err != nil {
		return Volunteer{}, err
	}
	if now := vs.now(); now.Sub(seen) > seenEvery || name != device {
		err := vs.store.Apply(ctx, store.Tx{Head: key, Guards: []store.Guard{{Key: key, Field: "vol", Want: id}}, Ops: []store.Op{
			store.Do("HSET", key, "seen", now.UnixMilli(), "device", vs.store.Seal(key, []byte(device))),
			store.Do("PEXPIRE", key, sessionKeep.Milliseconds()),
			store.Do("PEXPIRE", vs.keys.sessions(id), sessionKeep.Milliseconds())}})
		var broken *store.GuardError
		if errors.As(err, &broken) { // it ended this moment
			return Volunteer{}, ErrUnknown
		}
		if err != nil {
			return Volunteer{}, fmt.Errorf("keep session: %w", err)
		}
	}
	return v, nil
}

// readDevice reads the fields seen and device of a session.
func (vs *Volunteers) readDevice(key string, fields []any) (seen time.Time, name string, err error) {
	if ms, ok := fields[0].(string); ok {
		seen = time.UnixMilli(int64(atoi(ms)))
	}
	if sealed, ok := fields[1].(string); ok {
		plain, err := vs.store.Open(key, []byte(sealed))
		if err != nil {
			return seen, "", fmt.Errorf("read session: %w", err)
		}
		name = string(plain)
	}
	return seen, name, nil
}

// Devices returns where a volunteer is signed in, the last used first; session is
// the asking browser's.
func (vs *Volunteers) Devices(ctx context.Context, id, session string) ([]Device, error) {
	hashes, err := vs.store.Cmd().SMembers(ctx, vs.keys.sessions(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	here := vs.store.Hash("session", session)
	var list []Device
	for _, hash := range hashes {
		key := vs.keys.session(hash)
		fields, err := vs.store.Cmd().HMGet(ctx, key, "seen", "device", "vol").Result()
		if err != nil {
			return nil, fmt.Errorf("read sessions: %w", err)
		}
		if fields[2] == nil { // it expired
			if err := vs.store.Cmd().SRem(ctx, vs.keys.sessions(id), hash).Err(); err != nil {
				return nil, fmt.Errorf("forget session: %w", err)
			}
			continue
		}
		d := Device{ID: hash, Here: hash == here}
		if d.Seen, d.Name, err = vs.readDevice(key, fields); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Device) int { return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

// SignOut ends a session.
func (vs *Volunteers) SignOut(ctx context.Context, session string) error {
	id, err := vs.store.Cmd().HGet(ctx, vs.sessionKey(session), "vol").Result()
	if store.Missing(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return vs.SignOutDevice(ctx, id, vs.store.Hash("session", session))
}

// SignOutDevice ends one session of a volunteer, named by its [Device]. It returns
// [ErrUnknown] when the volunteer has no such one.
func (vs *Volunteers) SignOutDevice(ctx context.Context, id, device string) error {
	key := vs.keys.session(device)
	err := vs.store.Apply(ctx, store.Tx{Head: vs.keys.volunteer(id), Guards: []store.Guard{{Key: key, Field: "vol", Want: id}},
		Ops: []store.Op{store.Do("DEL", key), store.Do("SREM", vs.keys.sessions(id), device)}})
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return ErrUnknown
	}
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SignOutAll ends all sessions of a volunteer.
func (vs *Volunteers) SignOutAll(ctx context.Context, id string) error {
	ops, err := vs.signOutOps(ctx, id, nil)
	if err != nil {
		return err
	}
	return vs.store.Apply(ctx, store.Tx{Head: vs.keys.volunteer(id), Ops: ops})
}

func (vs *Volunteers) signOutOps(ctx context.Context, id string, ops []store.Op) ([]store.Op, error) {
	hashes, err := vs.store.Cmd().SMembers(ctx, vs.keys.sessions(id)).Result()
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	for _, h := range hashes {
		ops = append(ops, store.Do("DEL", vs.keys.session(h)))
	}
	return append(ops, store.Do("DEL", vs.keys.sessions(id))), nil
}
