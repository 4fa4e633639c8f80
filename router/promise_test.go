package router

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
	"github.com/brug-helpdesk/brug/internal/store"
	"github.com/brug-helpdesk/brug/router/safety"
)

// unanswerable is a question of which no article knows anything.
const unanswerable = "мій сусід грає на трубі щоночі і розводить бджіл на балконі"

func (d *desk) last(who string) bots.Entry {
	d.t.Helper()
	entries := d.transcript(who)
	return entries[len(entries)-1]
}

func (d *desk) wantCase(who string) handoff.Case {
	d.t.Helper()
	c, ok := d.open(who)
	if !ok {
		d.t.Fatalf("no case; said %s", said(d.transcript(who)))
	}
	return c
}

func (d *desk) claim(who string) handoff.Case {
	d.t.Helper()
	c := d.wantCase(who)
	if _, err := d.queue.Claim(d.t.Context(), c.ID, olha); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
	return c
}

func (d *desk) resolve(c handoff.Case) {
	d.t.Helper()
	if _, err := d.queue.Resolve(d.t.Context(), c.ID, olha, "", handoff.OutcomeVolunteer, ""); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
}

// closed is a conversation whose case was closed just now.
func (d *desk) closed(who string) {
	d.t.Helper()
	d.say(who, "хочу поговорити з людиною")
	d.resolve(d.claim(who))
}

func TestANumberTypedToAVolunteerIsNoButton(t *testing.T) {
	d := newDesk(t)
	d.say("a", "хочу поговорити з людиною") // offers: place, withdraw
	d.claim("a")
	if got := d.say("a", "2"); got != "" {
		t.Errorf("said %q", got)
	}
	if c := d.wantCase("a"); c.State != handoff.Claimed || c.Unread == 0 {
		t.Errorf("%+v", c)
	}
}

func TestAnUnknownSituationIsIgnored(t *testing.T) {
	d := newDesk(t)
	d.say("a", "How do I get a BSN?")
	d.tap("a", "audience:<script>")
	d.tap("a", "helped:<script>")
	wantText(t, d.sent("a", func() { d.say("a", "what do you know about me") })[0].Text, "Messages")
	key := d.store.Key("stats", tuesday.Format(time.DateOnly))
	for name := range d.store.Cmd().HGetAll(t.Context(), key).Val() {
		if strings.Contains(name, "script") {
			t.Errorf("counted: %s", name)
		}
	}
}

func TestAnotherLanguageKeepsTheQuestion(t *testing.T) {
	d := newDesk(t)
	d.say("a", "Як отримати БСН?")
	wantText(t, d.tap("a", "lang:nl"), "gemeente")
	if e := d.last("a"); e.Article != "bsn-get" || e.Lang != "nl" {
		t.Errorf("%+v", e)
	}
	d.tap("a", "helped:bsn-get")
	d.tap("a", "lang:en")
	if e := d.last("a"); e.Article != "" {
		t.Errorf("answered again what is settled: %+v", e)
	}
	d.say("b", "How do I get a BSN?")
	d.say("b", "/language")
	d.say("b", "Nederlands")
	if e := d.last("b"); e.Article != "bsn-get" || e.Lang != "nl" {
		t.Errorf("typed: %+v", e)
	}
}

func TestALanguageWithTitlesOnly(t *testing.T) {
	d := newDesk(t)
	got := d.say("a", "شماره bsn را از کجا بگیرم؟")
	wantText(t, got, "سلام", "هنوز به زبان شما")
	e := d.last("a")
	offered := choices(e)
	if e.Choices[0].ID != "article:bsn-get" || !strings.Contains(e.Choices[0].Label, "گرفتن") || !strings.Contains(offered, "lang:en") || !strings.HasSuffix(offered, "person") {
		t.Fatalf("offered %s", offered)
	}
	d.tap("a", "lang:en")
	if e = d.last("a"); e.Article != "bsn-get" || e.Lang != "en" {
		t.Errorf("after choosing English: %+v", e)
	}

	d.say("b", "Gdzie dostanę numer BSN i ile to trwa?")
	d.say("b", "sąsiad hałasuje co noc i trzyma pszczoły na balkonie")
	if d.wantCase("b").Lang != "pl" {
		t.Error("the case has lost its language")
	}
}

