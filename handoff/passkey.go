package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/brug-helpdesk/brug/internal/store"
)

// challengeKeep is how long a person may take to show a finger or a face.
const challengeKeep = 5 * time.Minute

// Passkeys let volunteers sign in with what their device keeps for them and opens with
// a finger, a face or a PIN (www.w3.org/TR/webauthn-3). A passkey is good for one
// origin only, so no page of somebody else can ask for it.
type Passkeys struct {
	volunteers *Volunteers
	rp         *webauthn.WebAuthn
}

// Passkey is one that a volunteer has, as the account page shows it.
type Passkey struct {
	// ID names it for [Volunteers.RemovePasskey].
	ID    string    `json:"-"`
	Label string    `json:"label"`
	Added time.Time `json:"added"`
	// Used is when it last signed in, zero for never.
	Used time.Time `json:"used,omitzero"`
}

// keptPasskey is what is stored of one.
type keptPasskey struct {
	Passkey
	Credential webauthn.Credential `json:"credential"`
	sealed     string
}

// passkeyUser is a volunteer as the library knows users.
type passkeyUser struct {
	Volunteer
	kept map[string]keptPasskey
}

func (u passkeyUser) WebAuthnID() []byte          { return []byte(u.ID) }
func (u passkeyUser) WebAuthnName() string        { return u.Name }
func (u passkeyUser) WebAuthnDisplayName() string { return u.Name }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, k := range u.kept {
		list = append(list, k.Credential)
	}
	return list
}

// NewPasskeys returns the passkeys for a helpdesk at baseURL, or nil where browsers
// allow none: at a bare IP address, and over plain http except on localhost. org is
// the name that the device shows.
func NewPasskeys(vs *Volunteers, baseURL, org string) (*Passkeys, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, nil
	}
	if org == "" {
		org = "brug"
	}
	limit := webauthn.TimeoutConfig{Enforce: true, Timeout: challengeKeep, TimeoutUVD: challengeKeep}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: org, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{volunteers: vs, rp: rp}, nil
}

// keep stores a ceremony for the browser that holds the secret.
func (p *Passkeys) keep(ctx context.Context, kind, secret string, data *webauthn.SessionData) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("keep challenge: %w", err)
	}
	vs := p.volunteers
	key := vs.keys.challenge(vs.store.Hash("challenge "+kind, secret))
	if err := vs.store.Cmd().Set(ctx, key, vs.store.Seal(key, raw), challengeKeep).Err(); err != nil {
		return fmt.Errorf("keep challenge: %w", err)
	}
	return nil
}

// take returns a ceremony once, or [ErrUnknown].
func (p *Passkeys) take(ctx context.Context, kind, secret string) (data webauthn.SessionData, err error) {
	vs := p.volunteers
	key := vs.keys.challenge(vs.store.Hash("challenge "+kind, secret))
	sealed, err := vs.store.Cmd().GetDel(ctx, key).Bytes()
	if store.Missing(err) {
		return data, ErrUnknown
	}
	if err == nil {
		sealed, err = vs.store.Open(key, sealed)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &data)
	}
	if err != nil {
		return data, fmt.Errorf("read challenge: %w", err)
	}
	return data, nil
}

