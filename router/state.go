package router

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// Owner is who answers in a conversation.
type Owner string

// The owners of a conversation.
const (
	Bot       Owner = "bot"
	Waiting   Owner = "waiting"
	Volunteer Owner = "volunteer"
)

// State is what a conversation remembers between turns. It is kept sealed.
type State struct {
	Owner Owner `json:"owner"`
	// Address is where replies go; Contacts are all addresses seen.
	Address  bots.Address   `json:"address"`
	Contacts []bots.Address `json:"contacts,omitempty"`
	// Lang is the language spoken, "" before the first word; Chosen says that
	// the person chose it.
	Lang   string `json:"lang,omitempty"`
	Chosen bool   `json:"chosen,omitempty"`
	// Audience is who asks, once they told us.
	Audience string `json:"audience,omitempty"`
	// Greeted says that the first words were said.
	Greeted bool `json:"greeted,omitempty"`

	// Heard is the mark of the last thing written, HeardAt when it was answered, as long
	// as nothing else happened since; HeardAgain says that it came once more and that they
	// were told so.
	Heard      string    `json:"heard,omitempty"`
	HeardAt    time.Time `json:"heard_at,omitzero"`
	HeardAgain bool      `json:"heard_again,omitempty"`
	// Offered are the last buttons: a typed "1" or a title taps one.
	Offered []bots.Choice `json:"offered,omitempty"`
	// Question is what was asked last and is not settled; Rest are articles that may
	// answer it and were not shown; Clarified says that titles were offered for it.
	Question  string   `json:"question,omitempty"`
	Rest      []string `json:"rest,omitempty"`
	Clarified bool     `json:"clarified,omitempty"`
	// Article answered it last; Pending wait for the answer to "who asks?".
	Article string   `json:"article,omitempty"`
	Pending []string `json:"pending,omitempty"`
	// Danger is the kind of danger that was suspected and asked about.
	Danger string `json:"danger,omitempty"`

	// Case is the open case, Holder the name of the volunteer who has it.
	Case   string `json:"case,omitempty"`
	Holder string `json:"holder,omitempty"`
	// Added says that "I have added this" was said for this case.
	Added bool `json:"added,omitempty"`
	// Bare says that the case holds the wish for a person and no question yet.
	Bare bool `json:"bare,omitempty"`
	// Still is when somebody who waits was last told the place in line for a greeting.
	Still time.Time `json:"still,omitzero"`
	// Last is the case closed last, About its topic, and when it was, for a question
	// that comes after it.
	Last   string    `json:"last,omitempty"`
	About  string    `json:"about,omitempty"`
	Closed time.Time `json:"closed,omitzero"`
	// Rated says that the rating asked for after Last was given; Missing, that a
	// volunteer was promised to read what was missing.
	Rated   bool `json:"rated,omitempty"`
	Missing bool `json:"missing,omitempty"`
	// Quiet conversations get nothing unasked.
	Quiet bool `json:"quiet,omitempty"`
	// Barred is until when the person was shut out; BarredTold says that they know.
	Barred     time.Time `json:"barred,omitzero"`
	BarredTold bool      `json:"barred_told,omitempty"`
	// Stopped says that the person wants to hear nothing unasked.
	Stopped bool `json:"stopped,omitempty"`

	// Spoke is when a volunteer last wrote; Urgent and Alarmed are the kind of
	// danger answered last and when.
	Spoke   time.Time `json:"spoke,omitzero"`
	Urgent  string    `json:"urgent,omitempty"`
	Alarmed time.Time `json:"alarmed,omitzero"`
	// Late says that no volunteer came in time to somebody in danger, who could not be
	// told: the next thing they write is answered with it.
	Late bool `json:"late,omitempty"`
	// Phone is until when an operator on the linked phone has the word.
	Phone time.Time `json:"phone,omitzero"`
	// Masked, Unread are things said once in a while.
	Masked bool      `json:"masked,omitempty"`
	Unread time.Time `json:"unread,omitzero"`
	// Place is the place in line that was told last, PlaceAt when it was told or looked
	// at: a better one is told, an hour later at the earliest.
	Place   int       `json:"place,omitempty"`
	PlaceAt time.Time `json:"place_at,omitzero"`
	// Later is a notice that waits for the morning, and when that is.
	Later   string    `json:"later,omitempty"`
	LaterAt time.Time `json:"later_at,omitzero"`
}

func readState(raw []byte) (State, error) {
	s := State{Owner: Bot}
	if raw == nil {
		return s, nil
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("read conversation: %w", err)
	}
	return s, nil
}

func (s State) encode() []byte {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a State is plain data
	}
	return raw
}

// meet notes where the contact wrote from.
func (s State) meet(a bots.Address) State {
	s.Address = a
	for i, known := range s.Contacts {
		if known.Channel == a.Channel && known.ID == a.ID {
			if len(a.Alt) > 0 {
				s.Contacts = slices.Clone(s.Contacts)
				s.Contacts[i] = a
			}
			return s
		}
	}
	s.Contacts = append(slices.Clone(s.Contacts), a)
	return s
}

// placeAgain is how long after a place in line was told a better one is news.
const placeAgain = time.Hour

// placeDue is when to look whether the place in line is a better one, zero for never.
func (s State) placeDue() time.Time {
	if s.Owner != Waiting || s.Place < 2 || s.Quiet || s.Stopped {
		return time.Time{}
	}
	return s.PlaceAt.Add(placeAgain)
}

// timer is when the conversation wants a turn by itself, zero for never.
func (s State) timer() time.Time {
	place := s.placeDue()
	if s.LaterAt.IsZero() || !place.IsZero() && place.Before(s.LaterAt) {
		return place
	}
	return s.LaterAt
}
