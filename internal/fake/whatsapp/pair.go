package whatsapp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// newbie is a client that wants to be linked.
type newbie struct {
	identity [32]byte
	refs     []string
	// device is made when a phone agrees, and joins the account when the client
	// signed.
	device *device
}

func (s *Server) greetNewbie(c *conn, data *waWa6.ClientPayload_DevicePairingRegistrationData) {
	if len(data.GetEIdent()) != 32 || len(data.GetEIdent()) == 0 {
		c.drop()
		return
	}
	n := &newbie{identity: [32]byte(data.GetEIdent())}
	var refs []node
	s.mu.Lock()
	for range 6 {
		ref := "2@" + rand.Text()
		n.refs = append(n.refs, ref)
		s.pairing[ref] = c
		refs = append(refs, node{Tag: "ref", Content: []byte(ref)})
	}
	c.newbie = n
	id := s.serialLocked()
	s.mu.Unlock()
	c.send(node{Tag: "iq", Attrs: attrs{"from": types.ServerJID, "id": id, "type": "set", "xmlns": "md"},
		Content: []node{{Tag: "pair-device", Content: refs}}})
}

// Scan links the client whose QR code this is, as the account's phone does.
func (a *Account) Scan(code string) error {
	parts := strings.Split(code, ",")
	if len(parts) != 4 {
		return errors.New("not a QR code of WhatsApp")
	}
	secret, err := base64.StdEncoding.DecodeString(parts[3])
	if err != nil {
		return fmt.Errorf("the QR code's secret: %w", err)
	}
	a.server.mu.Lock()
	c := a.server.pairing[parts[0]]
	a.server.mu.Unlock()
	if c == nil {
		return errors.New("the QR code is not valid any more")
	}
	if parts[1] != base64.StdEncoding.EncodeToString(c.key[:]) || parts[2] != base64.StdEncoding.EncodeToString(c.newbie.identity[:]) {
		return errors.New("the QR code's keys are not the client's")
	}
	return a.link(c, secret)
}

// link signs the client's identity and tells it that it is linked.
func (a *Account) link(c *conn, secret []byte) error {
	s := a.server
	s.mu.Lock()
	id := uint16(1)
	for a.devices[id] != nil {
		id++
	}
	c.newbie.device = &device{account: a, id: id, noise: c.key}
	d, serial := c.newbie.device, s.serialLocked()
	s.mu.Unlock()
	signed, err := a.sign(c.newbie.identity, uint32(id))
	if err != nil {
		return err
	}
	raw, err := proto.Marshal(signed)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw)
	sealed, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: raw, HMAC: mac.Sum(nil)})
	if err != nil {
		return err
	}
	c.send(node{Tag: "iq", Attrs: attrs{"from": types.ServerJID, "id": serial, "type": "set", "xmlns": "md"},
		Content: []node{{Tag: "pair-success", Content: []node{
			{Tag: "device-identity", Content: sealed},
			{Tag: "device", Attrs: attrs{"jid": d.jid(types.DefaultUserServer), "lid": d.jid(types.HiddenUserServer)}},
			{Tag: "platform", Attrs: attrs{"name": "android"}},
		}}}})
	return nil
}

// sign is the phone's signature over a device's identity.
func (a *Account) sign(identity [32]byte, index uint32) (*waAdv.ADVSignedDeviceIdentity, error) {
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID: proto.Uint32(7), Timestamp: proto.Uint64(uint64(time.Now().Unix())), KeyIndex: proto.Uint32(index),
	})
	if err != nil {
		return nil, err
	}
	message := slices.Concat(whatsmeow.AdvAccountSignaturePrefix, details, identity[:])
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*a.identity.Priv), message)
	return &waAdv.ADVSignedDeviceIdentity{Details: details, AccountSignatureKey: a.identity.Pub[:], AccountSignature: signature[:]}, nil
}

// linked takes the client's own signature, and tells it to log in.
func (s *Server) linked(c *conn, n *node) {
	var signed waAdv.ADVSignedDeviceIdentity
	content := n.GetChildByTag("pair-device-sign", "device-identity")
	if c.newbie == nil || c.newbie.device == nil || proto.Unmarshal(bytesOf(content), &signed) != nil || len(signed.DeviceSignature) != 64 {
		return
	}
	d := c.newbie.device
	message := slices.Concat(whatsmeow.AdvDeviceSignaturePrefix, signed.Details, c.newbie.identity[:], d.account.identity.Pub[:])
	if !ecc.VerifySignature(ecc.NewDjbECPublicKey(c.newbie.identity), message, [64]byte(signed.DeviceSignature)) {
		return
	}
	s.mu.Lock()
	d.account.devices[d.id] = d
	for _, ref := range c.newbie.refs {
		delete(s.pairing, ref)
	}
	s.mu.Unlock()
	// The client hangs up by itself; a close here could overtake the node.
	c.send(node{Tag: "stream:error", Attrs: attrs{"code": "515"}})
}

