package web

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brug-helpdesk/brug/bots"
)

func (s *site) postTyping(body string) *http.Response {
	s.t.Helper()
	resp, err := http.Post(s.server.URL+"/chat/api/typing", "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// TestTypingIsToldAndKeptNowhere: what is told of it is true, and Redis hears nothing.
func TestTypingIsToldAndKeptNowhere(t *testing.T) {
	s := newSite(t)
	c := s.open(quiet, Config{})
	keys := func() []string {
		names, err := s.store.Client().Keys(t.Context(), s.store.Key("*")).Result()
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		return names
	}
	before := keys()
	var told atomic.Int64
	c.OnTyping(func(who bots.Address, lasts time.Duration) {
		if who.Channel != bots.Web || who.ID != visitor || lasts != typingHolds {
			t.Errorf("told of %v for %v", who, lasts)
		}
		told.Add(1)
	})
	for body, want := range map[string]int{
		`{"visitor":"` + visitor + `"}`: http.StatusNoContent,
		`{"visitor":"short"}`:           http.StatusBadRequest,
		`{"visitor":7}`:                 http.StatusBadRequest,
		`{}`:                            http.StatusBadRequest,
		``:                              http.StatusBadRequest,
		`{"visitor":"` + strings.Repeat("x", 2000) + `"}`: http.StatusBadRequest,
	} {
		if got := s.postTyping(body).StatusCode; got != want {
			t.Errorf("%.40s: %d, want %d", body, got, want)
		}
	}
	if n := told.Load(); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
	if d := cmp.Diff(before, keys()); d != "" {
		t.Errorf("typing left something in Redis (-before +after):\n%s", d)
	}
}

func TestTypingIsToldWithinLimits(t *testing.T) {
	var s typists
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	if !s.may("a", "home", now) || s.may("a", "home", now.Add(typingGap-1)) {
		t.Error("a visitor is heard more than once in a gap, or not at all")
	}
	if !s.may("a", "home", now.Add(typingGap)) {
		t.Error("a visitor who types on is not heard")
	}
	now = now.Add(time.Minute)
	for n := range typingAddress {
		if !s.may(strings.Repeat("v", n+1), "shelter", now) {
			t.Fatalf("visitor %d of a shelter is not heard", n)
		}
	}
	if s.may("one more", "shelter", now) || !s.may("one more", "elsewhere", now) {
		t.Error("an address has no limit, or shares it with others")
	}
}
