package whatsapp

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// root signs the certificates of all servers of this process.
var root = keys.NewKeyPair()

// Trust makes whatsmeow's clients of this process believe our servers. Call it once,
// in TestMain: the root is a variable of the library. It also silences the encryption
// library, which would print what tests spoil on purpose.
func Trust() {
	whatsmeow.WACertPubKey = *root.Pub
	logger.Logger = quiet{}
}

type quiet struct{}

func (quiet) Debug(_, _ string)   {}
func (quiet) Info(_, _ string)    {}
func (quiet) Warning(_, _ string) {}
func (quiet) Error(_, _ string)   {}
func (quiet) Configure(string)    {}

// Root is the root that [Trust] trusts, for another process.
func Root() [32]byte { return *root.Pub }

// certificate is the chain for a server's static key: root, intermediate, leaf.
func certificate(static [32]byte) ([]byte, error) {
	now := time.Now()
	middle := keys.NewKeyPair()
	sign := func(signer *keys.KeyPair, key [32]byte, serial, issuer uint32) (*waCert.CertChain_NoiseCertificate, error) {
		details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
			Serial: proto.Uint32(serial), IssuerSerial: proto.Uint32(issuer), Key: key[:],
			NotBefore: proto.Uint64(uint64(now.Add(-time.Hour).Unix())),
			NotAfter:  proto.Uint64(uint64(now.Add(time.Hour).Unix())),
		})
		if err != nil {
			return nil, err
		}
		signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*signer.Priv), details)
		return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}, nil
	}
	intermediate, err := sign(root, *middle.Pub, 1, whatsmeow.WACertIssuerSerial)
	if err != nil {
		return nil, err
	}
	leaf, err := sign(middle, static, 2, 1)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&waCert.CertChain{Intermediate: intermediate, Leaf: leaf})
}

// frames is the stream of length-prefixed frames over a websocket.
type frames struct {
	ws  *websocket.Conn
	buf []byte

	mu sync.Mutex // writing
}

func (f *frames) need(ctx context.Context, n int) error {
	for len(f.buf) < n {
		kind, data, err := f.ws.Read(ctx)
		if err != nil {
			return err
		}
		if kind != websocket.MessageBinary {
			return errors.New("a frame is not binary")
		}
		f.buf = append(f.buf, data...)
	}
	return nil
}

func (f *frames) take(n int) []byte {
	out := f.buf[:n:n]
	f.buf = f.buf[n:]
	return out
}

func (f *frames) read(ctx context.Context) ([]byte, error) {
	if err := f.need(ctx, 3); err != nil {
		return nil, err
	}
	head := f.take(3)
	n := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
	if err := f.need(ctx, n); err != nil {
		return nil, err
	}
	return f.take(n), nil
}

func (f *frames) write(ctx context.Context, data []byte) error {
	n := len(data)
	return f.ws.Write(ctx, websocket.MessageBinary, append([]byte{byte(n >> 16), byte(n >> 8), byte(n)}, data...))
}

// noise is the responder of Noise_XX_25519_AESGCM_SHA256 (noiseprotocol.org).
type noise struct {
	hash, salt []byte
	aead       cipher.AEAD
	n          uint32
}

func (h *noise) mixHash(data []byte) {
	sum := sha256.Sum256(append(h.hash[:len(h.hash):len(h.hash)], data...))
	h.hash = sum[:]
}

func (h *noise) expand(secret []byte) (first, second []byte) {
	out, err := hkdf.Key(sha256.New, secret, h.salt, "", 64)
	if err != nil {
		panic(err) // 64 bytes are never too many
	}
	return out[:32], out[32:]
}

func (h *noise) mixKey(priv, pub []byte) error {
	secret, err := curve25519.X25519(priv, pub)
	if err != nil {
		return err
	}
	var key []byte
	h.salt, key = h.expand(secret)
	h.aead, h.n = gcm(key), 0
	return nil
}

