package router

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brug-helpdesk/brug/bots"
	"github.com/brug-helpdesk/brug/handoff"
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

// TestWhoNamesALanguageHasIt without a list of languages, and with the question answered.
func TestWhoNamesALanguageHasIt(t *testing.T) {
	for said, lang := range map[string]string{"Українською, будь ласка": "uk", "بالعربي لو سمحت": "ar", "можно на русском?": "ru", "in het engels": "en"} {
		d := newDesk(t)
		d.say("a", "Hoe krijg ik een BSN?")
		d.say("a", said)
		if e := d.last("a"); e.Article != "bsn-get" || e.Lang != lang {
			t.Errorf("%q: %+v", said, e)
		}
	}
	d := newDesk(t)
	d.say("a", "Hoe krijg ik een BSN?")
	d.say("a", "welke talen spreekt u?")
	if offered := choices(d.last("a")); !strings.HasPrefix(offered, "lang:") {
		t.Errorf("no language was named, offered %s", offered)
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
	wantText(t, d.say("a", "що ви знаєте про мене"), "що ми про Вас зберігаємо") // their right
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