func TestALanguageNobodyWritesIsSaidAtOnce(t *testing.T) {
	d := newDesk(t) // its volunteers write every language but Farsi
	d.say("a", "سلام، همسایه من هر شب شیپور دارد و در بالکن زنبور دارد")
	got := d.tap("a", "person")
	wantText(t, got, "داوطلبان", "None of our volunteers")
	if offered := choices(d.last("a")); offered != "lang:uk lang:ar lang:ru lang:en lang:nl place withdraw" {
		t.Errorf("offered %s", offered)
	}
	d.tap("a", "lang:en")
	if c := d.wantCase("a"); c.Lang != "en" {
		t.Errorf("the case is in %s", c.Lang)
	}
	d.say("b", "хочу поговорити з людиною")
	if got := said(d.transcript("b")); strings.Contains(got, "не пише цією мовою") {
		t.Errorf("said of Ukrainian: %s", got)
	}
}

func TestAfterClosing(t *testing.T) {
	for _, courtesy := range []string{"дякую", "👍", "так", "Ні"} {
		d := newDesk(t)
		d.closed("a")
		d.say("a", courtesy)
		if _, ok := d.open("a"); ok {
			t.Errorf("%q has reopened the case", courtesy)
		}
	}
	d := newDesk(t)
	d.closed("a")
	d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Sticker, Ref: "s"}}})
	if _, ok := d.open("a"); ok {
		t.Error("a sticker has reopened the case")
	}
	earlier := d.wantClosed("a")
	wantText(t, d.say("a", unanswerable), "знову відповідатиме Olha.")
	if c := d.wantCase("a"); c.ID != earlier || c.Preview != unanswerable || c.Unread != 1 || c.State != handoff.Claimed || c.Holder.ID != olha.ID {
		t.Errorf("reopened %+v instead of %s", c, earlier)
	}
	if got := d.say("a", "і ще одне"); got != "" {
		t.Errorf("told twice, or talked over Olha: %s", got)
	}
	if c := d.wantCase("a"); c.Unread != 2 {
		t.Errorf("Olha has %d messages to read", c.Unread)
	}
}

func TestAfterClosingWithNobodyThere(t *testing.T) {
	d := newDesk(t)
	d.away = true
	d.closed("a")
	wantText(t, d.say("a", unanswerable), "номер у черзі: 1")
	if c := d.wantCase("a"); c.State != handoff.Waiting {
		t.Errorf("held by %+v", c.Holder)
	}
}

func TestAPhotoAfterClosingIsSaidToHaveArrived(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	got := said(d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Image, Ref: "f"}}}))
	wantText(t, got, "усе надійшло", "знову відповідатиме Olha")
}

func TestOnlyTheFirstNameIsTold(t *testing.T) {
	d := newDesk(t)
	d.say("a", "хочу поговорити з людиною")
	c := d.wantCase("a")
	if _, err := d.queue.Claim(t.Context(), c.ID, handoff.Actor{ID: "v2", Name: "Samira al-Hassan"}); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if got := d.last("a").Text; !strings.Contains(got, "Samira з нашої") {
		t.Errorf("said %s", got)
	}
}

func (d *desk) wantClosed(who string) string {
	d.t.Helper()
	c, ok, err := d.queue.Last(d.t.Context(), d.conversation(who))
	if err != nil || !ok {
		d.t.Fatal(ok, err)
	}
	return c.ID
}

func TestWhatWasMissingIsReadByAPerson(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	wantText(t, d.tap("a", "bad"), "бракувало")
	d.say("a", "Як отримати БСН? Пишіть на olena@example.org") // an article knows; a volunteer was promised
	c := d.wantCase("a")
	// The editors read it too, without what would say who wrote.
	wanted, err := d.queue.Wanted(t.Context())
	if err != nil || len(wanted) != 1 || wanted[0].By != "" || wanted[0].Case != c.ID || wanted[0].Lang != "uk" {
		t.Fatalf("the editors hear of %+v, %v", wanted, err)
	}
	if q := wanted[0].Question; !strings.Contains(q, "Як отримати БСН?") || strings.Contains(q, "olena@") {
		t.Errorf("the editors read %q", q)
	}
}

