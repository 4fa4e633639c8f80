package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.mau.fi/whatsmeow"

	fake "github.com/brug-helpdesk/brug/internal/fake/whatsapp"
)

// WhatsApp has no address that a setting could change, and proves who it is. These
// variables make this test's own binary be brug on a fake network: where the fake
// listens, and the root of its certificates.
const (
	fakeAddress = "BRUG_TEST_WHATSAPP"
	fakeRoot    = "BRUG_TEST_WHATSAPP_ROOT"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(fakeAddress); address != "" {
		if err := useFake(address, os.Getenv(fakeRoot)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		main()
		return
	}
	fake.Trust()
	code := m.Run()
	os.RemoveAll(built.dir)
	os.Exit(code)
}

// useFake leads all connections with TLS to the fake.
func useFake(address, root string) error {
	key, err := hex.DecodeString(root)
	if err != nil || len(key) != 32 {
		return fmt.Errorf("%s is no key", fakeRoot)
	}
	whatsmeow.WACertPubKey = [32]byte(key)
	ours, ok := http.DefaultTransport.(*http.Transport)
	theirs, ok2 := fake.Dial(address).Transport.(*http.Transport)
	if !ok || !ok2 {
		return errors.New("a transport of another kind")
	}
	ours.Proxy, ours.DialTLSContext = nil, theirs.DialTLSContext
	return nil
}

// built is the program with the door for [useFake] in it, made once.
var built struct {
	sync.Once
	dir string // "" if no test needed it
	err error
}

// buildForFake builds the program with the door for [useFake] in it, and nothing else
// that differs from the one that is shipped.
func buildForFake(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "brug-on-fake"); built.err != nil {
			return
		}
		cmd := exec.Command("go", "test", "-c", "-o", filepath.Join(built.dir, "brug"), ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatalf("build: %v", built.err)
	}
	return filepath.Join(built.dir, "brug")
}

const deskNumber = "3197010200300"

// fakeWhatsApp gives the helpdesk a fake WhatsApp, and returns the phone there.
func fakeWhatsApp(p *patient) (*fake.Account, error) {
	server, err := fake.Start()
	if err != nil {
		return nil, err
	}
	p.t.Cleanup(server.Close)
	root := fake.Root()
	p.env = append(p.env, fakeAddress+"="+server.Address(), fakeRoot+"="+hex.EncodeToString(root[:]),
		"BRUG_WHATSAPP=on", "BRUG_WHATSAPP_PER_MINUTE=1000")
	return server.Account(deskNumber), nil
}

// linkWhatsApp links the helpdesk to the phone of a fake WhatsApp, as a coordinator does
// in a terminal.
func linkWhatsApp(p *patient) (*fake.Account, error) {
	desk, err := fakeWhatsApp(p)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(p.t.Context(), p.binary, "pair", "whatsapp", "--phone", "+"+deskNumber)
	cmd.Env = append(os.Environ(), append([]string{"BRUG_DATA=" + p.data}, p.env...)...)
	cmd.Stderr = os.Stderr
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	last := ""
	for lines := bufio.NewScanner(said); lines.Scan(); {
		last = lines.Text()
		if _, code, ok := strings.Cut(last, "Type:  "); ok {
			if err := desk.EnterCode(code); err != nil {
				return nil, err
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	if want := "+" + deskNumber + " is linked."; last != want {
		return nil, fmt.Errorf("brug pair says %q at last, want %q", last, want)
	}
	return desk, nil
}

// onWhatsApp is a person whose network keeps what brug has not confirmed, and shows a
// message that comes again under its identifier once.
type onWhatsApp struct{ phone *fake.Phone }

// newOnWhatsApp switches on the phone of the nth person, who is shown as WhatsApp
// shows people: by number or by hidden identifier.
func newOnWhatsApp(desk *fake.Account, n int) (onWhatsApp, error) {
	account := desk.Server().Account(fmt.Sprintf("38050%07d", n))
	account.Show([]fake.Shown{fake.ByNumber, fake.ByLID, fake.OnlyLID}[n/4%3])
	phone, err := account.Phone(desk, "P")
	return onWhatsApp{phone}, err
}

func (p onWhatsApp) name() string    { return "whatsapp" }
func (p onWhatsApp) repeats() bool   { return false }
func (p onWhatsApp) ask(text string) { p.phone.Write(text) }

func (p onWhatsApp) heard() (all []told) {
	for _, m := range p.phone.Inbox() {
		all = append(all, told{text: m.Text, at: m.At})
	}
	return all
}
