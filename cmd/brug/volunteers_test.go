package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/internal/patience"
)

// volunteer answers cases through the desk's API, and repeats under the same id what
// got no answer.
type volunteer struct {
	t                 *testing.T
	base, token, name string

	mu    sync.Mutex
	holds []hold
}

// hold is what a volunteer did between a claim and its end.
type hold struct {
	id          string // of the case
	from, until time.Time
	replies     []string
}

// call repeats a request until it gets an answer, and says whether an earlier try may
// have been carried out. The status is 0 when ctx ended first.
func (v *volunteer) call(ctx context.Context, method, path string, body, answer any) (status int, repeated bool) {
	raw, err := json.Marshal(body)
	if err != nil {
		v.t.Error(err)
		return 0, false
	}
	for ; ctx.Err() == nil; pause(ctx) {
		request, err := http.NewRequestWithContext(ctx, method, v.base+path, bytes.NewReader(raw))
		if err != nil {
			v.t.Error(err)
			return 0, false
		}
		request.Header.Set("Authorization", "Bearer "+v.token)
		response, err := http.DefaultClient.Do(request)
		if err == nil && response.StatusCode != http.StatusServiceUnavailable {
			if answer != nil && response.StatusCode == http.StatusOK {
				err = json.NewDecoder(response.Body).Decode(answer)
			}
			response.Body.Close()
			if err == nil {
				return response.StatusCode, repeated
			}
		} else if err == nil {
			response.Body.Close()
		}
		repeated = true
	}
	return 0, repeated
}

// work takes one case after the other, first those that came back to the volunteer,
// until ctx ends and the last is done.
func (v *volunteer) work(ctx context.Context, random *rand.Rand) {
	for n := 0; ctx.Err() == nil; pause(ctx) {
		var list caseList
		for _, state := range []string{"mine", "waiting"} {
			if status, _ := v.call(ctx, "GET", "/desk/api/cases?state="+state, nil, &list); status == http.StatusOK && len(list.Cases) > 0 {
				break
			}
		}
		if len(list.Cases) == 0 {
			continue
		}
		id := list.Cases[random.IntN(len(list.Cases))].ID
		n++
		v.hold(id, fmt.Sprintf("%s, case %d", v.name, n), random)
	}
}

// hold claims a case, replies and lets it go. It is not cut short: a claim that was
// begun is brought to its end.
func (v *volunteer) hold(id, words string, random *rand.Rand) {
	ctx, cancel := context.WithTimeout(v.t.Context(), 5*patience.Limit)
	defer cancel()
	path := "/desk/api/cases/" + id
	switch status, _ := v.call(ctx, "POST", path+"/claim", nil, nil); status {
	case http.StatusOK:
	case http.StatusConflict:
		return // somebody was faster
	default:
		v.t.Errorf("%s: claim: %d", words, status)
		return
	}
	h := hold{id: id, from: time.Now()}
	for n := range 2 + random.IntN(3) {
		<-time.After(time.Duration(random.IntN(300)) * time.Millisecond)
		text := fmt.Sprintf("%s, reply %d.", words, n)
		for range 1 + random.IntN(2) { // as when the page was reloaded
			if status, _ := v.call(ctx, "POST", path+"/reply", map[string]string{"id": text, "text": text}, nil); status != http.StatusOK {
				v.t.Errorf("%s: reply: %d", words, status)
			}
		}
		h.replies = append(h.replies, text)
	}
	h.until = time.Now()
	end, body := "/resolve", map[string]string{"outcome": "volunteer"}
	if random.IntN(2) == 0 {
		end, body = "/release", nil
	}
	if status, repeated := v.call(ctx, "POST", path+end, body, nil); status != http.StatusOK && !(repeated && status == http.StatusConflict) {
		v.t.Errorf("%s: %s: %d", words, end, status)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.holds = append(v.holds, h)
}

// done is what was held, oldest first.
func (v *volunteer) done() []hold {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.holds)
}