func TestRatingsAreCountedByLanguageAndByTopicButNeverBoth(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	d.tap("a", "good")
	d.tap("a", "bad") // asked once
	counts, err := d.queue.Counts(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := counts[0]["rated_good@uk"]; n != 1 {
		t.Errorf("good by language: %d in %v", n, counts[0])
	}
	for field := range counts[0] {
		if strings.Contains(field, "bad") || strings.Contains(field, ":") && strings.Contains(field, "@") {
			t.Errorf("counted %s", field)
		}
	}
}

func TestAPhotoWithWordsReachesAPerson(t *testing.T) {
	photo := []bots.Media{{Kind: bots.Image, Ref: "f"}}
	d := newDesk(t)
	wantText(t, said(d.send("a", bots.Message{Text: "Доброго дня", Media: photo})), "волонтер")
	d.wantCase("a")
	wantText(t, said(d.send("b", bots.Message{Text: "Чоловік мене б'є", Media: photo})), "112", "0800-2000")
	if c := d.wantCase("b"); c.Urgent != "violence" {
		t.Errorf("%+v", c)
	}
	wantText(t, said(d.send("c", bots.Message{Text: "Як отримати БСН?", Media: photo})), "BSN")
	if _, ok := d.open("c"); ok {
		t.Error("a clear question has its answer")
	}
}

func TestBothAnswersWaitForWhoAsks(t *testing.T) {
	d := newDesk(t)
	d.say("a", "Do I need Dutch health insurance? Can I get care allowance zorgtoeslag?")
	d.tap("a", "audience:ukraine")
	var got []string
	for _, e := range d.transcript("a") {
		if e.Article != "" {
			got = append(got, e.Article)
		}
	}
	if strings.Join(got, " ") != "health-insurance care-allowance" {
		t.Errorf("answered %v", got)
	}
}

func TestStoppedThenBack(t *testing.T) {
	d := newDesk(t)
	d.say("a", "хочу поговорити з людиною")
	d.say("a", "/stop")
	if _, ok := d.open("a"); ok {
		t.Error("still in line")
	}
	d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Voice, Ref: "f"}}})
	d.claim("a")
	wantText(t, said(d.transcript("a")), "Olha")
}

func TestADeletedArticleIsNoSilence(t *testing.T) {
	d := newDesk(t)
	d.say("a", "How do I get a BSN?")
	if got := d.tap("a", "article:gone"); got == "" {
		t.Error("nothing was said")
	}
	d.wantCase("a")
}

func TestAnEditThatChangesNothing(t *testing.T) {
	d := newDesk(t)
	d.send("a", bots.Message{ID: "q", Text: "How do I get a BSN?"})
	if got := said(d.send("a", bots.Message{Action: bots.Edit, Target: "q", Text: "How do I get a BSN?"})); got != "" {
		t.Errorf("answered twice: %s", got)
	}
	wantText(t, said(d.send("a", bots.Message{Action: bots.Edit, Target: "q", Text: "My husband beats me"})), "112")
}

func TestOldButtonsAfterClosing(t *testing.T) {
	d := newDesk(t)
	d.closed("a")
	for _, old := range []string{"place", "withdraw"} {
		wantText(t, d.tap("a", old), "немає Вашого запитання")
	}
	d.tap("a", "good")
	if got := d.tap("a", "bad"); got != "" {
		t.Errorf("rated twice: %s", got)
	}
}

func TestALongTextIsToldInEveryState(t *testing.T) {
	d := newDesk(t)
	d.say("a", "I want to talk to a person")
	d.claim("a")
	wantText(t, d.say("a", strings.Repeat("long story ", 1000)), "only the first part")
}

func TestTheFirstWordIsNeverMetWithSilence(t *testing.T) {
	d := newDesk(t)
	if got := d.say("a", "👋"); got == "" {
		t.Error("silence")
	}
	d.say("b", "help me")
	wantText(t, d.say("b", "How do I get a BSN?"), "/privacy") // not said to a plea, but said
}

