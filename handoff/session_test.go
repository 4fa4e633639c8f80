package handoff_test

import (
	"errors"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

func TestDevicesAreListedAndSignedOutOneByOne(t *testing.T) {
	c := &clock{t: monday}
	vs := handoff.NewVolunteers(storetest.Open(t), c.now)
	ctx := t.Context()
	anna, err := vs.Add(ctx, handoff.Volunteer{Name: "Anna"})
	must(t, err)
	ben, err := vs.Add(ctx, handoff.Volunteer{Name: "Ben"})
	must(t, err)
	phone, laptop := signIn(t, vs, anna), signIn(t, vs, anna)
	use := func(session, device string) error {
		_, err := vs.Session(ctx, session, device)
		return err
	}
	must(t, use(phone, "Firefox · Android"))
	c.pass(time.Hour)
	must(t, use(laptop, "Edge · Windows"))
	c.pass(5 * time.Minute)
	must(t, use(laptop, "Edge · Windows")) // too soon to be written down
	list, err := vs.Devices(ctx, anna.ID, phone)
	must(t, err)
	want := []handoff.Device{{Name: "Edge · Windows", Seen: monday.Add(time.Hour)}, {Name: "Firefox · Android", Seen: monday, Here: true}}
	if len(list) != 2 {
		t.Fatalf("devices %+v", list)
	}
	for i, d := range list {
		if d.Name != want[i].Name || !d.Seen.Equal(want[i].Seen) || d.Here != want[i].Here {
			t.Errorf("device %+v, want %+v", d, want[i])
		}
	}
	c.pass(6 * time.Minute)
	must(t, use(laptop, "Edge · Windows"))
	if list, err = vs.Devices(ctx, anna.ID, phone); err != nil || !list[0].Seen.Equal(c.now()) {
		t.Errorf("seen %v, %v", list[0].Seen, err)
	}
	if err := vs.SignOutDevice(ctx, ben.ID, list[0].ID); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("another's device: %v", err)
	}
	must(t, use(laptop, "Edge · Windows"))
	must(t, vs.SignOutDevice(ctx, anna.ID, list[0].ID))
	if err := use(laptop, "Edge · Windows"); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("signed out, it is still in: %v", err)
	}
	must(t, use(phone, "Firefox · Android"))
	if err := use(list[1].ID, ""); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("a device's name on the page signs in: %v", err)
	}
	must(t, vs.SignOutAll(ctx, anna.ID))
	if list, err = vs.Devices(ctx, anna.ID, phone); err != nil || len(list) != 0 {
		t.Errorf("after signing out everywhere: %+v, %v", list, err)
	}
}
