package desk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/handoff/desk"
	"github.com/brug-helpdesk/brug/internal/store"
)

// full is a helpdesk with something on every page.
type full struct {
	*helpdesk
	boss, anna client
	// long is a case with everything a conversation can hold, danger an urgent one.
	long, danger handoff.Case
}

func fullDesk(t *testing.T, o desk.Options) full {
	t.Helper()
	o.Topics = func(string) []desk.Topic {
		return []desk.Topic{{ID: "bsn-get", Group: "registration", Title: "How do I get a BSN (citizen service number)?"},
			{ID: "allowances", Group: "money", Title: "Which allowances (toeslagen) can I get, and how do I apply for them?"}}
	}
	o.Suggest = func(context.Context, string, string) []desk.Suggestion {
		return []desk.Suggestion{{Article: "bsn-get", Revision: "0123456789ab", Title: "كيف أحصل على رقم BSN؟", Text: "اتصلوا بالرقم 14 020."},
			{Article: "allowances", Revision: "0123456789ab", Title: "ما هي الإعانات (toeslagen) التي يمكنني الحصول عليها وكيف أطلبها؟", Text: "x"}}
	}
	o.Guidance, o.FirstLine = card, firstLine
	o.Channels = func(context.Context) []desk.Channel {
		return []desk.Channel{{Kind: bots.Web, Health: bots.Health{Connected: true, Since: time.Now()}, LastIn: time.Now()},
			{Kind: bots.Telegram, Off: "BRUG_TELEGRAM_TOKEN"}, {Kind: bots.WhatsApp},
			{Kind: bots.Signal, Health: bots.Health{Since: time.Now(), Problem: "Signal cannot be reached. Check that signal-cli runs and that BRUG_SIGNAL_RPC is its address."}}}
	}
	o.Linkers = map[bots.Kind]desk.Linker{bots.WhatsApp: noPhone{}}
	o.Org = "Stichting Welkom in Breda en Omstreken"
	f := full{helpdesk: open(t, o)}
	f.boss = f.volunteer(handoff.Volunteer{Name: "Boss", Role: handoff.RoleCoordinator})
	f.anna = f.volunteer(handoff.Volunteer{Name: "Анна-Марія Коваленко-Шевчук", Languages: []string{"uk", "ru", "nl", "en"}, Topics: []string{"registration"}, Urgent: true})
	f.volunteer(handoff.Volunteer{Name: "سميرة", Languages: []string{"ar"}})
	ben := f.volunteer(handoff.Volunteer{Name: "Ben", Disabled: true})
	for _, lang := range []string{"ar", "nl"} {
		must(t, f.queue.SaveReply(t.Context(), handoff.Actor{}, handoff.SavedReply{Name: "documents", Lang: lang, Text: "Welke papieren heeft u al? Stuurt u gerust een foto."}))
	}
	f.long = f.conversation()
	f.danger = f.escalate(handoff.NewCase{Conversation: "danger", Lang: "ar", Urgent: "violence", Preview: "زوجي يضربني", Wishes: []string{"woman"}})
	for i, n := range []handoff.NewCase{
		{Lang: "uk", Preview: "Як записати дитину до школи, якщо ми щойно переїхали і ще не маємо жодної адреси, а школа каже, що без BSN не можна?", Channel: bots.Telegram, Topic: "bsn-get"},
		{Lang: "ti", Preview: "ስልኪ 06-12345678", Channel: bots.WhatsApp},
		{Lang: "en", Preview: "Rijksdienstvoorhetwegverkeerdocumentnummerformulier https://example.org/a/very/long/address/that/does/not/break/anywhere", Channel: bots.Signal, Topic: "allowances"},
	} {
		n.Conversation = fmt.Sprint("more", i)
		f.escalate(n)
	}
	done := f.escalate(handoff.NewCase{Conversation: "done", Lang: "uk", Preview: "Дякую", Topic: "bsn-get"})
	get[any](f.boss, "POST", "cases/"+done.ID+"/claim", "")
	get[any](f.boss, "POST", "cases/"+done.ID+"/resolve", `{"topic":"bsn-get","outcome":"volunteer"}`)
	f.apply(f.queue.Count("uk", "rated_good:bsn-get", "rated_bad:bsn-get"))
	f.apply(f.queue.Missing(handoff.Wanted{Case: "x", Lang: "uk", Topic: "bsn-get", Question: "Де саме в Утрехті?"}))
	must(t, f.queue.Want(t.Context(), handoff.Wanted{Case: done.ID, By: ben.v.Name, Lang: "uk", Topic: "bsn-get", Question: "Чи потрібен BSN дитині?", Answer: "Так, з народження."}))
	return f
}

