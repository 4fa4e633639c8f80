package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/internal/store/storetest"
)

// everything is what a helpdesk holds: key, value and whether it expires.
func everything(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	records, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range records {
		all[r.Key] = fmt.Sprintf("%x until %d", r.Dump, r.Until)
	}
	return all
}

func TestASnapshotTakesThePlaceOfAnotherHelpdesk(t *testing.T) {
	ctx := t.Context()
	s, other := storetest.Open(t), storetest.Open(t)
	put := func(s *store.Store, name string) {
		pipe := s.Client().Pipeline()
		pipe.Set(ctx, s.Key("word"), name, 0)
		pipe.HSet(ctx, s.Key("hash"), "f", "\x00\xff", "n", 7)
		pipe.RPush(ctx, s.Key("list", name), 1, 2, 3)
		pipe.Set(ctx, s.Key("soon"), name, time.Hour)
		pipe.Set(ctx, s.Key("gone"), name, 10*time.Minute)
		if _, err := pipe.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	put(s, "one")
	put(other, "neighbour")
	records, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want, beside := everything(t, s), everything(t, other)
	if len(want) != 7 {
		t.Fatalf("the snapshot has %d keys: %v", len(want), want)
	}
	// The helpdesk goes on meanwhile, and then goes back.
	put(s, "two")
	s.Client().Del(ctx, s.Key("hash"))
	desk := strings.TrimSuffix(strings.TrimPrefix(s.Key(""), "brug:{"), "}:")
	stage, err := store.OpenStage(ctx, storetest.URL(t), desk)
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	if vacant, err := stage.Vacant(ctx); err != nil || vacant {
		t.Errorf("vacant: %v, %v", vacant, err)
	}
	before := everything(t, s)
	if err := stage.Put(ctx, records, time.Now().Add(30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := everything(t, s); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("staging has changed %v to %v", before, got)
	}
	if err := stage.Swap(ctx); err != nil {
		t.Fatal(err)
	}
	delete(want, "gone") // it has expired by the time of the restore
	if got := everything(t, s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("restored %v\nwant %v", got, want)
	}
	if got := everything(t, other); fmt.Sprint(got) != fmt.Sprint(beside) {
		t.Errorf("another helpdesk changed from %v to %v", beside, got)
	}
	keys := s.Client().Keys(ctx, s.Key("*")).Val()
	if len(keys) != len(want) {
		t.Errorf("left behind: %v", keys)
	}
	if err := stage.Swap(ctx); err == nil {
		t.Error("swapped in twice")
	}
	if got := everything(t, s); len(got) != len(want) {
		t.Errorf("after a second swap: %v", got)
	}
}

func TestARecordThatIsNoneChangesNothing(t *testing.T) {
	ctx := t.Context()
	s := storetest.Open(t)
	desk := strings.TrimSuffix(strings.TrimPrefix(s.Key(""), "brug:{"), "}:")
	stage, err := store.OpenStage(ctx, storetest.URL(t), desk)
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	if vacant, err := stage.Vacant(ctx); err != nil || !vacant {
		t.Errorf("a new helpdesk is vacant: %v, %v", vacant, err)
	}
	if err := stage.Put(ctx, []store.Record{{Key: "x", Dump: []byte("nonsense")}}, time.Now()); err == nil {
		t.Error("nonsense was taken")
	}
}
