package handoff_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
)

// TestACaseIsWantedOnce however often and by whomever it is said; the last one brings
// the answer. What the editors are done with does not come back.
func TestACaseIsWantedOnce(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	anna := person("Anna")
	c := h.escalate(t, handoff.NewCase{Conversation: "a", Preview: "Where?"})
	if yes, err := h.IsWanted(ctx, c.ID); yes || err != nil {
		t.Errorf("wanted before anybody said so: %v, %v", yes, err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := h.Want(ctx, handoff.Wanted{Case: c.ID, By: "Anna", Question: "Where?"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	h.apply(t, h.Missing(handoff.Wanted{Case: c.ID, Question: "what the newcomer missed"}))
	_, err := h.Claim(ctx, c.ID, anna)
	must(t, err)
	_, err = h.Resolve(ctx, c.ID, anna, "", handoff.OutcomeVolunteer, "")
	must(t, err)
	must(t, h.Want(ctx, handoff.Wanted{Case: c.ID, By: "Anna", Question: "Where?", Answer: "There."}))
	list, err := h.Wanted(ctx)
	must(t, err)
	if len(list) != 2 || list[0].Answer != "There." || list[1].By != "" {
		t.Fatalf("the editors hear of %+v", list)
	}
	must(t, h.Settle(ctx, list[0].ID))
	must(t, h.Settle(ctx, list[0].ID))
	must(t, h.Want(ctx, handoff.Wanted{Case: c.ID, By: "Anna", Question: "Where?", Answer: "There."}))
	if rest, err := h.Wanted(ctx); err != nil || len(rest) != 1 || rest[0].ID != list[1].ID {
		t.Errorf("after one was settled: %+v, %v", rest, err)
	}
	if yes, err := h.IsWanted(ctx, c.ID); !yes || err != nil {
		t.Errorf("the case does not know that the editors were told: %v, %v", yes, err)
	}
	if err := h.Want(ctx, handoff.Wanted{Case: "nothing", By: "Anna"}); !errors.Is(err, handoff.ErrUnknown) {
		t.Errorf("of no case: %v", err)
	}
}
