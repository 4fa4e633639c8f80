package handoff

import "github.com/brug-helpdesk/brug/internal/store"

// keys names everything this package keeps. Times are milliseconds since 1970.
//
//	case:<id>            hash    fields of a case (write.go); no expiry while open, then Options.Keep
//	case:<id>:done       hash    action id → result, so that a repeat does nothing; expires with the case
//	cases:conv:<conv>    hash    open → case id; expires with the last case
//	cases:past:<conv>    list    resolved case ids, newest first; expires with the last case
//	cases:waiting        zset    case id by place: urgent first, then moment of escalation; none
//	cases:claimed        zset    the same order; none
//	cases:held:<vol>     zset    what a volunteer holds, the same order; none
//	cases:resolved       zset    case id by moment of resolving; swept with the cases
//	holding              hash    volunteer id → number of cases held; none
//	due:cases            zset    case id by the next moment something happens by itself
//	leases:cases         hash    who looks after that now
//	hours                hash    json → office hours; none
//	stats:<day>          hash    counters of a day; statsKeep
//	stats:first:<week>   hash    minutes of first response, as "5" or "lang:uk=5" → how many; statsKeep
//	audit                list    sealed records, newest first; capped, swept after auditKeep
//	seen:<case>:<vol>    string  this volunteer opened this case lately; 10 min
//	present              zset    case:volunteer by the moment it ends; PresenceKeep
//	lately               zset    volunteer id by their last sign of life at the desk; presentFor
//	alerts               hash    head of the queue of alerts; none
//	due:alerts           zset    "look", the one piece of work of Alerts, by due time
//	leases:alerts        hash    who does it now
//	alerted:<case>       hash    volunteer id → "waiting" or "urgent", what they were told; as the case
//	volunteer:<id>:alerts hash   v, data (sealed), last (ms), problem; none
//	alert:<hash>         hash    a one-time link to a chat or an address: data (sealed), used; alertLinkKeep
//	replies              hash    name/lang → saved reply; none
//	wanted               list    sealed questions that should have an article; wantedKeep
//	attempts:<hash>      string  sign-ins tried by a name or from an address; 15 min
//	volunteers           set     volunteer ids; none
//	volunteers:trained   set     ids of those trained for cases of danger and not disabled; none
//	volunteer:<id>       hash    v, data (sealed), token (hash), password (sealed hash); none
//	volunteer:names      hash    keyed hash of the name → id; none
//	volunteer:tokens     hash    keyed hash of an API token → id; none
//	volunteer:passkeys:<id>  hash    keyed hash of a credential → sealed passkey; none
//	volunteer:codes:<id>     hash    secret (sealed), last (period of the last code), again:<hash> of unused recovery codes; none
//	volunteer:new-codes:<id> string  sealed secret that waits for its first code; 15 min
//	link:<hash>          hash    a one-time sign-in link: vol; 24 h
//	challenge:<hash>     string  sealed passkey ceremony of one browser; challengeKeep
//	step:<hash>          hash    a password was right and the code is missing: vol; stepKeep
//	session:<hash>       hash    a signed-in browser: vol, seen, device (sealed); sessionKeep after its last use
//	sessions:<vol>       set     hashes of a volunteer's sessions; sessionKeep
type keys struct{ *store.Store }

func (k keys) caseOf(id string) string      { return k.Key("case", id) }
func (k keys) done(id string) string        { return k.Key("case", id, "done") }
func (k keys) conv(conv string) string      { return k.Key("cases", "conv", conv) }
func (k keys) past(conv string) string      { return k.Key("cases", "past", conv) }
func (k keys) waiting() string              { return k.Key("cases", "waiting") }
func (k keys) claimed() string              { return k.Key("cases", "claimed") }
func (k keys) held(vol string) string       { return k.Key("cases", "held", vol) }
func (k keys) resolved() string             { return k.Key("cases", "resolved") }
func (k keys) holding() string              { return k.Key("holding") }
func (k keys) hours() string                { return k.Key("hours") }
func (k keys) stats(day string) string      { return k.Key("stats", day) }
func (k keys) first(week string) string     { return k.Key("stats", "first", week) }
func (k keys) audit() string                { return k.Key("audit") }
func (k keys) seen(id, vol string) string   { return k.Key("seen", id, vol) }
func (k keys) present() string              { return k.Key("present") }
func (k keys) lately() string               { return k.Key("lately") }
func (k keys) alerts() string               { return k.Key("alerts") }
func (k keys) alerted(id string) string     { return k.Key("alerted", id) }
func (k keys) reach(vol string) string      { return k.Key("volunteer", vol, "alerts") }
func (k keys) alertLink(hash string) string { return k.Key("alert", hash) }
func (k keys) replies() string              { return k.Key("replies") }
func (k keys) wanted() string               { return k.Key("wanted") }
func (k keys) attempts(of string) string    { return k.Key("attempts", of) }
func (k keys) volunteers() string           { return k.Key("volunteers") }
func (k keys) trained() string              { return k.Key("volunteers", "trained") }
func (k keys) volunteer(id string) string   { return k.Key("volunteer", id) }
func (k keys) names() string                { return k.Key("volunteer", "names") }
func (k keys) tokens() string               { return k.Key("volunteer", "tokens") }
func (k keys) passkeys(vol string) string   { return k.Key("volunteer", "passkeys", vol) }
func (k keys) codes(vol string) string      { return k.Key("volunteer", "codes", vol) }
func (k keys) newCodes(vol string) string   { return k.Key("volunteer", "new-codes", vol) }
func (k keys) challenge(hash string) string { return k.Key("challenge", hash) }
func (k keys) step(hash string) string      { return k.Key("step", hash) }
func (k keys) link(hash string) string      { return k.Key("link", hash) }
func (k keys) session(hash string) string   { return k.Key("session", hash) }
func (k keys) sessions(vol string) string   { return k.Key("sessions", vol) }
