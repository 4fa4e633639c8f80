package signal

import (
	"context"
	"slices"
)

// findAccount returns the number to use: wanted, or else the only one. It is "" for a
// daemon that runs for one account and does not say which.
func findAccount(ctx context.Context, t transport, wanted string) (string, error) {
	numbers, err := listAccounts(ctx, t)
	switch {
	case hasCode(err, codeMethod):
		return wanted, nil
	case err != nil:
		return "", err
	case wanted != "" && slices.Contains(numbers, wanted):
		return wanted, nil
	case wanted != "":
		return "", &errNoAccount{problemAccount}
	case len(numbers) == 0:
		return "", &errNoAccount{problemNone}
	case len(numbers) > 1:
		return "", &errNoAccount{problemSeveral}
	}
	return numbers[0], nil
}

func listAccounts(ctx context.Context, t transport) ([]string, error) {
	var list []struct {
		Number string `json:"number"`
	}
	if err := call(ctx, t, "listAccounts", nil, &list); err != nil {
		return nil, err
	}
	var numbers []string
	for _, a := range list {
		numbers = append(numbers, a.Number)
	}
	return numbers, nil
}

// findUUID learns our UUID, by which a group mentions us. Without it the number has
// to do.
func (s *session) findUUID(ctx context.Context) {
	me := s.c.self()
	if me.number == "" || me.uuid != "" {
		return
	}
	var list []struct {
		Number string `json:"number"`
		UUID   string `json:"uuid"`
	}
	if err := call(ctx, s.t, "listIdentities", s.c.params(map[string]any{"number": me.number}), &list); err != nil {
		s.c.log.Debug("our own UUID is not known", "error", err)
		return
	}
	for _, i := range list {
		if i.Number == me.number && uuidForm.MatchString(i.UUID) {
			s.c.change(func() { s.c.me.uuid = i.UUID })
		}
	}
}
