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

// What a coordinator reads.
const (
	problemUnlinked = "No phone is linked to WhatsApp yet. Run: brug pair whatsapp, or link it on the coordinator's page."
	problemAway     = "WhatsApp cannot be reached. Messages wait there and arrive when it is back. If this lasts, check the server's connection to the internet."
	problemSilent   = "WhatsApp does not answer. brug connects again by itself; messages wait at WhatsApp meanwhile."
	problemStore    = "Messages cannot be stored here, so they wait at WhatsApp. Check Redis and the disk."
	problemKeys     = "The database with WhatsApp's keys cannot be used. Check the disk, or BRUG_WHATSAPP_DB."
	problemReplaced = "Another program is connected with this linked device, so brug stopped. Run only one brug with these keys, then start it again. If no other is known, unlink the device on the phone and link it anew."
	problemCopy     = "These WhatsApp keys are an old copy; using them would break the encryption with every contact. Start brug from the data folder that was used last, or unlink the device on the phone and link it anew."
	problemOutdated = "WhatsApp does not accept this version of brug any more. Install the newest brug. Messages wait at WhatsApp for some weeks."
	problemLocked   = "WhatsApp has restricted this number or moved it to another phone. Open WhatsApp on the phone, follow what it says, then link it again: brug pair whatsapp."
	problemBanned   = "WhatsApp has banned this number. Open WhatsApp on the phone and ask for a review there. Afterwards link it again: brug pair whatsapp."
	problemRemoved  = "The phone has unlinked brug, or was offline for too long. Nothing arrives any more. Link it again: brug pair whatsapp."
)

// codes name the problems for other languages.
var codes = map[string]string{
	problemUnlinked: "whatsapp_unlinked", problemAway: "whatsapp_away", problemSilent: "whatsapp_silent",
	problemStore: "whatsapp_store", problemKeys: "whatsapp_keys", problemReplaced: "whatsapp_replaced",
	problemCopy: "whatsapp_copy", problemOutdated: "whatsapp_outdated", problemLocked: "whatsapp_locked",
	problemBanned: "whatsapp_banned", problemRemoved: "whatsapp_removed",
}

// loggedOutProblem says why WhatsApp does not know our device any more.
func loggedOutProblem(r events.ConnectFailureReason) string {
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
var bans = map[events.TempBanReason]string{
	events.TempBanSentToTooManyPeople:    "too many messages went to people who do not have this number in their contacts",
	events.TempBanBlockedByUsers:         "too many people blocked this number",
	events.TempBanCreatedTooManyGroups:   "too many groups were made",
	events.TempBanSentTooManySameMessage: "the same message went to too many people",
	events.TempBanBroadcastList:          "too many messages went to a broadcast list",
}

func banProblem(b *events.TemporaryBan, until time.Time) string {
	why, ok := bans[b.Code]
	if !ok {
		why = "it may have broken WhatsApp's terms"
	}
	return fmt.Sprintf("WhatsApp has banned this number until %s: %s. brug connects again by itself then. "+
		"Until that time answer by other ways, do not link the number elsewhere, and lower the pace afterwards.",
		until.UTC().Format("2 January 2006 15:04 UTC"), why)
}

func failureProblem(r events.ConnectFailureReason) string {
	return fmt.Sprintf("WhatsApp refuses the connection (code %d). brug tries again by itself. If this lasts for a day, "+
		"install the newest brug, or link the phone again: brug pair whatsapp.", int(r))
}

// WhatsApp unlinks a device when the phone was not online for about 14 days
// (faq.whatsapp.com, "About linked devices").
const (
	phoneWarn = 10 * 24 * time.Hour
	phoneGone = 14 * 24 * time.Hour
)

// phoneProblem warns of a phone that was not seen for this long, as [bots.Health] does;
// all is "" while it is early.
func phoneProblem(unseen time.Duration) (text, code, arg string) {
	if unseen < phoneWarn {
		return "", "", ""
	}
	days := strconv.Itoa(int(unseen / (24 * time.Hour)))
	if unseen >= phoneGone {
		return fmt.Sprintf("The phone of this number was not online for %s days. WhatsApp may unlink brug at any moment: open WhatsApp on the phone now.", days), "whatsapp_phone_now", days
	}
	return fmt.Sprintf("The phone of this number was not online for %s days. WhatsApp unlinks brug after about 14: open WhatsApp on the phone.", days), "whatsapp_phone", days
}
