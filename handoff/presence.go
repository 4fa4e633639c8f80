package handoff

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/brug-helpdesk/brug/internal/store"
)

// PresenceKeep is how long a page that was open counts as open after its last sign of
// life; a page gives one at least every PresenceKeep/2.
const PresenceKeep = time.Minute

// presentFor is how long after their last sign of life somebody counts as present: a
// phone that was locked a moment ago will soon be looked at again, and a claim lasts no
// longer either.
const presentFor = 15 * time.Minute

// sign is the writes that note a sign of life of a volunteer.
func (q *Queue) sign(volunteer string) []store.Op {
	key := q.keys.lately()
	return []store.Op{store.Do("ZADD", key, q.now().UnixMilli(), volunteer), store.Do("PEXPIRE", key, presentFor.Milliseconds())}
}

// isPresent says whether a volunteer gave a sign of life lately and has not gone away
// since.
func (q *Queue) isPresent(ctx context.Context, volunteer string) (bool, error) {
	last, err := q.store.Cmd().ZScore(ctx, q.keys.lately(), volunteer).Result()
	if store.Missing(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read presence: %w", err)
	}
	return q.now().Sub(time.UnixMilli(int64(last))) < presentFor, nil
}

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
	pipe.ZAdd(ctx, q.keys.lately(), redis.Z{Score: float64(now.UnixMilli()), Member: volunteer})
	pipe.PExpire(ctx, q.keys.lately(), presentFor)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("note presence: %w", err)
	}
	return nil
}

// Typing tells the open desks that the newcomer of a conversation is typing, and for how
// long that holds; 0 says that they have stopped. Nothing is kept of it, and without an
// open case nothing is said.
func (q *Queue) Typing(ctx context.Context, conversation string, lasts time.Duration) error {
	id, err := q.store.Cmd().HGet(ctx, q.keys.conv(conversation), "open").Result()
	if store.Missing(err) {
		return nil
	}
	if err == nil {
		ring := q.store.Ring("typing", id+" "+strconv.FormatInt(lasts.Milliseconds(), 10))
		err = q.store.Cmd().Publish(ctx, ring.Key, ring.Args[0]).Err()
	}
	if err != nil {
		return fmt.Errorf("tell that a newcomer is typing: %w", err)
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
