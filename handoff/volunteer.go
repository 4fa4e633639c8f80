package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/brug-helpdesk/brug/internal/store"
)

// Role is what a volunteer may do. Each role may do what those before it may.
type Role string

// The roles.
const (
	RoleVolunteer   Role = "volunteer"   // answers
	RoleEditor      Role = "editor"      // and edits articles
	RoleCoordinator Role = "coordinator" // and looks after people, hours and channels
)

// DefaultCapacity is how many cases a volunteer holds at most unless agreed otherwise.
const DefaultCapacity = 5

// ErrName is returned for a name that is taken or that cannot be one.
var ErrName = errors.New("the name is taken, or empty, too long, or the word queue")

// Volunteer is somebody who helps.
type Volunteer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Languages are BCP 47 tags, Topics groups of articles; empty means all.
	Languages []string  `json:"languages,omitempty"`
	Topics    []string  `json:"topics,omitempty"`
	Role      Role      `json:"role"`
	Disabled  bool      `json:"disabled,omitempty"`
	Capacity  int       `json:"capacity"`
	Created   time.Time `json:"created"`
	// Urgent says that the volunteer is trained for cases of danger. While anybody is
	// who is not disabled, such cases are for them and for coordinators.
	Urgent bool `json:"urgent,omitempty"`

	// Meets are the newcomers' wishes that the volunteer meets ([WishWoman]).
	Meets []string `json:"meets,omitempty"`

	// othersTrained says that there is somebody trained for cases of danger.
	othersTrained bool

	version string
	token   string // hash of the API token
}

// Actor is the volunteer as one who acts on cases.
func (v Volunteer) Actor() Actor {
	coordinator := v.Role == RoleCoordinator
	return Actor{ID: v.ID, Name: v.Name, Coordinator: coordinator, Capacity: v.Capacity,
		Untrained: v.othersTrained && !v.Urgent && !coordinator}
}

// Speaks reports whether the volunteer helps in this language.
func (v Volunteer) Speaks(lang string) bool {
	return len(v.Languages) == 0 || slices.Contains(v.Languages, lang)
}

// Volunteers is who may use the desk.
type Volunteers struct {
	store *store.Store
	keys  keys
	now   func() time.Time
}

// NewVolunteers returns the volunteers of a helpdesk; now is time.Now when nil.
func NewVolunteers(s *store.Store, now func() time.Time) *Volunteers {
	if now == nil {
		now = time.Now
	}
	return &Volunteers{store: s, keys: keys{s}, now: now}
}

// nameHash finds a volunteer by name, whatever the case of the letters.
func (vs *Volunteers) nameHash(name string) string {
	return vs.store.Hash("volunteer", cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name))))
}

func validName(name string) bool {
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		return false
	}
	n := utf8.RuneCountInString(strings.TrimSpace(name))
	return n > 0 && n <= 60 && !strings.EqualFold(strings.TrimSpace(name), "queue")
}

// Add stores a new volunteer and returns it with its id. It returns [ErrName].
func (vs *Volunteers) Add(ctx context.Context, v Volunteer) (Volunteer, error) {
	v.ID, v.Created, v.Name = store.NewID(), vs.now().UTC().Truncate(time.Second), strings.TrimSpace(v.Name)
	if v.Role == "" {
		v.Role = RoleVolunteer
	}
	if v.Capacity <= 0 {
		v.Capacity = DefaultCapacity
	}
	return v, vs.put(ctx, Volunteer{}, v)
}

// Save changes a volunteer that was read before. When somebody else changed it
// since, it returns a *[store.GuardError]. Disabling ends all sessions.
func (vs *Volunteers) Save(ctx context.Context, v Volunteer) error {
	old, err := vs.Get(ctx, v.ID)
	if err != nil {
		return err
	}
	v.Name = strings.TrimSpace(v.Name)
	return vs.put(ctx, old, v)
}

