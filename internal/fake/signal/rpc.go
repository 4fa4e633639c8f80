package signal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// refusal is an error of JSON-RPC as the daemon says it.
type refusal struct {
	code    int
	message string
	// response is what the call had to say all the same, nil for nothing.
	response any
}

func (r *refusal) Error() string { return r.message }

// The codes (jsonrpc/SignalJsonRpcCommandHandler.java).
const (
	parseError     = -32700
	invalidRequest = -32600
	unknownMethod  = -32601
	invalidParams  = -32602
	internalError  = -32603
	userError      = -1
	ioError        = -3
	untrustedKey   = -4
	rateLimited    = -5
)

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

// answer takes what a client wrote: a request, a batch, or nonsense. It is nil when
// there is nothing to say; dropped ends the connection instead.
func (d *Daemon) answer(raw []byte, c *conn) (answer []byte, dropped bool) {
	if len(bytes.TrimSpace(raw)) == 0 && c != nil {
		return failure(nil, refuse(parseError, "Empty input line")), false
	}
	var any json.RawMessage
	if err := json.Unmarshal(raw, &any); err != nil {
		return failure(nil, refuse(parseError, "%s", err)), false
	}
	switch any := bytes.TrimSpace(any); any[0] {
	case '{':
		return d.one(any, c)
	case '[':
		var batch []json.RawMessage
		if json.Unmarshal(any, &batch) != nil || len(batch) == 0 {
			return failure(nil, refuse(invalidRequest, "invalid request")), false
		}
		var answers []json.RawMessage
		for _, raw := range batch {
			one, dropped := d.one(raw, c)
			if dropped {
				return nil, true
			}
			if one != nil {
				answers = append(answers, one)
			}
		}
		if answers == nil {
			return nil, false
		}
		return encode(answers), false
	default:
		return failure(nil, refuse(invalidRequest, "unexpected type: %s", nodeType(any[0]))), false
	}
}

func nodeType(first byte) string {
	switch first {
	case '"':
		return "STRING"
	case 't', 'f':
		return "BOOLEAN"
	case 'n':
		return "NULL"
	}
	return "NUMBER"
}

// one takes one request.
func (d *Daemon) one(raw []byte, c *conn) (answer []byte, dropped bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return failure(nil, refuse(invalidRequest, "unexpected type: %s", nodeType(raw[0]))), false
	}
	if fields["result"] != nil || fields["error"] != nil {
		return nil, false // a response, to nothing we asked
	}
	var r struct {
		Version string          `json:"jsonrpc"`
		Method  string          `json:"method"`
		Params  json.RawMessage `json:"params"`
		ID      json.RawMessage `json:"id"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return failure(fields["id"], refuse(invalidRequest, "%s", err)), false
	}
	for name := range fields {
		if !slices.Contains([]string{"jsonrpc", "method", "params", "id"}, name) {
			return failure(r.ID, refuse(invalidRequest, "Unrecognized field %q", name)), false
		}
	}
	switch {
	case r.Version != "2.0":
		return failure(r.ID, refuse(invalidRequest, "only jsonrpc version 2.0 is supported")), false
	case r.Method == "":
		return failure(r.ID, refuse(invalidRequest, "method field must be set")), false
	}
	p, err := readParams(r.Params)
	if err != nil {
		return failure(r.ID, err), false
	}
	d.mu.Lock()
	d.requests = append(d.requests, Request{Method: r.Method, Params: p})
	d.mu.Unlock()
	var result any
	f := d.nextFault(r.Method)
	if f == nil {
		result, err = d.call(r.Method, p, c)
	} else {
		result, dropped, err = d.fail(f, r.Method, p, c)
	}
	var page *proxyPage
	switch {
	case dropped:
		return nil, true
	case errors.As(err, &page):
		return badGateway, false
	case len(r.ID) == 0 || string(r.ID) == "null":
		return nil, false
	case err != nil:
		return failure(r.ID, err), false
	}
	return encode(Fields{"jsonrpc": "2.0", "result": result, "id": r.ID}), false
}

func failure(id json.RawMessage, err error) []byte {
	r := &refusal{code: internalError, message: err.Error()}
	errors.As(err, &r)
	var data any
	if r.response != nil {
		data = Fields{"response": r.response}
	}
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	return encode(Fields{
		"jsonrpc": "2.0",
		"error":   Fields{"code": r.code, "message": r.message, "data": data},
		"id":      id,
	})
}

// params are a call's, numbers as [json.Number].
type params map[string]any

func readParams(raw json.RawMessage) (params, error) {
	p := params{}
	if len(raw) == 0 || string(raw) == "null" {
		return p, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&p); err != nil {
		return nil, refuse(invalidRequest, "%s", err)
	}
	return p, nil
}

// text is a scalar parameter.
func (p params) text(name string) (string, bool) {
	s, ok := p[name].(string)
	return s, ok
}

// list is a parameter that may be repeated: a scalar or an array, in the singular or
// in the plural.
func (p params) list(name string) []string {
	var out []string
	for _, name := range []string{name, name + "s"} {
		switch v := p[name].(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		case []any:
			for _, x := range v {
				out = append(out, fmt.Sprint(x))
			}
		}
	}
	return out
}

// moment is a timestamp in milliseconds. Jackson reads a number that fits in 32 bits
// as an Integer, which the daemon cannot cast.
func (p params) moment(name string) (at int64, given bool, err error) {
	v, ok := p[name]
	if !ok || v == nil {
		return 0, false, nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return 0, true, refuse(internalError, "class java.lang.String cannot be cast to class java.lang.Long (ClassCastException)")
	}
	at, convErr := n.Int64()
	if convErr != nil || at == int64(int32(at)) {
		return 0, true, refuse(internalError, "class java.lang.Integer cannot be cast to class java.lang.Long (ClassCastException)")
	}
	return at, true, nil
}

func (p params) flag(name string) bool {
	b, ok := p[name].(bool)
	return ok && b || strings.EqualFold(fmt.Sprint(p[name]), "true")
}
