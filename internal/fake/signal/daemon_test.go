package signal

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/internal/patience"
)

// client speaks to the daemon line by line.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func connect(t *testing.T, d *Daemon) *client {
	t.Helper()
	scheme, address, _ := strings.Cut(d.URL(), "://")
	conn, err := net.Dial(scheme, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience.Limit)); err != nil {
		t.Fatal(err)
	}
	return &client{t, conn, bufio.NewReader(conn)}
}

func (c *client) read() string {
	c.t.Helper()
	line, err := c.in.ReadString('\n')
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func (c *client) ask(line string) string {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
	return c.read()
}

// call asks for a method and returns the answer with its timestamps as 0.
func (c *client) call(method, params string) string {
	c.t.Helper()
	return times.ReplaceAllString(c.ask(`{"jsonrpc":"2.0","method":"`+method+`","params":`+params+`,"id":1}`), "0")
}

var times = regexp.MustCompile(`\b1[789]\d{11}\b`)

const olena = "d37732dd-213a-4279-b8e4-2f964b9aaea0"

func start(t *testing.T, config Config) *Daemon {
	t.Helper()
	d, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// same compares two JSON texts, whatever the order of their fields.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(want), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got), &b); err != nil {
		t.Fatalf("%s: %q: %v", what, got, err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("%s (-real +fake):\n%s", what, diff)
	}
}

// The answers are those a real signal-cli 0.13.19 gave.
func TestRecordedAnswers(t *testing.T) {
	d := start(t, Config{Network: "tcp"})
	d.Person(olena, "")
	c := connect(t, d)
	address := `"recipientAddress":{"uuid":"` + olena + `","number":null,"username":null}`
	ok := `{"jsonrpc":"2.0","result":{"timestamp":0,"results":[{` + address + `,"type":"SUCCESS"}]},"id":1}`
	failed := func(code, message, data string) string {
		return `{"jsonrpc":"2.0","error":{"code":` + code + `,"message":"` + message + `","data":` + data + `},"id":1}`
	}
	response := func(rest string) string {
		return `{"response":{"timestamp":0,"results":[{` + rest + `}]}}`
	}
	for _, tt := range []struct{ method, params, want string }{
		{"send", `{"recipient":["` + olena + `"],"message":"*Вітаємо!* 🙂 bold","textStyle":["0:9:BOLD"],"quoteTimestamp":1795320949990,"quoteAuthor":"` + olena + `","quoteMessage":"Привіт"}`, ok},
		{"send", `{"recipient":"` + olena + `","message":"x","bogus":1}`, ok},
		{"sendReceipt", `{"recipient":"` + olena + `","type":"read","targetTimestamp":[1795320949990]}`, ok},
		{"sendTyping", `{"recipient":["` + olena + `"]}`, ok},
		{"send", `{"recipient":["+31612345678"],"message":"x"}`, failed("-1", "Failed to send message",
			response(`"recipientAddress":{"uuid":null,"number":"+31612345678","username":null},"type":"UNREGISTERED_FAILURE"`))},
		{"send", `{"recipient":["` + olena + `"],"message":""}`,
			failed("-1", "Sending empty message is not allowed, either a message, attachment or sticker must be given.", "null")},
		{"send", `{"recipient":[],"message":"x"}`, failed("-1", "No recipients given", "null")},
		{"send", `{"recipient":["notanumber"],"message":"x"}`, failed("-1", "Invalid phone number 'notanumber': No valid characters found.", "null")},
		{"send", `{"recipient":["` + olena + `"],"message":"x","textStyle":"0:1:HUGE"}`, failed("-1", "Invalid style: HUGE", "null")},
		{"send", `{"groupId":"AAAA","message":"x"}`,
			failed("-1", `Invalid group id: Failed to decode groupId (must be base64) \"AAAA\": Invalid group id of size 3`, "null")},
		{"send", `{"account":"+31600000000","recipient":["` + olena + `"],"message":"x"}`, failed("-32602", "Specified account does not exist", "null")},
		{"nonsense", `{}`, failed("-32601", "Method not implemented", "null")},
		{"listAccounts", `null`, `{"jsonrpc":"2.0","result":[{"number":"` + Account + `"}],"id":1}`},
	} {
		same(t, tt.method+" "+tt.params, c.call(tt.method, tt.params), tt.want)
	}
	d.Fail(Fault{Type: "RATE_LIMIT_FAILURE", Token: "token", RetryAfter: -1}, 1)
	same(t, "rate limit", c.call("send", `{"recipient":["`+olena+`"],"message":"limited"}`),
		failed("-5", "Failed to send message due to rate limiting", response(address+`,"type":"RATE_LIMIT_FAILURE","token":"token","retryAfterSeconds":-1`)))
	d.SetAccounts()
	same(t, "no account", c.call("send", `{"message":"x"}`), failed("-32602", "Method requires valid account parameter", "null"))
}

// What stands in the way of a message is refused, as no phone would show it.
func TestStrict(t *testing.T) {
	d := start(t, Config{Network: "unix"})
	d.Person(olena, "")
	c := connect(t, d)
	for params, want := range map[string]string{
		`"textStyle":["0:3:BOLD"]`:                                     `"code":-1`, // 👋 is two units
		`"textStyle":["2:1:BOLD"]`:                                     `"code":-1`,
		`"textStyle":["0:2:BOLD","0:1:ITALIC"]`:                        `"SUCCESS"`,
		`"textStyle":["0-2-BOLD"]`:                                     `"code":-1`,
		`"quoteTimestamp":1795320949,"quoteAuthor":"x"`:                `ClassCastException`,
		`"quoteTimestamp":1795320949990`:                               `Quote author parameter is missing`,
		`"quoteTimestamp":"1795320949990","quoteAuthor":"x"`:           `ClassCastException`,
		`"quoteTimestamp":1795320949990,"quoteAuthor":"` + olena + `"`: `"SUCCESS"`,
	} {
		if got := c.call("send", `{"recipient":["`+olena+`"],"message":"👋",`+params+`}`); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
}

// An event has the shape that was recorded.
func TestRecordedEvents(t *testing.T) {
	d := start(t, Config{Network: "tcp"})
	p := d.Person(olena, "")
	p.Write("Привіт 👋 потрібна допомога") // waits at Signal
	c := connect(t, d)
	envelope := func(content string) string {
		return `{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"source":"` + olena + `","sourceNumber":null,"sourceUuid":"` + olena +
			`","sourceName":"","sourceDevice":1,"timestamp":0,"serverReceivedTimestamp":0,"serverDeliveredTimestamp":0,` + content +
			`},"account":"` + Account + `"}}`
	}
	same(t, "text", times.ReplaceAllString(c.read(), "0"),
		envelope(`"dataMessage":{"timestamp":0,"message":"Привіт 👋 потрібна допомога","expiresInSeconds":0,"viewOnce":false}`))
	p.React(1795320951512, "❤️", false)
	same(t, "reaction", times.ReplaceAllString(c.read(), "0"),
		envelope(`"dataMessage":{"timestamp":0,"message":null,"expiresInSeconds":0,"viewOnce":false,"reaction":{"emoji":"❤️","targetAuthor":"`+Account+
			`","targetAuthorNumber":"`+Account+`","targetAuthorUuid":"`+AccountUUID+`","targetSentTimestamp":0,"isRemove":false}}`))
	p.Confirm(true, 1795320951512)
	same(t, "receipt", times.ReplaceAllString(c.read(), "0"),
		envelope(`"receiptMessage":{"when":0,"isDelivery":false,"isRead":true,"isViewed":false,"timestamps":[0]}`))
}

// What comes with nobody there waits at Signal, except in the mode that receives all
// the time.
func TestModes(t *testing.T) {
	for mode, want := range map[Mode]string{OnConnection: "first", OnStart: "second", Manual: "first"} {
		d := start(t, Config{Network: "unix", Mode: mode})
		p := d.Person(olena, "")
		p.Write("first")
		c := connect(t, d)
		first := c.call("subscribeReceive", "{}")
		if mode == OnConnection {
			if !strings.Contains(first, `"first"`) {
				t.Errorf("%s: the first line is %s", mode, first)
			}
			continue
		}
		p.Write("second")
		// The answer and the event come in any order.
		if second := c.read(); !strings.Contains(first+second, want) {
			t.Errorf("%s: the lines are %s, %s, want %q", mode, first, second, want)
		}
	}
}

// A client that goes while its subscription is still being made takes nothing away.
func TestGoneBeforeSubscribed(t *testing.T) {
	for _, mode := range []Mode{OnConnection, Manual} {
		d := start(t, Config{Network: "unix", Mode: mode})
		hold := make(chan struct{})
		d.Fail(Fault{Method: "subscribeReceive", Hold: hold}, 1)
		gone := connect(t, d)
		if _, err := io.WriteString(gone.conn, `{"jsonrpc":"2.0","method":"subscribeReceive","id":1}`+"\n"); err != nil {
			t.Fatal(err)
		}
		patience.Until(t, "the call has arrived", func() bool { return len(d.Requests("subscribeReceive")) == 1 })
		gone.conn.Close()
		patience.Until(t, "the daemon has noticed", d.Idle)
		d.Person(olena, "").Write("nobody is there")
		close(hold)
		patience.Until(t, "the subscription is made", func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.nextSub == 1
		})
		next := connect(t, d)
		line := next.call("subscribeReceive", "{}")
		if mode == Manual && !strings.Contains(line, "nobody is there") {
			line = next.read() // the answer and the event come in any order
		}
		if !strings.Contains(line, "nobody is there") {
			t.Errorf("%s: the next client reads %s", mode, line)
		}
	}
}

func TestHTTP(t *testing.T) {
	d := start(t, Config{Network: "http", LateHeaders: true, KeepAlive: 50 * time.Millisecond})
	for _, tt := range []struct {
		method, path, kind string
		status             int
	}{
		{"GET", "/api/v1/check", "", 200},
		{"GET", "/api/v1/rpc", "", 405},
		{"POST", "/api/v1/events", "", 405},
		{"POST", "/api/v1/rpc", "text/plain", 415},
		{"GET", "/api/v1/events?account=%2B31600000000", "", 400},
		{"GET", "/api/v2", "", 404},
	} {
		req, err := http.NewRequest(tt.method, d.URL()+tt.path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", tt.kind)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tt.status {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, resp.StatusCode, tt.status)
		}
	}
	began := time.Now()
	resp, err := http.Get(d.URL() + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("the headers came after %v, before the first sign of life", took)
	}
	in := bufio.NewReader(resp.Body)
	if line, err := in.ReadString('\n'); err != nil || line != ":\n" {
		t.Errorf("the first sign of life is %q, %v", line, err)
	}
	d.Person(olena, "").Write("hello")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == ":\n" {
			continue
		}
		data, err := in.ReadString('\n')
		if line != "event:receive\n" || !strings.HasPrefix(data, `data:{"account":`) || err != nil {
			t.Errorf("the event is %q %q", line, data)
		}
		return
	}
}
