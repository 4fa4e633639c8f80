package handoff_test

import (
	"strings"
	"testing"

	"github.com/brug-helpdesk/brug/handoff"
)

// TestAWaveOfOneTextWaitsBehindTheOthers: danger among them does not, nor do a few words
// that people write alike by chance.
func TestAWaveOfOneTextWaitsBehindTheOthers(t *testing.T) {
	spam := "Earn 500 a day from home, write to https://example.org"
	waiting := []handoff.Case{{ID: "a", Preview: spam}, {ID: "b", Preview: "earn 500  a day from home,\nwrite to https://example.org"},
		{ID: "danger", Urgent: "violence", Preview: spam}, {ID: "c", Preview: spam}, {ID: "one", Preview: "Допоможіть"}, {ID: "two", Preview: "Допоможіть"},
		{ID: "three", Preview: "Допоможіть"}, {ID: "other", Preview: "My landlord keeps the deposit, what can I do?"}}
	var got []string
	for _, c := range (handoff.Volunteer{}).Choose(waiting, func(string) string { return "" }) {
		got = append(got, c.ID)
	}
	if want := "danger one two three other a b c"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestChoosingPrefersWhoWishedForSomebodyLikeMe(t *testing.T) {
	woman := []string{handoff.WishWoman}
	waiting := []handoff.Case{ // in the queue's order
		{ID: "danger"}, {ID: "danger-wish"}, {ID: "plain"}, {ID: "wish"}, {ID: "old-wish"}, {ID: "arabic"}, {ID: "housing"}, {ID: "work"},
	}
	waiting[0].Urgent, waiting[1].Urgent = "housing", "violence"
	waiting[1].Wishes, waiting[3].Wishes, waiting[4].Wishes = woman, woman, woman
	waiting[4].Nobody = true
	for i := range waiting {
		waiting[i].Lang = "uk"
	}
	waiting[5].Lang = "ar"
	waiting[6].Topic, waiting[7].Topic = "rent", "job"
	group := func(topic string) string { return map[string]string{"rent": "housing", "job": "work"}[topic] }
	for _, c := range []struct {
		who  handoff.Volunteer
		want string
	}{
		{handoff.Volunteer{Languages: []string{"uk"}}, "danger danger-wish plain housing work old-wish"},
		{handoff.Volunteer{Languages: []string{"uk"}, Meets: woman}, "danger-wish danger wish old-wish plain housing work"},
		{handoff.Volunteer{Languages: []string{"ar"}}, "arabic"},
		{handoff.Volunteer{Languages: []string{"uk"}, Topics: []string{"housing"}}, "danger danger-wish plain housing old-wish"},
	} {
		var got []string
		for _, chosen := range c.who.Choose(waiting, group) {
			got = append(got, chosen.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v gets %v, want %s", c.who, got, c.want)
		}
	}
}
