package whatsapp

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/types/events"
)

// Why Run ends with an error: a person has to help.
var (
	// ErrReplaced is the end of Run when another program uses the same linked device.
	ErrReplaced = errors.New("whatsapp: another program uses this linked device")
	// ErrLinked is the error of pairing while a phone is linked already.
	ErrLinked = errors.New("whatsapp: a phone is linked already")
)

// problem is what a coordinator reads while something is wrong, as [bots.Health] has it;
// the zero problem is none.
type problem struct{ code, arg, text string }

var (
	problemUnlinked = problem{"whatsapp_unlinked", "", "No phone is linked to WhatsApp yet. Run: brug pair whatsapp, or link it on the coordinator's page."}
	problemAway     = problem{"whatsapp_away", "", "WhatsApp cannot be reached. Messages wait there and arrive when it is back. If this lasts, check the server's connection to the internet."}
	problemSilent   = problem{"whatsapp_silent", "", "WhatsApp does not answer. brug connects again by itself; messages wait at WhatsApp meanwhile."}
	problemStore    = problem{"whatsapp_store", "", "Messages cannot be stored here, so they wait at WhatsApp. Check Redis and the disk."}
	problemKeys     = problem{"whatsapp_keys", "", "The database with WhatsApp's keys cannot be used. Check the disk, or BRUG_WHATSAPP_DB."}
	problemReplaced = problem{"whatsapp_replaced", "", "Another program is connected with this linked device, so brug stopped. Run only one brug with these keys, then start it again. If no other is known, unlink the device on the phone and link it anew."}
	problemCopy     = problem{"whatsapp_copy", "", "These WhatsApp keys are an old copy; using them would break the encryption with every contact. Start brug from the data folder that was used last, or unlink the device on the phone and link it anew."}
	problemOutdated = problem{"whatsapp_outdated", "", "WhatsApp does not accept this version of brug any more. Install the newest brug. Messages wait at WhatsApp for some weeks."}
	problemLocked   = problem{"whatsapp_locked", "", "WhatsApp has restricted this number or moved it to another phone. Open WhatsApp on the phone, follow what it says, then link it again: brug pair whatsapp."}
	problemBanned   = problem{"whatsapp_banned", "", "WhatsApp has banned this number. Open WhatsApp on the phone and ask for a review there. Afterwards link it again: brug pair whatsapp."}
	problemRemoved  = problem{"whatsapp_removed", "", "The phone has unlinked brug, or was offline for too long. Nothing arrives any more. Link it again: brug pair whatsapp."}
)

// loggedOutProblem says why WhatsApp does not know our device any more.
func loggedOutProblem(r events.ConnectFailureReason) problem {
	switch r {
	case events.ConnectFailureMainDeviceGone:
		return problemLocked
	case events.ConnectFailureUnknownLogout:
		return problemBanned
	}
	return problemRemoved
}

// bans are the reasons of a temporary ban, as whatsmeow's events.TempBanReason lists
// them.
var bans = map[events.TempBanReason]problem{
	events.TempBanSentToTooManyPeople:    {code: "whatsapp_ban_people", text: "too many messages went to people who do not have this number in their contacts"},
	events.TempBanBlockedByUsers:         {code: "whatsapp_ban_blocked", text: "too many people blocked this number"},
	events.TempBanCreatedTooManyGroups:   {code: "whatsapp_ban_groups", text: "too many groups were made"},
	events.TempBanSentTooManySameMessage: {code: "whatsapp_ban_same", text: "the same message went to too many people"},
	events.TempBanBroadcastList:          {code: "whatsapp_ban_broadcast", text: "too many messages went to a broadcast list"},
}

func banProblem(b *events.TemporaryBan, until time.Time) problem {
	p, ok := bans[b.Code]
	if !ok {
		p = problem{code: "whatsapp_ban", text: "it may have broken WhatsApp's terms"}
	}
	p.arg = until.UTC().Format("2006-01-02 15:04")
	p.text = fmt.Sprintf("WhatsApp has banned this number until %s: %s. brug connects again by itself then. "+
		"Until that time answer by other ways, do not link the number elsewhere, and lower the pace afterwards.",
		until.UTC().Format("2 January 2006 15:04 UTC"), p.text)
	return p
}

func failureProblem(r events.ConnectFailureReason) problem {
	code := strconv.Itoa(int(r))
	return problem{"whatsapp_refused", code, "WhatsApp refuses the connection (code " + code + "). brug tries again by itself. If this lasts for a day, " +
		"install the newest brug, or link the phone again: brug pair whatsapp."}
}

// WhatsApp unlinks a device when the phone was not online for about 14 days
// (faq.whatsapp.com, "About linked devices").
const (
	phoneWarn = 10 * 24 * time.Hour
	phoneGone = 14 * 24 * time.Hour
)

// phoneProblem warns of a phone that was not seen for this long; there is none while it
// is early.
func phoneProblem(unseen time.Duration) problem {
	if unseen < phoneWarn {
		return problem{}
	}
	days := strconv.Itoa(int(unseen / (24 * time.Hour)))
	if unseen >= phoneGone {
		return problem{"whatsapp_phone_now", days, "The phone of this number was not online for " + days + " days. WhatsApp may unlink brug at any moment: open WhatsApp on the phone now."}
	}
	return problem{"whatsapp_phone", days, "The phone of this number was not online for " + days + " days. WhatsApp unlinks brug after about 14: open WhatsApp on the phone."}
}