// conversation is a case of the coordinator with everything a conversation can hold.
func (f full) conversation() handoff.Case {
	t := f.t
	before := time.Now().Add(-50 * time.Hour)
	entries := []bots.Entry{
		{From: bots.FromNewcomer, Lang: "ar", Text: "السلام عليكم، وين بطلع BSN؟ سكنت بأوترخت من 1-7-2026 ورقمي 0800-2000"},
		{From: bots.FromBot, Lang: "ar", Article: "bsn-get", Revision: "0123456789ab", Text: "رقم **BSN** هو رقمكم الشخصي في هولندا.\n\n1. سجّلوا أنفسكم في البلدية (gemeente).\n2. أحضروا جواز السفر.\n\nالمصدر: [RefugeeHelp](https://refugeehelp.nl)، بتاريخ 1-7-2026.",
			Choices: []bots.Choice{{ID: "helped", Label: "هذا ساعدني"}, {ID: "person", Label: "أريد التحدث مع شخص"}}},
		{From: bots.FromNewcomer, Lang: "ar", Text: "أريد التحدث مع شخص"},
		{From: bots.FromNewcomer, Lang: "ar", Media: []bots.Media{{Kind: bots.Image, Ref: "x", Size: 120_000}, {Kind: bots.Document, Ref: "y", Name: "verhuisbericht_gemeente_Utrecht_2026_definitief.pdf", Size: 80_000}}},
		{From: bots.FromNewcomer, Lang: "ar", Location: &bots.Location{Lat: 52.0907, Lon: 5.1214, Name: "Stadskantoor Utrecht"}},
		{From: bots.FromNewcomer, Lang: "ar", Text: "x", Withdrawn: true},
		{From: bots.FromSystem, Lang: "ar", Text: "سيجيبكم متطوع."},
	}
	c, ops := f.queue.Open(handoff.NewCase{Conversation: "long", Channel: bots.WhatsApp, Lang: "ar", Topic: "allowances", Preview: entries[0].Text})
	for i, e := range entries {
		e.ID, e.At = fmt.Sprint("e", i), before.Add(time.Duration(i)*7*time.Hour)
		ops = append(ops, f.transcript.Append("long", e)...)
	}
	f.apply(ops, f.queue.GuardNone("long"))
	path := "cases/" + c.ID
	get[any](f.boss, "POST", path+"/claim", "")
	for _, text := range []string{"مرحباً، أنا هنا. هل لديكم موعد في البلدية (gemeente)؟", "الرقم 14 020"} {
		get[any](f.boss, "POST", path+"/reply", fmt.Sprintf(`{"text":%q}`, text))
	}
	get[any](f.boss, "POST", path+"/note", `{"text":"Asked the municipality: no appointment before 3 July."}`)
	said, err := f.transcript.Read(t.Context(), "long")
	must(t, err)
	for i, state := range map[int]string{1: bots.DeliveryRead, len(said) - 3: bots.DeliveryDelivered, len(said) - 2: bots.DeliveryFailed + " unreachable"} {
		f.apply([]store.Op{store.Do("HSET", f.s.Key("conv", "long", "delivery"), "p:"+said[i].ID+"-0", state)})
	}
	f.says(c.ID, "late", "شكراً")
	c, err = f.queue.Get(t.Context(), c.ID)
	must(t, err)
	return c
}
