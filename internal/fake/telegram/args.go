package telegram

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// maxBody bounds a request, in bytes: uploads go up to 50 MB.
const maxBody = 51 << 20

// readArgs reads the arguments of a request: from the address, and from a body that
// is a form, a multipart form or a JSON object.
func readArgs(r *http.Request) (map[string]string, *refusal) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, badRequest("method must be GET or POST")
	}
	args := make(map[string]string)
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, refuse(413, "Request Entity Too Large")
		}
		if err := jsonArgs(raw, args); err != nil {
			return nil, err
		}
	case "multipart/form-data":
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return nil, badRequest("can't parse the multipart form")
		}
		for name, values := range r.MultipartForm.Value {
			args[name] = values[0]
		}
	default:
		if err := r.ParseForm(); err != nil {
			return nil, badRequest("can't parse the form")
		}
		for name, values := range r.PostForm {
			args[name] = values[0]
		}
	}
	for name, values := range r.URL.Query() {
		if _, ok := args[name]; !ok {
			args[name] = values[0]
		}
	}
	return args, nil
}

// jsonArgs reads a JSON object: strings as they are, everything else as its JSON.
func jsonArgs(raw []byte, args map[string]string) *refusal {
	if len(raw) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return badRequest("can't parse request JSON object")
	}
	for name, value := range fields {
		var text string
		switch {
		case json.Unmarshal(value, &text) == nil && string(value) != "null":
			args[name] = text
		case string(value) != "null":
			args[name] = string(value)
		}
	}
	return nil
}

// number reads an integer argument as the server does: nonsense is the default, and
// what lies outside is moved to the nearest bound.
func number(p map[string]string, name string, def, low, high int) int {
	n, err := strconv.Atoi(strings.TrimSpace(p[name]))
	if err != nil {
		return def
	}
	return min(max(n, low), high)
}

func truth(p map[string]string, name string) bool {
	switch strings.ToLower(p[name]) {
	case "true", "1", "yes":
		return true
	}
	return false
}
