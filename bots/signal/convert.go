package signal

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/brug-helpdesk/brug/bots"
)

// identity is our own account.
type identity struct{ number, uuid string }

// is reports whether a number or a UUID is ours.
func (me identity) is(number, uuid string) bool {
	return number != "" && number == me.number || uuid != "" && strings.EqualFold(uuid, me.uuid)
}

// event is what a notification means to us. All of it may be empty.
type event struct {
	// account is the account it came for.
	account string
	// pushed says that it came by itself, subscribed that it came by subscribeReceive.
	pushed, subscribed bool
	messages           []bots.Message
	// untrusted is a message with a safety number that the daemon does not trust. It
	// comes again when that is trusted; if not, this is what to store instead.
	untrusted *bots.Message
	// typing is who is typing, or has stopped; nil for nobody.
	typing *typing
	// group is the group in which somebody speaks to us.
	group string
}

// convert reads the params of a notification.
func convert(params json.RawMessage, me identity) (event, error) {
	var n notification
	if err := json.Unmarshal(params, &n); err != nil {
		return event{}, &shapeError{"a notification has another form"}
	}
	e := event{}
	if n.Result != nil {
		e.subscribed = n.Subscription != nil
		n = *n.Result
	} else {
		e.pushed = present(n.Envelope) && n.Subscription == nil
	}
	e.account = n.Account
	var env envelope
	if !present(n.Envelope) {
		return e, nil // the daemon itself failed: nobody wrote
	}
	if json.Unmarshal(n.Envelope, &env) != nil {
		return e, &shapeError{"an envelope has another form"}
	}
	if !sane(env.Timestamp) {
		return e, &shapeError{"an envelope has no timestamp"}
	}
	if env.UUID == "" && uuidForm.MatchString(env.Source) {
		env.UUID = env.Source
	}
	if env.Number == "" && numberForm.MatchString(env.Source) {
		env.Number = env.Source
	}
	switch {
	case me.is(env.Number, env.UUID):
		return e, e.fromSync(env, me)
	case n.Exception != nil:
		e.fromException(env, n.Exception)
		return e, nil
	}
	from, ok := address(env.UUID, env.Number)
	if !ok {
		return e, &shapeError{"an envelope has no source"}
	}
	said := bots.Message{Channel: bots.Signal, Contact: from, ID: theirID(env.Timestamp), At: env.at()}
	switch {
	case present(env.Data):
		e.fromData(said, env.Data, me)
	case env.Edit != nil:
		e.fromEdit(said, env.Edit, me)
	case env.Receipt != nil:
		e.fromReceipt(said, env.Receipt)
	case env.Typing != nil && env.Typing.Group == "":
		e.typing = &typing{who: from}
		if env.Typing.Action == "STARTED" {
			e.typing.lasts = typingHolds
		}
	case env.Call != nil && present(env.Call.Offer):
		said.Unsupported = "call"
		e.messages = append(e.messages, said)
	}
	return e, nil
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// at is when Signal's server got it: the sender's own clock may be wrong.
func (env envelope) at() time.Time {
	if sane(env.ServerTime) {
		return at(env.ServerTime)
	}
	return at(env.Timestamp)
}

// fromException names what the daemon could not read.
func (e *event) fromException(env envelope, x *exception) {
	from, ok := address(env.UUID, env.Number)
	if !ok || strings.Contains(x.Type, "Duplicate") {
		return // nobody knows who wrote; or we had it before
	}
	m := bots.Message{
		Channel: bots.Signal, Contact: from, At: env.at(),
		ID: eventID("unread", env.Timestamp), Action: bots.Unread,
	}
	if x.Type == "UntrustedIdentityException" {
		e.untrusted = &m
		return
	}
	e.messages = append(e.messages, m)
}

func (e *event) fromData(said bots.Message, raw json.RawMessage, me identity) {
	var d dataMessage
	if json.Unmarshal(raw, &d) != nil {
		if !inGroup(raw) {
			said.Unsupported = "unknown"
			e.messages = append(e.messages, said)
		}
		return
	}
	if d.Group != nil {
		if d.addresses(me) {
			e.group = d.Group.ID
		}
		return
	}
	said.Expires = time.Duration(min(max(d.Expires, 0), maxTimer)) * time.Second
	switch {
	case d.Reaction != nil:
		if !sane(d.Reaction.Target) {
			return
		}
		said.Action = bots.React
		said.Target = d.Reaction.target(me)
		if !d.Reaction.Remove {
			said.Text = d.Reaction.Emoji
		}
	case d.Delete != nil:
		if !sane(d.Delete.Timestamp) {
			return
		}
		said.Action = bots.Delete
		said.Target = theirID(d.Delete.Timestamp)
	default:
		d.fill(&said, me)
		if silent(said) {
			kind := unknownKind(raw)
			if kind == "" || d.TimerOnly {
				return
			}
			said.Unsupported = kind
		}
	}
	e.messages = append(e.messages, said)
}

// maxTimer is four weeks, the longest timer Signal's apps offer, in seconds.
const maxTimer = 4 * 7 * 24 * 3600

func (e *event) fromEdit(said bots.Message, edit *editMessage, me identity) {
	if !sane(edit.Target) || inGroup(edit.Data) {
		return
	}
	var d dataMessage
	if json.Unmarshal(edit.Data, &d) != nil {
		said.Unsupported = "unknown"
		e.messages = append(e.messages, said)
		return
	}
	said.Expires = time.Duration(min(max(d.Expires, 0), maxTimer)) * time.Second
	d.fill(&said, me)
	said.Action, said.Target = bots.Edit, theirID(edit.Target)
	e.messages = append(e.messages, said)
}

// fromReceipt makes a message of each message of ours that a receipt is about. The
// identifier is of the fact, so that a receipt of a second device changes nothing.
func (e *event) fromReceipt(said bots.Message, r *receiptMessage) {
	switch {
	case r.Read, r.Viewed:
		said.Action = bots.Read
	case r.Delivery:
		said.Action = bots.Delivered
	default:
		return
	}
	for _, t := range r.Timestamps {
		if !sane(t) {
			continue
		}
		m := said
		m.ID, m.Target = eventID(string(said.Action), t), ownID(t)
		e.messages = append(e.messages, m)
	}
}

// fromSync reads what we did on another device of ours: what was typed on the phone
// is a volunteer's reply.
func (e *event) fromSync(env envelope, me identity) error {
	if env.Sync == nil || !present(env.Sync.Sent) || inGroup(env.Sync.Sent) {
		return nil
	}
	var sent sentMessage
	if json.Unmarshal(env.Sync.Sent, &sent) != nil {
		return &shapeError{"a sync message has another form"}
	}
	if sent.UUID == "" && uuidForm.MatchString(sent.Destination) {
		sent.UUID = sent.Destination
	}
	if sent.Number == "" && numberForm.MatchString(sent.Destination) {
		sent.Number = sent.Destination
	}
	to, ok := address(sent.UUID, sent.Number)
	if !ok || me.is(sent.Number, sent.UUID) {
		return nil // a note to self
	}
	m := bots.Message{
		Channel: bots.Signal, Contact: to, ID: ownID(env.Timestamp), At: env.at(), Action: bots.Operator,
	}
	raw := env.Sync.Sent
	if sent.Edit != nil {
		raw = sent.Edit.Data
		if inGroup(raw) {
			return nil
		}
	}
	var d dataMessage
	if json.Unmarshal(raw, &d) != nil {
		return &shapeError{"a sync message has another form"}
	}
	d.fill(&m, me)
	if sent.Edit != nil && sane(sent.Edit.Target) {
		m.Target = ownID(sent.Edit.Target)
	}
	if d.Reaction == nil && d.Delete == nil && !silent(m) {
		e.messages = append(e.messages, m)
	}
	return nil
}

// fill puts the content of d into m.
func (d *dataMessage) fill(m *bots.Message, me identity) {
	m.Text = d.Message
	if d.Quote != nil && sane(d.Quote.ID) {
		m.Target = theirID(d.Quote.ID)
		if me.is(d.Quote.AuthorNumber, d.Quote.AuthorUUID) {
			m.Target = ownID(d.Quote.ID)
		}
	}
	for _, a := range d.Attachments {
		m.Media = append(m.Media, a.media())
	}
	if d.Sticker != nil {
		m.Media = append(m.Media, d.Sticker.media())
	}
	for _, c := range d.Contacts {
		m.Media = append(m.Media, c.media())
	}
}

func silent(m bots.Message) bool { return m.Text == "" && m.Media == nil }

func (r *reaction) target(me identity) string {
	if me.is(r.AuthorNumber, r.AuthorUUID) {
		return ownID(r.Target)
	}
	return theirID(r.Target)
}
