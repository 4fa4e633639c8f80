package desk_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
)

// TestFiftyVolunteersRaceForTwoHundredCases lets every volunteer claim and answer
// every case they can get, all at once, over the API.
func TestFiftyVolunteersRaceForTwoHundredCases(t *testing.T) {
	const volunteers, cases = 50, 200
	h := open(t, desk.Options{})
	var ids []string
	for n := range cases {
		ids = append(ids, h.escalate(handoff.NewCase{Conversation: fmt.Sprint("c", n), Lang: "uk"}).ID)
	}
	clients := make([]client, volunteers)
	for n := range clients {
		clients[n] = h.volunteer(handoff.Volunteer{Name: fmt.Sprint("v", n), Capacity: cases})
	}
	var mu sync.Mutex
	won := map[string][]string{}
	lost := 0
	var wg sync.WaitGroup
	for n, c := range clients {
		rnd := rand.New(rand.NewPCG(1, uint64(n/2))) // pairs go the same way
		wg.Go(func() {
			for _, i := range rnd.Perm(cases)[:cases/5] {
				id := ids[i]
				status, raw := c.call("POST", "cases/"+id+"/claim", "")
				var answer struct {
					Holder *handoff.Holder
					Error  struct{ Code string }
				}
				if err := json.Unmarshal(raw, &answer); err != nil || answer.Holder == nil {
					t.Errorf("%d %s", status, raw)
					return
				}
				said, _ := c.call("POST", "cases/"+id+"/reply", fmt.Sprintf(`{"id":"1","text":"from %s"}`, c.v.ID))
				mu.Lock()
				switch {
				case status == http.StatusOK && answer.Holder.ID == c.v.ID && said == http.StatusOK:
					won[id] = append(won[id], c.v.ID)
				case status == http.StatusConflict && answer.Error.Code == "claimed" && answer.Holder.ID != c.v.ID && said == http.StatusConflict:
					lost++
				default:
					t.Errorf("claim %d %s, reply %d", status, raw, said)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	collisions := 0
	for i, id := range ids {
		if len(won[id]) > 1 {
			collisions++
		}
		entries, err := h.transcript.Read(t.Context(), fmt.Sprint("c", i))
		must(t, err)
		for _, e := range entries[1:] {
			if e.Text != "from "+won[id][0] {
				t.Errorf("case %d: %q, but %s won it", i, e.Text, won[id][0])
			}
		}
	}
	t.Logf("%d volunteers × %d cases: %d won, %d lost, %d collisions", volunteers, cases, len(won), lost, collisions)
	if collisions > 0 || lost == 0 {
		t.Errorf("%d collisions, %d lost races", collisions, lost)
	}
}

// TestNextGivesEverybodyAnotherCase is the same race through "next for me".
func TestNextGivesEverybodyAnotherCase(t *testing.T) {
	h := open(t, desk.Options{Topics: func(string) []desk.Topic {
		return []desk.Topic{{ID: "bsn-get", Group: "registration"}, {ID: "dentist", Group: "healthcare"}}
	}})
	for n := range 20 {
		h.escalate(handoff.NewCase{Conversation: fmt.Sprint("c", n), Lang: []string{"uk", "ar"}[n%2], Topic: []string{"bsn-get", "dentist"}[n/2%2]})
	}
	h.escalate(handoff.NewCase{Conversation: "urgent", Lang: "uk", Urgent: "medical", Topic: "dentist"})
	type answer struct {
		Case *struct{ ID, Lang, Topic, Urgent string }
	}
	var mu sync.Mutex
	seen := map[string]int{}
	urgent := 0
	var wg sync.WaitGroup
	for n := range 6 {
		c := h.volunteer(handoff.Volunteer{Name: fmt.Sprint("v", n), Languages: []string{"uk"}, Topics: []string{"registration"}})
		wg.Go(func() {
			for range 3 {
				got := get[answer](c, "POST", "next", "").Case
				if got == nil {
					return
				}
				mu.Lock()
				seen[got.ID]++
				if got.Urgent != "" {
					urgent++
				} else if got.Lang != "uk" || got.Topic != "bsn-get" {
					t.Errorf("got a case in %s about %s", got.Lang, got.Topic)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 6 || urgent != 1 { // five about registration in Ukrainian, and the urgent one
		t.Errorf("%d cases given, %d urgent", len(seen), urgent)
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("case %s was given %d times", id, n)
		}
	}
}