// linking is a client that showed a code to be typed on the phone.
type linking struct {
	conn      *conn
	wrapped   []byte // the client's key, under the code
	ref       string
	ephemeral *keys.KeyPair // the phone's
	client    []byte        // the client's key
	account   *Account
}

// hello is the first step of pairing by code.
func (s *Server) hello(c *conn, n *node, reg node) {
	number := jid(&reg, "jid")
	wrapped := reg.GetChildByTag("link_code_pairing_wrapped_companion_ephemeral_pub")
	display := string(bytesOf(reg.GetChildByTag("companion_platform_display")))
	if c.newbie == nil || len(bytesOf(wrapped)) != 80 || !strings.HasSuffix(display, ")") {
		c.refuse(n, 400, "bad-request")
		return
	}
	l := &linking{conn: c, wrapped: bytesOf(wrapped), ref: rand.Text()}
	s.mu.Lock()
	s.codes[number.User] = l
	s.mu.Unlock()
	c.result(n, node{Tag: "link_code_companion_reg", Content: []node{{Tag: "link_code_pairing_ref", Content: []byte(l.ref)}}})
}

// EnterCode links the client that shows this code (ABCD-1234), as the account's phone
// does. The client sees that the code is right by the answer.
func (a *Account) EnterCode(code string) error {
	s := a.server
	s.mu.Lock()
	l := s.codes[a.number.User]
	s.mu.Unlock()
	if l == nil {
		return errors.New("nobody asked for a code")
	}
	code = strings.ReplaceAll(code, "-", "")
	l.account, l.ephemeral = a, keys.NewKeyPair()
	l.client = under(code, l.wrapped[:32], l.wrapped[32:48], l.wrapped[48:])
	salt, iv := make([]byte, 32), make([]byte, 16)
	rand.Read(salt) // never fails
	rand.Read(iv)
	ours := slices.Concat(salt, iv, under(code, salt, iv, l.ephemeral.Pub[:]))
	l.conn.send(node{Tag: "notification", Attrs: attrs{"from": types.ServerJID, "id": s.serial(), "type": "link_code_companion_reg", "t": time.Now().Unix()},
		Content: []node{{Tag: "link_code_companion_reg", Attrs: attrs{"stage": "primary_hello"}, Content: []node{
			{Tag: "link_code_pairing_ref", Content: []byte(l.ref)},
			{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: ours},
			{Tag: "primary_identity_pub", Content: a.identity.Pub[:]},
		}}}})
	return nil
}

// under encrypts or decrypts with the code.
func under(code string, salt, iv, data []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, code, salt, 2<<16, 32)
	if err != nil {
		panic(err) // the sizes are fixed
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	out := make([]byte, len(data))
	cipher.NewCTR(block, iv).XORKeyStream(out, data)
	return out
}

// finish is the last step of pairing by code.
func (s *Server) finish(c *conn, n *node, reg node) {
	s.mu.Lock()
	l := s.codes[jid(&reg, "jid").User]
	s.mu.Unlock()
	if l == nil || l.account == nil || string(bytesOf(reg.GetChildByTag("link_code_pairing_ref"))) != l.ref {
		c.refuse(n, 400, "bad-request")
		return
	}
	secret, err := l.secret(bytesOf(reg.GetChildByTag("link_code_pairing_wrapped_key_bundle")))
	if err != nil {
		c.refuse(n, 401, "not-authorized")
		return
	}
	c.result(n)
	_ = l.account.link(c, secret) // its errors are of encoding only
}

// secret opens the client's bundle and derives what authenticates the link.
func (l *linking) secret(bundle []byte) ([]byte, error) {
	if len(bundle) < 44 {
		return nil, errors.New("the bundle is too short")
	}
	shared, err := curve25519.X25519(l.ephemeral.Priv[:], l.client)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, shared, bundle[:32], "link_code_pairing_key_bundle_encryption_key", 32)
	if err != nil {
		return nil, err
	}
	plain, err := gcm(key).Open(nil, bundle[32:44], bundle[44:], nil)
	if err != nil || len(plain) != 96 || [32]byte(plain[:32]) != l.conn.newbie.identity {
		return nil, fmt.Errorf("the bundle is not the client's: %w", err)
	}
	ours, err := curve25519.X25519(l.account.identity.Priv[:], plain[:32])
	if err != nil {
		return nil, err
	}
	return hkdf.Key(sha256.New, slices.Concat(shared, ours, plain[64:]), nil, "adv_secret", 32)
}
