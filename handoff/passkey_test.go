package handoff_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

const passkeyHome = "https://help.example"

// key is a device that signs whatever it is asked to, also what no browser would.
type key struct {
	private *ecdsa.PrivateKey
	id      string
	user    []byte
	counter uint32
	// What it pretends.
	origin, rp, kind string
	flags            byte
}

const (
	present  = 0x01
	verified = 0x04
	attested = 0x40
)

func newKey(t *testing.T, user string) *key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return &key{private: private, id: rand.Text(), user: []byte(user), origin: passkeyHome, rp: "help.example", flags: present | verified}
}

func url64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (k *key) clientData(t *testing.T, kind string, challenge []byte) []byte {
	t.Helper()
	if k.kind != "" {
		kind = k.kind
	}
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": url64(challenge), "origin": k.origin, "crossOrigin": false})
	must(t, err)
	return raw
}

// data is what the device signs (www.w3.org/TR/webauthn-3, section 6.1).
func (k *key) data(flags byte, more ...byte) []byte {
	k.counter++
	rp := sha256.Sum256([]byte(k.rp))
	return append(binary.BigEndian.AppendUint32(append(rp[:], flags), k.counter), more...)
}

func (k *key) answer(t *testing.T, response map[string]string) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"id": url64([]byte(k.id)), "rawId": url64([]byte(k.id)), "type": "public-key",
		"response": response, "clientExtensionResults": map[string]any{}})
	must(t, err)
	return raw
}

// made answers a challenge to make a passkey. The bytes between are CBOR.
func (k *key) made(t *testing.T, challenge []byte) []byte {
	t.Helper()
	point, err := k.private.PublicKey.Bytes() // 4, x, y
	must(t, err)
	cose := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"), point[1:33]...)
	cose = append(append(cose, "\x22\x58\x20"...), point[33:]...)
	credential := append(make([]byte, 16), 0, byte(len(k.id)))
	data := k.data(k.flags|attested, append(append(credential, k.id...), cose...)...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return k.answer(t, map[string]string{"clientDataJSON": url64(k.clientData(t, "webauthn.create", challenge)), "attestationObject": url64(append(object, data...))})
}

// signed answers a challenge to sign in.
func (k *key) signed(t *testing.T, challenge []byte) []byte {
	t.Helper()
	data, client := k.data(k.flags), k.clientData(t, "webauthn.get", challenge)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, sum[:])
	must(t, err)
	return k.answer(t, map[string]string{"clientDataJSON": url64(client), "authenticatorData": url64(data), "signature": url64(signature), "userHandle": url64(k.user)})
}

// passkeys are those of a helpdesk with a volunteer who is signed in.
type passkeys struct {
	t *testing.T
	*handoff.Passkeys
	vs      *handoff.Volunteers
	anna    handoff.Volunteer
	session string
}

func openPasskeys(t *testing.T) passkeys {
	t.Helper()
	vs := handoff.NewVolunteers(storetest.Open(t), nil)
	p, err := handoff.NewPasskeys(vs, passkeyHome, "Help")
	must(t, err)
	anna, err := vs.Add(t.Context(), handoff.Volunteer{Name: "Anna"})
	must(t, err)
	return passkeys{t, p, vs, anna, signIn(t, vs, anna)}
}

func signIn(t *testing.T, vs *handoff.Volunteers, v handoff.Volunteer) string {
	t.Helper()
	link, err := vs.Link(t.Context(), v.ID)
	must(t, err)
	session, _, err := vs.Redeem(t.Context(), link)
	must(t, err)
	return session
}

func (p passkeys) add(k *key) error {
	p.t.Helper()
	options, err := p.BeginAdd(p.t.Context(), p.anna, p.session)
	must(p.t, err)
	return p.Add(p.t.Context(), p.anna, p.session, "Firefox · Android", k.made(p.t, options.Response.Challenge))
}

func (p passkeys) ask() (ticket string, challenge []byte) {
	p.t.Helper()
	ticket, options, err := p.BeginSignIn(p.t.Context(), "192.0.2.1")
	must(p.t, err)
	return ticket, options.Response.Challenge
}

