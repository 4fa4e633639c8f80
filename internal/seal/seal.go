// Package seal encrypts what brug keeps about people, and hashes what it must
// find them by. Whoever holds a Redis dump, an append-only file or a backup, but
// not the key, sees neither text nor contact.
package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrKey is returned for a key text that is not one.
var ErrKey = errors.New("not a key: expected lines of 32 bytes in base64")

// ErrOpen is returned for bytes that none of the keys sealed for this place.
var ErrOpen = errors.New("cannot open: sealed with another key, or damaged")

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	keys    []boxKey
	current int
	hash    []byte
}

type boxKey struct {
	id   [4]byte
	aead cipher.AEAD
}

// NewKey makes the text of a fresh key.
func NewKey() string {
	var k [32]byte
	rand.Read(k[:])
	return base64.StdEncoding.EncodeToString(k[:])
}

// New reads a key text: one key a line, the last one seals, the earlier ones only
// open what was sealed before they were replaced, and the first one hashes.
func New(text string) (*Box, error) {
	b := &Box{}
	for _, line := range strings.Fields(text) {
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(raw) != 32 {
			return nil, ErrKey
		}
		k, err := newBoxKey(raw)
		if err != nil {
			return nil, err
		}
		if b.hash == nil {
			if b.hash, err = hkdf.Key(sha256.New, raw, nil, "brug contact hash", 32); err != nil {
				return nil, fmt.Errorf("derive hash key: %w", err)
			}
		}
		b.keys = append(b.keys, k)
	}
	if len(b.keys) == 0 {
		return nil, ErrKey
	}
	b.current = len(b.keys) - 1
	return b, nil
}

func newBoxKey(raw []byte) (boxKey, error) {
	derived, err := hkdf.Key(sha256.New, raw, nil, "brug texts", 32)
	if err != nil {
		return boxKey{}, fmt.Errorf("derive key: %w", err)
	}
	// XChaCha20 has nonces long enough to be drawn at random without counting.
	aead, err := chacha20poly1305.NewX(derived)
	if err != nil {
		return boxKey{}, fmt.Errorf("make cipher: %w", err)
	}
	sum := sha256.Sum256(derived)
	return boxKey{id: [4]byte(sum[:4]), aead: aead}, nil
}

// header is what stands before an encrypted text: the key's id and the nonce, in bytes.
const header = 4 + chacha20poly1305.NonceSizeX

// Seal encrypts plain for one place; the same place must be named to open it, so
// that sealed texts cannot be moved between conversations.
func (b *Box) Seal(place string, plain []byte) []byte {
	out := make([]byte, header, header+len(plain)+chacha20poly1305.Overhead)
	return b.encrypt(place, append(out, plain...))
}

// SealJSON is [Box.Seal] of v as JSON. It panics when v has no such form.
func (b *Box) SealJSON(place string, v any) []byte {
	var out bytes.Buffer
	out.Write(make([]byte, header))
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // no page holds it
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return b.encrypt(place, out.Bytes())
}

// encrypt fills the header of out and encrypts what stands behind it, in its place.
func (b *Box) encrypt(place string, out []byte) []byte {
	k := b.keys[b.current]
	copy(out, k.id[:])
	rand.Read(out[4:header])
	return k.aead.Seal(out[:header], out[4:header], out[header:], []byte(place))
}

// Open decrypts what Seal made for the same place. It returns [ErrOpen].
func (b *Box) Open(place string, sealed []byte) ([]byte, error) {
	if len(sealed) < header {
		return nil, ErrOpen
	}
	for _, k := range b.keys {
		if [4]byte(sealed[:4]) != k.id {
			continue
		}
		plain, err := k.aead.Open(nil, sealed[4:header], sealed[header:], []byte(place))
		if err == nil {
			return plain, nil
		}
	}
	return nil, ErrOpen
}

// Hash is the keyed hash of a value, 22 characters of base64url: equal values of
// one place have equal hashes, and nothing can be guessed back without the key.
func (b *Box) Hash(place, value string) string {
	m := hmac.New(sha256.New, b.hash)
	m.Write([]byte(place))
	m.Write([]byte{0})
	m.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}
