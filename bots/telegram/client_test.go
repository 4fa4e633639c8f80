package telegram

import (
	"net/url"
	"strings"
	"testing"
)

func TestScrub(t *testing.T) {
	c := &client{token: "110201543:AAHdq-Tcv_CH1"}
	for _, s := range []string{
		"Post \"http://127.0.0.1/bot110201543:AAHdq-Tcv_CH1/getMe\": EOF",
		"bot" + url.QueryEscape(c.token),
		"bot" + url.PathEscape(c.token),
		"the part AAHdq-Tcv_CH1 alone",
	} {
		if got := c.scrub(s); strings.Contains(got, "AAHdq") || strings.Contains(got, "110201543") {
			t.Errorf("%q became %q", s, got)
		}
	}
	if got := c.scrub("EOF"); got != "EOF" {
		t.Errorf("EOF became %q", got)
	}
}