func (p passkeys) signInWith(k *key) error {
	p.t.Helper()
	ticket, challenge := p.ask()
	session, v, err := p.SignIn(p.t.Context(), ticket, k.signed(p.t, challenge))
	if err == nil && v.ID != p.anna.ID {
		p.t.Errorf("signed in as %+v", v)
	}
	if err == nil {
		_, err = p.vs.Session(p.t.Context(), session, "")
	}
	return err
}

func TestAPasskeySignsInWithoutAName(t *testing.T) {
	p := openPasskeys(t)
	phone, laptop := newKey(t, p.anna.ID), newKey(t, p.anna.ID)
	must(t, p.add(phone))
	must(t, p.add(laptop))
	for range 2 {
		must(t, p.signInWith(phone))
	}
	must(t, p.signInWith(laptop))
	list, err := p.vs.Passkeys(t.Context(), p.anna.ID)
	must(t, err)
	if len(list) != 2 || list[0].Label != "Firefox · Android" || list[0].Added.IsZero() || list[0].Used.IsZero() {
		t.Fatalf("passkeys %+v", list)
	}
	for _, one := range list {
		must(t, p.vs.RemovePasskey(t.Context(), p.anna.ID, one.ID))
	}
	if err := p.signInWith(phone); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("a removed passkey: %v", err)
	}
	if err := p.vs.RemovePasskey(t.Context(), p.anna.ID, list[0].ID); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("removing it again: %v", err)
	}
}