func TestAnOperatorOnThePhoneGivesTheWordBack(t *testing.T) {
	d := newDesk(t)
	d.say("a", "хочу поговорити з людиною")
	d.send("a", bots.Message{Action: bots.Operator, Text: "Хвилинку"})
	if got := d.say("a", "Як отримати БСН?"); got != "" {
		t.Errorf("talks over the operator: %s", got)
	}
	d.clock.set(tuesday.Add(time.Hour))
	wantText(t, d.say("a", "Як отримати БСН?"), "BSN")
	if c := d.wantCase("a"); c.State != handoff.Waiting {
		t.Errorf("%+v", c)
	}
}

// unanswered lets the clock of the queue pass until nobody came to somebody in danger.
func (d *desk) unanswered(who string) {
	d.t.Helper()
	c := d.wantCase(who)
	_, ops := d.queue.Update(c, handoff.Change{})
	ev := handoff.Event{Kind: handoff.EventUnanswered, Case: c.ID, Urgent: c.Urgent, At: d.clock.Now()}
	ops = append(ops, d.mailbox.Post(c.Conversation, "desk", ev)...)
	if err := d.store.Apply(d.t.Context(), store.Tx{Head: d.store.Key("test"), Guards: []store.Guard{d.queue.Guard(c)}, Ops: ops}); err != nil {
		d.t.Fatal(err)
	}
	d.settle()
}

func TestDangerThatNobodyAnswers(t *testing.T) {
	d := newDesk(t)
	d.say("a", "we have nowhere to sleep tonight, they put us on the street")
	if c := d.wantCase("a"); c.Urgent != "housing" {
		t.Fatalf("%+v", c)
	}
	d.unanswered("a")
	wantText(t, d.last("a").Text, "No volunteer has been able", "**112**", "0800-8020")

	// A quiet conversation hears nothing unasked, but an honest word when it writes.
	d.say("b", "чоловік мене б'є")
	before := len(d.transcript("b"))
	d.unanswered("b")
	if got := d.transcript("b"); len(got) != before {
		t.Fatalf("said unasked: %s", said(got[before:]))
	}
	wantText(t, d.say("b", unanswerable), "ніхто з волонтерів не зміг", "**112**", "**0800-2000**")
	if got := d.say("b", unanswerable+" і ще одне"); strings.Contains(got, "ніхто з волонтерів") {
		t.Errorf("said twice: %s", got)
	}
	// Nobody is woken; in the morning it is told if it still holds.
	d.say("c", "we have nowhere to sleep tonight, they put us on the street")
	d.clock.set(time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC))
	before = len(d.transcript("c"))
	d.unanswered("c")
	if got := d.transcript("c"); len(got) != before {
		t.Errorf("woken: %s", said(got[before:]))
	}
}

func TestAWomanPlease(t *testing.T) {
	d := newDesk(t)
	wantText(t, d.say("a", "можна, щоб мені відповіла жінка?"), "Вам тут відповість людина", "обіцяти не можемо")
	if c := d.wantCase("a"); !slices.Equal(c.Wishes, []string{handoff.WishWoman}) {
		t.Errorf("wishes %v", c.Wishes)
	}
	d.say("b", "хочу поговорити з людиною")
	got := d.say("b", "жінка, будь ласка")
	wantText(t, got, "обіцяти не можемо")
	if strings.Contains(got, "черзі") {
		t.Errorf("the place was told unasked: %s", got)
	}
	d.claim("b")
	d.say("c", "хочу поговорити з людиною")
	d.claim("c")
	if got := d.say("c", "жінка, будь ласка"); got != "" {
		t.Errorf("talks beside a volunteer: %s", got)
	}
	for _, who := range []string{"b", "c"} {
		if c := d.wantCase(who); !slices.Equal(c.Wishes, []string{handoff.WishWoman}) || c.Unread < 2 {
			t.Errorf("%s: wishes %v, %d to read", who, c.Wishes, c.Unread)
		}
	}
}

// pass lets a turn of the clock happen, as when a timer is due.
func pass(w world, s State, by time.Duration) (world, State, effects) {
	w.now = w.now.Add(by)
	if due := s.timer(); due.IsZero() || w.now.Before(due) {
		return w, s, effects{}
	}
	s, e := decide(w, s, []step{{kind: toldTime}})
	return w, s, e
}

