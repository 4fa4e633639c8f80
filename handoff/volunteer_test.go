package handoff_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

func TestVolunteersAreFoundByName(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	vs := handoff.NewVolunteers(s, nil)
	if any, err := vs.Any(ctx); err != nil || any {
		t.Fatalf("volunteers in an empty helpdesk: %v, %v", any, err)
	}
	olena, err := vs.Add(ctx, handoff.Volunteer{Name: " Олена ", Languages: []string{"uk"}})
	must(t, err)
	if olena.Name != "Олена" || olena.Role != handoff.RoleVolunteer || olena.Capacity != 5 {
		t.Errorf("added %+v", olena)
	}
	for _, name := range []string{"олена", "", "Queue", "a\nb", "a\u202eb", strings.Repeat("x", 61)} {
		if _, err := vs.Add(ctx, handoff.Volunteer{Name: name}); !errors.Is(err, handoff.ErrName) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	got, err := vs.ByName(ctx, "ОЛЕНА")
	must(t, err)
	got.Name, got.Role = "Olena", handoff.RoleCoordinator
	must(t, vs.Save(ctx, got))
	if err := vs.Save(ctx, got); err == nil {
		t.Error("a change over a newer one was taken")
	}
	if _, err := vs.ByName(ctx, "Олена"); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("the old name still leads somewhere: %v", err)
	}
	if got, err = vs.ByName(ctx, "olena"); err != nil || !got.Actor().Coordinator || got.Speaks("ar") || !got.Speaks("uk") {
		t.Errorf("after saving: %+v, %v", got, err)
	}
	for lang, want := range map[string]bool{"uk": true, "ti": false} {
		if any, err := vs.AnySpeaks(ctx, lang); err != nil || any != want {
			t.Errorf("somebody speaks %s: %v, %v", lang, any, err)
		}
	}
}

func TestALinkSignsInOnce(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	vs := handoff.NewVolunteers(s, nil)
	anna, err := vs.Add(ctx, handoff.Volunteer{Name: "Anna"})
	must(t, err)
	link, err := vs.Link(ctx, anna.ID)
	must(t, err)
	for range 2 { // looking does not use it up
		if v, err := vs.LinkFor(ctx, link); err != nil || v.ID != anna.ID {
			t.Fatalf("the link is for %+v, %v", v, err)
		}
	}
	var in atomic.Int32
	var session atomic.Value
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, _, err := vs.Redeem(ctx, link)
			switch {
			case err == nil:
				in.Add(1)
				session.Store(got)
			case !errors.Is(err, handoff.ErrUnknown):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Fatalf("one link signed in %d times", in.Load())
	}
	got, err := vs.Session(ctx, session.Load().(string), "")
	must(t, err)
	if got.ID != anna.ID {
		t.Errorf("the session is of %+v", got)
	}
	must(t, vs.SignOut(ctx, session.Load().(string)))
	if _, err := vs.Session(ctx, session.Load().(string), ""); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("after signing out: %v", err)
	}
}

func TestDisablingEndsEverything(t *testing.T) {
	s := storetest.Open(t)
	ctx := t.Context()
	vs := handoff.NewVolunteers(s, nil)
	anna, err := vs.Add(ctx, handoff.Volunteer{Name: "Anna"})
	must(t, err)
	old, err := vs.Token(ctx, anna.ID)
	must(t, err)
	token, err := vs.Token(ctx, anna.ID)
	must(t, err)
	if _, err := vs.ByToken(ctx, old); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("a replaced token: %v", err)
	}
	if v, err := vs.ByToken(ctx, token); err != nil || v.ID != anna.ID {
		t.Errorf("the token is of %+v, %v", v, err)
	}
	var sessions []string
	for range 2 {
		link, err := vs.Link(ctx, anna.ID)
		must(t, err)
		session, _, err := vs.Redeem(ctx, link)
		must(t, err)
		sessions = append(sessions, session)
	}
	unused, err := vs.Link(ctx, anna.ID)
	must(t, err)
	v, err := vs.Get(ctx, anna.ID)
	must(t, err)
	v.Disabled = true
	must(t, vs.Save(ctx, v))
	v, err = vs.Get(ctx, anna.ID)
	must(t, err)
	checks := map[string]func() error{
		"token":          func() error { _, err := vs.ByToken(ctx, token); return err },
		"link":           func() error { _, _, err := vs.Redeem(ctx, unused); return err },
		"session":        func() error { _, err := vs.Session(ctx, sessions[0], ""); return err },
		"second session": func() error { _, err := vs.Session(ctx, sessions[1], ""); return err },
	}
	for what, check := range checks {
		if err := check(); !errors.Is(err, handoff.ErrUnknown) {
			t.Errorf("%s of a disabled volunteer: %v", what, err)
		}
	}
	v.Disabled = false
	must(t, vs.Save(ctx, v))
	if _, err := vs.Session(ctx, sessions[0], ""); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("a session came back with its volunteer: %v", err)
	}
	// Whoever reads Redis can sign in with nothing of it.
	iter := s.Client().Scan(ctx, 0, s.Key("*"), 1000).Iterator()
	for iter.Next(ctx) {
		dump, err := s.Client().Dump(ctx, iter.Val()).Result()
		must(t, err)
		for _, secret := range append(sessions, token, unused, "Anna") {
			if strings.Contains(dump+iter.Val(), secret) {
				t.Errorf("%s holds a secret", iter.Val())
			}
		}
	}
	ttl, err := s.Client().PTTL(ctx, s.Key("link", s.Hash("link", unused))).Result()
	if err != nil || ttl > 24*time.Hour || ttl < 23*time.Hour {
		t.Errorf("a link is good for %v, %v", ttl, err)
	}
}

func TestDangerIsForAllUntilSomebodyIsTrained(t *testing.T) {
	vs := handoff.NewVolunteers(storetest.Open(t), nil)
	ctx := t.Context()
	add := func(v handoff.Volunteer) handoff.Volunteer {
		t.Helper()
		v, err := vs.Add(ctx, v)
		must(t, err)
		return v
	}
	ben, boss := add(handoff.Volunteer{Name: "Ben"}), add(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	untrained := func(v handoff.Volunteer) bool {
		t.Helper()
		got, err := vs.Get(ctx, v.ID)
		must(t, err)
		return got.Actor().Untrained
	}
	if untrained(ben) {
		t.Error("nobody is trained, and Ben may not help")
	}
	anna := add(handoff.Volunteer{Name: "Anna", Urgent: true})
	if !untrained(ben) || untrained(boss) || untrained(anna) {
		t.Errorf("untrained: Ben %v, the coordinator %v, Anna %v", untrained(ben), untrained(boss), untrained(anna))
	}
	anna, err := vs.Get(ctx, anna.ID)
	must(t, err)
	anna.Disabled = true
	must(t, vs.Save(ctx, anna))
	if untrained(ben) {
		t.Error("the only trained volunteer is disabled, and Ben may not help")
	}
}