func TestFalsePasskeyAnswersAreRefused(t *testing.T) {
	p := openPasskeys(t)
	good := newKey(t, p.anna.ID)
	must(t, p.add(good))
	must(t, p.signInWith(good))
	for what, change := range map[string]func(k *key){
		"another origin":          func(k *key) { k.origin = "https://help.example.evil.example" },
		"another port":            func(k *key) { k.origin = passkeyHome + ":8443" },
		"plain http":              func(k *key) { k.origin = "http://help.example" },
		"another relying party":   func(k *key) { k.rp = "evil.example" },
		"nobody shown":            func(k *key) { k.flags = present },
		"nobody present":          func(k *key) { k.flags = verified },
		"another ceremony":        func(k *key) { k.kind = "webauthn.create" },
		"the same counter":        func(k *key) { k.counter -= 1 },
		"another user":            func(k *key) { k.user = []byte("somebody") },
		"a credential of nobody":  func(k *key) { k.id = "none" },
		"another private key":     func(k *key) { k.private = newKey(t, "").private },
		"another helpdesk's user": func(k *key) { k.user = nil },
	} {
		k := *good
		change(&k)
		if err := p.signInWith(&k); !errors.Is(err, handoff.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, change := range map[string]func(k *key){
		"another origin":        func(k *key) { k.origin = "https://evil.example" },
		"another relying party": func(k *key) { k.rp = "evil.example" },
		"nobody shown":          func(k *key) { k.flags = present },
		"another ceremony":      func(k *key) { k.kind = "webauthn.get" },
	} {
		k := newKey(t, p.anna.ID)
		change(k)
		if err := p.add(k); !errors.Is(err, handoff.ErrUnknown) {
			t.Errorf("making one, %s: %v", what, err)
		}
	}
	good.counter += 10
	must(t, p.signInWith(good)) // none of it harmed the real one
}

func TestAPasskeyAnswerIsGoodOnceAndForOneBrowser(t *testing.T) {
	p := openPasskeys(t)
	ctx := t.Context()
	k := newKey(t, p.anna.ID)
	k.counter = 1 << 20 // far ahead, so that only the challenge can refuse a repeat
	must(t, p.add(k))
	ticket, challenge := p.ask()
	other, _ := p.ask()
	answer := k.signed(t, challenge)
	for what, wrong := range map[string]string{"another browser's ticket": other, "no ticket": "", "an invented ticket": "abc"} {
		if _, _, err := p.SignIn(ctx, wrong, answer); !errors.Is(err, handoff.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var in atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := p.SignIn(ctx, ticket, answer); err == nil {
				in.Add(1)
			} else if !errors.Is(err, handoff.ErrUnknown) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("one answer signed in %d times", in.Load())
	}
	// Nor may another signed-in browser finish what this one began.
	options, err := p.BeginAdd(ctx, p.anna, p.session)
	must(t, err)
	second := newKey(t, p.anna.ID)
	made := second.made(t, options.Response.Challenge)
	if err := p.Add(ctx, p.anna, signIn(t, p.vs, p.anna), "x", made); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("another session added a passkey: %v", err)
	}
	must(t, p.Add(ctx, p.anna, p.session, "x", made))
	if err := p.Add(ctx, p.anna, p.session, "x", made); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("the same passkey twice: %v", err)
	}
}

func TestPasskeysOfTheDisabledAndTheLostEnd(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	vs := handoff.NewVolunteers(s, nil)
	rp, err := handoff.NewPasskeys(vs, passkeyHome, "")
	must(t, err)
	anna, err := vs.Add(ctx, handoff.Volunteer{Name: "Anna"})
	must(t, err)
	p := passkeys{t, rp, vs, anna, signIn(t, vs, anna)}
	k := newKey(t, anna.ID)
	must(t, p.add(k))
	must(t, vs.SetPassword(ctx, anna.ID, "correct horse battery"))
	token, err := vs.Token(ctx, anna.ID)
	must(t, err)
	_, _ = p.ask()
	iter := s.Client().Scan(ctx, 0, s.Key("*"), 1000).Iterator()
	for iter.Next(ctx) {
		dump, err := s.Client().Dump(ctx, iter.Val()).Result()
		must(t, err)
		if strings.Contains(iter.Val()+dump, k.id) || strings.Contains(dump, "Firefox") {
			t.Errorf("%s tells of the passkey", iter.Val())
		}
		if ttl := s.Client().PTTL(ctx, iter.Val()).Val(); strings.Contains(iter.Val(), "challenge") && (ttl <= 0 || ttl > 5*time.Minute) {
			t.Errorf("a challenge is good for %v", ttl)
		}
	}
	v, err := vs.Get(ctx, anna.ID)
	must(t, err)
	v.Disabled = true
	must(t, vs.Save(ctx, v))
	if err := p.signInWith(k); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("a disabled volunteer's passkey: %v", err)
	}
	v, err = vs.Get(ctx, anna.ID)
	must(t, err)
	v.Disabled = false
	must(t, vs.Save(ctx, v))
	must(t, p.signInWith(k))
	session := signIn(t, vs, anna)
	must(t, vs.Lost(ctx, anna.ID))
	checks := map[string]func() error{
		"passkey":  func() error { return p.signInWith(k) },
		"password": func() error { _, _, err := vs.SignIn(ctx, "Anna", "correct horse battery", ""); return err },
		"session":  func() error { _, err := vs.Session(ctx, session, ""); return err },
		"token":    func() error { _, err := vs.ByToken(ctx, token); return err },
	}
	for what, check := range checks {
		if err := check(); !errors.Is(err, handoff.ErrUnknown) {
			t.Errorf("%s after the device was lost: %v", what, err)
		}
	}
	if _, err := vs.Session(ctx, signIn(t, vs, anna), ""); err != nil {
		t.Errorf("a new link does not help: %v", err)
	}
	if _, err := vs.Token(ctx, anna.ID); err != nil {
		t.Errorf("a new token: %v", err)
	}
}

func TestPasskeysNeedAnAddressThatBrowsersTrust(t *testing.T) {
	for base, want := range map[string]bool{"https://help.example": true, "http://localhost:8080": true, "http://help.example": false,
		"http://127.0.0.1:8080": false, "https://192.0.2.1": false, "https://[2001:db8::1]": false} {
		p, err := handoff.NewPasskeys(handoff.NewVolunteers(storetest.Open(t), nil), base, "")
		if err != nil || (p != nil) != want {
			t.Errorf("%s: %v, %v", base, p != nil, err)
		}
	}
}