func TestABetterPlaceIsToldAfterAnHour(t *testing.T) {
	d := newDesk(t)
	m := newMind(t, d.clock.Now)
	w := m.world(m.ears(), handoff.DefaultHours())
	w.place = 5
	s, e := decide(w, State{Lang: "en"}, []step{{kind: heardTap, choice: "person"}})
	wantText(t, texts(e), "number 5 in line", "Our volunteers answer")
	w.hasCase, s.Case = true, "c"
	for _, step := range []struct {
		by    time.Duration
		place int
		want  string
	}{
		{30 * time.Minute, 2, ""},
		{30 * time.Minute, 4, "number 4 in line"},
		{time.Hour, 4, ""}, // no better
		{time.Hour, 6, ""}, // worse: somebody in danger came
		{time.Hour, 1, "next in line"},
		{time.Hour, 1, ""}, // it gets no better than that
	} {
		w.place = step.place
		w, s, e = pass(w, s, step.by)
		if got := texts(e); !strings.Contains(got, step.want) || (got == "") != (step.want == "") {
			t.Errorf("place %d after %s: said %q, want %q", step.place, step.by, got, step.want)
		}
	}
	if !s.timer().IsZero() {
		t.Errorf("there is nothing to wait for, and a turn comes at %v", s.timer())
	}
	w.place, w.now = 5, time.Date(2026, 11, 24, 20, 30, 0, 0, time.UTC)
	s, _ = decide(w, s, []step{{kind: heardTap, choice: "place"}})
	w.place = 2
	if w, s, e = pass(w, s, time.Hour); len(e.said) != 0 { // 22:30 in Amsterdam
		t.Errorf("woken: %s", texts(e))
	}
	if w, s, e = pass(w, s, 9*time.Hour); len(e.said) != 0 { // 7:30
		t.Errorf("woken: %s", texts(e))
	}
	if _, _, e = pass(w, s, time.Hour); !strings.Contains(texts(e), "number 2") {
		t.Errorf("in the morning: %q", texts(e))
	}
	s.Place, s.PlaceAt, s.Quiet = 5, w.now, true
	if !s.timer().IsZero() {
		t.Error("a quiet conversation is told its place")
	}
}

// TestEveryNewsIsToldOnce walks one case through everything that the newcomer hears of it.
func TestEveryNewsIsToldOnce(t *testing.T) {
	m := newMind(t, func() time.Time { return tuesday })
	w := m.world(m.ears(), handoff.DefaultHours())
	w.place, w.wait = 3, 20*time.Minute
	s, e := decide(w, State{Lang: "en"}, []step{{kind: heardTap, choice: "person"}})
	wantText(t, texts(e), "asked our volunteers", "number 3", "half an hour", "Our volunteers answer")
	w.hasCase, s.Case = true, "c"
	closed := w
	closed.now = tuesday.Add(12 * time.Hour)
	_, e = decide(closed, s, []step{{kind: heardTap, choice: "place"}})
	wantText(t, texts(e), "away now", "The next time is", "**112**")
	for _, news := range []struct {
		ev   handoff.Event
		want string
	}{
		{handoff.Event{Kind: handoff.EventNobody}, "Nobody has been able"},
		{handoff.Event{Kind: handoff.EventClaimed, ByName: "Olha Koval"}, "Olha from our team"},
		{handoff.Event{Kind: handoff.EventTransferred, ByName: "Olha Koval", ToName: "Ben"}, "Ben will help you further"},
		{handoff.Event{Kind: handoff.EventExpired}, "in line again"},
		{handoff.Event{Kind: handoff.EventClaimed, ByName: "Ben"}, "Ben from our team"},
		{handoff.Event{Kind: handoff.EventTakeover, ByName: "Boss"}, "Boss will help you further"},
		{handoff.Event{Kind: handoff.EventResolved}, "closed, and the automatic helpdesk answers here again"},
	} {
		news.ev.Case = "c"
		s, e = decide(w, s, []step{{kind: toldByDesk, event: news.ev}})
		if len(e.said) != 1 || !strings.Contains(e.said[0].Text, news.want) {
			t.Errorf("%s: said %q, want once %q", news.ev.Kind, texts(e), news.want)
		}
		if _, e = decide(w, s, []step{{kind: toldTime}}); len(e.said) != 0 {
			t.Errorf("%s: a moment later %q", news.ev.Kind, texts(e))
		}
	}
	if s.Owner != Bot || !s.timer().IsZero() {
		t.Errorf("after closing: %s, next turn %v", s.Owner, s.timer())
	}
}