func (vs *Volunteers) put(ctx context.Context, old, v Volunteer) error {
	if !validName(v.Name) {
		return ErrName
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("save volunteer: %w", err)
	}
	key, names, name := vs.keys.volunteer(v.ID), vs.keys.names(), vs.nameHash(v.Name)
	guards := []store.Guard{{Key: key, Field: "v", Want: v.version}}
	ops := []store.Op{
		store.Do("HSET", key, "data", vs.store.Seal(key, plain), "v", atoi(v.version)+1),
		store.Do("SADD", vs.keys.volunteers(), v.ID), store.Do("HSET", names, name, v.ID),
	}
	if old.ID == "" || vs.nameHash(old.Name) != name {
		guards = append(guards, store.Guard{Key: names, Field: name})
	}
	if old.ID != "" && vs.nameHash(old.Name) != name {
		ops = append(ops, store.Do("HDEL", names, vs.nameHash(old.Name)))
	}
	trained := store.Do("SREM", vs.keys.trained(), v.ID)
	if v.Urgent && !v.Disabled {
		trained = store.Do("SADD", vs.keys.trained(), v.ID)
	}
	ops = append(ops, trained)
	if v.Disabled && !old.Disabled && old.ID != "" {
		if ops, err = vs.signOutOps(ctx, v.ID, ops); err != nil {
			return err
		}
	}
	err = vs.store.Apply(ctx, store.Tx{ID: store.NewID(), Head: key, Guards: guards, Ops: ops})
	var broken *store.GuardError
	if errors.As(err, &broken) && broken.Guard.Key == names {
		return ErrName
	}
	if err != nil {
		return fmt.Errorf("save volunteer: %w", err)
	}
	return nil
}

// Get returns a volunteer, disabled ones too, or [ErrUnknown].
func (vs *Volunteers) Get(ctx context.Context, id string) (Volunteer, error) {
	if !validID(id) {
		return Volunteer{}, ErrUnknown
	}
	key := vs.keys.volunteer(id)
	pipe := vs.store.Client().Pipeline()
	fields, trained := pipe.HGetAll(ctx, key), pipe.SCard(ctx, vs.keys.trained())
	if _, err := pipe.Exec(ctx); err != nil {
		return Volunteer{}, fmt.Errorf("read volunteer: %w", err)
	}
	f := fields.Val()
	if f["data"] == "" {
		return Volunteer{}, ErrUnknown
	}
	plain, err := vs.store.Open(key, []byte(f["data"]))
	if err != nil {
		return Volunteer{}, fmt.Errorf("read volunteer: %w", err)
	}
	v := Volunteer{version: f["v"], token: f["token"], othersTrained: trained.Val() > 0}
	if err := json.Unmarshal(plain, &v); err != nil {
		return Volunteer{}, fmt.Errorf("read volunteer: %w", err)
	}
	return v, nil
}

// ByName returns the volunteer of this name, or [ErrUnknown].
func (vs *Volunteers) ByName(ctx context.Context, name string) (Volunteer, error) {
	return vs.indexed(ctx, vs.keys.names(), vs.nameHash(name))
}

func (vs *Volunteers) indexed(ctx context.Context, index, field string) (Volunteer, error) {
	id, err := vs.store.Cmd().HGet(ctx, index, field).Result()
	if store.Missing(err) {
		return Volunteer{}, ErrUnknown
	}
	if err != nil {
		return Volunteer{}, fmt.Errorf("find volunteer: %w", err)
	}
	return vs.Get(ctx, id)
}

// List returns all volunteers by name.
func (vs *Volunteers) List(ctx context.Context) ([]Volunteer, error) {
	ids, err := vs.store.Cmd().SMembers(ctx, vs.keys.volunteers()).Result()
	if err != nil {
		return nil, fmt.Errorf("list volunteers: %w", err)
	}
	list := make([]Volunteer, 0, len(ids))
	for _, id := range ids {
		v, err := vs.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b Volunteer) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return list, nil
}

// AnySpeaks reports whether a volunteer who is not disabled helps in this language.
func (vs *Volunteers) AnySpeaks(ctx context.Context, lang string) (bool, error) {
	list, err := vs.List(ctx)
	return slices.ContainsFunc(list, func(v Volunteer) bool { return !v.Disabled && v.Speaks(lang) }), err
}

// Any reports whether there is a volunteer at all.
func (vs *Volunteers) Any(ctx context.Context) (bool, error) {
	n, err := vs.store.Cmd().SCard(ctx, vs.keys.volunteers()).Result()
	if err != nil {
		return false, fmt.Errorf("count volunteers: %w", err)
	}
	return n > 0, nil
}
