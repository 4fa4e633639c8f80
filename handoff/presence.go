package handoff

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// PresenceKeep is how long a page that was open counts as open after its last sign of
// life; a page gives one at least every PresenceKeep/2.
const PresenceKeep = time.Minute

// Here notes that a volunteer has the desk open and is at it, looking at a case, or at
// something else when id is "".
func (q *Queue) Here(ctx context.Context, volunteer, id string) error {
	if id != "" && !validID(id) {
		return ErrUnknown
	}
	now := q.now()
	key := q.keys.present()
	pipe := q.store.Client().Pipeline()
	pipe.ZRemRangeByScore(ctx, key, "-inf", "("+strconv.FormatInt(now.UnixMilli(), 10))
	pipe.ZAdd(ctx, key, redis.Z{Score: float64(now.Add(PresenceKeep).UnixMilli()), Member: id + ":" + volunteer})
	pipe.PExpire(ctx, key, PresenceKeep)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("note presence: %w", err)
	}
	return nil
}

// Gone takes back what Here noted.
func (q *Queue) Gone(ctx context.Context, volunteer, id string) error {
	if err := q.store.Cmd().ZRem(ctx, q.keys.present(), id+":"+volunteer).Err(); err != nil {
		return fmt.Errorf("note absence: %w", err)
	}
	return nil
}

// Present are the volunteers who have the desk open: ids by the case they look at, ""
// for those who look at none.
func (q *Queue) Present(ctx context.Context) (map[string][]string, error) {
	now := strconv.FormatInt(q.now().UnixMilli(), 10)
	members, err := q.store.Cmd().ZRangeByScore(ctx, q.keys.present(), &redis.ZRangeBy{Min: now, Max: "+inf"}).Result()
	if err != nil {
		return nil, fmt.Errorf("read presence: %w", err)
	}
	all := map[string][]string{}
	for _, m := range members {
		id, volunteer, _ := strings.Cut(m, ":")
		all[id] = append(all[id], volunteer)
	}
	return all, nil
}