func TestWhoIsShutOutIsHeardInDangerOnly(t *testing.T) {
	d := newDesk(t)
	boss := handoff.Actor{ID: "boss", Name: "Boss", Coordinator: true}
	d.say("a", "хочу поговорити з людиною")
	c := d.claim("a")
	before := len(d.transcript("a"))
	if _, err := d.queue.Bar(t.Context(), c.ID, olha, "threats"); !errors.Is(err, handoff.ErrNotAllowed) {
		t.Errorf("a volunteer shut somebody out: %v", err)
	}
	if _, err := d.queue.Bar(t.Context(), c.ID, boss, "threats"); err != nil {
		t.Fatal(err)
	}
	d.settle()
	if got := d.transcript("a"); len(got) != before {
		t.Errorf("told unasked: %s", said(got[before:]))
	}
	wantText(t, d.say("a", unanswerable), "не можемо допомогти Вам тут", "**112**")
	for _, text := range []string{unanswerable, "Як отримати БСН?", "хочу поговорити з людиною", "жінка, будь ласка", "дякую"} {
		if got := d.say("a", text); got != "" {
			t.Errorf("%q: said %s", text, got)
		}
	}
	d.send("a", bots.Message{Media: []bots.Media{{Kind: bots.Voice, Ref: "f"}}})
	d.tap("a", "person")
	if c, ok := d.open("a"); ok {
		t.Errorf("a case was opened: %+v", c)
	}
	wantText(t, d.say("a", "що ви знаєте про мене"), "все, що ми про Вас зберігаємо") // their right
	m := newMind(t, d.clock.Now)
	w := m.world(m.ears(), handoff.DefaultHours())
	s, e := decide(w, State{Lang: "en", Barred: w.now.Add(time.Hour), BarredTold: true},
		[]step{{kind: heardText, text: "x", danger: safety.Finding{Kind: safety.Violence, Unsure: true}}})
	wantText(t, texts(e), "in danger now")
	if _, e := decide(w, s, []step{{kind: heardTap, choice: dangerNo}}); len(e.said) != 0 || e.open != nil {
		t.Errorf("no danger: said %s", texts(e))
	}
	if _, e := decide(w, s, []step{{kind: heardTap, choice: dangerYes}}); e.open == nil || e.open.Urgent == "" {
		t.Errorf("danger: said %s", texts(e))
	}
	wantText(t, d.say("a", "чоловік мене б'є"), "112", "0800-2000")
	if c := d.wantCase("a"); c.Urgent != "violence" {
		t.Errorf("%+v", c)
	}
	log, err := d.queue.Audit(t.Context(), 10)
	if err != nil || !slices.ContainsFunc(log, func(r handoff.Record) bool {
		return strings.HasPrefix(r.Action, "blocked") && r.Reason == "threats" && r.By == "boss"
	}) {
		t.Errorf("audit log: %+v, %v", log, err)
	}
	// It ends by a coordinator's word, and by itself.
	for who, end := range map[string]func(id string){
		"b": func(id string) {
			if _, err := d.queue.Admit(t.Context(), id, boss); err != nil {
				t.Fatal(err)
			}
		},
		"c": func(string) { d.clock.set(d.clock.Now().Add(handoff.BarredFor)) },
	} {
		d.say(who, "хочу поговорити з людиною")
		c := d.wantCase(who)
		if _, err := d.queue.Bar(t.Context(), c.ID, boss, "spam"); err != nil {
			t.Fatal(err)
		}
		d.settle()
		end(c.ID)
		d.settle()
		d.say(who, "хочу поговорити з людиною")
		d.wantCase(who)
	}
}