func (h *noise) seal(plain []byte) []byte {
	out := h.aead.Seal(nil, nonce(h.n), plain, h.hash)
	h.n++
	h.mixHash(out)
	return out
}

func (h *noise) open(sealed []byte) ([]byte, error) {
	out, err := h.aead.Open(nil, nonce(h.n), sealed, h.hash)
	h.n++
	h.mixHash(sealed)
	return out, err
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // keys are 32 bytes here
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func nonce(n uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], n)
	return iv
}

// pipe is an encrypted connection.
type pipe struct {
	*frames
	in, out   cipher.AEAD
	inN, outN uint32
}

// accept answers a client's handshake, and returns the client's static key and what
// it says about itself.
func accept(ctx context.Context, ws *websocket.Conn, static *keys.KeyPair, cert []byte) (*pipe, [32]byte, *waWa6.ClientPayload, error) {
	var client [32]byte
	f := &frames{ws: ws}
	fail := func(err error) (*pipe, [32]byte, *waWa6.ClientPayload, error) {
		return nil, client, nil, fmt.Errorf("handshake: %w", err)
	}
	if err := f.need(ctx, 4); err != nil {
		return fail(err)
	}
	header := f.take(4)
	if string(header) != string(socket.WAConnHeader) {
		return fail(fmt.Errorf("the first bytes are %q", header))
	}
	h := &noise{hash: []byte(socket.NoiseStartPattern)}
	h.salt, h.aead = h.hash, gcm(h.hash)
	h.mixHash(header)
	var hello, finish waWa6.HandshakeMessage
	data, err := f.read(ctx)
	if err != nil {
		return fail(err)
	}
	if err := proto.Unmarshal(data, &hello); err != nil {
		return fail(err)
	}
	theirs := hello.GetClientHello().GetEphemeral()
	h.mixHash(theirs)
	ours := keys.NewKeyPair()
	h.mixHash(ours.Pub[:])
	if err := h.mixKey(ours.Priv[:], theirs); err != nil {
		return fail(err)
	}
	answer := &waWa6.HandshakeMessage_ServerHello{Ephemeral: ours.Pub[:], Static: h.seal(static.Pub[:])}
	if err := h.mixKey(static.Priv[:], theirs); err != nil {
		return fail(err)
	}
	answer.Payload = h.seal(cert)
	if data, err = proto.Marshal(&waWa6.HandshakeMessage{ServerHello: answer}); err != nil {
		return fail(err)
	}
	if err := f.write(ctx, data); err != nil {
		return fail(err)
	}
	if data, err = f.read(ctx); err != nil {
		return fail(err)
	}
	if err := proto.Unmarshal(data, &finish); err != nil {
		return fail(err)
	}
	key, err := h.open(finish.GetClientFinish().GetStatic())
	if err != nil || len(key) != 32 {
		return fail(fmt.Errorf("the client's static key: %d bytes, %w", len(key), err))
	}
	client = [32]byte(key)
	if err := h.mixKey(ours.Priv[:], key); err != nil {
		return fail(err)
	}
	if data, err = h.open(finish.GetClientFinish().GetPayload()); err != nil {
		return fail(err)
	}
	var payload waWa6.ClientPayload
	if err := proto.Unmarshal(data, &payload); err != nil {
		return fail(err)
	}
	in, out := h.expand(nil)
	return &pipe{frames: f, in: gcm(in), out: gcm(out)}, client, &payload, nil
}

// receive is called by one goroutine only.
func (p *pipe) receive(ctx context.Context) ([]byte, error) {
	data, err := p.frames.read(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := p.in.Open(nil, nonce(p.inN), data, nil)
	p.inN++
	return plain, err
}

func (p *pipe) send(ctx context.Context, plain []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	sealed := p.out.Seal(nil, nonce(p.outN), plain, nil)
	p.outN++
	return p.frames.write(ctx, sealed)
}
