package web

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// JSON answers with v. Letters stay as they are; < and > need no escape in a body
// that browsers are told not to sniff.
func JSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // our answers are plain data
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

// Error answers {"error":{"code","message"}}: code for programs, message for
// people.
func Error(w http.ResponseWriter, status int, code, message string) {
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	JSON(w, status, struct {
		Error problem `json:"error"`
	}{problem{code, message}})
}
