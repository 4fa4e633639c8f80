//go:build realsignal

package signal_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/bots/signal"
	fake "github.com/brug-helpdesk/brug/internal/fake/signal"
)

// These tests run against the unmodified signal-cli without a connection to Signal:
// testdata/real.sh installs and starts them.

// realDaemon is signal-cli with no account, on all three ways.
type realDaemon struct {
	t         *testing.T
	folder    string
	tcp, http string
	cmd       *exec.Cmd
}

func startReal(t *testing.T) *realDaemon {
	t.Helper()
	d := &realDaemon{t: t, folder: t.TempDir(), tcp: freePort(t), http: freePort(t)}
	d.start()
	t.Cleanup(d.kill)
	return d
}

func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func (d *realDaemon) socket() string { return filepath.Join(d.folder, "socket") }

func (d *realDaemon) urls() []string {
	return []string{"tcp://" + d.tcp, "unix://" + d.socket(), "http://" + d.http}
}

func (d *realDaemon) start() {
	d.t.Helper()
	program := os.Getenv("BRUG_SIGNAL_CLI")
	if program == "" {
		d.t.Fatal("BRUG_SIGNAL_CLI does not name signal-cli: run testdata/real.sh")
	}
	os.Remove(d.socket())
	d.cmd = exec.Command(program, "--config", filepath.Join(d.folder, "data"), "daemon",
		"--tcp", d.tcp, "--socket", d.socket(), "--http", d.http, "--receive-mode", "on-connection")
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var log bytes.Buffer
	d.cmd.Stdout, d.cmd.Stderr = &log, &log
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + d.http + "/api/v1/check")
		if err == nil {
			resp.Body.Close()
			return
		}
		if time.Now().After(end) {
			d.kill()
			d.t.Fatalf("signal-cli does not start: %v\n%s", err, log.String())
		}
	}
}

func (d *realDaemon) kill() {
	if d.cmd.ProcessState == nil {
		_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
		_ = d.cmd.Wait()
	}
}

func TestRealNoAccount(t *testing.T) {
	d := startReal(t)
	for _, url := range d.urls() {
		config := signal.Config{RPC: url}
		if numbers, err := signal.Accounts(context.Background(), config); err != nil || len(numbers) != 0 {
			t.Errorf("%s: accounts are %v, %v", url, numbers, err)
		}
		got := serious(signal.CheckAt(context.Background(), config, time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)))
		if len(got) != 2 || got[0] != signal.ProblemNone || !strings.Contains(got[1], "signal-cli 0.13.19 was released on 2025-09-15") {
			t.Errorf("%s: the doctor says %q", url, got)
		}
		if _, _, err := signal.Link(context.Background(), config, "desk"); err == nil {
			t.Errorf("%s: a link begins without a connection to Signal", url)
		} else {
			t.Logf("%s: %v", url, err)
		}
		for account, problem := range map[string]string{"": signal.ProblemNone, fake.Account: signal.ProblemAccount} {
			c, err := signal.New(quiet(), signal.Config{RPC: url, Account: account})
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, c)
			eventually(t, url+": the coordinator reads: "+problem, func() bool { return r.Health().Problem == problem })
			if se := r.sendError(part("r1-0", "hello")); se.Reason != bots.NotAllowed {
				t.Errorf("%s: Send: %v", url, se)
			}
		}
	}
}

// The daemon is killed and comes back, while the channel runs.
func TestRealRestart(t *testing.T) {
	d := startReal(t)
	var all []*running
	for _, url := range d.urls() {
		c, err := signal.New(quiet(), signal.Config{RPC: url})
		if err != nil {
			t.Fatal(err)
		}
		c.SetWaits(20*time.Millisecond, 100*time.Millisecond, time.Minute, time.Minute, time.Second)
		all = append(all, run(t, c))
	}
	see := func(problem string) {
		t.Helper()
		for _, r := range all {
			eventually(t, "the coordinator reads: "+problem, func() bool { return r.Health().Problem == problem })
		}
	}
	see(signal.ProblemNone)
	d.kill()
	see(signal.ProblemAway)
	d.start()
	see(signal.ProblemNone)
}

// The fake says what the real daemon says, to sense and to nonsense.
func TestRealSaysWhatTheFakeSays(t *testing.T) {
	d := startReal(t)
	for i, network := range []string{"tcp", "unix", "http"} {
		f := startFake(t, fake.Config{Network: network})
		f.SetAccounts()
		for _, line := range []string{
			`{"jsonrpc":"2.0","method":"version","id":"1"}`,
			`{"jsonrpc":"2.0","method":"version","params":null,"id":7}`,
			`{"jsonrpc":"2.0","method":"listAccounts","id":"2"}`,
			`{"jsonrpc":"2.0","method":"nonsense","id":"3"}`,
			`{"jsonrpc":"2.0","method":"send","params":{"recipient":["+31612345678"],"message":"x"},"id":"4"}`,
			`{"jsonrpc":"2.0","method":"send","params":{"account":"+31600000000","recipient":["+31612345678"],"message":"x"},"id":"5"}`,
			`{"jsonrpc":"2.0","method":"subscribeReceive","params":{"account":"+31600000000"},"id":"6"}`,
			`{"jsonrpc":"2.0","method":"finishLink","params":{"deviceLinkUri":"sgnl://linkdevice?uuid=x&pub_key=y"},"id":"8"}`,
			`{"jsonrpc":"2.0","method":"finishLink","params":{},"id":"9"}`,
			`{"jsonrpc":"1.0","method":"version","id":"10"}`,
			`{"jsonrpc":"2.0","id":"11"}`,
			`{"jsonrpc":"2.0","method":"version","extra":1,"id":"12"}`,
			`[]`, `7`, `"x"`, `null`, `true`, `}{`, `{"jsonrpc":`,
			`[{"jsonrpc":"2.0","method":"version","id":"13"},{"jsonrpc":"2.0","id":"14"}]`,
		} {
			want, got := ask(t, d.urls()[i], line), ask(t, f.URL(), line)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s (-real +fake):\n%s", network, line, diff)
			}
		}
	}
}

// ask writes a line and returns the answer without what is the parser's own wording.
func ask(t *testing.T, url, line string) any {
	t.Helper()
	var raw []byte
	if scheme, address, _ := strings.Cut(url, "://"); scheme == "http" {
		resp, err := http.Post(url+"/api/v1/rpc", "application/json", strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if raw, err = io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d, %v", line, resp.StatusCode, err)
		}
	} else {
		conn, err := net.Dial(scheme, address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if raw, err = bufio.NewReader(conn).ReadBytes('\n'); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	var answer any
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatalf("%s: %q", line, raw)
	}
	if batch, ok := answer.([]any); ok { // in any order
		slices.SortFunc(batch, func(a, b any) int {
			return strings.Compare(fmt.Sprint(a.(map[string]any)["id"]), fmt.Sprint(b.(map[string]any)["id"]))
		})
	}
	if m, ok := answer.(map[string]any); ok {
		if e, ok := m["error"].(map[string]any); ok && (e["code"] == -32700.0 || strings.HasPrefix(e["message"].(string), "Unrecognized field")) {
			e["message"] = "the parser's words"
		}
	}
	return answer
}