// BeginAdd returns what the browser's navigator.credentials.create is given. session
// is that of the signed-in browser; only it can finish.
func (p *Passkeys) BeginAdd(ctx context.Context, v Volunteer, session string) (*protocol.CredentialCreation, error) {
	user, err := p.user(ctx, v)
	if err != nil {
		return nil, err
	}
	options, data, err := p.rp.BeginRegistration(user,
		webauthn.WithExclusions(webauthn.Credentials(user.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("begin passkey: %w", err)
	}
	return options, p.keep(ctx, "add", session, data)
}

// Add stores a new passkey from the browser's answer. It returns [ErrUnknown] for an
// answer to no challenge of ours, or one that the checks refuse.
func (p *Passkeys) Add(ctx context.Context, v Volunteer, session, label string, answer []byte) error {
	vs := p.volunteers
	data, err := p.take(ctx, "add", session)
	if err != nil {
		return err
	}
	user, err := p.user(ctx, v)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	credential, err := p.rp.CreateCredential(user, data, parsed)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	credential.Attestation = webauthn.CredentialAttestation{} // says which device it is; nobody here asks
	key, field := vs.keys.passkeys(v.ID), vs.store.Hash("passkey", string(credential.ID))
	sealed, err := vs.sealPasskey(key, field, keptPasskey{
		Passkey: Passkey{Label: label, Added: vs.now().UTC().Truncate(time.Second)}, Credential: *credential})
	if err == nil {
		err = vs.store.Apply(ctx, store.Tx{Head: key, Guards: []store.Guard{{Key: key, Field: field}},
			Ops: []store.Op{store.Do("HSET", key, field, sealed)}})
	}
	if err != nil {
		return fmt.Errorf("store passkey: %w", err)
	}
	return nil
}

// BeginSignIn returns what navigator.credentials.get is given, and a ticket that only
// the same browser may hold. address is where the request comes from; it returns
// [ErrTooMany].
func (p *Passkeys) BeginSignIn(ctx context.Context, address string) (ticket string, options *protocol.CredentialAssertion, err error) {
	if err := p.volunteers.attempt(ctx, p.volunteers.addressKey(address), addressMax); err != nil {
		return "", nil, err
	}
	options, data, err := p.rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return "", nil, fmt.Errorf("begin sign-in: %w", err)
	}
	ticket = newSecret()
	return ticket, options, p.keep(ctx, "sign-in", ticket, data)
}

// SignIn checks the browser's answer and returns the secret of a new session. It
// returns [ErrUnknown] for an answer to no challenge of ours, or one that the checks
// refuse: the origin, the signature, the person shown to the device, its counter.
func (p *Passkeys) SignIn(ctx context.Context, ticket string, answer []byte) (session string, v Volunteer, err error) {
	vs := p.volunteers
	data, err := p.take(ctx, "sign-in", ticket)
	if err != nil {
		return "", v, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", v, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	var user passkeyUser
	var failed error
	_, credential, err := p.rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if v, failed = vs.enabled(vs.Get(ctx, string(handle))); failed == nil {
			user, failed = p.user(ctx, v)
		}
		return user, failed
	}, data, parsed)
	if failed != nil {
		return "", Volunteer{}, failed
	}
	if err != nil {
		return "", Volunteer{}, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	if credential.Authenticator.CloneWarning {
		return "", Volunteer{}, fmt.Errorf("%w: the passkey's counter went back, so there are two of it", ErrUnknown)
	}
	key, field := vs.keys.passkeys(v.ID), vs.store.Hash("passkey", string(credential.ID))
	kept := user.kept[field]
	before := kept.sealed
	kept.Used, kept.Credential = vs.now().UTC().Truncate(time.Second), *credential
	sealed, err := vs.sealPasskey(key, field, kept)
	if err != nil {
		return "", v, err
	}
	session, hash, ops := vs.newSession(v.ID)
	// Guarded by what was read: of two answers with one counter only one is taken, and
	// a passkey removed meanwhile stays removed.
	err = vs.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: vs.keys.session(hash), Guards: []store.Guard{{Key: key, Field: field, Want: before}},
		Ops: append(ops, store.Do("HSET", key, field, sealed))})
	var broken *store.GuardError
	if errors.As(err, &broken) {
		return "", Volunteer{}, ErrUnknown
	}
	if err != nil {
		return "", v, fmt.Errorf("sign in: %w", err)
	}
	return session, v, nil
}

func (p *Passkeys) user(ctx context.Context, v Volunteer) (passkeyUser, error) {
	kept, err := p.volunteers.passkeys(ctx, v.ID)
	return passkeyUser{v, kept}, err
}

func (vs *Volunteers) sealPasskey(key, field string, k keptPasskey) ([]byte, error) {
	raw, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("store passkey: %w", err)
	}
	return vs.store.Seal(key+":"+field, raw), nil
}

// passkeys are a volunteer's, by the hash of their credential id.
func (vs *Volunteers) passkeys(ctx context.Context, id string) (map[string]keptPasskey, error) {
	key := vs.keys.passkeys(id)
	fields, err := vs.store.Cmd().HGetAll(ctx, key).Result()
	if err != nil {
		return nil, fmt.Errorf("read passkeys: %w", err)
	}
	kept := make(map[string]keptPasskey, len(fields))
	for field, sealed := range fields {
		plain, err := vs.store.Open(key+":"+field, []byte(sealed))
		if err != nil {
			return nil, fmt.Errorf("read passkeys: %w", err)
		}
		k := keptPasskey{sealed: sealed}
		if err := json.Unmarshal(plain, &k); err != nil {
			return nil, fmt.Errorf("read passkeys: %w", err)
		}
		k.ID = field
		kept[field] = k
	}
	return kept, nil
}

// Passkeys returns a volunteer's passkeys, the oldest first.
func (vs *Volunteers) Passkeys(ctx context.Context, id string) ([]Passkey, error) {
	kept, err := vs.passkeys(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]Passkey, 0, len(kept))
	for _, k := range kept {
		list = append(list, k.Passkey)
	}
	slices.SortFunc(list, func(a, b Passkey) int {
		if c := a.Added.Compare(b.Added); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
}

// RemovePasskey takes a passkey away; nobody signs in with it any more. It returns
// [ErrUnknown] when the volunteer has no such one.
func (vs *Volunteers) RemovePasskey(ctx context.Context, id, passkey string) error {
	n, err := vs.store.Cmd().HDel(ctx, vs.keys.passkeys(id), passkey).Result()
	if err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	if n == 0 {
		return ErrUnknown
	}
	return nil
}
