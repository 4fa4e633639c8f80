package handoff_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
)

// TestFiguresNameNoPerson goes through whole cases and looks at every figure that is
// kept: only counts of one thing at a time, which expire.
func TestFiguresNameNoPerson(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := handoff.Actor{ID: "anna", Name: "Anna"}
	var secrets []string
	for i, minutes := range []int{3, 7, 95} {
		conv := "conv" + strconv.Itoa(i)
		c := h.escalate(t, handoff.NewCase{Conversation: conv, Channel: bots.Telegram, Lang: "ti", Topic: "divorce", Preview: "secret"})
		h.clock.pass(time.Duration(minutes) * time.Minute)
		_, err := h.Claim(ctx, c.ID, anna)
		must(t, err)
		_, _, err = h.Reply(ctx, c.ID, anna, handoff.Text{Text: "hello"})
		must(t, err)
		_, err = h.Resolve(ctx, c.ID, anna, "divorce", handoff.OutcomeVolunteer, "")
		must(t, err)
		secrets = append(secrets, c.ID, conv)
	}
	h.apply(t, h.Count("ti", "answered", "helped:divorce"))
	keys, err := h.s.Client().Keys(ctx, h.s.Key("stats*")).Result()
	must(t, err)
	if len(keys) != 2 {
		t.Errorf("figures in %v", keys)
	}
	field := regexp.MustCompile(`^((lang|channel|topic|helped):[a-z-]+|(answered|helped)@ti|opened|resolved|((lang|channel|topic):[a-z-]+=)?\d+)$`)
	for _, key := range keys {
		got, err := h.s.Client().HGetAll(ctx, key).Result()
		must(t, err)
		if ttl := h.s.Client().PTTL(ctx, key).Val(); ttl < 399*24*time.Hour || ttl > 400*24*time.Hour {
			t.Errorf("%s is kept for %s", key, ttl)
		}
		for name, n := range got {
			if !field.MatchString(name) || strings.Contains(name, "ti") && strings.Contains(name, "divorce") {
				t.Errorf("%s has the figure %s", key, name)
			}
			if _, err := strconv.Atoi(n); err != nil {
				t.Errorf("%s of %s is no count: %s", name, key, n)
			}
			for _, secret := range secrets {
				if strings.Contains(key+name+n, secret) {
					t.Errorf("%s names %s", key, secret)
				}
			}
		}
	}
	first, err := h.FirstResponses(ctx, h.clock.now())
	must(t, err)
	want := handoff.Response{N: 3, P50: 7 * time.Minute, P90: 95 * time.Minute}
	for _, of := range []string{"", "lang:ti", "channel:telegram", "topic:divorce"} {
		if first[of] != want {
			t.Errorf("first responses of %q: %+v", of, first[of])
		}
	}
	counts, err := h.Counts(ctx, 2)
	must(t, err)
	if counts[0]["opened"] != 3 || counts[0]["helped:divorce"] != 1 || len(counts[1]) != 0 {
		t.Errorf("counts %v", counts)
	}
}
