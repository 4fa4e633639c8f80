package whatsapp

import (
	"strings"
	"unicode"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Names of what a message may be that brug does not understand.
const (
	kindUnknown  = "unknown"
	kindViewOnce = "view-once message"
	kindCall     = "call"
)

// kinds names fields of waE2E.Message. Others are named after their field.
var kinds = map[protoreflect.Name]string{
	"pollCreationMessage":               "poll",
	"pollCreationMessageV2":             "poll",
	"pollCreationMessageV3":             "poll",
	"pollCreationMessageV5":             "poll",
	"pollUpdateMessage":                 "poll vote",
	"pollResultSnapshotMessage":         "poll",
	"pollResultSnapshotMessageV3":       "poll",
	"eventMessage":                      "event",
	"encEventResponseMessage":           "event answer",
	"callLogMesssage":                   kindCall,
	"call":                              kindCall,
	"bcallMessage":                      kindCall,
	"scheduledCallCreationMessage":      "planned call",
	"scheduledCallEditMessage":          "planned call",
	"sendPaymentMessage":                "payment",
	"requestPaymentMessage":             "payment",
	"declinePaymentRequestMessage":      "payment",
	"cancelPaymentRequestMessage":       "payment",
	"paymentInviteMessage":              "payment",
	"invoiceMessage":                    "invoice",
	"orderMessage":                      "order",
	"productMessage":                    "product",
	"groupInviteMessage":                "group invitation",
	"newsletterAdminInviteMessage":      "channel invitation",
	"newsletterFollowerInviteMessageV2": "channel invitation",
	"stickerPackMessage":                "sticker pack",
	"templateMessage":                   "template",
	"buttonsMessage":                    "buttons",
	"listMessage":                       "list",
	"interactiveMessage":                "buttons",
	"highlyStructuredMessage":           "template",
	"requestPhoneNumberMessage":         "request for the number",
	"placeholderMessage":                "message for the phone only",
	"secretEncryptedMessage":            "edit",
	"encReactionMessage":                "reaction",
	"encCommentMessage":                 "comment",
	"commentMessage":                    "comment",
	"richResponseMessage":               "assistant's answer",
	"statusNotificationMessage":         "status",
	"statusQuotedMessage":               "status",
	"statusQuestionAnswerMessage":       "status",
	"statusStickerInteractionMessage":   "status",
	"messageHistoryBundle":              "chat history",
	"messageHistoryNotice":              "chat history",
}

// silent are fields in which nobody says anything: keys, settings, the header of an
// album (its pictures follow as messages of their own), pins.
var silent = map[protoreflect.Name]bool{
	"messageContextInfo":                         true,
	"senderKeyDistributionMessage":               true,
	"fastRatchetKeySenderKeyDistributionMessage": true,
	"deviceSentMessage":                          true,
	"albumMessage":                               true,
	"pinInChatMessage":                           true,
	"keepInChatMessage":                          true,
	"stickerSyncRmrMessage":                      true,
	"chat":                                       true,
}

// nameOf names a message of a kind brug does not understand, with the words in it
// that a volunteer can use. keep is false when nobody said anything.
func nameOf(m *waE2E.Message) (kind, text string, keep bool) {
	quiet := false
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		name := protoreflect.Name(f.JSONName())
		if silent[name] {
			quiet = true
			return true
		}
		kind = kinds[name]
		if kind == "" {
			kind = words(string(name))
		}
		return false
	})
	switch {
	case kind != "":
		return kind, pollText(m), true
	case quiet && len(m.ProtoReflect().GetUnknown()) == 0:
		return "", "", false
	}
	return kindUnknown, "", true // newer than this library
}

// words makes "fooBarMessage" to "foo bar".
func words(name string) string {
	name = strings.TrimSuffix(strings.TrimRight(name, "V0123456789"), "Message")
	var sb strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			sb.WriteByte(' ')
		}
		sb.WriteRune(unicode.ToLower(r))
	}
	if sb.Len() == 0 {
		return kindUnknown
	}
	return sb.String()
}

// pollText is the question of a poll and its options.
func pollText(m *waE2E.Message) string {
	for _, p := range []*waE2E.PollCreationMessage{
		m.GetPollCreationMessage(), m.GetPollCreationMessageV2(), m.GetPollCreationMessageV3(), m.GetPollCreationMessageV5(),
	} {
		if p == nil {
			continue
		}
		lines := []string{p.GetName()}
		for _, o := range p.GetOptions() {
			lines = append(lines, "• "+o.GetOptionName())
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// envelope is the message inside, nil when m is none.
func envelope(m *waE2E.Message) *waE2E.Message {
	var inner *waE2E.Message
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Kind() != protoreflect.MessageKind || f.IsList() || f.IsMap() {
			return true
		}
		if e, ok := v.Message().Interface().(*waE2E.FutureProofMessage); ok {
			inner = e.GetMessage()
		}
		return inner == nil
	})
	return inner
}

// contextOf is the context of a message of any kind: what it answers, and when it
// disappears.
func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	var info *waE2E.ContextInfo
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Kind() != protoreflect.MessageKind || f.IsList() || f.IsMap() {
			return true
		}
		c := v.Message().Descriptor().Fields().ByName("contextInfo")
		if c == nil || !v.Message().Has(c) {
			return true
		}
		info, _ = v.Message().Get(c).Message().Interface().(*waE2E.ContextInfo)
		return info == nil
	})
	return info
}
